/**
 * Dropped packets by reason, for those reports that show links and nodes in one list.
 *
 * @module
 */
import type { Report } from './report-schema.ts';

/** Packets dropped for a reason by links, or by nodes. */
export interface Drop {
  /** Says who dropped them where links and nodes share a reason. */
  readonly label: string;
  readonly by: 'links' | 'nodes';
  readonly count: number;
}

/** The most frequent first. */
export function dropsOf({ packets, nodeDrops }: Report): readonly Drop[] {
  const drops = { links: packets.drops, nodes: nodeDrops };
  const isShared = (reason: string): boolean =>
    Object.values(drops).every((counts) => (counts[reason] ?? 0) > 0);
  const of = (by: Drop['by']): readonly Drop[] =>
    Object.entries(drops[by]).map(([reason, count]) => ({
      label: isShared(reason) ? `${reason} (${by})` : reason,
      by,
      count,
    }));
  return [...of('links'), ...of('nodes')]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
