/**
 * A distribution in one sentence: its modes where it has some, else its median and its tail, with as many
 * digits as tell the two apart.
 *
 * @module
 */
import { inScale, quantity, scaleOf, whole } from './format.ts';
import type { MetricSummary } from './report-schema.ts';

const DIGITS = 3;
/** A mode is one value: it is worth a digit more, as many as the histogram has. */
const MODE_DIGITS = 4;
const DIGITS_MAX = 7;

/** `34 % by via-120 at 10.06 ms, 66 % by via-130 at 12.06 ms`. */
export function modesText(metric: Pick<MetricSummary, 'modes' | 'unit'>): string | undefined {
  const { modes = [], unit } = metric;
  if (modes.length === 0) return undefined;
  const values = apart(
    modes.map(({ value }) => value),
    unit,
    MODE_DIGITS,
  );
  const parts = modes.map(({ share, path }, at) => {
    const by = path === undefined ? '' : ` by ${path}`;
    return `${shareText(share)}${by} at ${values[at] ?? ''}`;
  });
  return parts.join(', ');
}

/** `half at most 10.06 ms, one in 1 000 above 12.06 ms`. */
export function tailText(
  metric: MetricSummary,
  points: {
    readonly median: number;
    readonly tail?: { readonly p: number; readonly value: number };
  },
): string {
  const { median, tail } = points;
  if (tail === undefined) return `half at most ${quantity(median, metric.unit)}`;
  const oneIn = whole(Math.round(1 / (1 - tail.p)));
  if (median === tail.value) {
    return `half, and all but one in ${oneIn}, at most ${quantity(median, metric.unit)}`;
  }
  const [half = '', slow = ''] = apart([median, tail.value], metric.unit, DIGITS);
  return `half at most ${half}, one in ${oneIn} above ${slow}`;
}

/** Values of one unit with as many digits as it takes that none reads like another. */
export function apart(values: readonly number[], unit: string, fewest: number): readonly string[] {
  const scales = values.map((value) => scaleOf(value, unit));
  const known = new Set(values).size;
  for (let digits = fewest; ; digits += 1) {
    const texts = values.map((value, at) => {
      const scale = scales[at] ?? scaleOf(value, unit);
      return `${inScale(value, scale, { digits })} ${scale.suffix}`.trimEnd();
    });
    if (new Set(texts).size === known || digits === DIGITS_MAX) return texts;
  }
}

function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 99.5 && percent < 100) return `${percent.toFixed(2)} %`;
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
