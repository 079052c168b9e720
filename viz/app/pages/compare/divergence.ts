/**
 * Finds the first difference between two recordings of runs with the same seed. The bins of the
 * trace, which count every packet of the run, narrow the interval down to 1 ms; then the rows in
 * this interval are compared. Faults and states are stored completely and are compared line by
 * line.
 *
 * @module
 */
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { quantityText } from '../../../../reports/format.ts';
import type { BinRow } from '../../../format/trace-file.ts';
import type { HopColumns, TraceInfo } from '../../data/trace-answers.ts';
import type { TraceClient } from '../../data/trace-client.ts';

/** How long after the end of a run its packets may still arrive, ns, by default. */
const DRAIN_NS = 1e9;

/** The recording of a run: a trace that answers queries. */
export type Recording = Pick<TraceClient, 'info' | 'ask'>;

/** An event of a recording as text; two recordings differ at the first event whose texts differ. */
export interface ComparedEvent {
  readonly timeNs: number;
  /** Name of the node or link at which the event happened. */
  readonly place: string;
  readonly text: string;
}

/** The first difference of two recordings; `none` if no difference was found. */
export type Divergence =
  | { readonly kind: 'none' }
  /** The first lines that differ; a field is undefined if its recording has no further line. */
  | {
      readonly kind: 'line';
      readonly a: ComparedEvent | undefined;
      readonly b: ComparedEvent | undefined;
    }
  /**
   * The number of packets in this bin differs, but the traces do not contain the single packets.
   */
  | { readonly kind: 'bin'; readonly a: BinRow | undefined; readonly b: BinRow | undefined };

/** An interval of a run's time, ns. */
export interface RunInterval {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Returns the interval that covers both recordings completely. */
export function wholeRunInterval(a: Recording, b: Recording): RunInterval {
  const ends = [a, b].map(({ info: { durationNs, rangeNs } }) =>
    Math.max(durationNs + DRAIN_NS, rangeNs[1] + 1),
  );
  return { fromNs: 0, toNs: greatestOf(ends) };
}

/**
 * Finds the first difference in an interval; reads only those parts of the traces that have events
 * in the interval.
 */
export async function firstDivergence(
  a: Recording,
  b: Recording,
  stretch: RunInterval,
): Promise<Divergence> {
  const [statesA, statesB] = await Promise.all([stateLines(a, stretch), stateLines(b, stretch)]);
  const early = earlier(
    firstDifference(faultLines(a.info, stretch), faultLines(b.info, stretch)),
    firstDifference(statesA, statesB),
  );
  const bin = await firstBin(a, b, stretch);
  if (bin === undefined) return early === undefined ? { kind: 'none' } : asLine(early);
  const startNs = (bin.a ?? bin.b)?.startNs ?? 0;
  const toNs = startNs + ((bin.a ?? bin.b)?.widthNs ?? 0);
  const [linesA, linesB] = await Promise.all([
    linesOf(a, startNs, toNs),
    linesOf(b, startNs, toNs),
  ]);
  const first = earlier(early, firstDifference(linesA, linesB));
  if (first === undefined || earlierInstantNs(first) >= toNs) return { kind: 'bin', ...bin };
  return asLine(first);
}

type Pair = readonly [ComparedEvent | undefined, ComparedEvent | undefined];

function asLine([a, b]: Pair): Divergence {
  return { kind: 'line', a, b };
}

function earlier(one: Pair | undefined, other: Pair | undefined): Pair | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return earlierInstantNs(one) <= earlierInstantNs(other) ? one : other;
}

/**
 * Returns the instant of the earlier of two lines, ns of the run; infinite if both are undefined.
 */
export function earlierInstantNs([a, b]: Pair): number {
  return Math.min(a?.timeNs ?? Number.POSITIVE_INFINITY, b?.timeNs ?? Number.POSITIVE_INFINITY);
}

/** Returns the first lines in which two lists differ. */
function firstDifference(
  a: readonly ComparedEvent[],
  b: readonly ComparedEvent[],
): Pair | undefined {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]];
    if (keyOf(left) !== keyOf(right)) return [left, right];
  }
  return undefined;
}

function keyOf(line: ComparedEvent | undefined): string {
  return line === undefined ? '' : `${line.timeNs} ${line.place} ${line.text}`;
}

interface BinPair {
  readonly a: BinRow | undefined;
  readonly b: BinRow | undefined;
}

