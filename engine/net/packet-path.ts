/**
 * The path of a packet through the directions of a network (docs/spec/link-model.md):
 *
 *   offer -> up? -> MTU? -> queue -> transmitter (rate) -> impairments -> pipe (delay) -> arrive
 *
 * A direction is a number here, and what every packet needs of it is in two cache lines of one array: among 100,000
 * nodes each object that an event touches is read from memory. The objects (transmission.ts) do what is rare: queues,
 * impairments, buckets, contacts, faults.
 *
 * There is one pending event per transmitter and per pipe. Events are posted without handles, so an event that a fault
 * has made void is recognised by its instant.
 *
 * @module
 */
import { type EventHandler, Scheduler } from '../core/scheduler.ts';
import type { Seed } from '../core/stream.ts';
import { BufferPool } from './buffer-pool.ts';
import type { Direction } from './direction.ts';
import type { DirectionContext, DirectionView, NetworkObserver } from './direction-context.ts';
import * as layout from './direction-context.ts';
import * as masks from './direction-masks.ts';
import { MTU } from './drop-reasons.ts';
import { NIL as NO_PACKET, PacketTable } from './packet-table.ts';

// Private names: V8 folds them into hot code, while imported ones are loaded and checked each time.
const { BUSY, CARRIED, DELAY, DELIVERED, END, LAST_ARRIVAL, MTU_BYTES, OFFERED } = layout;
const { OVERHEAD, RATE, REMAINDER, STATE_STRIDE, WORD_STRIDE } = layout;
const { CURRENT, FLAGS, PIPE_COUNT, PIPE_FIRST, PIPE_LAST, TO_NODE } = layout;
const { BIT_NS_PER_BYTE, PIPE_HEAD, TRANSMITTED } = layout;
const { BACKLOG, ENTRY, EXIT, HEAP, IMPAIRED, OVERRIDDEN, OVERTAKING, QUEUED } = masks;
const NIL = NO_PACKET;
const INFINITE = Number.POSITIVE_INFINITY;

/** Takes packets at the far end of a direction. */
export interface PacketSink {
  /**
   * Owns the packet and must do one of these: count it (`network.countDelivered(direction)`) and free it; keep its
   * buffer; offer it to another direction; `directions[direction].drop(packet, reason)`.
   */
  arrive(direction: number, packet: number): void;
}

/** Options of {@link PacketPath}. */
export interface PacketPathOptions {
  readonly seed: Seed;
  readonly sink: PacketSink;
  /** Overwrite and track returned buffers. */
  readonly buffers?: 'plain' | 'poison';
}

/** Moves packets through directions; {@link Network} adds directions and sums up their counts. */
export abstract class PacketPath implements DirectionContext, EventHandler {
  state: Float64Array = new Float64Array(STATE_STRIDE * 16);
  words: Int32Array = new Int32Array(this.state.buffer);
  readonly scheduler: Scheduler;
  readonly table: PacketTable;
  readonly directions: Direction[] = [];
  observer: NetworkObserver | undefined;
  planOriginNs = 0;
  readonly seed: Seed;
  readonly pool: BufferPool;
  private readonly sink: PacketSink;

  constructor(options: PacketPathOptions) {
    this.seed = options.seed;
    this.sink = options.sink;
    this.pool = new BufferPool(options.buffers ?? 'plain');
    this.table = new PacketTable(this.pool);
    this.scheduler = new Scheduler(this);
  }

  abstract dropped(direction: DirectionView, packet: number, reason: number): void;
  protected abstract fireUpper(kind: number, target: number, argument: number): void;

  // hot: once per event.
  /**
   * Part of {@link EventHandler}: one switch for all events
   * (docs/spec/event-order.md#events-that-go-to-one-handler).
   */
  fire(kind: number, target: number, argument: number): void {
    if (kind > PIPE_HEAD) this.fireRare(kind, target, argument);
    else if (((this.words[target * WORD_STRIDE + FLAGS] as number) & OVERRIDDEN) !== 0) {
      this.fireOverridden(kind, target);
    } else if (kind === TRANSMITTED) this.onTransmitted(target);
    else this.onPipeHead(target);
  }

