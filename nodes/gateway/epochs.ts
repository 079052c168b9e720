/**
 * The epochs that one side holds at a time, as a pure state machine: `current` seals; `previous` is
 * still accepted during the overlap; `next` was agreed with this side as responder and waits for the
 * peer's first frame.
 *
 * It handles numbers and times only, no cryptography, so that the test can walk through all its
 * interleavings. Every epoch that ends is handed to `retire`.
 *
 * @module
 */

/** The facts about an epoch that the ring of epochs stores. */
export interface EpochRingEntry {
  readonly epoch: number;
  /** Set by the ring on the epoch's first authentic frame. */
  isConfirmed: boolean;
}

/** Durations of an {@link EpochRing}, ns. */
export interface EpochRingTimeouts {
  /** How long `previous` is accepted after the first frame of `current`. */
  readonly overlapNs: number;
  /** How long `next` waits for its first frame. */
  readonly unconfirmedNs: number;
}

/** Current, previous and next epoch of one session. */
export class EpochRing<K extends EpochRingEntry> {
  readonly #times: EpochRingTimeouts;
  readonly #retire: (held: K) => void;
  #current: K | undefined;
  #previous: K | undefined;
  #next: K | undefined;
  #previousUntilNs: number = Number.POSITIVE_INFINITY;
  #nextUntilNs: number = Number.POSITIVE_INFINITY;

  constructor(times: EpochRingTimeouts, retire: (held: K) => void) {
    this.#times = times;
    this.#retire = retire;
  }

  /** The epoch whose key is used for sealing. */
  get current(): K | undefined {
    return this.#current;
  }

  /** The previous epoch, whose frames are still accepted. */
  get previous(): K | undefined {
    return this.#previous;
  }

  /** The epoch that this side agreed to as responder and that the peer has not used yet. */
  get next(): K | undefined {
    return this.#next;
  }

  /** When {@link EpochRing.expire} must be called next, ns; Infinity if it need not be. */
  get deadlineNs(): number {
    return Math.min(this.#previousUntilNs, this.#nextUntilNs);
  }

  /** The held epoch with this number. */
  // hot: one comparison in the steady state.
  find(epoch: number): K | undefined {
    if (this.#current?.epoch === epoch) return this.#current;
    if (this.#previous?.epoch === epoch) return this.#previous;
    return this.#next?.epoch === epoch ? this.#next : undefined;
  }

  /** Responder: the peer may use the epoch from now on; its first frame makes it `current`. */
  offer(held: K, nowNs: number): void {
    this.#drop(this.#next);
    this.#next = held;
    this.#nextUntilNs = nowNs + this.#times.unconfirmedNs;
  }

  /**
   * Initiator: the peer can open the epoch's frames, so it becomes `current` immediately and the
   * old one `previous`.
   */
  adopt(held: K): void {
    // Any epoch that was agreed as responder in the meantime is older, or will never be used.
    this.#dropNext();
    this.#shift(held);
    // The peer seals under the old epoch until it sees the new one, so the old epoch cannot end
    // before the peer answers.
    this.#previousUntilNs = Number.POSITIVE_INFINITY;
  }

  /**
   * Called when an authentic frame of this epoch arrived. The first one of a new epoch starts the overlap.
   * @returns true when it made `next` the current epoch.
   */
  confirm(held: K, nowNs: number): boolean {
    if (held.isConfirmed) return false;
    held.isConfirmed = true;
    const isNext = held === this.#next;
    if (isNext) {
      this.#next = undefined;
      this.#nextUntilNs = Number.POSITIVE_INFINITY;
      this.#shift(held);
    }
    const startsOverlap = held === this.#current && this.#previous !== undefined;
    if (startsOverlap) this.#previousUntilNs = nowNs + this.#times.overlapNs;
    return isNext;
  }

  /** Retires the epochs that have ended by now. */
  expire(nowNs: number): void {
    if (nowNs >= this.#previousUntilNs) this.#dropPrevious();
    if (nowNs >= this.#nextUntilNs) this.#dropNext();
  }

  /** Retires all epochs, because the session ends. */
  clear(): void {
    this.#dropPrevious();
    this.#drop(this.#current);
    this.#dropNext();
    this.#current = undefined;
  }

  #shift(held: K): void {
    const isUnused = this.#current?.isConfirmed === false && this.#previous !== undefined;
    // The peer never used the current epoch and still seals under the previous one, which is kept.
    if (isUnused) this.#drop(this.#current);
    else this.#replacePrevious();
    this.#current = held;
  }

  #replacePrevious(): void {
    this.#dropPrevious();
    this.#previous = this.#current;
  }

  #dropPrevious(): void {
    this.#drop(this.#previous);
    this.#previous = undefined;
    this.#previousUntilNs = Number.POSITIVE_INFINITY;
  }

  #dropNext(): void {
    this.#drop(this.#next);
    this.#next = undefined;
    this.#nextUntilNs = Number.POSITIVE_INFINITY;
  }

  #drop(held: K | undefined): void {
    if (held !== undefined) this.#retire(held);
  }
}
