/**
 * The path of a packet through the directions of a network (docs/spec/link-model.md):
 *
 *   offer -> up? -> MTU? -> queue -> transmitter (rate) -> impairments -> pipe (delay) -> arrive
 *
 * A direction is a number here, and the values that every packet needs are in two cache lines of one array: with
 * 100,000 nodes, each further object that an event touches costs a read from memory. The objects of directions
 * (transmission.ts) do what is rare: queues, impairments, buckets, contacts, faults.
 *
 * There is one pending event per transmitter and per pipe. Events are posted without handles and cannot be cancelled,
 * so an event that a fault has made void is recognised by its instant.
 *
 * @module
 */
import { type EventHandler, Scheduler } from '../core/scheduler.ts';
import type { Seed } from '../core/stream.ts';
import { BufferPool } from './buffer-pool.ts';
import type { LinkDirection } from './direction.ts';
import type {
  LinkDirectionContext,
  LinkDirectionView,
  NetworkObserver,
} from './direction-context.ts';
import * as layout from './direction-context.ts';
import * as masks from './direction-masks.ts';
import { DROP_MTU } from './drop-reasons.ts';
import { NIL_PACKET as NO_PACKET, PacketTable } from './packet-table.ts';

// Private names: V8 folds them into hot code, while imported ones are loaded and checked each time.
const {
  BUSY_NS_INDEX,
  CARRIED_BYTES_INDEX,
  DELAY_NS_INDEX,
  DELIVERED_PACKETS_INDEX,
  SERIALISATION_END_NS_INDEX,
  LAST_ARRIVAL_NS_INDEX,
  MTU_BYTES_INDEX,
  OFFERED_PACKETS_INDEX,
} = layout;
const { OVERHEAD_BYTES_INDEX, RATE_BPS_INDEX, REMAINDER_INDEX, STATE_STRIDE, WORD_STRIDE } = layout;
const {
  CURRENT_PACKET_WORD,
  FLAGS_WORD,
  PIPE_COUNT_WORD,
  PIPE_FIRST_WORD,
  PIPE_LAST_WORD,
  TO_NODE_WORD,
} = layout;
const { BIT_NS_PER_BYTE, PIPE_HEAD_EVENT, TRANSMITTED_EVENT } = layout;
const {
  BACKLOG_BIT,
  ENTRY_MASK,
  EXIT_MASK,
  PIPE_HEAP_BIT,
  IMPAIRED_BIT,
  OVERRIDDEN_BIT,
  OVERTAKING_BIT,
  QUEUE_ALWAYS_BIT,
} = masks;
const NIL = NO_PACKET;
const INFINITE = Number.POSITIVE_INFINITY;

/** Takes packets at the far end of a direction. */
export interface PacketSink {
  /**
   * Owns the packet from now on and must do one of these: count it (`network.countDelivered(direction)`) and free it or
   * keep its buffer; offer it to another direction; call `directions[direction].drop(packet, reason)`.
   */
  arrive(direction: number, packet: number): void;
}

/** Options of {@link PacketPath}. */
export interface PacketPathOptions {
  readonly seed: Seed;
  readonly sink: PacketSink;
  /** `poison` overwrites and tracks returned buffers to find their misuse; default `plain`. */
  readonly buffers?: 'plain' | 'poison';
}

/** Moves packets through directions; {@link Network} adds directions and sums up their counts. */
export abstract class PacketPath implements LinkDirectionContext, EventHandler {
  state: Float64Array = new Float64Array(STATE_STRIDE * 16);
  words: Int32Array = new Int32Array(this.state.buffer);
  readonly scheduler: Scheduler;
  readonly table: PacketTable;
  readonly directions: LinkDirection[] = [];
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

  abstract dropped(direction: LinkDirectionView, packet: number, reason: number): void;
  protected abstract fireUpper(kind: number, target: number, argument: number): void;

