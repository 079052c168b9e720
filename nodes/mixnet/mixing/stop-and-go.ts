/**
 * Stop-and-go mixing (Kesdogan, Egner, Bueschkes, Information Hiding 1998): the sender gives each
 * hop an exponential delay and a window in which the packet must arrive. A packet that an attacker
 * held back misses its window, which limits n-1 attacks. Packets that nobody attacked are lost too,
 * when transit times or clocks vary more than the window allows.
 *
 * The sender computes the windows together with its path; the mix only compares them with the
 * arrival time.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { RequestedDelayLaw } from './asked-delay.ts';
import type { MixingDropReason, RequestedDelay } from './mixing.ts';

/**
 * Uses the requested delay if the packet arrives within its window, ends included; otherwise
 * refuses the packet.
 */
export class StopAndGoDelayLaw extends RequestedDelayLaw {
  override refuse(now: Nanoseconds, asked: RequestedDelay): MixingDropReason | undefined {
    const { window, arrivedNs = now } = asked;
    // A packet without a window may have been held back for any time, so it is refused as well.
    if (window === undefined) return 'window-missed';
    if (arrivedNs < window[0] || arrivedNs > window[1]) return 'window-missed';
    return super.refuse(now, asked);
  }
}
