/**
 * The false updates of lying clients, for experiments: flipped signs, noise, updates learned from
 * flipped labels, and "a little is enough" (Baruch, Baruch, Goldberg 2019, algorithm 3).
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { normalQuantile } from '../../../engine/pure/normal-quantile.ts';
import { drawStandardNormal } from '../normal.ts';
import type { ModelUpdate } from './rules.ts';

/** The update times -`factor`. */
export function signFlippedUpdate(update: ModelUpdate, factor: number): Float64Array {
  return Float64Array.from(update, (value) => -factor * value);
}

/** Normal noise with this deviation instead of an update. */
export function drawNoiseUpdate(length: number, deviation: number, random: Random): Float64Array {
  return Float64Array.from({ length }, () => deviation * drawStandardNormal(random));
}

/** Flips labels: class c becomes class `classes` - 1 - c. */
export function flipLabels(labels: Uint8Array, classes: number): Uint8Array {
  return labels.map((label) => classes - 1 - label);
}

/**
 * Largest number of standard deviations by which false updates may differ from the mean while they
 * form a majority together with the honest updates that differ even more; 0 if there is none.
 */
export function littleIsEnoughDeviationCount(clients: number, lies: number): number {
  const supporters = Math.floor(clients / 2 + 1) - lies;
  const honest = clients - lies;
  const share = (honest - supporters) / honest;
  return share > 0 && share < 1 ? Math.max(0, normalQuantile(share)) : 0;
}

/**
 * The mean of the honest updates, moved by `deviations` standard deviations in each coordinate: close
 * enough that robust rules take it for honest. All liars send this same update.
 * @param honest At least one update.
 */
export function littleIsEnoughUpdate(
  honest: readonly ModelUpdate[],
  deviations: number,
): Float64Array {
  const length = honest[0]?.length ?? 0;
  return Float64Array.from({ length }, (_, at) => {
    let sum = 0;
    for (const update of honest) sum += update[at] as number;
    const mean = sum / honest.length;
    let square = 0;
    for (const update of honest) {
      square += ((update[at] as number) - mean) * ((update[at] as number) - mean);
    }
    return mean - deviations * Math.sqrt(square / honest.length);
  });
}
