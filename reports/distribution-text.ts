/**
 * A distribution in one sentence, for pages and reports alike: its modes if it has any, each named
 * by the path of its packets; else its median and its tail. Values have enough digits to differ
 * from each other.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import { chooseUnitScale, countWithNoun, scaledNumberText, wholeNumberText } from './format.ts';
import type { MetricSummary } from './report-schema.ts';

/** The parts of a metric that the sentence uses. */
type Summary = Pick<MetricSummary, 'unit' | 'count' | 'min' | 'max' | 'quantiles' | 'modes'>;

/** A quantile is reliable only with at least this many samples beyond it. */
export const RELIABLE_TAIL_SAMPLES = 10;
/** Fewest significant digits of a quantile. */
const DIGITS = 3;
/**
 * Fewest significant digits of a mode: one more than for a quantile, because the samples of a mode
 * lie close together. The histogram resolves no further digit.
 */
const MODE_DIGITS = 4;
const DIGITS_MAX = 9;
/**
 * A tail quantile is not reported if it is nearer to the last mode than this share of the gap
 * between the last two modes.
 */
const NEAR_SHARE = 0.1;

/** True if at least ten of n samples lie beyond the quantile. */
export function isReliableQuantile(p: number, n: number): boolean {
  // 1 - 0.99 is a little more than 0.01 in binary, 1 - 0.9 a little less than 0.1.
  return (1 - p) * n >= RELIABLE_TAIL_SAMPLES - 1e-6;
}

/**
 * Formats values of one unit in the scale of the largest value, with enough digits that different
 * values differ as text.
 * @param fewest Smallest number of significant digits.
 */
export function distinctQuantityTexts(
  values: readonly number[],
  unit: string,
  fewest = DIGITS,
): readonly string[] {
  const scale = chooseUnitScale(greatestOf(values), unit);
  const suffix = scale.suffix === '' ? '' : ` ${scale.suffix}`;
  const written = (digits: number): readonly string[] =>
    values.map((value) => scaledNumberText(value, scale, { digits }));
  const different = new Set(values).size;
  let digits = fewest;
  while (digits < DIGITS_MAX && new Set(written(digits)).size < different) digits += 1;
  return written(digits).map((text) => `${text}${suffix}`);
}

/**
 * The distribution of a metric in words: `34 % by via-120 at 10.06 ms, 66 % by via-130 at 12.06 ms`, or
 * without modes `half at most 10.3 ms, one in 1 000 above 41.7 ms`.
 */
export function distributionText(metric: Summary): string {
  const { unit, count, modes = [], min = 0, max = 0 } = metric;
  if (min === max) {
    const samples = count === 1 ? '1 sample' : `all ${countWithNoun(count, 'sample')}`;
    return `${samples} at ${distinctQuantityTexts([max], unit)[0]}`;
  }
  return modes.length > 0 ? modesText(metric, modes) : tailText(metric);
}

function modesText(metric: Summary, modes: NonNullable<Summary['modes']>): string {
  const values = modes.map(({ value }) => value);
  const tail = tailOf(metric);
  const [before = 0, last = 0] = [modes.at(-2)?.high, modes.at(-1)?.high];
  const isBeyond = tail !== undefined && tail.value - last > (last - before) * NEAR_SHARE;
  const told = isBeyond ? [...values, tail.value] : values;
  const texts = distinctQuantityTexts(told, metric.unit, MODE_DIGITS);
  const parts = modes.map(({ share, path }, at) => {
    const by = path === undefined ? '' : ` by ${path}`;
    return `${shareText(share)}${by} at ${texts[at]}`;
  });
  const beyond = isBeyond ? [`one in ${wholeNumberText(tail.oneIn)} above ${texts.at(-1)}`] : [];
  return [...parts, ...beyond].join(', ');
}

function tailText(metric: Summary): string {
  const { unit, max = 0 } = metric;
  const median = quantileAt(metric, 0.5) ?? max;
  const tail = tailOf(metric);
  if (tail === undefined) return `half at most ${distinctQuantityTexts([median], unit)[0]}`;
  const oneIn = wholeNumberText(tail.oneIn);
  if (median === tail.value) {
    return `half, and all but one in ${oneIn}, at most ${distinctQuantityTexts([median], unit)[0]}`;
  }
  const [half, slow] = distinctQuantityTexts([median, tail.value], unit);
  return `half at most ${half}, one in ${oneIn} above ${slow}`;
}

/**
 * The highest of a few quantiles that is reliable with this number of samples; undefined if none
 * is.
 */
function tailOf(metric: Summary): { readonly value: number; readonly oneIn: number } | undefined {
  const p = [0.999, 0.99, 0.95, 0.9].find((one) => isReliableQuantile(one, metric.count));
  const value = p === undefined ? undefined : quantileAt(metric, p);
  if (p === undefined || value === undefined) return undefined;
  return { value, oneIn: Math.round(1 / (1 - p)) };
}

/** Value of a quantile; undefined if the samples do not reach it. */
export function quantileAt({ quantiles = [], count }: Summary, p: number): number | undefined {
  if (count * (1 - p) < 1 - 1e-6) return undefined;
  return quantiles.find((point) => point.p >= p - 1e-12)?.value;
}

function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 99.5 && percent < 100) return `${percent.toFixed(2)} %`;
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
