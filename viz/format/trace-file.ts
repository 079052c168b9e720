/**
 * Reads `trace.orr` (docs/TRACE.md): the packets on links at an instant, the rows of a time window,
 * the states of all nodes, and the pyramid (counts per bin of time, at several resolutions). Runs
 * in browsers and in Node. Each query reads only the blocks that may contain its answer. A damaged
 * or hostile file results in a {@link TraceFailure}: nothing throws, and no memory is allocated for
 * a number that does not fit the file.
 *
 * @module
 */
import {
  type LinkDirectionInfo,
  type MetricInfo,
  NO_REFERENCE,
  PYRAMID_LEVELS,
  STATE_KIND_DELTA,
  STATE_KIND_MARK,
  type TraceHeader,
  type TraceSummary,
} from '../../engine/measure/trace/layout.ts';
import { blobAt, readStatesBlob, textOf } from './blobs.ts';
import { Block, type PacketFate } from './block.ts';
import {
  type BlockContext,
  type BlockEntry,
  readIndex,
  readPayload,
  walkBlocks,
} from './block-index.ts';
import { type Capture, firstCapturesOfTrails, listCaptures } from './captures.ts';
import { type TraceFailure, traceFailureAsValue } from './failure.ts';
import { parseJsonObject, readHead, validTextAddition } from './header.ts';
import type { ByteSource, GzipInflater } from './source.ts';

/** Size of the cache for decoded blocks, bytes; 150 blocks of the hop table fit in. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Largest number of bins in the answer to a query of the pyramid, by default. */
const BINS_MAX = 2_000;

/** A packet on a link, from its departure to its arrival. */
export interface Hop {
  readonly departNs: number;
  /** Undefined if the packet did not arrive. */
  readonly arriveNs: number | undefined;
  /** What became of the packet; `open` means that its arrival was not recorded. */
  readonly fate: PacketFate;
  readonly link: number;
  readonly packet: number;
  readonly flow: number;
  readonly class: number;
  readonly flags: number;
  readonly bytes: number;
  readonly queueNs: number;
}

/** Those rows of a block that belong to an answer: `from <= row < to`. */
export interface RowRange {
  readonly block: Block;
  readonly from: number;
  readonly to: number;
}

/** A bin of the pyramid: the hops that arrived or were lost in an interval; latencies in ns. */
export interface BinRow {
  readonly startNs: number;
  readonly widthNs: number;
  readonly count: number;
  readonly bytes: number;
  readonly drops: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly sumNs: number;
}

/** A mark that a node set. */
export interface NodeMark {
  readonly timeNs: number;
  readonly node: number;
  readonly text: string;
}

/** Parameters of a query of the pyramid. */
export interface PyramidQuery {
  /** Number of a link; absent for all links together. */
  readonly link?: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** Largest number of bins; default 2,000. */
  readonly binsMax?: number;
}

interface RowQuery {
  readonly fromNs: number;
  readonly toNs: number;
  /** How long before the window a row may begin and still belong to it, ns, by block. */
  readonly reachOf: (entry: BlockEntry) => number;
}

/** The states of all machines of all nodes, by node number. */
export type MachineStatesByNode = ReadonlyMap<number, ReadonlyMap<string, string>>;

/** Opens a trace file for reading. */
export function openTrace(
  source: ByteSource,
  inflate: GzipInflater,
): Promise<TraceFile | TraceFailure> {
  return traceFailureAsValue(async () => {
    const { header, firstBlock } = await readHead(source);
    const tables = new Map(header.tables.map((table) => [table.id, table]));
    const context = { source, inflate, tables, firstBlock };
    const index = await readIndex(context);
    const trace = new TraceFile(context, header, index);
    await trace.readTexts();
    return trace;
  });
}

/** A trace file that is open for reading. */
export class TraceFile {
  readonly header: TraceHeader;
  /** The summary in the footer; undefined if the file was cut off. */
  readonly summary: TraceSummary | undefined;
  /** Why parts of the trace may be missing; undefined if the file is complete. */
  readonly damage: TraceFailure | undefined;
  #entries: readonly BlockEntry[];
  readonly #context: BlockContext;
  readonly #byTable = new Map<string, readonly BlockEntry[]>();
  /** For each table and each of its blocks, the latest end of a row up to this block, ns. */
  readonly #reach = new Map<string, Float64Array>();
  readonly #cache = new Map<BlockEntry, Block>();
  #cached = 0;
  readonly #names: string[] = [];
  readonly #links: LinkDirectionInfo[];
  readonly #metrics: MetricInfo[] = [];

