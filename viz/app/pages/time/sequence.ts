/**
 * Computes the sequence chart and the waterfall as plain data: arrows between selected nodes, and
 * the parts of the delay of one packet.
 *
 * @module
 */
import { DELAY_PARTS, type DelayPart } from '../../chart/delay-parts.ts';
import { isPacketInSample } from '../../data/hop-columns.ts';
import type { RateDelayHistory, TransitTimeParts } from '../../data/paces.ts';
import type { HopColumns, TraceInfo } from '../../data/trace-answers.ts';

/** An arrow of the sequence chart: a packet on one link, or on its whole way through a cloud. */
export interface Arrow {
  readonly packet: number;
  readonly class: string;
  readonly from: number;
  readonly to: number;
  readonly departNs: number;
  /** Undefined if the packet did not arrive. */
  readonly arriveNs: number | undefined;
  readonly bytes: number;
}

/** A part of a packet's delay, a bar of the waterfall. */
export interface WaterfallPart {
  /** `link` is the whole time on a link, if its parts are unknown. */
  readonly kind: DelayPart | 'link';
  readonly where: string;
  readonly fromNs: number;
  readonly toNs: number;
  readonly isLost: boolean;
}

/** Lists nodes in the order in which a packet met them. */
export function nodesOnRoute(hops: HopColumns, links: TraceInfo['links']): readonly number[] {
  const way: number[] = [];
  for (let row = 0; row < hops.rows; row += 1) {
    const link = links[hops.link[row] ?? -1];
    if (link === undefined) continue;
    for (const node of [link.from, link.to]) if (node >= 0 && !way.includes(node)) way.push(node);
  }
  return way;
}

/**
 * Makes the arrows between the chosen nodes. If there are too many, some packets get no arrows at
 * all. A cloud has no nodes inside, so the hops of a packet through a cloud become one arrow; a
 * packet lost inside the cloud has no arrow there.
 */
export function computeArrows(
  hops: HopColumns,
  info: Pick<TraceInfo, 'links' | 'classes'>,
  of: { readonly nodes: readonly number[]; readonly selected: number; readonly most: number },
): { readonly arrows: readonly Arrow[]; readonly oneIn: number } {
  const found: Arrow[] = [];
  const inside = new Map<number, Arrow>();
  for (let row = 0; row < hops.rows; row += 1) {
    const hop = arrowAt(hops, row, info);
    const begun = hop.from < 0 ? inside.get(hop.packet) : undefined;
    const arrow =
      begun === undefined ? hop : { ...hop, from: begun.from, departNs: begun.departNs };
    if (arrow.to < 0) inside.set(arrow.packet, arrow);
    const isOwn = of.nodes.includes(arrow.from) && of.nodes.includes(arrow.to);
    if (isOwn) found.push(arrow);
  }
  const oneIn = Math.max(1, Math.ceil(found.length / of.most));
  const arrows = found.filter(
    ({ packet }) => packet === of.selected || oneIn === 1 || isPacketInSample(packet, oneIn),
  );
  return { arrows: arrows.sort((a, b) => a.departNs - b.departNs), oneIn };
}

function arrowAt(
  hops: HopColumns,
  row: number,
  { links, classes }: Pick<TraceInfo, 'links' | 'classes'>,
): Arrow {
  const link = links[hops.link[row] ?? -1];
  const arriveNs = hops.arriveNs[row] ?? Number.NaN;
  return {
    ...{ packet: hops.packet[row] ?? 0, from: link?.from ?? -1, to: link?.to ?? -1 },
    class: classes[hops.class[row] ?? -1] ?? 'data',
    departNs: hops.departNs[row] ?? 0,
    arriveNs: Number.isNaN(arriveNs) ? undefined : arriveNs,
    bytes: hops.bytes[row] ?? 0,
  };
}

/**
 * Finds the first application packet that departs at or after an instant, or else the nearest other
 * packet.
 */
