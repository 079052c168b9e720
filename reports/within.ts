/**
 * Judges whether a prediction is within a tolerance of a measurement, if both are estimated from
 * samples: inside if the whole interval of their difference is within the tolerance, outside if no part
 * of it is. Else it is undecided, and the number of samples that would decide it is given.
 *
 * @module
 */
import type { IntervalBounds, SampledValue } from './sampled.ts';

/** Allowance for rounding: 85 of 100 is 15 % below, but a little more in binary. */
const ROUNDING = 1e-9;
/** A larger number of samples than this is never advised. */
const SAMPLES_MAX = 10_000_000;

/** Whether two values agree within a tolerance. */
export interface ToleranceVerdict {
  readonly verdict: 'inside' | 'outside' | 'undecided';
  readonly live: IntervalBounds;
  readonly predicted: IntervalBounds;
  /**
   * The interval of the predicted value divided by the live one, minus 1; an end is null if there is no
   * bound.
   */
  readonly difference: IntervalBounds;
  /**
   * Number of live samples that would decide it, if the verdict is `undecided` and the number is
   * feasible.
   */
  readonly needed?: number;
}

/** Compares a live value with its prediction; undefined if one of the two measured nothing. */
export function judgeTolerance(
  live: SampledValue,
  predicted: SampledValue,
  tolerance: number,
): ToleranceVerdict | undefined {
  if (live.value === null || predicted.value === null) return undefined;
  const now = at({ live, predicted, factor: 1 });
  const verdict = verdictOf(now.difference, tolerance);
  if (verdict !== 'undecided') return { ...now, verdict };
  const factor = factorToTell({ live, predicted, tolerance });
  if (factor === undefined) return { ...now, verdict };
  return { ...now, verdict, needed: Math.ceil(live.n * factor) };
}

interface Pair {
  readonly live: SampledValue;
  readonly predicted: SampledValue;
}

/**
 * The two intervals that `factor` times as many samples would give, and the interval of their relative
 * difference.
 */
function at({
  live,
  predicted,
  factor,
}: Pair & { readonly factor: number }): Pick<
  ToleranceVerdict,
  'live' | 'predicted' | 'difference'
> {
  const own = live.boundsAt(Math.ceil(live.n * factor));
  const other = predicted.boundsAt(Math.ceil(predicted.n * factor));
  return {
    live: own,
    predicted: other,
    difference: { low: quotient(other.low, own.high), high: quotient(other.high, own.low) },
  };
}

function quotient(predicted: number | null, live: number | null): number | null {
  if (predicted === null || live === null) return null;
  if (predicted === live) return 0;
  return live <= 0 ? null : predicted / live - 1;
}

function verdictOf({ low, high }: IntervalBounds, tolerance: number): ToleranceVerdict['verdict'] {
  const limit = tolerance + ROUNDING;
  if ((low ?? -1) > limit || (high ?? Number.POSITIVE_INFINITY) < -limit) return 'outside';
  const isInside = low !== null && high !== null && low >= -limit && high <= limit;
  return isInside ? 'inside' : 'undecided';
}

/**
 * The smallest multiple of the samples that decides, to within a tenth; undefined if no feasible
 * one does.
 */
function factorToTell({
  tolerance,
  ...pair
}: Pair & { readonly tolerance: number }): number | undefined {
  const isTold = (factor: number): boolean =>
    verdictOf(at({ ...pair, factor }).difference, tolerance) !== 'undecided';
  const most = SAMPLES_MAX / Math.max(1, pair.live.n, pair.predicted.n);
  let high = 2;
  while (high <= most && !isTold(high)) high *= 2;
  if (high > most) return undefined;
  let low = high / 2;
  while (high / low > 1.1) {
    const middle = Math.sqrt(low * high);
    if (isTold(middle)) high = middle;
    else low = middle;
  }
  return high;
}