  constructor(
    context: BlockContext,
    header: TraceHeader,
    index: Awaited<ReturnType<typeof readIndex>>,
  ) {
    this.#context = context;
    this.header = header;
    this.#entries = index.entries;
    this.summary = index.summary;
    this.damage = index.damage;
    this.#links = [...header.links];
    this.#index(index.entries, index.entries);
  }

  /** Blocks in the order of the file. */
  get entries(): readonly BlockEntry[] {
    return this.#entries;
  }

  /** Links in the order of their numbers. */
  get links(): readonly LinkDirectionInfo[] {
    return this.#links;
  }

  /** Metrics in the table `series`, in the order of their numbers. */
  get metrics(): readonly MetricInfo[] {
    return this.#metrics;
  }

  /** The text for a number in a column whose unit is `names`; empty if there is none. */
  name(number: number): string {
    return this.#names[number] ?? '';
  }

  /** Blocks of a table in the order of the file. */
  blocksOf(table: string): readonly BlockEntry[] {
    return this.#byTable.get(table) ?? [];
  }

  /** Reads the names, links and metrics that the run wrote into `text` blocks. */
  async readTexts(entries: readonly BlockEntry[] = this.blocksOf('text')): Promise<void> {
    for (const entry of entries) {
      const { aux } = await this.#block(entry);
      const addition = parseJsonObject(aux, entry.offset);
      const { names, links, metrics } = validTextAddition(addition, this.header.nodes.length);
      for (const name of names) this.#names.push(name);
      for (const link of links) this.#links.push(link);
      for (const metric of metrics) this.#metrics.push(metric);
    }
  }

  /** Reads the complete blocks that a run in progress has appended at `offset`. */
  grow(offset: number): Promise<undefined | TraceFailure> {
    return traceFailureAsValue(async () => {
      const added = await walkBlocks(this.#context, offset);
      await this.readTexts(added.filter(({ table }) => table.name === 'text'));
      this.#index([...this.#entries, ...added], added);
      return undefined;
    });
  }

  /** Removes the blocks in a range of bytes that the source no longer has. */
  forget(from: number, to: number): void {
    const isGone = ({ offset }: BlockEntry): boolean => offset >= from && offset < to;
    const gone = this.#entries.filter(isGone);
    for (const entry of gone) {
      if (this.#cache.delete(entry)) this.#cached -= entry.rawBytes;
    }
    this.#index(
      this.#entries.filter((entry) => !isGone(entry)),
      gone,
    );
  }

  /** Makes the lists of blocks again for the tables to which the changed blocks belong. */
  #index(entries: readonly BlockEntry[], changed: readonly BlockEntry[]): void {
    this.#entries = entries;
    for (const name of new Set(changed.map(({ table }) => table.name))) {
      const own = entries.filter(({ table }) => table.name === name);
      this.#byTable.set(name, own);
      this.#reach.set(name, reachOf(own));
    }
  }

  /** Decodes a block, or returns it from the cache. */
  block(entry: BlockEntry): Promise<Block | TraceFailure> {
    return traceFailureAsValue(() => this.#block(entry));
  }

  /** The packets that are on a link at `timeNs`: `depart <= t < arrive`. */
  inFlight(timeNs: number): Promise<Hop[] | TraceFailure> {
    return traceFailureAsValue(async () => {
      const hops: Hop[] = [];
      for (const entry of this.#reaching('hop', timeNs)) {
        const block = await this.#block(entry);
        const end = block.firstAtOrAfter('depart', Math.floor(timeNs) + 1);
        const begin = block.firstAtOrAfter('depart', timeNs - entry.maxTransitNs);
        for (let row = begin; row < end; row += 1) {
          const hop = hopAt(block, row);
          if (hop.arriveNs !== undefined && hop.arriveNs > timeNs) hops.push(hop);
        }
      }
      return hops;
    });
  }

  /**
   * The rows of a table that begin in [from, to), sorted within each block. Rows of the table
   * `span` (procedures) are included if they began earlier and had not ended by then.
   */
  rows(table: string, fromNs: number, toNs: number): Promise<RowRange[] | TraceFailure> {
    const reachOf = ({ maxTransitNs }: BlockEntry): number => (table === 'span' ? maxTransitNs : 0);
    return this.#rows(table, { fromNs, toNs, reachOf });
  }

  /**
   * The rows of the hop table whose packets may be on a link in [from, to). A row may begin before
   * `from` by the longest transit time in its block, or by `lostForNs` (how long a loss is shown)
   * if that is longer.
   */
  rowsUnderWay(
    fromNs: number,
    toNs: number,
    lostForNs: number,
  ): Promise<RowRange[] | TraceFailure> {
    const reachOf = ({ maxTransitNs }: BlockEntry): number => Math.max(maxTransitNs, lostForNs);
    return this.#rows('hop', { fromNs, toNs, reachOf });
  }

  #rows(table: string, { fromNs, toNs, reachOf }: RowQuery): Promise<RowRange[] | TraceFailure> {
    return traceFailureAsValue(async () => {
      const column = this.header.tables.find(({ name }) => name === table)?.columns[0]?.name;
      const ranges: RowRange[] = [];
      for (const entry of this.blocksOf(table)) {
        const reachNs = reachOf(entry);
        const isOutside = entry.baseNs >= toNs || entry.lastNs + reachNs < fromNs;
        if (isOutside || column === undefined) continue;
        const block = await this.#block(entry);
        const from = block.firstAtOrAfter(column, fromNs - reachNs);
        const to = block.firstAtOrAfter(column, toNs);
        if (from < to) ranges.push({ block, from, to });
      }
      return ranges;
    });
  }

