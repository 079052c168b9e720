/**
 * What acts on a direction, as bits of one word that the packet path compares with 0. They say why the direction
 * refuses or withholds packets, and which parts it has. Faults overlap, so the direction counts how often each reason
 * applies (docs/spec/link-model.md#changes-while-packets-are-under-way).
 *
 * @module
 */

/** Offered packets are rejected, because the direction is down. */
export const ENTRY_DOWN_BIT = 1;
/** Offered packets are rejected, because a partition separates the ends. */
export const ENTRY_PARTITION_BIT = 2;
/** Offered packets are rejected, because the sending node has crashed. */
export const ENTRY_SENDER_DOWN_BIT = 4;
/**
 * Every offered packet must be inspected, because of a policing token bucket or of a contact plan
 * that drops packets.
 */
export const ENTRY_INSPECT_BIT = 8;
/** All reasons to reject or inspect offered packets. */
export const ENTRY_MASK = 0xf;
/** A fault withholds arriving packets. */
export const EXIT_HELD_BIT = 0x10;
/** Arriving packets are dropped, because a partition separates the ends. */
export const EXIT_PARTITION_BIT = 0x20;
/** Arriving packets are dropped, because the receiving node has crashed. */
export const EXIT_RECEIVER_DOWN_BIT = 0x40;
/** All reasons to withhold arriving packets. */
export const EXIT_MASK = 0x70;
/**
 * Packets go through the queue even if the transmitter is idle: the direction is shaped, has
 * contacts, or its queue is not a FIFO. If the queue has no room, only a packet whose transmission
 * may begin at once is accepted.
 */
export const QUEUE_ALWAYS_BIT = 0x80;
/** The queue may contain packets. */
export const BACKLOG_BIT = 0x100;
/** Packets pass impairments or taps before the pipe. */
export const IMPAIRED_BIT = 0x200;
/** Packets in the pipe may arrive before packets that left earlier. */
export const OVERTAKING_BIT = 0x400;
/** The pipe is a heap: packets have been able to overtake each other. */
export const PIPE_HEAP_BIT = 0x800;
/** Each step is a call of the direction's own methods, which a deliberately defective direction overrides for tests. */
export const OVERRIDDEN_BIT = 0x1000;
