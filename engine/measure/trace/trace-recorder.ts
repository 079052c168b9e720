/**
 * Records a run: gathers rows of all tables, decides which packets to keep, and hands blocks to the
 * writer (docs/TRACE.md).
 *
 * With extent `windows`, packets and losses outside the windows appear only in the pyramid; states,
 * faults, spans and series are always kept. The recorder only reads: it does not affect a run.
 *
 * @module
 */
import type { LinkDirectionView } from '../../net/direction-context.ts';
import { BlobTable, cborMap, cborText } from './blob-table.ts';
import { BlockEncoder, type TableRows } from './encode-block.ts';
import { HopBlock } from './hop-block.ts';
import { LOOK_BACK_NS, PacketKeepWindows } from './keep-windows.ts';
import {
  BLOCK_ROWS,
  FAULT_BEGIN,
  FAULT_EFFECT,
  FAULT_END,
  FOOTER_TABLE_NUMBER,
  type MetricInfo,
  PYRAMID_LEVELS,
  STATE_KIND_DELTA,
  STATE_KIND_MARK,
  TABLES,
  type TableSpec,
  type TextBlockAddition,
  type TraceHeader,
} from './layout.ts';
import { linkDirectionInfos } from './link-info.ts';
import type { HopSink, PacketLoss } from './network-recorder.ts';
import { BIN_VALUE_INDICES, BinPyramid } from './pyramid.ts';
import { TableBuffer } from './table-buffer.ts';
import { type TraceSink, TraceWriter } from './trace-writer.ts';

/** Largest number of blocks that wait for a decision or for packets under way, about 70 MB. */
const WAITING_MAX = 128;
/** A run with at most this many hops is kept completely, whatever the extent. */
const SMALL_RUN_HOPS = 16 * BLOCK_ROWS;
/** Number of free blocks kept for reuse. */
const SPARE_MAX = 8;
/** Time between two keyframes, ns, and number of state rows after which a keyframe is early (docs/TRACE.md#tables). */
const KEYFRAME_NS = 500_000_000;
const KEYFRAME_ROWS = 10_000;
/** Largest number of bytes that are kept of a packet; longer packets are cut. */
const PACKET_BYTES_MAX = 0xffff;
/** Number of bytes of recorded packets at which their block is written. */
const PACKETS_FLUSH_BYTES = 1 << 20;

/** Indices of the values of a bin, in the order of the columns after start and track. */
const { count, bytes, drops, min, max, sum } = BIN_VALUE_INDICES;
const BIN_FIELDS: readonly number[] = [count, bytes, drops, min, max, sum];

/** Rows that wait until it is decided whether they are kept. */
interface Waiting {
  readonly firstNs: number;
  readonly lastNs: number;
  readonly rows: TableRows;
}

/** A fault as it is written into the trace. */
export interface TracedFault {
  readonly id: string;
  readonly text: string;
  readonly targets: readonly string[];
}

/** The sink, header, directions and limits of a recorder. */
export interface TraceRecorderParts {
  readonly sink: TraceSink;
  readonly header: TraceHeader;
  /** All directions of the network; the list may grow. */
  readonly directions: readonly LinkDirectionView[];
  /** Largest number of blocks that wait for packets under way; limits memory and the delay of observers. */
  readonly waitingMax?: number;
}

/** Where a packet is when its bytes are kept; the numbers may be `NO_REFERENCE`. */
export interface PacketLocation {
  readonly packet: number;
  /** The same number for a packet and for all packets that nodes on its route make from it. */
  readonly trail: number;
  /** The link to which the packet is offered; `NO_REFERENCE` if an application got these bytes. */
  readonly link: number;
  readonly node: number;
  /** How long the node held the packet, ns; undefined if the node made it. */
  readonly heldNs?: number | undefined;
}

/** Facts that are known only at the end. */
export interface TraceEnd {
  readonly endNs: number;
  readonly fingerprint: string;
}

