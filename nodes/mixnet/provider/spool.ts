/**
 * The messages waiting for one client: first in, first out, kept until the client acknowledges them
 * (docs/spec/mixnet.md, "Clients and providers").
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { SpooledMessage } from '../wire.ts';

/** A message and its place in the spool. */
export interface SpoolEntry {
  /** Changes only when the client resumes from another number. */
  sequence: number;
  readonly arrivedNs: Nanoseconds;
  readonly message: SpooledMessage;
  /** The number by which observers know the message; 0 without an observer. */
  readonly copy: number;
  /** False until an answer has contained the message. */
  isShown: boolean;
}

/** The messages that a provider stores for one client. */
export class Spool {
  readonly #entries: SpoolEntry[] = [];
  #lastSequence = 0;

  /** Number of messages that wait. */
  get size(): number {
    return this.#entries.length;
  }

  /** Appends a message. */
  add(message: SpooledMessage, arrivedNs: Nanoseconds, copy = 0): void {
    this.#lastSequence += 1;
    this.#entries.push({ sequence: this.#lastSequence, arrivedNs, message, copy, isShown: false });
  }

  /**
   * Deletes what the client has: everything up to `sequence`. A number that was never issued is
   * from before a restart of the provider; then both sides go on counting from that number.
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

  /** The oldest messages, at most `count`. */
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