  /** The hops that began in [from, to). */
  async hops(fromNs: number, toNs: number): Promise<Hop[] | TraceFailure> {
    const ranges = await this.rows('hop', fromNs, toNs);
    if (!Array.isArray(ranges)) return ranges;
    return ranges.flatMap(({ block, from, to }) =>
      Array.from({ length: to - from }, (_, i) => hopAt(block, from + i)),
    );
  }

  /**
   * The states of all machines at `timeNs`: those of the last keyframe (a copy of all states at one
   * instant) before, and all later changes.
   */
  stateAt(timeNs: number): Promise<MachineStatesByNode | TraceFailure> {
    return traceFailureAsValue(async () => {
      const world = new Map<number, Map<string, string>>();
      const keyframe = this.blocksOf('keyframe').findLast(({ baseNs }) => baseNs <= timeNs);
      const firstRow = keyframe === undefined ? 0 : await this.#applyKeyframe(keyframe, world);
      let row = 0;
      for (const entry of this.blocksOf('state')) {
        const begin = row;
        row += entry.rows;
        if (row <= firstRow || entry.baseNs > timeNs) continue;
        const block = await this.#block(entry);
        const end = block.firstAtOrAfter('time', Math.floor(timeNs) + 1);
        for (let at = Math.max(0, firstRow - begin); at < end; at += 1)
          applyState(block, at, world);
      }
      return world;
    });
  }

  /** The marks that nodes set in [from, to). */
  async marks(fromNs: number, toNs: number): Promise<NodeMark[] | TraceFailure> {
    const ranges = await this.rows('state', fromNs, toNs);
    if (!Array.isArray(ranges)) return ranges;
    return ranges.flatMap(({ block, from, to }) => marksIn(block, from, to));
  }

  /**
   * The bins in a time window, as narrow as `binsMax` allows, in chronological order; bins without
   * packets are omitted.
   */
  bins(query: PyramidQuery): Promise<BinRow[] | TraceFailure> {
    return traceFailureAsValue(async () => {
      const { fromNs, toNs, link } = query;
      const track = link === undefined ? 0 : link + 1;
      const { table, widthNs } = this.#levelOf(query);
      const rows: BinRow[] = [];
      for (const entry of this.blocksOf(table.name)) {
        if (entry.baseNs >= toNs || entry.lastNs + widthNs <= fromNs) continue;
        const block = await this.#block(entry);
        const end = block.firstAtOrAfter('start', toNs);
        const begin = block.firstAtOrAfter('start', Math.floor(fromNs - widthNs) + 1);
        for (let row = begin; row < end; row += 1) {
          if (block.value('track', row) === track) rows.push(binAt(block, row, widthNs));
        }
      }
      return rows.sort((a, b) => a.startNs - b.startNs);
    });
  }

