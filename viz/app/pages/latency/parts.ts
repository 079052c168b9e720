/**
 * Splits the delay of packets into its parts, using only rows of the trace: waiting in the queue of
 * a link, serialisation, propagation, and the time in a node between arrival and the next send.
 * Traces contain the rate and delay of each link and their changes, so serialisation and
 * propagation are exact, and the remaining time on a link is jitter. Traces of older versions have
 * no rates and delays; there, serialisation is estimated from how the shortest transit time grows
 * with the size of packets; if a link carried packets of one size only, its serialisation is
 * counted as propagation. If a node sends a different packet on than it received, as a mix does,
 * the route of the packet ends at this node.
 *
 * @module
 */

import type { RateDelayHistory, TransitTimeParts } from '../../data/paces.ts';
import type { HopColumns } from '../../data/trace-answers.ts';

/** The mean parts of the delay on one link of a route, ns. */
export interface LinkDelayParts {
  /** Number of the link in the trace. */
  readonly link: number;
  readonly queueNs: number;
  /** Undefined if it could not be estimated, because all packets had about the same length. */
  readonly serialisationNs: number | undefined;
  /** Includes the serialisation if `serialisationNs` is undefined. */
  readonly propagationNs: number;
  /** Time on the link that neither its rate nor its delay explains, such as jitter. */
  readonly jitterNs: number;
  /**
   * Time in the node at the end of the link until it sends the packet on; 0 after the last link.
   */
  readonly processingNs: number;
}

/** A route, with means over the packets that took it. */
export interface RouteDelay {
  readonly flow: number;
  readonly links: readonly number[];
  readonly packets: number;
  readonly parts: readonly LinkDelayParts[];
  /**
   * Mean time from the arrival of a packet at the queue of its first link to its arrival at the end
   * of its last link, ns.
   */
  readonly totalNs: number;
}

/** The mean parts of the delay summed over a route, ns. */
export interface DelayPartSums {
  readonly propagation: number;
  readonly serialisation: number;
  readonly jitter: number;
  readonly queue: number;
  readonly processing: number;
}

/** The packets and the interval to examine. */
export interface RouteDelaysQuery {
  readonly fromNs: number;
  readonly toNs: number;
  /**
   * Packets with a hop closer than this to an end of the interval, ns, are left out, because
   * further hops of them may be outside the interval.
   */
  readonly guardNs: number;
  /** The rates and delays of links, as far as the trace has them. */
  readonly paces: RateDelayHistory;
  /** Which packets are examined: data packets of flows, or all. */
  readonly packets:
    | { readonly kind: 'data'; readonly dataClass: number }
    | { readonly kind: 'all' };
}

const ARRIVED = 0;
/**
 * A packet size counts only if this many packets have it; their shortest transit time is then
 * reliable.
 */
const SAMPLES_PER_SIZE = 5;

/**
 * Lists the routes of the wanted packets from their first to their last link, the most frequent
 * route first.
 */
export function routeDelays(hops: HopColumns, window: RouteDelaysQuery): readonly RouteDelay[] {
  const timeOnLink = timesOf(hops, window.paces);
  const ways = new Map<string, Sums>();
  for (const rows of packetsOf(hops, window)) {
    const links = rows.map((row) => cell(hops.link, row));
    const flow = cell(hops.flow, rows[0] ?? 0);
    const key = `${flow} ${links.join(' ')}`;
    const sums = ways.get(key) ?? sumsOf(flow, links);
    ways.set(key, sums);
    add(sums, hops, rows, timeOnLink);
  }
  return [...ways.values()].sort((a, b) => b.packets - a.packets).map(meansOf);
}

/** Sums the parts of the delay over the links of a route. */
export function delayPartSums({ parts }: RouteDelay): DelayPartSums {
  const sum = (of: (part: LinkDelayParts) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    propagation: sum((part) => part.propagationNs),
    serialisation: sum((part) => part.serialisationNs ?? 0),
    jitter: sum((part) => part.jitterNs),
    queue: sum((part) => part.queueNs),
    processing: sum((part) => part.processingNs),
  };
}

