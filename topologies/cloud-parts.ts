/**
 * Names for the parts of clouds, which events change like links: `internet/eu-1` is the access of a host (forward is
 * up), `internet/eu--us` lies between two regions (forward is the first to the second).
 *
 * @module
 */
import type { CloudSpec } from './model.ts';

/** Two regions of a cloud, or one with itself. */
export interface RegionPair {
  /** `eu--us`, the region that the file names first in front. */
  readonly name: string;
  /** Numbers of the regions. */
  readonly from: number;
  readonly to: number;
}

/** All pairs of regions, each once, also of a region with itself. Names are unique if no region's contains `--`. */
export function regionPairs(regions: readonly string[]): readonly RegionPair[] {
  return regions.flatMap((first, from) =>
    regions
      .slice(from)
      .map((second, more) => ({ name: `${first}--${second}`, from, to: from + more })),
  );
}

/** The ids of all accesses, then of all pairs of regions, each pair once. */
export function cloudPartIds(
  clouds: readonly Pick<CloudSpec, 'id' | 'members' | 'regions'>[],
): readonly string[] {
  return clouds.flatMap(({ id, members, regions }) => [
    ...members.map(({ host }) => `${id}/${host}`),
    ...regionPairs(regions).map(({ name }) => `${id}/${name}`),
  ]);
}
