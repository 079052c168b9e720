/**
 * Stop-and-go mixing (Kesdogan; spec/mixnet.md 3.1): the sender gives each hop a delay, drawn
 * Exp(mean 1/mu), and a window in which the packet must come. A packet that someone held back
 * misses its window, which limits n-1 attacks; honest packets are lost when transit or clocks vary
 * more than the window allows.
 *
 * The sender computes windows (its path choice); here they are compared with the arrival only.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { AskedDelayLaw } from './asked-delay.ts';
import type { AskedDelay, MixingDrop } from './mixing.ts';

/** Obeys what is asked, when the packet comes inside its window; both ends belong to it. */
export class StopAndGoLaw extends AskedDelayLaw {
  override refuse(now: Nanoseconds, asked: AskedDelay): MixingDrop | undefined {
    const { window, arrivedNs = now } = asked;
    // A packet without a window could be held for any time: it counts as one that missed it.
    if (window === undefined) return 'window-missed';
    if (arrivedNs < window[0] || arrivedNs > window[1]) return 'window-missed';
    return super.refuse(now, asked);
  }
}