  // hot: once per event.
  /**
   * Called by the scheduler with each event that is due: one switch for all
   * (docs/spec/event-order.md#events-that-go-to-one-handler).
   */
  fire(kind: number, target: number, argument: number): void {
    if (kind > PIPE_HEAD_EVENT) this.fireRare(kind, target, argument);
    else if (((this.words[target * WORD_STRIDE + FLAGS_WORD] as number) & OVERRIDDEN_BIT) !== 0) {
      this.fireOverridden(kind, target);
    } else if (kind === TRANSMITTED_EVENT) this.onTransmitted(target);
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
    state[base + OFFERED_PACKETS_INDEX] = (state[base + OFFERED_PACKETS_INDEX] as number) + 1;
    table.offeredAt[packet] = this.scheduler.now;
    if (this.observer !== undefined) {
      this.observer.onOffered(this.directions[id] as LinkDirection, packet);
    }
    const flags = words[id * WORD_STRIDE + FLAGS_WORD] as number;
    if ((flags & ENTRY_MASK) !== 0 && this.isRefused(id, packet)) return true;
    if ((table.length[packet] as number) > (state[base + MTU_BYTES_INDEX] as number)) {
      this.dropTooLong(id, packet);
      return true;
    }
    if (
      words[id * WORD_STRIDE + CURRENT_PACKET_WORD] !== NIL ||
      (flags & (QUEUE_ALWAYS_BIT | OVERRIDDEN_BIT)) !== 0
    ) {
      return (this.directions[id] as LinkDirection).takeOffered(packet);
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
      this.observer.onStarted(this.directions[id] as LinkDirection, packet);
    }
    const length =
      (this.table.length[packet] as number) + (state[base + OVERHEAD_BYTES_INDEX] as number);
    state[base + CARRIED_BYTES_INDEX] = (state[base + CARRIED_BYTES_INDEX] as number) + length;
    const rate = state[base + RATE_BPS_INDEX] as number;
    if (rate === INFINITE) {
      this.enterPipe(id, packet);
      return;
    }
    const amount = length * BIT_NS_PER_BYTE + (state[base + REMAINDER_INDEX] as number);
    let duration = Math.floor(amount / rate);
    // The quotient may have been rounded up to the next integer.
    if (duration * rate > amount) duration -= 1;
    state[base + REMAINDER_INDEX] = amount - duration * rate;
    state[base + SERIALISATION_END_NS_INDEX] = this.scheduler.now + duration;
    state[base + BUSY_NS_INDEX] = (state[base + BUSY_NS_INDEX] as number) + duration;
    this.words[id * WORD_STRIDE + CURRENT_PACKET_WORD] = packet;
    this.scheduler.post(duration, TRANSMITTED_EVENT, id);
  }

  // hot: once per packet and hop.
  /** Called when the transmitter has sent the last bit. */
  onTransmitted(id: number): void {
    const { words } = this;
    const at = id * WORD_STRIDE;
    const packet = words[at + CURRENT_PACKET_WORD] as number;
    // If the event comes at another instant than the present end of the serialisation, it belongs
    // to a transmission that was cut off or rescaled, and is ignored.
    if (
      packet === NIL ||
      this.state[id * STATE_STRIDE + SERIALISATION_END_NS_INDEX] !== this.scheduler.now
    )
      return;
    words[at + CURRENT_PACKET_WORD] = NIL;
    this.enterPipe(id, packet);
    if (((words[at + FLAGS_WORD] as number) & BACKLOG_BIT) !== 0) {
      (this.directions[id] as LinkDirection).serveBacklog();
    }
  }

  // hot: once per packet and hop.
  /** Called when the packet at the head of the pipe has arrived. */
  onPipeHead(id: number): void {
    const { table, scheduler, words } = this;
    const at = id * WORD_STRIDE;
    const packet = words[at + PIPE_FIRST_WORD] as number;
    const now = scheduler.now;
    if (packet === NIL || table.arriveAt[packet] !== now) return;
    const next = this.shiftPipe(id);
    if (next !== NIL) scheduler.post((table.arriveAt[next] as number) - now, PIPE_HEAD_EVENT, id);
    if (((words[at + FLAGS_WORD] as number) & EXIT_MASK) === 0) this.sink.arrive(id, packet);
    else (this.directions[id] as LinkDirection).leaveHeldBack(packet);
  }

