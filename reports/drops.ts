/**
 * Dropped packets by reason, for reports that list the drops of links and nodes together.
 *
 * @module
 */
import type { Report } from './report-schema.ts';

/** Packets dropped for a reason by links, or by nodes. */
export interface DropCount {
  /** The reason; says `links` or `nodes` if both dropped packets for this reason. */
  readonly label: string;
  readonly by: 'links' | 'nodes';
  readonly count: number;
}

/** The dropped packets of a report, the most frequent reason first. */
export function listDropCounts({ packets, nodeDrops }: Report): readonly DropCount[] {
  const drops = { links: packets.drops, nodes: nodeDrops };
  const isShared = (reason: string): boolean =>
    Object.values(drops).every((counts) => (counts[reason] ?? 0) > 0);
  const of = (by: DropCount['by']): readonly DropCount[] =>
    Object.entries(drops[by]).map(([reason, count]) => ({
      label: isShared(reason) ? `${reason} (${by})` : reason,
      by,
      count,
    }));
  return [...of('links'), ...of('nodes')]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
