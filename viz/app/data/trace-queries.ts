/**
 * Answers the pages' queries from an open trace. This code runs in the worker thread, but does not
 * depend on threads or pages, so tests in Node can call it too.
 *
 * @module
 */

import {
  FAULT_KINDS,
  NO_REFERENCE,
  STATE_KIND_DELTA,
} from '../../../engine/measure/trace/layout.ts';
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import { blobAt, readStatesBlob } from '../../format/blobs.ts';
import type { SpanRow } from '../../format/drawing.ts';
import { isFailure, sentenceWithOffset, type TraceFailure } from '../../format/failure.ts';
import { recordedStatusAt } from '../../format/recorded-status.ts';
import type { RowRange, TraceFile } from '../../format/trace-file.ts';
import { fillHopColumns } from './hop-columns.ts';
import { arrivalDensityByNode } from './node-density.ts';
import type {
  DropRow,
  FaultRow,
  HopColumns,
  MachineStateEntries,
  QueryAnswer,
  QueryName,
  QueryParameters,
  RateDelayRow,
  SeriesColumns,
  StateChangeRow,
  TraceInfo,
} from './trace-answers.ts';

const HOPS_MAX = 200_000;
const DROPS_MAX = 20_000;
/** A lost packet counts as on the link for this long after its departure, ns. */
const LOST_FOR_NS = 5_000_000;
const ALL = Number.MAX_SAFE_INTEGER;
/**
 * Distances from the cursor, ns, within which the next event is searched; each is tried only if the
 * one before contains no event, and the last one covers the whole run.
 */
const NEAR_NS = [1e6, 1e8, 1e10, ALL];

type Answers = {
  readonly [Q in QueryName]: (
    trace: TraceFile,
    asked: QueryParameters<Q>,
  ) => Promise<QueryAnswer<Q> | TraceFailure>;
};

/** For each query, by name: the function that answers it. */
export const QUERY_HANDLERS: Answers = {
  hops,
  hopsOfPacket,
  waits,
  losses,
  paces,
  drops,
  marks: (trace, { fromNs, toNs }) => trace.marks(fromNs, toNs),
  spans,
  bins: (trace, window) => trace.bins(window),
  density: arrivalDensityByNode,
  series,
  stateAt,
  changes,
  neighbour,
  trails: (trace) => trace.trails(),
  captures: (trace, { packet }) => trace.captures(packet),
  statusAt: recordedStatusAt,
};

/** Reads the description of a trace from its header, its index and its fault table. */
export async function readTraceInfo(
  trace: TraceFile,
  bytes: number,
): Promise<TraceInfo | TraceFailure> {
  const { header, summary, damage } = trace;
  const faults = await faultRows(trace);
  if (isFailure(faults)) return faults;
  const { run, seed, version, extent, durationNs, warmupNs } = header;
  const { nodes, flows, reasons, classes } = header;
  const last = trace.entries.reduce(
    (latest, { lastNs, maxTransitNs }) => Math.max(latest, lastNs + maxTransitNs),
    0,
  );
  return {
    ...{ run, seed, version, extent, durationNs, warmupNs, nodes, flows, reasons, classes },
    links: trace.links,
    metrics: trace.metrics,
    rangeNs: summary?.rangeNs ?? [0, last],
    windowsNs: summary?.windowsNs ?? [[0, last]],
    counts: summary?.counts ?? countsOf(trace),
    faults,
    fingerprint: summary?.fingerprint ?? '',
    bytes,
    damage: damage === undefined ? undefined : sentenceWithOffset(damage),
  };
}

async function hops(
  trace: TraceFile,
  asked: QueryParameters<'hops'>,
): Promise<HopColumns | TraceFailure> {
  const { fromNs, toNs, rowsMax = HOPS_MAX } = asked;
  const ranges = await trace.rowsUnderWay(fromNs, toNs, LOST_FOR_NS);
  if (isFailure(ranges)) return ranges;
  const limit = { rowsMax, lostForNs: LOST_FOR_NS };
  return fillHopColumns(ranges, ({ departNs, endNs }) => endNs >= fromNs && departNs < toNs, limit);
}

