/**
 * How far another machine's monotonic clock is ahead of ours, and how precisely that is known: four
 * time stamps as in NTP (RFC 5905 section 8), the exchange with the shortest delay of each round,
 * and straight lines between the rounds (docs/spec/live.md#clocks).
 *
 * The uncertainty is an upper bound, not a standard deviation: half of the exchange's delay, plus the
 * drift that is possible between rounds. It holds for any asymmetry between the two directions, as long
 * as the clocks drift apart by at most {@link CLOCK_DRIFT_RATIO_MAX}. This module reads no clock and
 * sends nothing; `clock-sync.ts` does.
 *
 * @module
 */
import { greatestOf } from '../../../engine/pure/extremes.ts';

/**
 * Largest drift between two clocks, as a ratio: two crystals of 50 ppm each (RFC 5905 assumes 15 ppm
 * for one).
 */
export const CLOCK_DRIFT_RATIO_MAX = 100e-6;

/** Largest number of exchanges of a round that are kept, the latest ones. */
const ROUND_MAX = 64;

/**
 * Error from rounding in an exchange, ns: four readings in whole ns, and half a nanosecond in the
 * division.
 */
const ROUNDING_ERROR_NS = 2;

/** One exchange of a question and its answer: four instants of the two monotonic clocks in ns. */
export interface ClockSample {
  /** The local clock when the question left. */
  readonly t1: bigint;
  /** The other clock when the question arrived. */
  readonly t2: bigint;
  /** The other clock when the answer left. */
  readonly t3: bigint;
  /** The local clock when the answer arrived. */
  readonly t4: bigint;
}

/** The offset at one instant of the local clock, with its uncertainty. */
export interface OffsetEstimate {
  /** The other clock minus the local clock, ns. */
  readonly offsetNs: bigint;
  /** The true offset differs by at most this, in ns. */
  readonly uncertaintyNs: number;
}

/** An interval of the local clock, in ns. */
export interface ClockSpan {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

interface SyncPoint extends OffsetEstimate {
  readonly atNs: bigint;
}

/**
 * The offset of another clock, computed from rounds of exchanges. At least one round is needed
 * before it can be queried.
 */
export class ClockOffset {
  #round: ClockSample[] = [];
  readonly #points: SyncPoint[] = [];
  #isShared = false;

