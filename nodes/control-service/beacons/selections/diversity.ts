/**
 * Selects beacons that share few links: the idea of link history tables (Krähenbühl and others, "Deployment and
 * Scalability of an Inter-Domain Multi-Path Routing Infrastructure", CoNEXT 2021), counted anew at each choice.
 *
 * @module
 */
import { leastOf } from '../../../../engine/pure/extremes.ts';
import type { BeaconCandidate, BeaconSelection } from '../selection.ts';

/** Takes the shortest beacon first, then always the beacon whose links were taken least often, on average. */
export const diversity: BeaconSelection = {
  select<One extends BeaconCandidate>(candidates: readonly One[], most: number): readonly One[] {
    const counts = new Map<string, number>();
    const left = candidates.map((one) => ({ one, links: linksOf(one) }));
    const chosen: One[] = [];
    const use = (links: readonly string[]): number =>
      links.reduce((sum, link) => sum + (counts.get(link) ?? 0), 0) / links.length;
    while (chosen.length < most && left.length > 0) {
      const uses = left.map(({ links }) => use(links));
      const [next] = left.splice(uses.indexOf(leastOf(uses)), 1);
      if (next === undefined) break;
      chosen.push(next.one);
      for (const link of next.links) counts.set(link, (counts.get(link) ?? 0) + 1);
    }
    return chosen;
  },
};

/** Names of the links that a beacon passed: the AS and the interface at the beginning of each link. */
function linksOf({ segment }: BeaconCandidate): readonly string[] {
  return segment.entries.map(({ isdAs, hop }) => `${isdAs} ${hop.consEgress}`);
}
