/**
 * Expresses figures as multiples of the calibration loop, so that a fast machine cannot hide slow
 * code and a slow machine does not make good code look bad.
 *
 * @module
 */
import type { BenchResult } from './bench-result.ts';

/** Steps per unit of time for a loop that makes a million steps per second. */
const STEPS: Readonly<Record<string, number>> = { ns: 0.001, us: 1, ms: 1_000, s: 1_000_000 };

/**
 * A figure as a multiple of the calibration loop: a time (`us/packet`) as the number of steps that the
 * loop makes in it, a rate (`packets/s`) as the count per million steps of the loop. Null for other
 * units (`%`, `x`, `MB`), because they do not depend on the machine's speed.
 * @param pace Rate of the loop, millions of steps per CPU second, measured in the same run.
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
