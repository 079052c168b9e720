/**
 * What lying clients send: sign flips, noise, labels turned round, and "a little is enough" (Baruch,
 * Baruch, Goldberg 2019, algorithm 3). For experiments.
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

/** Labels turned round: class c becomes the c-th from the end. */
export function flipLabels(labels: Uint8Array, classes: number): Uint8Array {
  return labels.map((label) => classes - 1 - label);
}

/**
 * Largest number of standard deviations by which lies may differ from the mean so that they are a
 * majority together with the honest updates that differ more; 0 if there is no such number.
 */
export function littleIsEnoughDeviationCount(clients: number, lies: number): number {
  const supporters = Math.floor(clients / 2 + 1) - lies;
  const honest = clients - lies;
  const share = (honest - supporters) / honest;
  return share > 0 && share < 1 ? Math.max(0, normalQuantile(share)) : 0;
}

/**
 * The mean of the honest updates, moved by `deviations` standard deviations in each coordinate: rules
 * take the result for honest, and all liars send the same.
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
