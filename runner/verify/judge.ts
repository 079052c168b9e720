/**
 * Verdicts of measures over seeds (docs/VERIFICATION.md#how-to-read-the-table): an exact value must
 * be exact for every seed, a bound must hold for every seed, and the mean of a statistic over n
 * seeds must lie within its interval divided by sqrt(n).
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import { summariseSample } from '../../reports/statistics/summary.ts';
import type { AcceptedRange, CheckMeasure, VerificationCheck } from './base/model.ts';

/** The verdict on a measure over all seeds. */
export interface MeasureVerdict {
  readonly label: string;
  readonly published?: number;
  readonly theory: number;
  /**
   * The value of a single seed; for several seeds the mean, or for exact values and bounds the value
   * farthest from the theory.
   */
  readonly measured: number;
  readonly kind: AcceptedRange['kind'];
  readonly low: number;
  readonly high: number;
  readonly digits: number;
  readonly isGreen: boolean;
  readonly perSeed: readonly number[];
}

/** The verdict on a check over all seeds. */
export interface CheckVerdict {
  readonly id: string;
  readonly name: string;
  readonly formula: string;
  readonly catches: string;
  readonly isGreen: boolean;
  readonly measures: readonly MeasureVerdict[];
}

/** Judges one check; `runs[seed]` has the measures of one seed. */
export function judgeCheck(
  check: VerificationCheck,
  runs: readonly (readonly CheckMeasure[])[],
): CheckVerdict {
  const [first = []] = runs;
  assert(first.length > 0, `check ${check.id} measured nothing`);
  const measures = first.map((measure, i) => {
    const all = runs.map((run) => run[i]?.measured ?? Number.NaN);
    const verdict = judgeMeasure(measure, all);
    // The label is that of the seed whose value is shown, because a label may describe what was
    // found with its seed.
    return { ...verdict, label: runs[all.indexOf(verdict.measured)]?.[i]?.label ?? measure.label };
  });
  const { id, name, formula, catches } = check;
  const isGreen = measures.every((measure) => measure.isGreen);
  return { id, name, formula, catches, isGreen, measures };
}

/** Judges one measure; NaN never passes. */
export function judgeMeasure(measure: CheckMeasure, perSeed: readonly number[]): MeasureVerdict {
  const { label, published, theory, accept, digits } = measure;
  const { low, high } = bounds(accept, theory, perSeed.length);
  const measured =
    accept.kind === 'around'
      ? summariseSample(perSeed).mean
      : furthest(perSeed, { theory, low, high });
  const isGreen = measured >= low && measured <= high;
  return {
    label,
    ...(published === undefined ? {} : { published }),
    theory,
    measured,
    kind: accept.kind,
    low,
    high,
    digits,
    isGreen,
    perSeed,
  };
}

function bounds(
  accept: AcceptedRange,
  theory: number,
  seeds: number,
): { readonly low: number; readonly high: number } {
  switch (accept.kind) {
    case 'equal':
      return { low: theory, high: theory };
    case 'within':
      return { low: accept.low, high: accept.high };
    case 'around': {
      const root = Math.sqrt(seeds);
      return { low: theory - accept.below / root, high: theory + accept.above / root };
    }
  }
}

/** The value outside the interval if there is one, else the value farthest from the theory. */
function furthest(
  values: readonly number[],
  range: { readonly theory: number; readonly low: number; readonly high: number },
): number {
  const outside = values.find((value) => !(value >= range.low && value <= range.high));
  if (outside !== undefined) return outside;
  const distance = (value: number): number => Math.abs(value - range.theory);
  return values.reduce((worst, value) => (distance(value) > distance(worst) ? value : worst));
}
