/**
 * The messages that wait for one client: first in, first out, kept until the client says that it has
 * them (project spec mixnet 3.7).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Spooled } from '../wire.ts';

/** A message with its place in the spool. */
export interface SpoolEntry {
  /** Changes only when the client counts from elsewhere. */
  sequence: number;
  readonly arrivedNs: Nanoseconds;
  readonly message: Spooled;
  /** Under which observers know it; 0 without one. */
  readonly copy: number;
  /** False until the first answer that carries it. */
  isShown: boolean;
}

/** See the module. */
export class Spool {
  readonly #entries: SpoolEntry[] = [];
  #lastSequence = 0;

  /** Messages that wait. */
  get size(): number {
    return this.#entries.length;
  }

  /** Puts a message at the end. */
  add(message: Spooled, arrivedNs: Nanoseconds, copy = 0): void {
    this.#lastSequence += 1;
    this.#entries.push({ sequence: this.#lastSequence, arrivedNs, message, copy, isShown: false });
  }

  /**
   * Deletes what the client has: everything up to `sequence`. A number that was never given out is
   * that of a spool before a restart: from then on both count from there.
   * @returns the messages that were deleted.
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
