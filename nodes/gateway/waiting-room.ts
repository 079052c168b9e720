/**
 * Packets that wait for a session or a path, for at most 100 ms (spec/scion.md 7.3: "queue up to
 * 100 ms of packets, then drop with reason `no-path`"). The caller sends, counts and keeps time.
 *
 * @module
 */

/** Packets that wait at most: 100 ms at 10,000/s. */
export const WAITING_MAX = 1000;
/** Time that a packet may wait, ns. */
const WAITING_NS_MAX = 100_000_000;

/** A packet that waits. */
export interface Waiting {
  readonly body: Uint8Array;
  readonly sinceNs: number;
  /** Under which it was taken over; -1 where nobody keeps account. */
  readonly number: number;
}

/** The packets of one peer, oldest first. */
export class WaitingRoom {
  #waiting: Waiting[] = [];

  /** Packets inside. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Instant at which the oldest packet has waited too long, or Infinity. */
  get deadlineNs(): number {
    const oldest = this.#waiting[0];
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest.sinceNs + WAITING_NS_MAX + 1;
  }

  /** Keeps a copy; false when the room is full. */
  add(body: Uint8Array, now: number, number = -1): boolean {
    if (this.#waiting.length >= WAITING_MAX) return false;
    this.#waiting.push({ body: body.slice(), sinceNs: now, number });
    return true;
  }

  /** Takes out those that have waited too long. */
  expire(now: number): readonly Waiting[] {
    const fresh = this.#waiting.findIndex(({ sinceNs }) => sinceNs >= now - WAITING_NS_MAX);
    const count = fresh < 0 ? this.#waiting.length : fresh;
    return this.#waiting.splice(0, count);
  }

  /** Takes out all. */
  takeAll(): readonly Waiting[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