/** Finds the first bin in which the recordings differ, using the narrowest bins of the traces. */
async function firstBin(
  a: Recording,
  b: Recording,
  stretch: RunInterval,
): Promise<BinPair | undefined> {
  let window = stretch;
  let found: BinPair | undefined;
  for (;;) {
    const [ofA, ofB] = await Promise.all([a.ask('bins', window), b.ask('bins', window)]);
    const next = differingBin(ofA, ofB);
    const bin = next?.a ?? next?.b;
    if (next === undefined || bin === undefined) return found;
    const widthBefore = (found?.a ?? found?.b)?.widthNs ?? Number.POSITIVE_INFINITY;
    found = next;
    if (bin.widthNs >= widthBefore) return found;
    window = { fromNs: bin.startNs, toNs: bin.startNs + bin.widthNs };
  }
}

/**
 * Returns the first bin in which two lists differ. Both lists are sorted and have no empty bins.
 */
export function differingBin(a: readonly BinRow[], b: readonly BinRow[]): BinPair | undefined {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]];
    if (left !== undefined && right !== undefined && left.startNs === right.startNs) {
      if (!isSameBin(left, right)) return { a: left, b: right };
      continue;
    }
    // The lists have no empty bins: the recording with the earlier bin has packets where the other
    // recording has none.
    const isLeft = (left?.startNs ?? Infinity) < (right?.startNs ?? Infinity);
    return isLeft ? { a: left, b: undefined } : { a: undefined, b: right };
  }
  return undefined;
}

function isSameBin(a: BinRow, b: BinRow): boolean {
  const names = ['count', 'bytes', 'drops', 'minNs', 'maxNs', 'sumNs'] as const;
  return names.every((name) => a[name] === b[name]);
}

/** Lists the departures, arrivals and losses of packets in the interval, in a fixed order. */
async function linesOf(
  recording: Recording,
  fromNs: number,
  toNs: number,
): Promise<readonly ComparedEvent[]> {
  const { info } = recording;
  const [hops, drops] = await Promise.all([
    recording.ask('hops', { fromNs, toNs }),
    recording.ask('drops', { fromNs, toNs }),
  ]);
  const lost = drops.map(
    ({ timeNs, node, link, reason }): ComparedEvent => ({
      timeNs,
      place:
        link === undefined ? (info.nodes[node ?? -1]?.name ?? '') : (info.links[link]?.name ?? ''),
      text: `dropped: ${reason}`,
    }),
  );
  return [...hopLines(hops, info), ...lost].filter(({ timeNs }) => timeNs < toNs).sort(inOrder);
}

function inOrder(a: ComparedEvent, b: ComparedEvent): number {
  return a.timeNs - b.timeNs || a.place.localeCompare(b.place) || a.text.localeCompare(b.text);
}

function hopLines(hops: HopColumns, info: TraceInfo): ComparedEvent[] {
  const lines: ComparedEvent[] = [];
  for (let row = 0; row < hops.rows; row += 1) {
    const place = info.links[hops.link[row] as number]?.name ?? '';
    const packet = packetText(hops, row, info);
    const queueNs = hops.queueNs[row] as number;
    const waited = queueNs === 0 ? '' : ` after ${quantityText(queueNs, 'ns')} in the queue`;
    lines.push({ timeNs: hops.departNs[row] as number, place, text: `${packet} departs${waited}` });
    // The drop table of the trace supplies the losses, so only arrivals are added here.
    const timeNs = hops.arriveNs[row] as number;
    if (!Number.isNaN(timeNs)) lines.push({ timeNs, place, text: `${packet} arrives` });
  }
  return lines;
}

/**
 * Describes a packet without its number: packet numbers differ if one of the recordings has left
 * out packets.
 */
function packetText(hops: HopColumns, row: number, info: TraceInfo): string {
  const flow = hops.flow[row] as number;
  const name = info.classes[hops.class[row] as number] ?? 'packet';
  const text = `${name}, ${hops.bytes[row] as number} B`;
  return flow === 0 ? text : `${text}, ${info.flows[flow] ?? ''},`;
}

async function stateLines(
  recording: Recording,
  stretch: RunInterval,
): Promise<readonly ComparedEvent[]> {
  const { info } = recording;
  const changes = await recording.ask('changes', stretch);
  return changes.map(({ timeNs, node, machine, state }) => ({
    timeNs,
    place: info.nodes[node]?.name ?? '',
    text: `${machine} becomes ${state}`,
  }));
}

function faultLines(
  { faults }: TraceInfo,
  { fromNs, toNs }: RunInterval,
): readonly ComparedEvent[] {
  const inside = faults.filter(({ timeNs }) => timeNs >= fromNs && timeNs <= toNs);
  return inside.map(({ timeNs, kind, target, text }) => ({
    timeNs,
    place: target,
    text: `${kind}: ${text}`,
  }));
}
