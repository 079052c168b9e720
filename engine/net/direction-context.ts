/**
 * What a direction needs from its network, and what it tells observers.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import type { Seed } from '../core/stream.ts';
import type { PlanClock } from './contact-plan.ts';
import type { ContactsSpec } from './link-spec.ts';
import type { PacketTable } from './packet-table.ts';

/** 8 bits in 10^9 ns: bytes times this, divided by the rate, is the serialisation time. */
export const BIT_NS_PER_BYTE = 8_000_000_000;

/** Kind of the event at which a transmitter has sent the last bit of a packet; kinds of posted events have 4 bits. */
export const TRANSMITTED_EVENT = 1;
/** Kind of the event at which the packet at the head of a pipe arrives. */
export const PIPE_HEAD_EVENT = 2;
/** Kind of the event at which a packet that waits in the queue of a direction may be sent. */
export const WAKE_EVENT = 3;
/** Kind of the event at which a packet arrives that a fault had withheld. */
export const RELEASED_EVENT = 4;
/** First kind of events that belongs to the layer above (sim-world.ts). */
export const FIRST_UPPER_EVENT_KIND = 5;

/**
 * Number of doubles per direction in {@link LinkDirectionContext.state}: two cache lines. Every event of a direction
 * needs the first line; the second has counts, and values that only a new packet needs.
 */
export const STATE_STRIDE = 16;
/** Index of the rate, bits per second. */
export const RATE_BPS_INDEX = 0;
/** Index of the carried remainder of serialisation times (docs/spec/link-model.md#serialisation-and-delay). */
export const REMAINDER_INDEX = 1;
/** Index of the propagation delay, ns. */
export const DELAY_NS_INDEX = 2;
/** Index of the latest arrival time of a packet in the pipe, ns. */
export const LAST_ARRIVAL_NS_INDEX = 3;
/** Index of the end of the current serialisation, ns. */
export const SERIALISATION_END_NS_INDEX = 4;
/** Index of the sum of serialisation times, ns. */
export const BUSY_NS_INDEX = 8;
/** Index of the instant of the pending wake-up, ns; -1 if there is none. */
export const WAKE_AT_NS_INDEX = 9;
/** Index of the number of bytes of packets whose serialisation has begun, with the overhead of the link. */
export const CARRIED_BYTES_INDEX = 10;
/** Index of the number of packets handed to the direction. */
export const OFFERED_PACKETS_INDEX = 11;
/** Index of the number of packets handed to the receiver, which counts them. */
export const DELIVERED_PACKETS_INDEX = 12;
/** Index of the number of bytes added to each packet on the wire. */
export const OVERHEAD_BYTES_INDEX = 13;
/** Index of the length of the largest packet, bytes. */
export const MTU_BYTES_INDEX = 14;

/** Number of 32-bit integers per direction in {@link LinkDirectionContext.words}, the same memory as its doubles. */
export const WORD_STRIDE = 32;
/** Index of the packet in the transmitter. */
export const CURRENT_PACKET_WORD = 10;
/**
 * Index of the packet in the pipe that arrives next
 * (docs/spec/event-order.md#one-pending-event-per-transmitter-and-per-pipe).
 */
export const PIPE_FIRST_WORD = 11;
/** Index of the last packet of the FIFO in the pipe. */
export const PIPE_LAST_WORD = 12;
/** Index of the number of packets in the pipe. */
export const PIPE_COUNT_WORD = 13;
/**
 * Index of the bits of direction-masks.ts; they are 0 while no fault, contact plan, impairment or queue
 * is involved.
 */
export const FLAGS_WORD = 14;
/** Index of the number of the receiving node. */
export const TO_NODE_WORD = 15;

/** One direction of a link, seen from outside. */
export interface LinkDirectionView {
  /** Index of the direction in its network. */
  readonly id: number;
  readonly linkId: string;
  /** Names of both ends, written `a->b`. */
  readonly name: string;
  /** Indices of the sending and the receiving node. */
  readonly fromNode: number;
  readonly toNode: number;
  /** The present rate, delay and overhead. */
  readonly pace: RateAndDelay;
  /** Contacts of the direction; undefined if it can always send. */
  readonly plan: ContactsSpec | undefined;
}

/** Rate and delay of a direction. */
export interface RateAndDelay {
  /** Rate, bits per second; with Infinity, serialisation takes no time. */
  readonly rateBps: number;
  /** Propagation delay of the direction, ns. */
  readonly delayNs: number;
  /** Bytes added to each packet on the wire. */
  readonly overheadBytes: number;
}

/** Is told what happens to packets; during a call, the bytes of the packet are in the packet table. */
export interface NetworkObserver {
  /** Called when a packet was offered to the direction; nothing has been decided yet. */
  onOffered(direction: LinkDirectionView, packet: number): void;
  /** Called when the serialisation of a packet begins. */
  onStarted(direction: LinkDirectionView, packet: number): void;
  /**
   * Called when a copy enters the pipe: a duplicate of the packet `original`, or, if `original` is negative, a packet
   * that a tap injected.
   */
  onCopied?(direction: LinkDirectionView, copy: number, original: number): void;
  /** Called when a packet has arrived and goes to the receiver. */
  onDelivered(direction: LinkDirectionView, packet: number): void;
  /** Called when a packet is lost; `direction` is undefined if no link was found. */
  onDropped(direction: LinkDirectionView | undefined, packet: number, reason: number): void;
  /** Called when the rate or the delay has changed. */
  onPace?(direction: LinkDirectionView): void;
}

/** What the directions need from their network. */
export interface LinkDirectionContext extends PlanClock {
  readonly scheduler: Scheduler;
  readonly table: PacketTable;
  readonly seed: Seed;
  /** State of all directions, {@link STATE_STRIDE} doubles each. */
  readonly state: Float64Array;
  /** The same memory as integers, {@link WORD_STRIDE} each. */
  readonly words: Int32Array;
  readonly observer: NetworkObserver | undefined;
  /** Steps of the packet path by the number of a direction; see packet-path.ts. */
  offer(id: number, packet: number): boolean;
  transmit(id: number, packet: number): void;
  travel(id: number, packet: number, delay: number): void;
  onTransmitted(id: number): void;
  onPipeHead(id: number): void;
  pushPipe(id: number, packet: number): boolean;
  shiftPipe(id: number): number;
  /** Delivers a packet at the far end; the callee frees and counts it. */
  arrive(id: number, packet: number): void;
  /** Is told of a drop before the packet is freed. */
  dropped(direction: LinkDirectionView, packet: number, reason: number): void;
}
