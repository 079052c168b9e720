/**
 * Warns the operator, once, when the frames that a peer can reorder exceed the replay window
 * (docs/spec/gateway-frame.md, Replay window; R-016): measured data rate times measured difference
 * of path delays.
 *
 * It only warns. A window that is too small refuses genuine packets when the path changes.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import type { PathStatus } from './multipath/types.ts';
import { windowWarning } from './replay/advice.ts';

const NS_PER_SECOND = 1_000_000_000;
/** A rate is measured over at least this time, ns. */
const LEAST_NS = NS_PER_SECOND;
/** Delay differences are reported in steps of 100 us. */
const STEP_NS = 100_000;

/** Compares the traffic of one peer with the size of the replay window. */
export class WindowWatch {
  readonly #bits: number;
  #sinceNs: number;
  #frames = 0;
  #isWarned = false;

  /** @param bits Size of the window, bits. */
  constructor(bits: number, now: number) {
    this.#bits = bits;
    this.#sinceNs = now;
  }

  /**
   * Checks the rate since the last call.
   * @param frames Data frames received since the start.
   * @returns the warning, the first time it is due.
   */
  look(now: number, frames: number, paths: readonly PathStatus[]): string | undefined {
    const elapsedNs = now - this.#sinceNs;
    if (this.#isWarned || elapsedNs < LEAST_NS) return undefined;
    const framesPerSecond = Math.round(((frames - this.#frames) * NS_PER_SECOND) / elapsedNs);
    this.#sinceNs = now;
    this.#frames = frames;
    const warning = windowWarning(this.#bits, {
      framesPerSecond,
      delaySpreadNs: delaySpreadNs(paths),
      jitterNs: 0,
    });
    this.#isWarned = warning !== undefined;
    return warning;
  }
}

/**
 * One-way delay of the slowest path minus that of the fastest, which is half the difference of
 * their RTTs.
 */
function delaySpreadNs(paths: readonly PathStatus[]): number {
  const rtts = paths.flatMap(({ rttNs }) => (rttNs < 0 ? [] : [rttNs]));
  if (rtts.length < 2) return 0;
  const spread = (greatestOf(rtts) - leastOf(rtts)) / 2;
  return Math.round(spread / STEP_NS) * STEP_NS;
}