  /**
   * For each packet whose bytes were recorded: its first capture, or that of the packet from which
   * it was made.
   */
  trails(): Promise<readonly Capture[] | TraceFailure> {
    return traceFailureAsValue(async () => firstCapturesOfTrails(await this.#blocks('packet')));
  }

  /** All captures of a packet and of the packets that were made from it, in chronological order. */
  captures(packet: number): Promise<readonly Capture[] | TraceFailure> {
    return traceFailureAsValue(async () => listCaptures(await this.#blocks('packet'), packet));
  }

  async #blocks(table: string): Promise<readonly Block[]> {
    const blocks: Block[] = [];
    for (const entry of this.blocksOf(table)) blocks.push(await this.#block(entry));
    return blocks;
  }

  async #applyKeyframe(
    entry: BlockEntry,
    world: Map<number, Map<string, string>>,
  ): Promise<number> {
    const block = await this.#block(entry);
    for (let row = 0; row < block.rows; row += 1) {
      const blob = blobAt(block.aux, block.value('value', row));
      const states = blob === undefined ? undefined : readStatesBlob(blob);
      if (states !== undefined) world.set(block.value('node', row), new Map(states));
    }
    return block.rows === 0 ? 0 : block.value('row', 0);
  }

  /**
   * Returns the level of the pyramid with the narrowest bins of which at most `binsMax` cover the
   * window, or else the level with the widest bins.
   */
  #levelOf({ fromNs, toNs, link, binsMax = BINS_MAX }: PyramidQuery): BinLevel {
    const leastNs = (toNs - fromNs) / binsMax;
    const finest = link === undefined ? 0 : this.header.linkLevel;
    const levels = PYRAMID_LEVELS.slice(Math.max(0, Math.min(finest, PYRAMID_LEVELS.length - 1)));
    return levels.find(({ widthNs }) => widthNs >= leastNs) ?? (levels.at(-1) as BinLevel);
  }

  /** The blocks of a table that may have rows which began before an instant and end later. */
  #reaching(table: string, timeNs: number): BlockEntry[] {
    const entries = this.blocksOf(table);
    const reach = this.#reach.get(table) as Float64Array;
    const found: BlockEntry[] = [];
    for (let i = lastNotAfter(entries, timeNs); i >= 0 && (reach[i] as number) >= timeNs; i -= 1) {
      const entry = entries[i] as BlockEntry;
      if (entry.lastNs + entry.maxTransitNs >= timeNs) found.unshift(entry);
    }
    return found;
  }

  async #block(entry: BlockEntry): Promise<Block> {
    const known = this.#cache.get(entry);
    if (known !== undefined) {
      this.#cache.delete(entry);
      this.#cache.set(entry, known);
      return known;
    }
    const block = new Block(entry, await readPayload(this.#context, entry));
    this.#cache.set(entry, block);
    this.#cached += entry.rawBytes;
    for (const oldest of this.#cache.keys()) {
      if (this.#cached <= CACHE_BYTES || oldest === entry) break;
      this.#cache.delete(oldest);
      this.#cached -= oldest.rawBytes;
    }
    return block;
  }
}

type BinLevel = (typeof PYRAMID_LEVELS)[number];

function hopAt(block: Block, row: number): Hop {
  const departNs = block.time('depart', row);
  const fate = block.fate(row);
  return {
    departNs,
    arriveNs: fate === 'arrived' ? departNs + block.value('transit', row) : undefined,
    fate,
    link: block.value('link', row),
    packet: block.value('packet', row),
    flow: block.value('flow', row),
    class: block.value('class', row),
    flags: block.value('flags', row),
    bytes: block.value('size', row),
    queueNs: block.value('queueNs', row),
  };
}

function binAt(block: Block, row: number, widthNs: number): BinRow {
  return {
    startNs: block.time('start', row),
    widthNs,
    count: block.value('count', row),
    bytes: block.value('bytes', row),
    drops: block.value('drops', row),
    minNs: block.value('min', row),
    maxNs: block.value('max', row),
    sumNs: block.value('sum', row),
  };
}

function applyState(block: Block, row: number, world: Map<number, Map<string, string>>): void {
  if (block.value('kind', row) !== STATE_KIND_DELTA) return;
  const node = block.value('node', row);
  const blob = blobAt(block.aux, block.value('value', row));
  const delta = blob === undefined ? undefined : readStatesBlob(blob);
  if (delta === undefined || node === NO_REFERENCE) return;
  const machines = world.get(node) ?? new Map<string, string>();
  for (const [machine, state] of delta) machines.set(machine, state);
  world.set(node, machines);
}

function marksIn(block: Block, from: number, to: number): NodeMark[] {
  const marks: NodeMark[] = [];
  for (let row = from; row < to; row += 1) {
    if (block.value('kind', row) !== STATE_KIND_MARK) continue;
    const blob = blobAt(block.aux, block.value('value', row));
    const text = blob === undefined ? undefined : textOf(blob);
    if (text === undefined) continue;
    marks.push({ timeNs: block.time('time', row), node: block.value('node', row), text });
  }
  return marks;
}

function reachOf(entries: readonly BlockEntry[]): Float64Array {
  const reach = new Float64Array(entries.length);
  let latest = Number.NEGATIVE_INFINITY;
  for (const [i, { lastNs, maxTransitNs }] of entries.entries()) {
    latest = Math.max(latest, lastNs + maxTransitNs);
    reach[i] = latest;
  }
  return reach;
}

/** Returns the index of the last block that begins at or before an instant; -1 if there is none. */
function lastNotAfter(entries: readonly BlockEntry[], timeNs: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as BlockEntry).baseNs <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