  // hot: once per packet and hop.
  /**
   * Takes a packet from the sender.
   * @returns false if the queue was full; the packet is then gone, as after any other drop.
   */
  offer(id: number, packet: number): boolean {
    const { state, words, table } = this;
    const base = id * STATE_STRIDE;
    state[base + OFFERED] = (state[base + OFFERED] as number) + 1;
    table.offeredAt[packet] = this.scheduler.now;
    if (this.observer !== undefined) {
      this.observer.onOffered(this.directions[id] as Direction, packet);
    }
    const flags = words[id * WORD_STRIDE + FLAGS] as number;
    if ((flags & ENTRY) !== 0 && this.isRefused(id, packet)) return true;
    if ((table.length[packet] as number) > (state[base + MTU_BYTES] as number)) {
      this.dropTooLong(id, packet);
      return true;
    }
    if (words[id * WORD_STRIDE + CURRENT] !== NIL || (flags & (QUEUED | OVERRIDDEN)) !== 0) {
      return (this.directions[id] as Direction).takeOffered(packet);
    }
    this.transmit(id, packet);
    return true;
  }

  // hot: once per packet and hop.
  /**
   * Begins the serialisation; the remainder of its division is carried over to the next packet
   * (docs/spec/link-model.md#serialisation-and-delay).
   */
  transmit(id: number, packet: number): void {
    const { state } = this;
    const base = id * STATE_STRIDE;
    if (this.observer !== undefined) {
      this.observer.onStarted(this.directions[id] as Direction, packet);
    }
    const length = (this.table.length[packet] as number) + (state[base + OVERHEAD] as number);
    state[base + CARRIED] = (state[base + CARRIED] as number) + length;
    const rate = state[base + RATE] as number;
    if (rate === INFINITE) {
      this.enterPipe(id, packet);
      return;
    }
    const amount = length * BIT_NS_PER_BYTE + (state[base + REMAINDER] as number);
    let duration = Math.floor(amount / rate);
    // The quotient may have been rounded up to the next integer.
    if (duration * rate > amount) duration -= 1;
    state[base + REMAINDER] = amount - duration * rate;
    state[base + END] = this.scheduler.now + duration;
    state[base + BUSY] = (state[base + BUSY] as number) + duration;
    this.words[id * WORD_STRIDE + CURRENT] = packet;
    this.scheduler.post(duration, TRANSMITTED, id);
  }

  // hot: once per packet and hop.
  /** The transmitter has sent the last bit. */
  onTransmitted(id: number): void {
    const { words } = this;
    const at = id * WORD_STRIDE;
    const packet = words[at + CURRENT] as number;
    // The event of a transmission that was cut or rescaled comes at a different instant.
    if (packet === NIL || this.state[id * STATE_STRIDE + END] !== this.scheduler.now) return;
    words[at + CURRENT] = NIL;
    this.enterPipe(id, packet);
    if (((words[at + FLAGS] as number) & BACKLOG) !== 0) {
      (this.directions[id] as Direction).serveBacklog();
    }
  }

  // hot: once per packet and hop.
  /** The packet at the head of the pipe has arrived. */
  onPipeHead(id: number): void {
    const { table, scheduler, words } = this;
    const at = id * WORD_STRIDE;
    const packet = words[at + PIPE_FIRST] as number;
    const now = scheduler.now;
    if (packet === NIL || table.arriveAt[packet] !== now) return;
    const next = this.shiftPipe(id);
    if (next !== NIL) scheduler.post((table.arriveAt[next] as number) - now, PIPE_HEAD, id);
    if (((words[at + FLAGS] as number) & EXIT) === 0) this.sink.arrive(id, packet);
    else (this.directions[id] as Direction).leaveHeldBack(packet);
  }

