/**
 * Packets waiting for a session or a path, for at most 100 ms, or for their lifetime if they may wait
 * longer. The caller sends, counts and keeps time.
 *
 * @module
 */

import type { SendWishes } from '../../engine/host/transport.ts';
import { leastOf } from '../../engine/pure/extremes.ts';

/** Largest number of packets that wait: 100 ms at 10,000/s. */
export const PENDING_PACKETS_MAX = 1000;
/** Longest wait of a packet that is not tolerant, ns. */
const WAITING_NS_MAX = 100_000_000;

type Priority = NonNullable<SendWishes['priority']>;
const NORMAL: Priority = 1;

/** A packet that waits for a session or a path. */
export interface PendingPacket {
  readonly body: Uint8Array;
  /** From this instant on the packet is dropped, ns. */
  readonly dueNs: number;
  /** The drop reason at that instant. */
  readonly reason: 'no-path' | 'lifetime-over';
  readonly priority: Priority;
  /** True if the packet also waits while the path in use is dead. */
  readonly isTolerant: boolean;
  /** The number of the packet in the account of messages; -1 if packets are not accounted for. */
  readonly number: number;
}

/**
 * What the sender wants for a packet that is to wait, and its number in the account of messages.
 */
export interface PendingPacketDetails {
  readonly wishes?: SendWishes | undefined;
  readonly number?: number | undefined;
}

/** The waiting packets of one peer, oldest first. */
export class PendingPackets {
  #waiting: PendingPacket[] = [];
  #deadlineNs = Number.POSITIVE_INFINITY;

  /** Number of packets that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** The instant at which the first packet will have waited too long; Infinity if none waits. */
  get deadlineNs(): number {
    return this.#deadlineNs;
  }

  /** Queues a copy; false when the queue is full. */
  add(
    body: Uint8Array,
    now: number,
    { wishes = {}, number = -1 }: PendingPacketDetails = {},
  ): boolean {
    if (this.#waiting.length >= PENDING_PACKETS_MAX) return false;
    const { lifetime = Number.POSITIVE_INFINITY, priority = NORMAL, tolerant = false } = wishes;
    const patienceNs = tolerant ? Number.POSITIVE_INFINITY : WAITING_NS_MAX + 1;
    const dueNs = now + Math.min(lifetime, patienceNs);
    const reason = lifetime <= patienceNs ? 'lifetime-over' : 'no-path';
    const rest = { dueNs, reason, priority, isTolerant: tolerant, number } as const;
    this.#waiting.push({ body: body.slice(), ...rest });
    this.#deadlineNs = Math.min(this.#deadlineNs, dueNs);
    return true;
  }

  /** Removes and returns the youngest packet of the lowest priority; undefined if none is below `priority`. */
  displace(priority: Priority = NORMAL): PendingPacket | undefined {
    const lowest = leastOf(this.#waiting.map((packet) => packet.priority));
    if (lowest >= priority) return undefined;
    const index = this.#waiting.findLastIndex((packet) => packet.priority === lowest);
    const [displaced] = this.#waiting.splice(index, 1);
    this.#keep(this.#waiting);
    return displaced;
  }

  /** Removes and returns packets that have waited too long. */
  expire(now: number): readonly PendingPacket[] {
    if (now < this.#deadlineNs) return [];
    const due = this.#waiting.filter(({ dueNs }) => dueNs <= now);
    this.#keep(this.#waiting.filter(({ dueNs }) => dueNs > now));
    return due;
  }

  /** Removes and returns all packets, urgent ones first, then in the order of their arrival. */
  takeAll(): readonly PendingPacket[] {
    return this.#take(() => true);
  }

  /** Like {@link takeAll}, without tolerant packets: these wait until a path answers. */
  takeImpatient(): readonly PendingPacket[] {
    return this.#take(({ isTolerant }) => !isTolerant);
  }

  #take(isTaken: (packet: PendingPacket) => boolean): readonly PendingPacket[] {
    const taken = this.#waiting.filter(isTaken);
    this.#keep(this.#waiting.filter((packet) => !isTaken(packet)));
    return taken.sort((one, other) => other.priority - one.priority);
  }

  #keep(waiting: PendingPacket[]): void {
    this.#waiting = waiting;
    this.#deadlineNs = waiting.reduce(
      (least, { dueNs }) => Math.min(least, dueNs),
      Number.POSITIVE_INFINITY,
    );
  }
}