/** Records the trace of one run. */
export class TraceRecorder implements HopSink {
  readonly pyramid: BinPyramid;
  /**
   * Another recorder that gets the packets, losses and bins from this one, so that they are
   * observed only once. The follower begins with this recorder, records packets when they arrive, and finishes later.
   */
  follower: TraceRecorder | undefined;
  readonly #writer: TraceWriter;
  readonly #encoder = new BlockEncoder();
  readonly #header: TraceHeader;
  readonly #directions: readonly LinkDirectionView[];
  readonly #windows = new PacketKeepWindows();
  readonly #waitingMax: number;
  #linksKnown: number;
  #hops = new HopBlock();
  #hopsWaiting: HopBlock[] = [];
  #dropsWaiting: Waiting[] = [];
  #spare: HopBlock[] = [];
  #hopsSeen = 0;
  readonly #drops = new TableBuffer(TABLES.drop);
  readonly #states = new TableBuffer(TABLES.state);
  readonly #faults = new TableBuffer(TABLES.fault);
  readonly #spans = new TableBuffer(TABLES.span);
  readonly #series = new TableBuffer(TABLES.series);
  readonly #paces = new TableBuffer(TABLES.pace);
  readonly #packets = new TableBuffer(TABLES.packet);
  readonly #bins = PYRAMID_LEVELS.map(({ table }) => new TableBuffer(table));
  readonly #blobs = new BlobTable();
  readonly #names = new Map<string, number>();
  #newNames: string[] = [];
  #packetBytes: Uint8Array[] = [];
  #packetOffset = 0;
  /** Present state of each state machine of each node, for keyframes. */
  readonly #machines = new Map<number, Map<string, string>>();
  #stateRows = 0;
  #keyframeRows = 0;
  #keyframeBytes = 0;
  #bytesSince = 0;
  #keyframeNs = Number.NEGATIVE_INFINITY;
  #spanId = 0;
  readonly #counts: Record<string, number> = {};
  #firstNs = Number.POSITIVE_INFINITY;
  #lastNs = 0;

  constructor({ sink, header, directions, waitingMax = WAITING_MAX }: TraceRecorderParts) {
    this.#header = header;
    this.#waitingMax = waitingMax;
    this.#directions = directions;
    this.#linksKnown = header.links.length;
    this.#writer = new TraceWriter(sink, header);
    this.pyramid = new BinPyramid(header.links.length, header.linkLevel, (level, track, bins, at) =>
      this.#bin(level, track, bins, at),
    );
  }

  // hot: once per packet and hop.
  blockFor(timeNs: number): HopBlock {
    return this.#hops.isFullAt(timeNs) ? this.#nextBlock() : this.#hops;
  }