/**
 * Returns the parts of the time that the packet in this row spent on its link; undefined if the
 * trace has too little data.
 */
type TimeOnLink = (row: number) => TransitTimeParts | undefined;

/**
 * Makes the function that computes the time on a link: exactly if the trace has rates, or else by
 * an estimate from packet sizes.
 */
function timesOf(hops: HopColumns, paces: RateDelayHistory): TimeOnLink {
  const known = (row: number): TransitTimeParts | undefined =>
    paces.timeOf(cell(hops.link, row), cell(hops.bytes, row), cell(hops.departNs, row));
  if (hops.rows === 0 || known(0) !== undefined) return known;
  const estimated = serialisationNsPerByte(hops);
  return (row) => {
    const perByte = estimated.get(cell(hops.link, row));
    if (perByte === undefined) return undefined;
    const transitNs = cell(hops.arriveNs, row) - cell(hops.departNs, row);
    const serialisationNs = perByte * cell(hops.bytes, row);
    return { serialisationNs, propagationNs: transitNs - serialisationNs };
  };
}

/**
 * Estimates the serialisation time per byte of each link, ns/B; only for links that carried packets
 * of several sizes.
 */
export function serialisationNsPerByte(hops: HopColumns): ReadonlyMap<number, number> {
  const least = new Map<number, Map<number, { count: number; transitNs: number }>>();
  for (let row = 0; row < hops.rows; row += 1) {
    const transitNs = cell(hops.arriveNs, row) - cell(hops.departNs, row);
    if (Number.isNaN(transitNs)) continue;
    const link = cell(hops.link, row);
    const sizes = least.get(link) ?? new Map<number, { count: number; transitNs: number }>();
    least.set(link, sizes);
    const size = cell(hops.bytes, row);
    const known = sizes.get(size);
    if (known === undefined) sizes.set(size, { count: 1, transitNs });
    else {
      // The object is updated in place: a new object for each row would cost most of the page's
      // computing time.
      known.count += 1;
      if (transitNs < known.transitNs) known.transitNs = transitNs;
    }
  }
  const paces = new Map<number, number>();
  for (const [link, sizes] of least) {
    const pace = paceOf(sizes);
    if (pace !== undefined) paces.set(link, pace);
  }
  return paces;
}

/**
 * Estimates the serialisation time per byte of a link, ns/B, from the smallest and the largest of
 * the frequent packet sizes.
 */
function paceOf(
  sizes: ReadonlyMap<number, { readonly count: number; readonly transitNs: number }>,
): number | undefined {
  const often = [...sizes]
    .filter(([, { count }]) => count >= SAMPLES_PER_SIZE)
    .sort(([a], [b]) => a - b);
  const [small, large] = [often[0], often.at(-1)];
  if (small === undefined || large === undefined || small === large) return undefined;
  const perByte = (large[1].transitNs - small[1].transitNs) / (large[0] - small[0]);
  // The rest of the smallest packet's transit time is propagation, which cannot be negative.
  return perByte >= 0 && perByte * small[0] <= small[1].transitNs ? perByte : undefined;
}

/**
 * Lists, for each wanted packet whose whole route lies in the interval, the rows of its hops in
 * chronological order.
 */
function packetsOf(hops: HopColumns, window: RouteDelaysQuery): readonly (readonly number[])[] {
  const byPacket = new Map<number, number[]>();
  for (let row = 0; row < hops.rows; row += 1) {
    if (!isWanted(hops, row, window)) continue;
    const packet = cell(hops.packet, row);
    const rows = byPacket.get(packet);
    if (rows === undefined) byPacket.set(packet, [row]);
    else rows.push(row);
  }
  return [...byPacket.values()].filter((rows) => isWhole(rows, hops, window));
}

