/**
 * Figures as multiples of the calibration loop, so that a fast machine does not hide slow code and
 * a slow one does not condemn good code.
 *
 * @module
 */
import type { BenchResult } from './bench-result.ts';

/** Steps of the loop per unit of time, when it makes a million of them per second. */
const STEPS: Readonly<Record<string, number>> = { ns: 0.001, us: 1, ms: 1_000, s: 1_000_000 };

/**
 * For a time (`us/packet`): the steps that the loop makes in it. For a rate (`packets/s`): how many
 * per million steps. For anything else (`%`, `x`, `MB`): null, because the machine's speed does not
 * matter.
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