async function hopsOfPacket(
  trace: TraceFile,
  asked: QueryParameters<'hopsOfPacket'>,
): Promise<HopColumns | TraceFailure> {
  const ranges = await trace.rows('hop', asked.fromNs, asked.toNs);
  if (isFailure(ranges)) return ranges;
  const limit = { rowsMax: HOPS_MAX, lostForNs: LOST_FOR_NS };
  return fillHopColumns(ranges, ({ packet }) => packet === asked.packet, limit);
}

async function waits(
  trace: TraceFile,
  { links, fromNs, toNs }: QueryParameters<'waits'>,
): Promise<readonly number[] | TraceFailure> {
  const ranges = await trace.rowsUnderWay(fromNs, toNs, LOST_FOR_NS);
  if (isFailure(ranges)) return ranges;
  const longest = links.map(() => -1);
  for (const { block, from, to } of ranges) {
    const [link, queueNs] = [block.column('link'), block.column('queueNs')];
    for (let row = from; row < to; row += 1) {
      const at = links.indexOf(link[row] ?? -1);
      if (at >= 0) longest[at] = Math.max(longest[at] ?? -1, queueNs[row] ?? -1);
    }
  }
  return longest;
}

async function losses(
  trace: TraceFile,
  { node, toNs }: QueryParameters<'losses'>,
): Promise<readonly (readonly [string, number])[] | TraceFailure> {
  const ranges = await trace.rows('drop', 0, toNs);
  if (isFailure(ranges)) return ranges;
  const counts = new Map<string, number>();
  for (const { block, from, to } of ranges) {
    for (let row = from; row < to; row += 1) {
      if (block.value('node', row) !== node) continue;
      const reason = trace.header.reasons[block.value('reason', row)] ?? 'other';
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  return [...counts];
}

async function paces(
  trace: TraceFile,
  { fromNs, toNs }: QueryParameters<'paces'>,
): Promise<readonly RateDelayRow[] | TraceFailure> {
  const ranges = await trace.rows('pace', fromNs, toNs);
  if (isFailure(ranges)) return ranges;
  return listed(ranges, ({ block }, row) => ({
    timeNs: block.time('time', row),
    link: block.value('link', row),
    rateBps: block.value('rate', row),
    delayNs: block.value('delay', row),
  }));
}

async function drops(
  trace: TraceFile,
  { fromNs, toNs }: QueryParameters<'drops'>,
): Promise<readonly DropRow[] | TraceFailure> {
  const ranges = await trace.rows('drop', fromNs, toNs);
  if (isFailure(ranges)) return ranges;
  const number = (value: number): number | undefined =>
    value === NO_REFERENCE ? undefined : value;
  return listed(ranges, ({ block }, row) => ({
    timeNs: block.time('time', row),
    node: number(block.value('node', row)),
    link: number(block.value('link', row)),
    packet: number(block.value('packet', row)),
    reason: trace.header.reasons[block.value('reason', row)] ?? 'other',
  })).slice(0, DROPS_MAX);
}

async function spans(
  trace: TraceFile,
  { fromNs, toNs }: QueryParameters<'spans'>,
): Promise<readonly SpanRow[] | TraceFailure> {
  const ranges = await trace.rows('span', fromNs, toNs);
  if (isFailure(ranges)) return ranges;
  return listed(ranges, ({ block }, row) => ({
    startNs: block.time('start', row),
    endNs: block.time('end', row),
    node: block.value('node', row),
    name: trace.name(block.value('name', row)),
    id: block.value('id', row),
  })).filter((span) => span.endNs >= fromNs);
}

async function series(
  trace: TraceFile,
  { name }: QueryParameters<'series'>,
): Promise<SeriesColumns | TraceFailure> {
  const metric = trace.metrics.findIndex((one) => one.name === name);
  const ranges = await trace.rows('series', 0, ALL);
  if (isFailure(ranges)) return ranges;
  const points = listed(ranges, ({ block }, row) => ({
    metric: block.value('metric', row),
    timeNs: block.time('time', row),
    value: block.value('value', row),
  })).filter((point) => point.metric === metric);
  return {
    timeNs: Float64Array.from(points, ({ timeNs }) => timeNs),
    value: Float64Array.from(points, ({ value }) => value),
  };
}

async function stateAt(
  trace: TraceFile,
  { timeNs }: QueryParameters<'stateAt'>,
): Promise<MachineStateEntries | TraceFailure> {
  const world = await trace.stateAt(timeNs);
  if (isFailure(world)) return world;
  return [...world].map(([node, states]) => [node, [...states]] as const);
}

async function changes(
  trace: TraceFile,
  { fromNs, toNs }: QueryParameters<'changes'>,
): Promise<readonly StateChangeRow[] | TraceFailure> {
  const ranges = await trace.rows('state', fromNs, toNs);
  if (isFailure(ranges)) return ranges;
  return listed(ranges, ({ block }, row) => {
    if (block.value('kind', row) !== STATE_KIND_DELTA) return [];
    const blob = blobAt(block.aux, block.value('value', row));
    const timeNs = block.time('time', row);
    const node = block.value('node', row);
    const states = blob === undefined ? undefined : readStatesBlob(blob);
    return [...(states ?? [])].map(([machine, state]) => ({ timeNs, node, machine, state }));
  }).flat();
}

async function neighbour(
  trace: TraceFile,
  { timeNs, direction }: QueryParameters<'neighbour'>,
): Promise<number | undefined | TraceFailure> {
  for (const near of NEAR_NS) {
    const [from, to] =
      direction === 'after' ? [timeNs + 1, timeNs + near] : [timeNs - near, timeNs];
    const found = await instantsIn(trace, from, to);
    if (isFailure(found)) return found;
    if (found.length > 0) return direction === 'after' ? leastOf(found) : greatestOf(found);
  }
  return undefined;
}

/**
 * Returns, for each block of the tables of events, the first and the last instant of its rows in
 * the interval.
 */
async function instantsIn(
  trace: TraceFile,
  fromNs: number,
  toNs: number,
): Promise<number[] | TraceFailure> {
  const instants: number[] = [];
  for (const table of ['hop', 'drop', 'state', 'fault']) {
    const ranges = await trace.rows(table, fromNs, toNs);
    if (isFailure(ranges)) return ranges;
    const column = table === 'hop' ? 'depart' : 'time';
    for (const { block, from, to } of ranges) {
      instants.push(block.time(column, from), block.time(column, to - 1));
    }
  }
  return instants;
}

async function faultRows(trace: TraceFile): Promise<readonly FaultRow[] | TraceFailure> {
  const ranges = await trace.rows('fault', 0, ALL);
  if (isFailure(ranges)) return ranges;
  return listed(ranges, ({ block }, row) => ({
    timeNs: block.time('time', row),
    kind: FAULT_KINDS[block.value('kind', row)] ?? 'effect',
    target: trace.name(block.value('target', row)),
    text: trace.name(block.value('text', row)),
  }));
}

function listed<T>(
  ranges: readonly RowRange[],
  rowOf: (range: RowRange, row: number) => T,
): readonly T[] {
  const rows: T[] = [];
  for (const range of ranges) {
    for (let row = range.from; row < range.to; row += 1) rows.push(rowOf(range, row));
  }
  return rows;
}

function countsOf(trace: TraceFile): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { table, rows } of trace.entries)
    counts[table.name] = (counts[table.name] ?? 0) + rows;
  return counts;
}
