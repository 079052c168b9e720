/**
 * Seeds as a person writes them: `7`, `1-10`, `1-3, 9`.
 *
 * @module
 */
import { LINK_ITEMS_MAX } from '../link/lab-link.ts';

/** Seeds, null for those that the file names, or a sentence about a mistake. */
export type SeedReading = readonly number[] | null | { readonly mistake: string };

/** Reads a list of seeds; an empty text means those that the file names. */
export function readSeeds(text: string): SeedReading {
  if (text.trim() === '') return null;
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to = from] = /^\s*(\d{1,16})\s*(?:-\s*(\d{1,16})\s*)?$/.exec(part) ?? [];
    const isSeed = Number.isSafeInteger(Number(to));
    if (from === undefined || !isSeed || Number(to) < Number(from)) {
      return { mistake: `"${part.trim()}" is no seed: write 7, or 1-10, or 1-3, 9` };
    }
    if (Number(to) - Number(from) + seeds.size >= LINK_ITEMS_MAX) {
      return { mistake: `at most ${LINK_ITEMS_MAX} seeds` };
    }
    for (let seed = Number(from); seed <= Number(to); seed += 1) seeds.add(seed);
  }
  return [...seeds];
}

/** Writes seeds so that {@link readSeeds} reads them: runs of seeds as `1-10`. */
export function writeSeeds(seeds: readonly number[] | null): string {
  const runs: [number, number][] = [];
  for (const seed of seeds ?? []) {
    const last = runs.at(-1);
    if (last !== undefined && seed === last[1] + 1) last[1] = seed;
    else runs.push([seed, seed]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
