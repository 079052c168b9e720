/**
 * The mean of one long, correlated run by batch means (Law, "Simulation Modeling and Analysis"):
 * after removal of the warm-up, the run is cut into equal batches whose means are nearly
 * independent.
 *
 * @module
 */
import { type MeanInterval, meanInterval } from './student-t.ts';
import { correlation } from './summary.ts';

/** If neighbouring batch means have a higher correlation than this, their interval is not trusted. */
const LAG_CORRELATION_MAX = 0.2;

/** The interval of a long run, and whether its batches can be trusted. */
export interface BatchMeans extends MeanInterval {
  /** Correlation of neighbouring batch means. */
  readonly lagCorrelation: number;
  /** False if neighbouring batches still depend on each other; a longer run helps. */
  readonly isTrusted: boolean;
}

/**
 * Computes the interval of a run's mean by batch means.
 * @param options `batches`: 20 to 40, an incomplete batch at the end is omitted; `level`: confidence,
 *   e.g. 0.95.
 * @returns undefined when there are fewer values than batches.
 */
export function batchMeans(
  values: readonly number[],
  options: { readonly batches: number; readonly level: number },
): BatchMeans | undefined {
  const size = Math.floor(values.length / options.batches);
  if (size < 1) return undefined;
  const means: number[] = [];
  for (let batch = 0; batch < options.batches; batch++) {
    let sum = 0;
    for (let i = batch * size; i < (batch + 1) * size; i++) sum += values[i] ?? NaN;
    means.push(sum / size);
  }
  const interval = meanInterval(means, options.level);
  if (interval === undefined) return undefined;
  const lag = correlation(means.slice(0, -1), means.slice(1));
  const lagCorrelation = Number.isNaN(lag) ? 0 : lag;
  return { ...interval, lagCorrelation, isTrusted: lagCorrelation < LAG_CORRELATION_MAX };
}