  // hot: once per packet and hop.
  /** Puts a packet into the pipe; without reordering, it does not arrive before packets that left earlier. */
  travel(id: number, packet: number, delay: number): void {
    const { state } = this;
    const base = id * STATE_STRIDE;
    const now = this.scheduler.now;
    let arrival = now + delay;
    if (((this.words[id * WORD_STRIDE + FLAGS] as number) & OVERTAKING) === 0) {
      const last = state[base + LAST_ARRIVAL] as number;
      if (arrival < last) arrival = last;
      else state[base + LAST_ARRIVAL] = arrival;
    }
    this.table.arriveAt[packet] = arrival;
    if (this.pushPipe(id, packet)) this.scheduler.post(arrival - now, PIPE_HEAD, id);
  }

  // hot: once per packet and hop.
  /** Adds a packet to the pipe. Returns true if it will arrive before all others. */
  pushPipe(id: number, packet: number): boolean {
    const { words } = this;
    const at = id * WORD_STRIDE;
    words[at + PIPE_COUNT] = (words[at + PIPE_COUNT] as number) + 1;
    if (((words[at + FLAGS] as number) & HEAP) !== 0) return this.pushHeap(id, packet);
    const { next } = this.table;
    next[packet] = NIL;
    const last = words[at + PIPE_LAST] as number;
    words[at + PIPE_LAST] = packet;
    if (words[at + PIPE_FIRST] !== NIL) {
      next[last] = packet;
      return false;
    }
    words[at + PIPE_FIRST] = packet;
    return true;
  }

  // hot: once per packet and hop.
  /** Removes the head of the pipe and returns the new one. */
  shiftPipe(id: number): number {
    const { words } = this;
    const at = id * WORD_STRIDE;
    words[at + PIPE_COUNT] = (words[at + PIPE_COUNT] as number) - 1;
    if (((words[at + FLAGS] as number) & HEAP) !== 0) return this.shiftHeap(id);
    const next = this.table.next[words[at + PIPE_FIRST] as number] as number;
    words[at + PIPE_FIRST] = next;
    return next;
  }

  /** Counts a packet that the receiver of a direction has taken. */
  countDelivered(id: number): void {
    const at = id * STATE_STRIDE + DELIVERED;
    this.state[at] = (this.state[at] as number) + 1;
  }

  /** Index of the node to which a direction leads; -1 if several receive. */
  toNode(id: number): number {
    return this.words[id * WORD_STRIDE + TO_NODE] as number;
  }

  arrive(id: number, packet: number): void {
    this.sink.arrive(id, packet);
  }

  /** Called when a packet leaves the transmitter. */
  private enterPipe(id: number, packet: number): void {
    if (((this.words[id * WORD_STRIDE + FLAGS] as number) & IMPAIRED) !== 0) {
      (this.directions[id] as Direction).enterImpaired(packet);
    } else this.travel(id, packet, this.state[id * STATE_STRIDE + DELAY] as number);
  }

  // Rare branches are separate functions: V8 inlines by size, and what every hop needs must fit
  // (benchmark `chain`: 5.1 M packet-hops/s in one function, 5.3 M with these).
  private isRefused(id: number, packet: number): boolean {
    return (this.directions[id] as Direction).isRefused(packet);
  }

  private dropTooLong(id: number, packet: number): void {
    (this.directions[id] as Direction).drop(packet, MTU);
  }

  private pushHeap(id: number, packet: number): boolean {
    return (this.directions[id] as Direction).pushHeap(packet);
  }

  private shiftHeap(id: number): number {
    return (this.directions[id] as Direction).shiftHeap();
  }

  private fireRare(kind: number, target: number, argument: number): void {
    if (kind >= layout.FIRST_UPPER_KIND) this.fireUpper(kind, target, argument);
    else (this.directions[target] as Direction).fireRare(kind);
  }

  private fireOverridden(kind: number, target: number): void {
    const direction = this.directions[target] as Direction;
    if (kind === TRANSMITTED) direction.onTransmitted();
    else direction.onPipeHead();
  }
}
