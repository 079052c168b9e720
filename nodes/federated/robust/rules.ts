/**
 * Rules that combine updates of which some may be false: Krum and Multi-Krum (Blanchard, El Mhamdi, Guerraoui,
 * Stainer 2017), trimmed mean and median by coordinate (Yin, Chen, Kannan, Bartlett 2018), and a bound of the
 * norm. All need to see each single update (`combinations.ts`).
 *
 * Updates may contain any values: one that is not a number counts as infinitely large or infinitely far away.
 *
 * @module
 */
import { clipL2 } from '../privacy/clip.ts';

/** An update of a client, or the mean of a group. */
export type ModelUpdate = Float32Array | Float64Array;

/** If f updates may be false, Krum needs at least 2 f + 3. */
const KRUM_FACTOR = 2;
const KRUM_MORE = 3;

/** How many updates Krum needs to withstand f = `lies` lying ones: 2 f + 3. */
export function krumUpdatesMin(lies: number): number {
  return KRUM_FACTOR * lies + KRUM_MORE;
}

/**
 * Krum scores of updates: each the sum of squared distances to its n - f - 2 nearest others.
 * @param lies Number of updates that may be false, f.
 * @returns undefined for fewer than 2 f + 3 updates.
 */
export function krumScores(
  updates: readonly ModelUpdate[],
  lies: number,
): Float64Array | undefined {
  const count = updates.length;
  if (count < krumUpdatesMin(lies)) return undefined;
  const near = count - lies - 2;
  const distances = updates.map(() => new Float64Array(count));
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 1; b < count; b += 1) {
      const distance = squaredDistance(updates[a] as ModelUpdate, updates[b] as ModelUpdate);
      (distances[a] as Float64Array)[b] = distance;
      (distances[b] as Float64Array)[a] = distance;
    }
  }
  return Float64Array.from(distances, (row, own) => {
    const others = row.filter((_, other) => other !== own).sort();
    let sum = 0;
    for (let at = 0; at < near; at += 1) sum += others[at] as number;
    return sum;
  });
}

/**
 * Indices of the `take` updates with the smallest scores, best first; of equal scores the lower index
 * first. Krum takes the first of these updates, Multi-Krum the mean of several.
 * @returns undefined if {@link krumScores} is undefined, or if fewer than `take` updates have finite scores.
 */
export function krumSelectedIndices(
  updates: readonly ModelUpdate[],
  { lies, take }: { readonly lies: number; readonly take: number },
): readonly number[] | undefined {
  const scores = krumScores(updates, lies);
  if (scores === undefined) return undefined;
  const indices = [...updates.keys()].filter((index) => Number.isFinite(scores[index]));
  indices.sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
  return indices.length < take ? undefined : indices.slice(0, take);
}

/** The mean of the updates with these indices, added in the order of `indices`; zeros if there are no indices. */
export function meanOfUpdates(
  updates: readonly ModelUpdate[],
  indices: readonly number[],
): Float64Array {
  const mean = new Float64Array(updates[0]?.length ?? 0);
  for (const index of indices) {
    const update = updates[index] as ModelUpdate;
    for (let at = 0; at < mean.length; at += 1) {
      mean[at] = (mean[at] as number) + (update[at] as number);
    }
  }
  return mean.map((sum) => sum / Math.max(1, indices.length));
}

/**
 * The mean of each coordinate without its `trim` smallest and largest values.
 * @returns undefined unless 2 `trim` is below the number of updates.
 */
export function trimmedMean(
  updates: readonly ModelUpdate[],
  trim: number,
): Float64Array | undefined {
  const count = updates.length;
  if (2 * trim >= count) return undefined;
  return byCoordinate(updates, (sorted) => {
    let sum = 0;
    for (let at = trim; at < count - trim; at += 1) sum += sorted[at] as number;
    return sum / (count - 2 * trim);
  });
}

/** The median of each coordinate; of an even number, the mean of both middle values. Undefined for none. */
export function medianOfUpdates(updates: readonly ModelUpdate[]): Float64Array | undefined {
  const count = updates.length;
  if (count === 0) return undefined;
  const middle = Math.floor(count / 2);
  return byCoordinate(updates, (sorted) => {
    if (count % 2 === 1) return sorted[middle] as number;
    return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  });
}

/**
 * The mean of the updates, each cut to the Euclidean length `bound`; one of infinite length counts as 0.
 */
export function meanOfClippedUpdates(updates: readonly ModelUpdate[], bound: number): Float64Array {
  const shortened = updates.map((update) => {
    const copy = Float64Array.from(update);
    clipL2(copy, bound);
    return copy;
  });
  return meanOfUpdates(shortened, [...shortened.keys()]);
}

// hot: n^2 / 2 times for Krum.
function squaredDistance(a: ModelUpdate, b: ModelUpdate): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] as number) - (b[at] as number);
    sum += difference * difference;
  }
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}

// hot: once per coordinate.
function byCoordinate(
  updates: readonly ModelUpdate[],
  combine: (sorted: Float64Array) => number,
): Float64Array {
  const column = new Float64Array(updates.length);
  const combined = new Float64Array(updates[0]?.length ?? 0);
  for (let at = 0; at < combined.length; at += 1) {
    for (const [index, update] of updates.entries()) {
      const value = update[at] as number;
      column[index] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
    }
    combined[at] = combine(column.sort());
  }
  return combined;
}
