/**
 * Selects the shortest beacons, and one beacon that has few links in common with the shortest (reference
 * control/beacon/selection_algo.go, baseAlgo).
 *
 * @module
 */
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import type { BeaconCandidate, BeaconSelection } from '../selection.ts';

/**
 * Takes the shortest beacons; the last one taken is the most diverse of the rest, if it is more diverse than the
 * others.
 */
export const reference: BeaconSelection = {
  select<One extends BeaconCandidate>(candidates: readonly One[], most: number): readonly One[] {
    const [best] = candidates;
    if (best === undefined || candidates.length <= most) return candidates;
    const result = candidates.slice(0, most - 1);
    const known = greatestOf(
      result.map((one) => beaconDiversity(best, one)),
      0,
    );
    const rest = candidates.slice(most - 1);
    let last = rest[0] as One;
    let lastDiversity = beaconDiversity(best, last);
    for (const one of rest.slice(1)) {
      const own = beaconDiversity(best, one);
      const isShorter = one.segment.entries.length < last.segment.entries.length;
      if (own > lastDiversity || (own === lastDiversity && isShorter)) {
        last = one;
        lastDiversity = own;
      }
    }
    return [...result, lastDiversity > known ? last : (rest[0] as One)];
  },
};

/**
 * The number of links of `one` that `other` does not have. A link is identified by the AS and the interface at
 * which it begins; the measure is not symmetric (reference control/beacon/beacon.go, Diversity).
 */
export function beaconDiversity(one: BeaconCandidate, other: BeaconCandidate): number {
  const has = new Set(other.segment.entries.map(({ isdAs, hop }) => `${isdAs} ${hop.consEgress}`));
  const { entries } = one.segment;
  return entries.filter(({ isdAs, hop }) => !has.has(`${isdAs} ${hop.consEgress}`)).length;
}
