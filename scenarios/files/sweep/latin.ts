/**
 * Latin hypercube sampling (McKay, Beckman and Conover, Technometrics 21(2), 1979): each axis is cut
 * into n strata, each of which contains exactly one of the n points, and the order of the strata is
 * drawn separately for each axis.
 *
 * Draws come from one stream per axis (docs/spec/random-streams.md), so that one more axis changes no
 * other axis. They use exact arithmetic or our own log and exp, so that the points are equal on every
 * machine.
 *
 * @module
 */
import { openRandomStream, type RandomStream } from '../../../engine/core/stream.ts';
import {
  compareFractions,
  dividedBy,
  type Fraction,
  floor,
  fraction,
  fractionFromNumber,
  minus,
  plus,
  roundFraction,
  times,
  toNumber,
} from '../../../engine/pure/fraction.ts';
import { exp, log } from '../../../engine/pure/log-exp.ts';
import { amountFileText, findAmountResolution } from './amount.ts';
import type { ContinuousRange } from './range.ts';

/** The number of points of a sample, and the seed that draws them. */
export interface SampleSize {
  readonly runs: number;
  readonly seed: number;
}

/** Smallest number of positions in a stratum, of which one is drawn for its point. */
const PLACES_MIN = 100;
/**
 * Largest width of an axis on which every whole number can be drawn; on wider axes, only round numbers
 * can.
 */
const PLACES_MAX = 1e11;

/**
 * Draws the value of each point on an axis of listed values: each value occurs equally often, or once
 * more.
 */
export function sampleList(
  path: string,
  values: readonly string[],
  { runs, seed }: SampleSize,
): readonly string[] {
  const stream = axisStream(seed, path);
  const drawn = strata(fraction(BigInt(values.length)), runs, stream).map(
    (index) => values[index] ?? '',
  );
  stream.shuffle(drawn);
  return drawn;
}

/** Draws the value of each point on a continuous axis. */
export function sampleRange(
  path: string,
  range: ContinuousRange,
  size: SampleSize,
): readonly string[] {
  const stream = axisStream(size.seed, path);
  const drawn =
    range.scale === 'log' ? logStrata(range, size, stream) : linearStrata(range, size, stream);
  const values = drawn.map((value) => amountFileText(value, range.from.unit));
  stream.shuffle(values);
  return values;
}

/** The random stream of an axis. Names of streams must have no zero byte; no path in a scenario has one. */
function axisStream(seed: number, path: string): RandomStream {
  return openRandomStream(seed, 'sweep', path.replaceAll('\0', '?'));
}

/**
 * Draws one of `places` positions for each stratum, in ascending order. With fewer positions than
 * strata, each position is drawn equally often or once more, and all are equally likely to be drawn
 * once more.
 *
 * @param places Number of positions; not always an integer, because all strata are equal parts of the
 *   axis.
 */
function strata(places: Fraction, runs: number, stream: RandomStream): number[] {
  const count = Number(floor(places));
  if (count < runs) {
    const offset = stream.below(count);
    return Array.from({ length: runs }, (_, i) => Math.floor((i * count + offset) / runs));
  }
  const begin = (i: number): number =>
    -Number(floor(times(places, fraction(BigInt(-i), BigInt(runs)))));
  return Array.from(
    { length: runs },
    (_, i) => begin(i) + stream.belowFixed(begin(i + 1) - begin(i)),
  );
}

function linearStrata(
  { from, to }: ContinuousRange,
  { runs }: SampleSize,
  stream: RandomStream,
): readonly Fraction[] {
  const width = minus(to.value, from.value);
  const wanted = dividedBy(width, fraction(BigInt(runs * PLACES_MIN)));
  // Every whole number of a range can be drawn; numbers that are not whole get only as many decimals as
  // needed.
  const isWhole = from.isWhole && compareFractions(width, fraction(BigInt(PLACES_MAX))) < 0;
  const step = isWhole ? fraction(1n) : stepBelow(wanted, findAmountResolution(from));
  // If an axis has only a few possible values, strata consist of these values, with the end included.
  const isCounted = isWhole || compareFractions(step, wanted) > 0;
  const places = dividedBy(width, step);
  const counted = isCounted ? fraction(floor(places) + 1n) : places;
  return strata(counted, runs, stream).map((index) =>
    plus(from.value, times(step, fraction(BigInt(index)))),
  );
}

function logStrata(
  { from, to }: ContinuousRange,
  { runs }: SampleSize,
  stream: RandomStream,
): readonly Fraction[] {
  const low = toNumber(from.value);
  const span = log(toNumber(to.value) / low);
  const at = (share: number): Fraction => fractionFromNumber(low * exp(span * share));
  const grained = findAmountResolution(from);
  return Array.from({ length: runs }, (_, i) => {
    const [begin, end] = [at(i / runs), at((i + 1) / runs)];
    const step = stepBelow(dividedBy(minus(end, begin), fraction(BigInt(PLACES_MIN))), grained);
    return snap(at((i + stream.uniform()) / runs), step, [begin, end]);
  });
}

/** The nearest multiple of the step that is in the stratum; if none is, the nearest multiple. */
function snap(
  value: Fraction,
  step: Fraction,
  [begin, end]: readonly [Fraction, Fraction],
): Fraction {
  const near = roundFraction(dividedBy(value, step));
  const isInside = (one: Fraction): boolean =>
    compareFractions(one, begin) >= 0 && compareFractions(one, end) < 0;
  const around = [near, near - 1n, near + 1n].map((count) => times(fraction(count), step));
  return around.find(isInside) ?? times(fraction(near), step);
}

/** The largest power of ten that is at most `wanted`, but not below the resolution `grained`. */
function stepBelow(wanted: Fraction, grained: Fraction | undefined): Fraction {
  let step = fraction(1n);
  while (compareFractions(step, wanted) > 0) step = dividedBy(step, fraction(10n));
  for (let next = step; compareFractions(next, wanted) <= 0; next = times(next, fraction(10n)))
    step = next;
  if (grained === undefined) return step;
  // Steps larger than the resolution must be multiples of it, too: a step may be 0.1 ms, but not
  // 0.1 KiB.
  const grains = floor(dividedBy(step, grained));
  return grains < 1n ? grained : times(grained, fraction(grains));
}