export function packetNumberAt(hops: HopColumns, timeNs: number): number | undefined {
  let found: { packet: number; rank: number } | undefined;
  for (let row = 0; row < hops.rows; row += 1) {
    const awayNs = (hops.departNs[row] ?? 0) - timeNs;
    // The packet with the lowest rank is chosen: packets before the instant rank after all later
    // packets, and packets without a flow rank after all packets of flows.
    const rank =
      Math.abs(awayNs) + (awayNs < 0 ? 1e12 : 0) + ((hops.flow[row] ?? 0) === 0 ? 1e13 : 0);
    if (found === undefined || rank < found.rank) found = { packet: hops.packet[row] ?? 0, rank };
  }
  return found?.packet;
}

/**
 * Lists the parts of a packet's delay in order: queue, serialisation, propagation, processing,
 * queue, and so on.
 */
export function waterfallParts(
  hops: HopColumns,
  info: Pick<TraceInfo, 'links' | 'nodes'>,
  paces: RateDelayHistory,
): readonly WaterfallPart[] {
  const parts: WaterfallPart[] = [];
  let arrivedNs = Number.NaN;
  for (let row = 0; row < hops.rows; row += 1) {
    const departNs = hops.departNs[row] ?? 0;
    const queuedNs = departNs - (hops.queueNs[row] ?? 0);
    const arriveNs = hops.arriveNs[row] ?? Number.NaN;
    const number = hops.link[row] ?? -1;
    const link = info.links[number];
    const node = info.nodes[link?.from ?? -1]?.name ?? '?';
    const where = link?.name.replace('->', ' → ') ?? '?';
    const time = paces.timeOf(number, hops.bytes[row] ?? 0, departNs);
    parts.push(
      { kind: 'processing', where: node, fromNs: arrivedNs, toNs: queuedNs, isLost: false },
      { kind: 'queue', where, fromNs: queuedNs, toNs: departNs, isLost: false },
    );
    for (const part of linkParts({ where, departNs, arriveNs }, time)) parts.push(part);
    arrivedNs = arriveNs;
  }
  // The time before the first link is unknown. Parts of length 0 are omitted, except those of kind
  // `link` and `propagation`.
  return parts.filter(
    ({ kind, fromNs, toNs }) => kind === 'link' || kind === 'propagation' || toNs > fromNs,
  );
}

interface OnLink {
  readonly where: string;
  readonly departNs: number;
  /** NaN if the packet did not arrive. */
  readonly arriveNs: number;
}

/**
 * Returns the parts of the time from departure to arrival on one link; only one part if the rate of
 * the link is unknown.
 */
function linkParts(
  { where, departNs, arriveNs }: OnLink,
  time: TransitTimeParts | undefined,
): WaterfallPart[] {
  const at = { where, isLost: false };
  if (Number.isNaN(arriveNs)) {
    // The trace does not say how far on the link the packet came.
    return [{ kind: 'link', where, fromNs: departNs, toNs: departNs, isLost: true }];
  }
  const whole = arriveNs - departNs;
  if (time === undefined || whole < time.serialisationNs) {
    return [{ kind: 'link', ...at, fromNs: departNs, toNs: arriveNs }];
  }
  const restNs = whole - time.serialisationNs - time.propagationNs;
  // A rest of at most 1 ns comes from rounding: a link adds the remainder of its division to its
  // next packet.
  const carriedNs = restNs > 0 && restNs <= 1 ? restNs : 0;
  const sentNs = departNs + time.serialisationNs + carriedNs;
  const cameNs = Math.min(arriveNs, sentNs + time.propagationNs);
  return [
    { kind: 'serialisation', ...at, fromNs: departNs, toNs: sentNs },
    { kind: 'propagation', ...at, fromNs: sentNs, toNs: cameNs },
    { kind: 'jitter', ...at, fromNs: cameNs, toNs: arriveNs },
  ];
}

/**
 * Sums the parts of each kind, ns; the result begins with `link` and continues in the order of
 * {@link DELAY_PARTS}.
 */
export function delaySumsByPart(
  parts: readonly WaterfallPart[],
): ReadonlyMap<WaterfallPart['kind'], number> {
  const kinds = ['link', ...DELAY_PARTS.map(({ name }) => name)] as const;
  const sum = (of: WaterfallPart['kind']): number =>
    parts.reduce((all, { kind, fromNs, toNs }) => all + (kind === of ? toNs - fromNs : 0), 0);
  return new Map(kinds.map((kind) => [kind, sum(kind)]));
}
