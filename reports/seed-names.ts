/**
 * Seeds in a sentence.
 *
 * @module
 */

/** Largest number of seeds that are named: five fit into a line of 80 columns with their sentence. */
const NAMED_MAX = 5;

/**
 * Names seeds in a sentence; of many, only the first five.
 * @returns `seed 4`, `seeds 4, 8`, `seeds 1, 2, 3, 4, 5 and 20 more`.
 */
export function seedNamesText(seeds: readonly number[]): string {
  const named = seeds.slice(0, NAMED_MAX).join(', ');
  const more = seeds.length - NAMED_MAX;
  return `seed${seeds.length === 1 ? '' : 's'} ${named}${more > 0 ? ` and ${more} more` : ''}`;
}