  /**
   * Adds an exchange to the current round.
   * @returns false, and ignores it, if no clocks with the assumed drift could have produced it.
   */
  add(sample: ClockSample): boolean {
    const { t1, t2, t3, t4 } = sample;
    if (t4 < t1 || t3 < t2) return false;
    // No clocks with the assumed drift give these readings: on the other clock, making the answer
    // took longer than the whole exchange took on the local clock.
    const ours = Number(t4 - t1);
    if (Number(t3 - t2) > ours * (1 + CLOCK_DRIFT_RATIO_MAX) + ROUNDING_ERROR_NS) return false;
    this.#round.push(sample);
    if (this.#round.length > ROUND_MAX) this.#round.shift();
    return true;
  }

  /**
   * Ends a round: its exchange with the shortest delay becomes a point of the line.
   * @returns false when the round is empty.
   */
  endRound(): boolean {
    const [first, ...others] = this.#round.map(pointOf);
    this.#round = [];
    if (first === undefined) return false;
    const best = others.reduce((a, b) => (b.uncertaintyNs < a.uncertaintyNs ? b : a), first);
    const last = this.#points.at(-1);
    // Two points at one instant would make a line of length zero, so only the better one is kept.
    if (last !== undefined && best.atNs <= last.atNs) {
      if (best.uncertaintyNs < last.uncertaintyNs) this.#points[this.#points.length - 1] = best;
      return true;
    }
    this.#points.push(best);
    return true;
  }

  /** Records that both sides read the same clock, so the offset is exactly 0 from now on. */
  shareClock(): void {
    this.#isShared = true;
  }

  /** True if {@link ClockOffset.at} may be called. */
  get isKnown(): boolean {
    return this.#isShared || this.#points.length > 0;
  }

  /** True if both sides read the same clock. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /**
   * The offset at an instant of the local clock: interpolated between the rounds before and after it;
   * outside of all rounds, that of the nearest round.
   * @throws Error before the first round.
   */
  at(instantNs: bigint): OffsetEstimate {
    if (this.#isShared) return { offsetNs: 0n, uncertaintyNs: 0 };
    const next = this.#points.findIndex(({ atNs }) => atNs >= instantNs);
    const right = this.#points[next];
    const left = next < 0 ? this.#points.at(-1) : this.#points[next - 1];
    if (left !== undefined && right !== undefined) return between(left, right, instantNs);
    const only = left ?? right;
    if (only === undefined) throw new Error('the offset of a clock is asked before it is measured');
    const distance = Math.abs(Number(instantNs - only.atNs));
    return {
      offsetNs: only.offsetNs,
      uncertaintyNs: Math.ceil(only.uncertaintyNs + CLOCK_DRIFT_RATIO_MAX * distance),
    };
  }

  /** The largest uncertainty at any instant of an interval, in ns. */
  worstUncertaintyNs(span: ClockSpan): number {
    return this.#largest(span, ({ uncertaintyNs }) => uncertaintyNs, 0);
  }

  /**
   * Upper bound, in ns, on the error of instants of an interval that were all corrected by the offset
   * `usedOffsetNs`; to be called after the last round.
   */
  worstErrorNs(span: ClockSpan, usedOffsetNs: bigint): number {
    const errors = ([1, -1] as const).map((sign) =>
      this.#largest(
        span,
        ({ offsetNs, uncertaintyNs }) => sign * Number(offsetNs - usedOffsetNs) + uncertaintyNs,
        sign,
      ),
    );
    return greatestOf(errors);
  }

  /**
   * Largest value, over an interval, of the uncertainty plus `tilt` times the offset. Between two
   * rounds this sum is a parabola that opens downwards; before the first and after the last round
   * it is a straight line, so only a few instants need checking.
   */
  #largest(
    { fromNs, toNs }: ClockSpan,
    measure: (estimate: OffsetEstimate) => number,
    tilt: number,
  ): number {
    const inside = (instant: bigint): boolean => instant > fromNs && instant < toNs;
    const tops = this.#points.flatMap((right, index) => {
      const left = this.#points[index - 1];
      return left === undefined ? [right.atNs] : [right.atNs, maximumOf(left, right, tilt)];
    });
    const instants = [fromNs, toNs, ...tops.filter(inside)];
    const largest = greatestOf(instants.map((instant) => measure(this.at(instant))));
    // Instants and offsets are whole ns, so the maximum may lie between two of them.
    return this.#isShared ? largest : largest + 1;
  }
}

/**
 * Offset and delay of an exchange (RFC 5905 section 8: theta and delta); the offset applies to the
 * middle of the exchange.
 */
function pointOf({ t1, t2, t3, t4 }: ClockSample): SyncPoint {
  const delayNs = Math.max(0, Number(t4 - t1 - (t3 - t2)));
  // The offset may change by drift between the two readings of the other clock, and until the middle of
  // the exchange.
  const movedNs = CLOCK_DRIFT_RATIO_MAX * Number(t4 - t1);
  return {
    atNs: t1 + (t4 - t1) / 2n,
    offsetNs: (t2 - t1 + (t3 - t4)) / 2n,
    uncertaintyNs: Math.ceil(delayNs / 2 + movedNs) + ROUNDING_ERROR_NS,
  };
}

/**
 * The offset between two rounds. A clock that agrees with the interpolated line at both ends and
 * never drifts by more than d deviates from it by at most 2 d x (length - x) / length at the
 * distance x from an end.
 */
function between(left: SyncPoint, right: SyncPoint, instantNs: bigint): OffsetEstimate {
  const length = Number(right.atNs - left.atNs);
  const x = Number(instantNs - left.atNs);
  const share = x / length;
  const ends = left.uncertaintyNs + (right.uncertaintyNs - left.uncertaintyNs) * share;
  const wander = 2 * CLOCK_DRIFT_RATIO_MAX * x * (1 - share);
  const moved = Math.round(Number(right.offsetNs - left.offsetNs) * share);
  return {
    offsetNs: left.offsetNs + BigInt(moved),
    // Half a nanosecond is added for the rounding of the offset.
    uncertaintyNs: Math.ceil(ends + wander + 0.5),
  };
}

/** Position of the maximum of the parabola of {@link between}, tilted by the line of the offset. */
function maximumOf(left: SyncPoint, right: SyncPoint, tilt: number): bigint {
  const length = Number(right.atNs - left.atNs);
  const rise =
    right.uncertaintyNs - left.uncertaintyNs + tilt * Number(right.offsetNs - left.offsetNs);
  const x = length / 2 + rise / (4 * CLOCK_DRIFT_RATIO_MAX);
  return left.atNs + BigInt(Math.round(Math.min(length, Math.max(0, x))));
}
