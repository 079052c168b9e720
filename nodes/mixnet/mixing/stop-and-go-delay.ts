/**
 * How a stop-and-go window travels: the delay command of a packet has 32 bits (spec/mixnet.md 1.3),
 * and in a network whose mixes are stop-and-go they are read as two halves. The packet format stays
 * byte for byte what it is.
 *
 * ```text
 *   | last instant of the window, ms modulo 65,536 (16) | delay, ms (16) |
 * ```
 *
 * The window's length is an option of the mix; only its end differs from hop to hop. Instants are of
 * a clock that senders and mixes share; the end meant is the one nearest to the arrival.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { AskedDelay } from './mixing.ts';

const NS_PER_MS = 1_000_000;
const HALF = 0x1_0000;
const TURN_NS = HALF * NS_PER_MS;

/** Longest delay that fits, milliseconds. */
export const STOP_AND_GO_DELAY_MS_MAX: number = HALF - 1;

/**
 * Packs delay and window for one hop.
 * @param delayMs Integer, 0..65,535.
 * @param lastNs Last instant at which the packet may come; rounded up to a millisecond.
 * @returns what stands in the packet as delay, 0..2^32-1.
 */
export function packStopAndGo(delayMs: number, lastNs: Nanoseconds): number {
  return (Math.ceil(lastNs / NS_PER_MS) % HALF) * HALF + Math.min(delayMs, HALF - 1);
}

/**
 * What a packet asks for.
 * @param packed What stands in the packet as delay, 0..2^32-1.
 * @param arrivedNs Arrival, by the shared clock.
 * @param lengthNs Length of windows, at most 30 s.
 * @returns to be handed to `Mixing.put`.
 */
export function unpackStopAndGo(
  packed: number,
  arrivedNs: Nanoseconds,
  lengthNs: Nanoseconds,
): AskedDelay {
  const phaseNs = Math.floor(packed / HALF) * NS_PER_MS;
  // How far the end is ahead of the arrival, in [-half a turn, half a turn).
  const turned = (phaseNs - (arrivedNs % TURN_NS) + 1.5 * TURN_NS) % TURN_NS;
  const lastNs = arrivedNs + turned - TURN_NS / 2;
  return { delayNs: (packed % HALF) * NS_PER_MS, window: [lastNs - lengthNs, lastNs], arrivedNs };
}
