/**
 * Observes packets and writes a hop row per link crossed, a drop row per loss, and the pyramid
 * (docs/TRACE.md). It only reads: a run is the same with and without it.
 *
 * A packet keeps its number while nodes send on the buffer that they received, as routers do. A packet that
 * a node sends in a new buffer has a new number, even where a person would call it the same packet (a gateway that
 * opens a frame, a mix that peels a layer).
 *
 * @module
 */
import type { Scheduler } from '../../core/scheduler.ts';
import type { LinkDirectionView, NetworkObserver } from '../../net/direction-context.ts';
import { DROP_CPU_QUEUE_FULL, DROP_PORT_UNREACHABLE } from '../../net/drop-reasons.ts';
import type { PacketTable } from '../../net/packet-table.ts';
import { type HopBlock, packPacketMarks } from './hop-block.ts';
import * as layout from './layout.ts';
import type { BinPyramid } from './pyramid.ts';

/** The receiver of the recorder's rows: the trace recorder, or a test. */
export interface HopSink {
  /** The block into which a row with this instant is written. */
  blockFor(timeNs: number): HopBlock;
  /** Called when a packet was lost; `link` and `node` of `place` may be `NO_REFERENCE`. */
  dropped(timeNs: number, place: PacketLoss): void;
  /** Called when the network has more directions than before. */
  linksAdded(): void;
  /** Called when the rate or the delay of a direction has changed. */
  paced(timeNs: number, direction: LinkDirectionView): void;
}

/** Where a packet was lost and why. */
export interface PacketLoss {
  readonly node: number;
  readonly link: number;
  readonly packet: number;
  readonly reason: number;
}

// Private names: V8 folds them into hot code, while imported ones are loaded and checked each time.
const {
  PACKET_CLASS_CONTROL,
  PACKET_CLASS_COPY,
  PACKET_CLASS_DATA,
  HOP_FLAG_COPY,
  HOP_FLAG_FORWARDED,
  NO_REFERENCE,
  PENDING_TRANSIT_WIDE,
} = layout;
const NO_BUFFER = new Uint8Array(0);
const QUEUE_MAX_NS = 0xffff_ffff;
const CONTROL_MARKS = packPacketMarks(0, PACKET_CLASS_CONTROL, 0);

/** Observes the packets of a network and writes rows of hops, losses and the pyramid. */
export class NetworkRecorder implements NetworkObserver {
  /** Number of the flow to which packets that are offered now belong; 0 for none. */
  flow = 0;
  private readonly scheduler: Scheduler;
  private readonly table: PacketTable;
  private readonly sink: HopSink;
  private readonly pyramid: BinPyramid;
  private links: number;
  private nextPacket = 0;
  /** Block and row of packets under way, by their row in the packet table. */
  private readonly blocks: (HopBlock | undefined)[] = [];
  private rows = new Int32Array(0);
  private packets = new Uint32Array(0);
  /** Flow, class and flags of packets under way, by their row in the packet table. */
  private marks = new Uint32Array(0);
  /** The buffer that arrived in the current event. */
  private arrivedBuffer: Uint8Array = NO_BUFFER;
  private arrivedEvent = -1;
  private arrivedPacket = NO_REFERENCE;
  private arrivedMarks = 0;

  constructor(
    world: { readonly scheduler: Scheduler; readonly table: PacketTable },
    links: number,
    parts: { readonly sink: HopSink; readonly pyramid: BinPyramid },
  ) {
    this.scheduler = world.scheduler;
    this.table = world.table;
    this.links = links;
    this.sink = parts.sink;
    this.pyramid = parts.pyramid;
  }

  /** Number of the packet that the current event delivered; `NO_REFERENCE` if the event delivered none. */
  get current(): number {
    return this.arrivedEvent === this.scheduler.eventCount ? this.arrivedPacket : NO_REFERENCE;
  }

  /** Number of the packet in a row of the packet table, which has been offered to a direction. */
  packetAt(row: number): number {
    return this.packets[row] ?? NO_REFERENCE;
  }

  // hot: once per packet and hop.
  onOffered(_direction: LinkDirectionView, row: number): void {
    if (row >= this.rows.length) this.widen(row);
    const isForwarded =
      this.table.buffers[row] === this.arrivedBuffer &&
      this.arrivedEvent === this.scheduler.eventCount;
    if (isForwarded) {
      this.packets[row] = this.arrivedPacket;
      this.marks[row] = this.arrivedMarks | HOP_FLAG_FORWARDED;
      return;
    }
    this.packets[row] = this.nextPacket;
    this.marks[row] =
      this.flow === 0 ? CONTROL_MARKS : packPacketMarks(this.flow, PACKET_CLASS_DATA, 0);
    this.nextPacket += 1;
  }

