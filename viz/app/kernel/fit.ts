/**
 * Computes the interval of time that the key `f` shows: all hops of the selected packet, or the
 * latest fault of the selected link or node, or without a selection the latest fault before the
 * cursor.
 *
 * @module
 */
import type { HopColumns, TraceInfo } from '../data/trace-answers.ts';
import type { TraceClient } from '../data/trace-client.ts';
import type { Selection } from './address.ts';
import type { TimeRange } from './time-line.ts';

/** Margin on each side of a packet's interval, as a share of the interval. */
const MARGIN = 0.15;
/** Time shown before a fault, ns. */
const BEFORE_NS = 1e9;
/** Time shown after the end of a fault, ns. */
const AFTER_NS = 2e9;
/** How far around the cursor to search for the hops of a packet, ns. */
const PACKET_SEARCH_NS = 5e9;

/** Returns the interval to show, ns; undefined if the selection has no start and end. */
export async function intervalOfSelection(
  trace: TraceClient,
  selection: Selection | undefined,
  timeNs: number,
): Promise<TimeRange | undefined> {
  if (selection?.kind !== 'packet') return faultIntervalAtCursor(trace.info, selection, timeNs);
  const fromNs = Math.max(0, timeNs - PACKET_SEARCH_NS);
  const packet = Number(selection.name);
  return packetInterval(
    await trace.ask('hopsOfPacket', { packet, fromNs, toNs: timeNs + PACKET_SEARCH_NS }),
  );
}

/**
 * Returns the interval from the first departure of a packet to its last arrival, with a margin on
 * both sides, ns.
 */
export function packetInterval(hops: HopColumns): TimeRange | undefined {
  if (hops.rows === 0) return undefined;
  const from = hops.departNs[0] ?? 0;
  let to = from;
  for (let row = 0; row < hops.rows; row += 1) {
    const departNs = hops.departNs[row] ?? 0;
    const arriveNs = hops.arriveNs[row] ?? Number.NaN;
    to = Math.max(to, Number.isNaN(arriveNs) ? departNs : arriveNs);
  }
  const room = Math.max(1_000, (to - from) * MARGIN);
  return [from - room, to + room];
}

/**
 * Returns the interval of the latest fault that began at or before the cursor, or else of the first
 * fault, ns. If a link or node is selected, only faults of it count.
 */
export function faultIntervalAtCursor(
  { faults, durationNs }: Pick<TraceInfo, 'faults' | 'durationNs'>,
  selection: Selection | undefined,
  timeNs: number,
): TimeRange | undefined {
  const own = faults.filter(
    ({ kind, target }) =>
      kind === 'begin' && (selection === undefined || target === selection.name),
  );
  const begin = own.findLast((row) => row.timeNs <= timeNs) ?? own[0];
  if (begin === undefined) return undefined;
  const end = faults.find(
    (row) => row.kind === 'end' && row.target === begin.target && row.timeNs >= begin.timeNs,
  );
  return [begin.timeNs - BEFORE_NS, (end?.timeNs ?? durationNs) + AFTER_NS];
}
