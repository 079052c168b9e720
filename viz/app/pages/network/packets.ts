/**
 * Computes which packets are visible at an instant, and where: plain numbers for the canvas, the
 * table and the exports. At most about 5,000 packets are drawn; if there are more, the same packets
 * are chosen in every frame.
 *
 * @module
 */

import { isPacketInSample } from '../../data/hop-columns.ts';
import type { DropRow, HopColumns } from '../../data/trace-answers.ts';

/** Largest number of packets that are drawn, approximately (docs/spec/browser-view.md). */
const MARKS_MAX = 5_000;

/**
 * Largest number of losses that are drawn, approximately; more marks would only cover each other.
 */
const LOSS_MARKS_MAX = 60;

/** A packet that is on a link at an instant, and its position on the link. */
export interface PacketOnLink {
  /** Index of the packet in the {@link HopColumns} that were searched. */
  readonly row: number;
  /** Share of the link's length that the packet has passed, 0 to 1. */
  readonly share: number;
}

/** The packets on links at an instant: those that are drawn, and the number of all. */
export interface VisiblePackets {
  readonly marks: readonly PacketOnLink[];
  /** Number of all packets on links; larger than the number of marks if only some are drawn. */
  readonly total: number;
}

/** Lists the packets that are on links at an instant and whose classes the reader wants to see. */
export function packetsAt(
  hops: HopColumns,
  timeNs: number,
  isShown: (packetClass: number) => boolean,
): VisiblePackets {
  const marks: PacketOnLink[] = [];
  for (let row = 0; row < hops.rows; row += 1) {
    const departNs = hops.departNs[row] ?? Number.NaN;
    if (departNs > timeNs) break;
    const arriveNs = hops.arriveNs[row] ?? Number.NaN;
    if (!(arriveNs > timeNs) || !isShown(hops.class[row] ?? 0)) continue;
    marks.push({ row, share: (timeNs - departNs) / (arriveNs - departNs) });
  }
  const oneIn = Math.ceil(marks.length / MARKS_MAX);
  const kept =
    oneIn <= 1 ? marks : marks.filter(({ row }) => isPacketInSample(hops.packet[row] ?? 0, oneIn));
  const thinned = hops.total / Math.max(1, hops.rows);
  return { marks: kept, total: Math.round(marks.length * thinned) };
}

/**
 * Lists the losses whose marks are visible at an instant, each with the age of its mark as a share
 * of `lastsNs`, 0 to 1.
 */
export function visibleLossesAt(
  drops: readonly DropRow[],
  timeNs: number,
  lastsNs: number,
): readonly { readonly drop: DropRow; readonly age: number }[] {
  const inSight = drops.filter((drop) => drop.timeNs <= timeNs && timeNs - drop.timeNs < lastsNs);
  const oneIn = Math.ceil(inSight.length / LOSS_MARKS_MAX);
  return inSight
    .filter((drop) => oneIn <= 1 || isPacketInSample(drop.packet ?? 0, oneIn))
    .map((drop) => ({ drop, age: (timeNs - drop.timeNs) / lastsNs }));
}

/** Sums the bytes of the packets on each link; the keys are numbers of links. */
export function bytesByLink(hops: HopColumns): ReadonlyMap<number, number> {
  const use = new Map<number, number>();
  for (let row = 0; row < hops.rows; row += 1) {
    const link = hops.link[row] ?? 0;
    use.set(link, (use.get(link) ?? 0) + (hops.bytes[row] ?? 0));
  }
  return use;
}
