/**
 * Packets that wait for a slot: a bounded FIFO queue.
 *
 * Each packet waits in a copy. Buffers of packets that have left are reused, and new buffers are made
 * many at a time, so a queue that stays full allocates none. An empty queue keeps some buffers.
 *
 * @module
 */
import type { Submission } from './submission.ts';

/** Number of packets that have left after which the array is compacted. */
const SLICE_FROM = 1_024;
/** Number of buffers allocated at a time. */
const BUFFERS_PER_ALLOCATION = 64;
/** Lengths of buffers are multiples of this, so that packets of similar length share buffers. */
const ROUND_BYTES = 1_024;
/** Largest number of buffers that an empty queue keeps. */
const SPARE_BUFFERS_MAX = 1_024;

/** A bounded FIFO queue of packets that wait for a slot of the pipeline. */
export class Backlog {
  #waiting: Submission[] = [];
  #head = 0;
  readonly #spare: Uint8Array[] = [];

  get length(): number {
    return this.#waiting.length - this.#head;
  }

  /**
   * Copies a packet to the end.
   * @returns false if memory had to be allocated for it.
   */
  push({ job, bytes, sink, token, affinity }: Submission): boolean {
    const ready = this.#spare.pop();
    const isReady = ready !== undefined && ready.length >= bytes.length;
    const buffer = isReady ? ready : this.#grow(bytes.length);
    buffer.set(bytes);
    this.#waiting.push({ job, bytes: buffer.subarray(0, bytes.length), sink, token, affinity });
    return isReady;
  }

  /** Takes the first packet; its bytes are valid until the next packet is taken. */
  shift(): Submission | undefined {
    const first = this.#waiting[this.#head];
    if (first === undefined) return undefined;
    this.#head += 1;
    if (this.#head === this.#waiting.length || this.#head >= SLICE_FROM) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.#giveBack(first.bytes);
    return first;
  }

  /** Allocates buffers and returns the first. */
  #grow(length: number): Uint8Array {
    const capacity = Math.max(1, Math.ceil(length / ROUND_BYTES)) * ROUND_BYTES;
    const memory = new ArrayBuffer(BUFFERS_PER_ALLOCATION * capacity);
    for (let at = capacity; at < memory.byteLength; at += capacity) {
      this.#spare.push(new Uint8Array(memory, at, capacity));
    }
    return new Uint8Array(memory, 0, capacity);
  }

  #giveBack({ buffer, byteOffset }: Uint8Array): void {
    this.#spare.push(
      new Uint8Array(buffer, byteOffset, buffer.byteLength / BUFFERS_PER_ALLOCATION),
    );
    if (this.length === 0 && this.#spare.length > SPARE_BUFFERS_MAX)
      this.#spare.length = SPARE_BUFFERS_MAX;
  }
}
