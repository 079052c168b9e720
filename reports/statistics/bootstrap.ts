/**
 * Percentile bootstrap for statistics without a formula (Efron 1979). Seeds are resampled, never
 * packets of one run. The caller passes the random stream, `report/bootstrap`.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import { quantile, sortedAscending } from './quantile.ts';

/** Number of resamples. */
const BOOTSTRAP_ROUNDS = 2_000;

/** The data to resample, the statistic to compute, and the random stream. */
export interface BootstrapInput<T> {
  /** The data of each seed. */
  readonly replications: readonly T[];
  readonly statistic: (sample: readonly T[]) => number;
  readonly random: Pick<Random, 'below'>;
  readonly level: number;
}

/** The percentile interval of a statistic over seeds; undefined for fewer than two seeds. */
export function bootstrapInterval<T>(
  question: BootstrapInput<T>,
): { readonly low: number; readonly high: number } | undefined {
  const { replications, statistic, random, level } = question;
  if (replications.length < 2) return undefined;
  const results: number[] = [];
  for (let round = 0; round < BOOTSTRAP_ROUNDS; round++) {
    const sample: T[] = [];
    for (let i = 0; i < replications.length; i++) {
      const drawn = replications[random.below(replications.length)];
      if (drawn !== undefined) sample.push(drawn);
    }
    results.push(statistic(sample));
  }
  const sorted = sortedAscending(results);
  const low = quantile(sorted, (1 - level) / 2);
  const high = quantile(sorted, (1 + level) / 2);
  return low === undefined || high === undefined ? undefined : { low, high };
}
