/**
 * Names under which events change the parts of clouds, as they change links. `internet/eu-1` is the access of `eu-1`
 * (forward: host to core); `internet/eu--us` joins two regions (forward: `eu` to `us`).
 *
 * @module
 */
import type { CloudSpec } from './model.ts';

/** Two regions of a cloud, or one region paired with itself. */
export interface RegionPair {
  /**
   * The names of both regions, as in `eu--us`; the region that the file names first comes first.
   */
  readonly name: string;
  /** Indices of the two regions in {@link CloudSpec.regions}. */
  readonly from: number;
  readonly to: number;
}

/**
 * All pairs of regions, each once, including the pairs of a region with itself. Names are unique unless the name of a
 * region contains `--`.
 */
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
