/**
 * The messages waiting for one client: first in, first out, kept until the client acknowledges them
 * (docs/spec/mixnet.md, "Clients and providers").
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { SpooledMessage } from '../wire.ts';

/** A message in the spool, with its sequence number. */
export interface SpoolEntry {
  /**
   * Sequence number of the message. It changes only when the client acknowledges a higher number
   * than the spool has issued; see {@link Spool.acknowledge}.
   */
  sequence: number;
  readonly arrivedNs: Nanoseconds;
  readonly message: SpooledMessage;
  /** The number by which observers identify the message; 0 without an observer. */
  readonly copy: number;
  /** True once the message was in the answer to a retrieval. */
  isShown: boolean;
}

/** The messages that a provider stores for one client. */
export class Spool {
  readonly #entries: SpoolEntry[] = [];
  #lastSequence = 0;

  /** Number of messages in the spool. */
  get size(): number {
    return this.#entries.length;
  }

  /** Appends a message. */
  add(message: SpooledMessage, arrivedNs: Nanoseconds, copy = 0): void {
    this.#lastSequence += 1;
    this.#entries.push({ sequence: this.#lastSequence, arrivedNs, message, copy, isShown: false });
  }

  /**
   * Deletes the messages up to the number `sequence`, which the client has received. If the spool
   * has not issued this number yet, it is from before a restart of the provider; then the waiting
   * messages get new numbers after it.
   * @returns the deleted messages.
   */
  acknowledge(sequence: number): readonly SpoolEntry[] {
    if (sequence > this.#lastSequence) {
      this.#countFrom(sequence);
      return [];
    }
    let count = 0;
    while ((this.#entries[count]?.sequence ?? Infinity) <= sequence) count += 1;
    return this.#entries.splice(0, count);
  }

  /** Returns the oldest messages, at most `count`. */
  head(count: number): readonly SpoolEntry[] {
    return this.#entries.slice(0, count);
  }

  #countFrom(sequence: number): void {
    this.#lastSequence = sequence;
    for (const entry of this.#entries) {
      this.#lastSequence += 1;
      entry.sequence = this.#lastSequence;
    }
  }
}