  dropped(timeNs: number, { node, link, packet, reason }: PacketLoss): void {
    if (this.#drops.isFullAt(timeNs)) this.#closeDrops();
    this.#drops.add(timeNs, node, link, packet, reason);
    this.follower?.dropped(timeNs, { node, link, packet, reason });
  }

  linksAdded(): void {
    this.follower?.linksAdded();
    const links = linkDirectionInfos(this.#directions.slice(this.#linksKnown));
    this.#linksKnown = this.#directions.length;
    this.#addText({ links });
  }

  paced(timeNs: number, direction: LinkDirectionView): void {
    this.follower?.paced(timeNs, direction);
    const { id, pace } = direction;
    if (this.#paces.isFullAt(timeNs)) this.#flush(this.#paces);
    this.#paces.add(timeNs, id, pace.rateBps, pace.delayNs);
  }

  /** Called when a state machine of a node has changed its state. */
  state(timeNs: number, node: number, machine: string, state: string): void {
    let machines = this.#machines.get(node);
    if (machines === undefined) {
      machines = new Map();
      this.#machines.set(node, machines);
    }
    machines.set(machine, state);
    this.#makeRoomForState(timeNs);
    const make = (): Uint8Array => cborMap([[machine, state]]);
    const value = this.#blobs.number(`${machine}\0${state}`, make);
    this.#states.add(timeNs, node, STATE_KIND_DELTA, value);
    this.#stateRows += 1;
    this.#bytesSince += machine.length + state.length;
    if (this.#stateRows - this.#keyframeRows >= KEYFRAME_ROWS) this.#keyframe(timeNs);
  }

  /** Called when a node set a mark. */
  mark(timeNs: number, node: number, name: string): void {
    this.#makeRoomForState(timeNs);
    const value = this.#blobs.number(`\0${name}`, () => cborText(name));
    this.#states.add(timeNs, node, STATE_KIND_MARK, value);
    this.#stateRows += 1;
  }

  /** Called when a procedure of a node has ended. */
  span(beginNs: number, endNs: number, node: number, name: string): void {
    if (this.#spans.isFullAt(endNs)) this.#flush(this.#spans);
    this.#spans.add(beginNs, endNs, node, this.#name(name), this.#spanId);
    this.#spanId += 1;
  }

  /** Called when a fault has begun: packets are kept from 1 s before it. */
  faultBegan(fault: TracedFault, atNs: number): void {
    this.#windows.began(fault.id, atNs);
    this.#fault(fault, atNs, FAULT_BEGIN);
  }

  /** Called when a fault ended. */
  faultEnded(fault: TracedFault, atNs: number): void {
    this.#windows.ended(fault.id, atNs);
    this.#fault(fault, atNs, FAULT_END);
  }

  /** Called for a consequence of a fault, such as `detected` or `switched`. */
  faultEffect(fault: TracedFault, atNs: number, effect: string): void {
    this.#fault({ ...fault, text: `${effect}: ${fault.text}` }, atNs, FAULT_EFFECT);
  }

  /** Records the values of a metric, one per bin; null where nothing was measured. */
  series(metric: MetricInfo, number: number, values: readonly (number | null)[]): void {
    this.#addText({ metrics: [metric] });
    for (const [bin, value] of values.entries()) {
      const timeNs = bin * metric.binNs;
      if (value === null) continue;
      if (this.#series.isFullAt(timeNs)) this.#flush(this.#series);
      this.#series.add(timeNs, number, value);
    }
    // Each metric begins at time zero again, so its rows go into separate blocks.
    this.#flush(this.#series);
  }

  /** Records the bytes of a packet at one place on its route, for the hex view. */
  packet(timeNs: number, bytes: Uint8Array, at: PacketLocation): void {
    const kept = new Uint8Array(bytes.subarray(0, PACKET_BYTES_MAX));
    const isFull = this.#packets.isFullAt(timeNs) || this.#packetOffset > PACKETS_FLUSH_BYTES;
    if (isFull) this.#flushPackets();
    const { packet, trail, link, node, heldNs } = at;
    const offset = this.#packetOffset;
    this.#packets.add(timeNs, packet, offset, kept.length, trail, link, node, heldNs ?? -1);
    this.#packetBytes.push(kept);
    this.#packetOffset += kept.length;
  }

  /** Writes keyframes and finished blocks; called every few milliseconds of virtual time. */
  tick(nowNs: number): void {
    const isDue = this.#bytesSince > 0 && this.#bytesSince >= this.#keyframeBytes;
    if (isDue && nowNs - this.#keyframeNs >= KEYFRAME_NS) this.#keyframe(nowNs);
    this.#decide(nowNs);
  }

  /** Writes all rows so far, in blocks that are not full, for a viewer that watches the run. */
  flush(nowNs: number): void {
    if (this.#hops.count > 0) this.#nextBlock();
    this.#closeDrops();
    this.#decide(nowNs);
    this.#flushRest();
  }

  /**
   * Passes the rows of packets that have arrived to the follower. Rows of packets that have been under way for long
   * are passed on without an arrival.
   */
  flushFollower(): void {
    const follower = this.follower;
    if (follower === undefined) return;
    const blocks = [...this.#hopsWaiting, this.#hops];
    for (const [index, block] of blocks.entries()) {
      const isForced = blocks.length - index > follower.#waitingMax;
      const to = isForced ? block.count : block.firstOpen(block.shown);
      this.#show(block, to);
      if (to < block.count) return;
    }
  }

  /** Writes all rows that are left, and the footer. */
  finish({ endNs, fingerprint }: TraceEnd): void {
    for (const block of [...this.#hopsWaiting, this.#hops]) this.#show(block, block.count);
    if (this.#hops.count > 0) this.#closeHops();
    this.#closeDrops();
    this.pyramid.finish();
    const isWhole = this.#header.extent === 'full' || this.#hopsSeen <= SMALL_RUN_HOPS;
    for (const block of this.#hopsWaiting) {
      if (isWhole || this.#windows.overlaps(block.firstNs, block.lastNs)) this.#writeHops(block);
    }
    for (const { firstNs, lastNs, rows } of this.#dropsWaiting) {
      if (isWhole || this.#windows.overlaps(firstNs, lastNs)) this.append(rows);
    }
    this.#flushRest();
    const firstNs = Math.min(this.#firstNs, this.#lastNs);
    this.#writer.finish({
      counts: this.#counts,
      rangeNs: [firstNs, this.#lastNs],
      hopsSeen: this.#hopsSeen,
      windowsNs: isWhole ? [[0, endNs]] : this.#windows.until(endNs),
      fingerprint,
    });
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#writer.bytes;
  }

  #bin(level: number, track: number, bins: Float64Array, at: number): void {
    const { follower } = this;
    if (follower !== undefined) follower.#bin(level, track, bins, at);
    const buffer = this.#bins[level] as TableBuffer;
    const { widthNs } = PYRAMID_LEVELS[level] as (typeof PYRAMID_LEVELS)[number];
    const startNs = (bins[at + BIN_VALUE_INDICES.end] as number) - widthNs;
    if (buffer.isFullAt(startNs)) this.#flush(buffer);
    const row = buffer.place(startNs);
    const { columns } = buffer;
    (columns[1] as Float64Array)[row] = track;
    for (let i = 0; i < BIN_FIELDS.length; i += 1) {
      (columns[i + 2] as Float64Array)[row] = bins[at + (BIN_FIELDS[i] as number)] as number;
    }
  }

  #nextBlock(): HopBlock {
    this.#closeHops();
    this.#hops = this.#spare.pop() ?? new HopBlock();
    return this.#hops;
  }

  #closeHops(): void {
    this.#hopsSeen += this.#hops.count;
    this.#hopsWaiting.push(this.#hops);
  }

  #closeDrops(): void {
    const { count, firstNs, lastNs } = this.#drops;
    if (count === 0) return;
    this.#dropsWaiting.push({ firstNs, lastNs, rows: this.#drops.take() });
  }

  /** Writes or discards rows that have waited long enough for the decision, oldest first. */
  #decide(nowNs: number): void {
    const isFull = this.#header.extent === 'full';
    const isSmall = this.#hopsSeen <= SMALL_RUN_HOPS;
    const isNeeded = (firstNs: number, lastNs: number): boolean =>
      isFull || this.#windows.overlaps(firstNs, lastNs);
    const isYoung = (lastNs: number): boolean => isSmall || lastNs >= nowNs - LOOK_BACK_NS;
    for (let block = this.#hopsWaiting[0]; block !== undefined; block = this.#hopsWaiting[0]) {
      const isForced = this.#hopsWaiting.length > this.#waitingMax;
      if (block.open > 0 && !isForced) break;
      if (isNeeded(block.firstNs, block.lastNs)) this.#writeHops(block);
      else if (isYoung(block.lastNs) && !isForced) break;
      this.#hopsWaiting.shift();
      this.#reuse(block);
    }
    for (let drops = this.#dropsWaiting[0]; drops !== undefined; drops = this.#dropsWaiting[0]) {
      const isForced = this.#dropsWaiting.length > this.#waitingMax;
      if (isNeeded(drops.firstNs, drops.lastNs)) this.append(drops.rows);
      else if (isYoung(drops.lastNs) && !isForced) break;
      this.#dropsWaiting.shift();
    }
  }

  #writeHops(block: HopBlock): void {
    const { count } = block;
    this.append(block.rows(0, count), block.linkCounts(this.#linksKnown, 0, count));
  }

  /** Passes the rows of a block up to before row `to` to the follower. */
  #show(block: HopBlock, to: number): void {
    const { follower } = this;
    const { shown } = block;
    if (follower === undefined || to <= shown) return;
    block.shown = to;
    const counts = block.linkCounts(this.#linksKnown, shown, to);
    follower.append(block.rows(shown, to), counts);
  }

  /** Keeps a block for reuse; if packets under way refer to the block, it is left to the garbage collector. */
  #reuse(block: HopBlock): void {
    this.#show(block, block.count);
    if (block.open > 0) block.isSealed = true;
    else if (this.#spare.length < SPARE_MAX) {
      block.reset();
      this.#spare.push(block);
    }
  }

  #fault(fault: TracedFault, atNs: number, kind: number): void {
    const text = this.#name(fault.text);
    for (const target of fault.targets) {
      if (this.#faults.isFullAt(atNs)) this.#flush(this.#faults);
      this.#faults.add(atNs, kind, this.#name(target), text);
    }
  }

  #makeRoomForState(timeNs: number): void {
    if (this.#states.isFullAt(timeNs)) this.#flushStates();
  }

  #flushRest(): void {
    this.#flushStates();
    this.#flushPackets();
    for (const buffer of [this.#faults, this.#spans, this.#paces, ...this.#bins])
      this.#flush(buffer);
    this.#flushText();
  }

  #flushStates(): void {
    if (this.#states.count === 0) return;
    this.append(this.#states.take(this.#blobs.take()));
  }

  /** Writes the states of all nodes; with the changes after it, a reader knows the states at any instant. */
  #keyframe(atNs: number): void {
    this.#keyframeNs = atNs;
    this.#keyframeRows = this.#stateRows;
    const blobs = new BlobTable();
    const nodes = [...this.#machines.keys()].sort((a, b) => a - b);
    const values = nodes.map((node) => {
      const blob = cborMap(this.#machines.get(node) ?? []);
      return blobs.number(`${node}`, () => blob);
    });
    const columns = [
      Float64Array.from(nodes),
      new Float64Array(nodes.length).fill(this.#stateRows),
      Float64Array.from(values),
    ];
    const count = nodes.length;
    const aux = blobs.take();
    this.#keyframeBytes = aux.length;
    this.#bytesSince = 0;
    this.append({ table: TABLES.keyframe, columns, count, aux, atNs });
  }

  #flushPackets(): void {
    if (this.#packets.count === 0) return;
    const aux = new Uint8Array(this.#packetOffset);
    let at = 0;
    for (const bytes of this.#packetBytes) {
      aux.set(bytes, at);
      at += bytes.length;
    }
    this.#packetBytes = [];
    this.#packetOffset = 0;
    this.append(this.#packets.take(aux));
  }

  #flush(buffer: TableBuffer): void {
    if (buffer.count > 0) this.append(buffer.take());
  }

  #name(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const number = this.#names.size;
    this.#names.set(text, number);
    this.#newNames.push(text);
    return number;
  }

  #addText(addition: TextBlockAddition): void {
    const aux = new TextEncoder().encode(JSON.stringify(addition));
    const rows = { table: TABLES.text, columns: [], count: 0, aux, atNs: this.#lastNs };
    this.#writer.append(this.#encoder.encode(rows));
  }

  #flushText(): void {
    if (this.#newNames.length === 0) return;
    const names = this.#newNames;
    this.#newNames = [];
    this.#addText({ names });
  }

  /** Writes a block. Names come before the rows that use them, so that a truncated file can be read to its end. */
  append(rows: TableRows, linkCounts?: Uint32Array): void {
    // The texts are written before this block is encoded, because both use the encoder's memory.
    this.#flushText();
    const block = this.#encoder.encode(rows);
    const name = tableName(block.table);
    this.#counts[name] = (this.#counts[name] ?? 0) + block.rows;
    if (hasTime(block.table)) {
      this.#firstNs = Math.min(this.#firstNs, block.baseNs);
      this.#lastNs = Math.max(this.#lastNs, block.lastNs);
    }
    this.#writer.append(block, linkCounts);
  }
}

const BY_ID = new Map<number, TableSpec>(Object.values(TABLES).map((spec) => [spec.id, spec]));

function tableName(id: number): string {
  return BY_ID.get(id)?.name ?? (id === FOOTER_TABLE_NUMBER ? 'footer' : `${id}`);
}

function hasTime(id: number): boolean {
  return BY_ID.get(id)?.columns[0]?.type === 'time';
}
