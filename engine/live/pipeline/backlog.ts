/**
 * Packets that wait for a slot: a queue with a bound, first in, first out.
 *
 * Each waits in a copy of its own, made for it; the pool of slots counts that as a miss.
 *
 * @module
 */
import type { Submission } from './submission.ts';

/** Packets that have gone before the array that held them is cut. */
const SLICE_FROM = 1_024;

/** See the module. */
export class Backlog {
  #waiting: Submission[] = [];
  #head = 0;

  get length(): number {
    return this.#waiting.length - this.#head;
  }

  /** Copies a packet to the end. */
  push({ job, bytes, sink, token, affinity }: Submission): void {
    this.#waiting.push({ job, bytes: bytes.slice(), sink, token, affinity });
  }

  /** Takes the first packet. */
  shift(): Submission | undefined {
    const first = this.#waiting[this.#head];
    if (first === undefined) return undefined;
    this.#head += 1;
    if (this.#head === this.#waiting.length || this.#head >= SLICE_FROM) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }
}
