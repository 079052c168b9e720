/**
 * Packets waiting for a session or a path, for at most 100 ms, after which they are dropped as
 * `no-path`. The caller sends, counts and keeps time.
 *
 * @module
 */

/** Largest number of packets that wait: 100 ms at 10,000/s. */
export const WAITING_MAX = 1000;
/** Longest wait of a packet, ns. */
const WAITING_NS_MAX = 100_000_000;

/** A waiting packet. */
export interface PendingPacket {
  readonly body: Uint8Array;
  readonly sinceNs: number;
  /** The number of the packet in the account of messages; -1 if packets are not accounted for. */
  readonly number: number;
}

/** The waiting packets of one peer, oldest first. */
export class PendingPackets {
  #waiting: PendingPacket[] = [];

  /** Number of packets that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** When the oldest packet will have waited too long, or Infinity. */
  get deadlineNs(): number {
    const oldest = this.#waiting[0];
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest.sinceNs + WAITING_NS_MAX + 1;
  }

  /** Queues a copy; false when the queue is full. */
  add(body: Uint8Array, now: number, number = -1): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false;
    this.#waiting.push({ body: body.slice(), sinceNs: now, number });
    return true;
  }

  /** Removes and returns packets that have waited too long. */
  expire(now: number): readonly PendingPacket[] {
    const fresh = this.#waiting.findIndex(({ sinceNs }) => sinceNs >= now - WAITING_NS_MAX);
    const count = fresh < 0 ? this.#waiting.length : fresh;
    return this.#waiting.splice(0, count);
  }

  /** Removes and returns all packets. */
  takeAll(): readonly PendingPacket[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