function isWanted(hops: HopColumns, row: number, { packets }: RouteDelaysQuery): boolean {
  if (packets.kind === 'all') return true;
  return cell(hops.flow, row) !== 0 && hops.class[row] === packets.dataClass;
}

function isWhole(rows: readonly number[], hops: HopColumns, window: RouteDelaysQuery): boolean {
  const { fromNs, toNs, guardNs } = window;
  const isInside =
    cell(hops.departNs, rows[0] ?? 0) >= fromNs + guardNs &&
    cell(hops.arriveNs, rows.at(-1) ?? 0) <= toNs - guardNs;
  return isInside && rows.every((row) => hops.fate[row] === ARRIVED);
}

/**
 * Returns a value of a column. The row always exists, since all row numbers come from the columns.
 */
function cell(column: { readonly [row: number]: number }, row: number): number {
  return column[row] as number;
}

interface Sums {
  readonly flow: number;
  readonly links: readonly number[];
  packets: number;
  totalNs: number;
  readonly queue: Float64Array;
  readonly serialisation: Float64Array;
  readonly propagation: Float64Array;
  readonly transit: Float64Array;
  readonly processing: Float64Array;
  readonly hasPace: boolean[];
}

function sumsOf(flow: number, links: readonly number[]): Sums {
  const column = (): Float64Array => new Float64Array(links.length);
  return {
    ...{ flow, links, packets: 0, totalNs: 0 },
    ...{ queue: column(), serialisation: column(), propagation: column() },
    ...{ transit: column(), processing: column() },
    hasPace: links.map(() => false),
  };
}

function add(sums: Sums, hops: HopColumns, rows: readonly number[], timeOnLink: TimeOnLink): void {
  sums.packets += 1;
  const first = rows[0] ?? 0;
  const last = rows.at(-1) ?? 0;
  const offeredNs = (row: number): number => cell(hops.departNs, row) - cell(hops.queueNs, row);
  sums.totalNs += cell(hops.arriveNs, last) - offeredNs(first);
  for (const [at, row] of rows.entries()) {
    const arriveNs = cell(hops.arriveNs, row);
    const next = rows[at + 1];
    const transitNs = arriveNs - cell(hops.departNs, row);
    const time = timeOnLink(row);
    sums.hasPace[at] = time !== undefined;
    raise(sums.queue, at, cell(hops.queueNs, row));
    raise(sums.transit, at, transitNs);
    raise(sums.serialisation, at, time?.serialisationNs ?? 0);
    raise(sums.propagation, at, time?.propagationNs ?? transitNs);
    if (next !== undefined) raise(sums.processing, at, offeredNs(next) - arriveNs);
  }
}

function raise(column: Float64Array, at: number, by: number): void {
  column[at] = (column[at] ?? 0) + by;
}

function meansOf(sums: Sums): RouteDelay {
  const { packets, links, flow } = sums;
  const mean = (column: Float64Array, at: number): number => (column[at] ?? 0) / packets;
  const parts = links.map((link, at): LinkDelayParts => {
    const propagationNs = mean(sums.propagation, at);
    const restNs = mean(sums.transit, at) - mean(sums.serialisation, at) - propagationNs;
    // A rest below 1 ns comes from rounding: a link adds the remainder of its division to its next
    // packet.
    const isCarried = Math.abs(restNs) < 1;
    const serialisationNs = mean(sums.serialisation, at) + (isCarried ? restNs : 0);
    return {
      link,
      queueNs: mean(sums.queue, at),
      serialisationNs: sums.hasPace[at] === true ? serialisationNs : undefined,
      propagationNs,
      jitterNs: isCarried ? 0 : restNs,
      processingNs: mean(sums.processing, at),
    };
  });
  return { flow, links, packets, parts, totalNs: sums.totalNs / packets };
}
