/**
 * Names for the parts of clouds, which events change like links: `internet/eu-1` is the access of a host (forward is
 * up), `internet/eu--us` lies between two regions (forward is the first to the second).
 *
 * @module
 */
import type { CloudSpec } from './model.ts';

/** The ids of all accesses, then of all pairs of regions, each pair once. */
export function cloudParts(
  clouds: readonly Pick<CloudSpec, 'id' | 'members' | 'regions'>[],
): readonly string[] {
  return clouds.flatMap(({ id, members, regions }) => [
    ...members.map(({ host }) => `${id}/${host}`),
    ...regions.flatMap((from, a) => regions.slice(a).map((to) => `${id}/${from}--${to}`)),
  ]);
}