  // hot: once per packet and hop.
  /** Puts a packet into the pipe; without reordering, it does not arrive before packets that left earlier. */
  travel(id: number, packet: number, delay: number): void {
    const { state } = this;
    const base = id * STATE_STRIDE;
    const now = this.scheduler.now;
    let arrival = now + delay;
    if (((this.words[id * WORD_STRIDE + FLAGS_WORD] as number) & OVERTAKING_BIT) === 0) {
      const last = state[base + LAST_ARRIVAL_NS_INDEX] as number;
      if (arrival < last) arrival = last;
      else state[base + LAST_ARRIVAL_NS_INDEX] = arrival;
    }
    this.table.arriveAt[packet] = arrival;
    if (this.pushPipe(id, packet)) this.scheduler.post(arrival - now, PIPE_HEAD_EVENT, id);
  }

  // hot: once per packet and hop.
  /** Adds a packet to the pipe. Returns true if it will arrive before all others. */
  pushPipe(id: number, packet: number): boolean {
    const { words } = this;
    const at = id * WORD_STRIDE;
    words[at + PIPE_COUNT_WORD] = (words[at + PIPE_COUNT_WORD] as number) + 1;
    if (((words[at + FLAGS_WORD] as number) & PIPE_HEAP_BIT) !== 0)
      return this.pushHeap(id, packet);
    const { next } = this.table;
    next[packet] = NIL;
    const last = words[at + PIPE_LAST_WORD] as number;
    words[at + PIPE_LAST_WORD] = packet;
    if (words[at + PIPE_FIRST_WORD] !== NIL) {
      next[last] = packet;
      return false;
    }
    words[at + PIPE_FIRST_WORD] = packet;
    return true;
  }

  // hot: once per packet and hop.
  /** Removes the head of the pipe and returns the new one. */
  shiftPipe(id: number): number {
    const { words } = this;
    const at = id * WORD_STRIDE;
    words[at + PIPE_COUNT_WORD] = (words[at + PIPE_COUNT_WORD] as number) - 1;
    if (((words[at + FLAGS_WORD] as number) & PIPE_HEAP_BIT) !== 0) return this.shiftHeap(id);
    const next = this.table.next[words[at + PIPE_FIRST_WORD] as number] as number;
    words[at + PIPE_FIRST_WORD] = next;
    return next;
  }

  /** Counts a packet that the receiver of a direction has taken. */
  countDelivered(id: number): void {
    const at = id * STATE_STRIDE + DELIVERED_PACKETS_INDEX;
    this.state[at] = (this.state[at] as number) + 1;
  }

  /** Index of the node to which a direction leads; -1 if several receive. */
  toNode(id: number): number {
    return this.words[id * WORD_STRIDE + TO_NODE_WORD] as number;
  }

  arrive(id: number, packet: number): void {
    this.sink.arrive(id, packet);
  }

  /** Called when a packet leaves the transmitter. */
  private enterPipe(id: number, packet: number): void {
    if (((this.words[id * WORD_STRIDE + FLAGS_WORD] as number) & IMPAIRED_BIT) !== 0) {
      (this.directions[id] as LinkDirection).enterImpaired(packet);
    } else this.travel(id, packet, this.state[id * STATE_STRIDE + DELAY_NS_INDEX] as number);
  }

  // The rare branches are functions of their own: V8 inlines functions by their size, so the code
  // that every hop needs must be small (benchmark `chain`: 5.1 M packet-hops/s in one function, 5.3
  // M with these).
  private isRefused(id: number, packet: number): boolean {
    return (this.directions[id] as LinkDirection).isRefused(packet);
  }

  private dropTooLong(id: number, packet: number): void {
    (this.directions[id] as LinkDirection).drop(packet, DROP_MTU);
  }

  private pushHeap(id: number, packet: number): boolean {
    return (this.directions[id] as LinkDirection).pushHeap(packet);
  }

  private shiftHeap(id: number): number {
    return (this.directions[id] as LinkDirection).shiftHeap();
  }

  private fireRare(kind: number, target: number, argument: number): void {
    if (kind >= layout.FIRST_UPPER_EVENT_KIND) this.fireUpper(kind, target, argument);
    else (this.directions[target] as LinkDirection).fireRare(kind);
  }

  private fireOverridden(kind: number, target: number): void {
    const direction = this.directions[target] as LinkDirection;
    if (kind === TRANSMITTED_EVENT) direction.onTransmitted();
    else direction.onPipeHead();
  }
}