  // hot: once per packet and hop.
  onStarted(direction: LinkDirectionView, row: number): void {
    const { now } = this.scheduler;
    const { table } = this;
    if (direction.id >= this.links) this.addLink(direction);
    const block = this.sink.blockFor(now);
    const at = block.count;
    if (at === 0) block.firstNs = now;
    block.lastNs = now;
    block.count = at + 1;
    block.open += 1;
    block.depart[at] = now;
    block.arrive[at] = PENDING_TRANSIT_WIDE;
    block.link[at] = direction.id;
    block.packet[at] = this.packets[row] as number;
    block.marks[at] = this.marks[row] as number;
    block.bytes[at] = table.length[row] as number;
    const queueNs = now - (table.offeredAt[row] as number);
    block.queueNs[at] = queueNs < QUEUE_MAX_NS ? queueNs : QUEUE_MAX_NS;
    this.rows[row] = at;
    this.blocks[row] = block;
  }

  onCopied(direction: LinkDirectionView, copy: number, original: number): void {
    if (copy >= this.rows.length) this.widen(copy);
    const isInjected = original < 0;
    this.packets[copy] = isInjected ? this.nextPacket : (this.packets[original] as number);
    const marks = isInjected
      ? packPacketMarks(0, PACKET_CLASS_COPY, 0)
      : (this.marks[original] as number);
    this.marks[copy] = marks | HOP_FLAG_COPY;
    if (isInjected) this.nextPacket += 1;
    this.onStarted(direction, copy);
  }

  // hot: once per packet and hop.
  onDelivered(direction: LinkDirectionView, row: number): void {
    const { table } = this;
    const { now, eventCount } = this.scheduler;
    const block = this.blocks[row];
    if (block !== undefined) {
      this.blocks[row] = undefined;
      if (!block.isSealed) block.arrived(this.rows[row] as number, now);
      this.arrivedPacket = this.packets[row] as number;
      this.arrivedMarks = this.marks[row] as number;
    }
    // No block of rows was begun for this packet, so it is a copy for one receiver on a shared
    // medium. It keeps the number and the hop flags of the original, which arrived just before.
    this.arrivedBuffer = table.buffers[row] as Uint8Array;
    this.arrivedEvent = eventCount;
    const latencyNs = now - (table.offeredAt[row] as number);
    this.pyramid.arrived(direction.id, now, table.length[row] as number, latencyNs);
  }

  onDropped(direction: LinkDirectionView | undefined, row: number, reason: number): void {
    const { now } = this.scheduler;
    const block = this.blocks[row];
    if (block !== undefined) {
      this.blocks[row] = undefined;
      if (!block.isSealed) block.dropped(this.rows[row] as number);
    }
    const packet = direction === undefined ? NO_REFERENCE : (this.packets[row] ?? NO_REFERENCE);
    const link = direction?.id ?? -1;
    if (direction !== undefined && direction.id >= this.links) this.addLink(direction);
    this.pyramid.dropped(link, now);
    const node = direction === undefined ? -1 : lossNode(direction, reason);
    this.sink.dropped(now, {
      node: node < 0 ? NO_REFERENCE : node,
      link: link < 0 ? NO_REFERENCE : link,
      packet,
      reason,
    });
  }

  onPace(direction: LinkDirectionView): void {
    // A new direction is described only when its first packet is seen, so its changes before that are not recorded.
    if (direction.id < this.links) this.sink.paced(this.scheduler.now, direction);
  }

  private addLink(direction: LinkDirectionView): void {
    this.links = direction.id + 1;
    this.sink.linksAdded();
  }

  private widen(row: number): void {
    const capacity = Math.max(1_024, this.table.capacity, row + 1);
    this.rows = copyInto(new Int32Array(capacity), this.rows);
    this.packets = copyInto(new Uint32Array(capacity), this.packets);
    this.marks = copyInto(new Uint32Array(capacity), this.marks);
    while (this.blocks.length < capacity) this.blocks.push(undefined);
  }
}

/** The node that lost a packet: the receiver if it could not take it, else the sender. */
function lossNode(direction: LinkDirectionView, reason: number): number {
  const isAtReceiver = reason === DROP_PORT_UNREACHABLE || reason === DROP_CPU_QUEUE_FULL;
  return isAtReceiver ? direction.toNode : direction.fromNode;
}

function copyInto<T extends Int32Array | Uint32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
