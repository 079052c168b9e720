/**
 * Figures as multiples of the calibration loop, so that a fast machine hides no slow code and a slow
 * one condemns no good code.
 *
 * @module
 */
import type { BenchResult } from './bench-result.ts';

/** Steps of the loop in a unit of time, when it makes a million of them per second. */
const STEPS: Readonly<Record<string, number>> = { ns: 0.001, us: 1, ms: 1_000, s: 1_000_000 };

/**
 * Of a time (`us/packet`): the steps that the loop makes in it. Of a rate (`packets/s`): so many for each
 * million steps. Of anything else (`%`, `x`, `MB`): null, for the speed of a machine does not change it.
 *
 * @param pace millions of steps per CPU second, measured in the same run.
 */
export function loopRatio(
  { value, unit }: Pick<BenchResult, 'value' | 'unit'>,
  pace: number,
): number | null {
  const perTime = /\/(s|min)$/.exec(unit)?.[1];
  if (perTime !== undefined) return value / pace;
  const steps = STEPS[unit.split('/')[0] ?? ''];
  return steps === undefined ? null : value * steps * pace;
}
