/**
 * A ring of small entries in shared memory, between one writing and one reading thread.
 *
 * ```
 * word  0        head: number of entries taken so far, written by the reader alone
 * word 16        tail: number of entries put so far, written by the writer alone; 64 bytes after the head, so
 *                that the two threads do not compete for one cache line
 * word 32 + 4 i  entry i modulo capacity, four words
 * ```
 *
 * Both counters only increase and wrap at 2^32. An entry is written before the tail is stored, and read after the tail
 * is loaded; store and load are atomic, so the reader sees complete entries. Nothing here waits: see
 * worker-loop.ts and wake-up.ts.
 *
 * @module
 */

/** Number of words of 32 bits in a cache line. */
export const CACHE_LINE_WORDS = 16;
/** Number of words of one entry. */
const ENTRY_WORDS = 4;

const TAIL = CACHE_LINE_WORDS;
const ENTRIES = 2 * CACHE_LINE_WORDS;

/** Size of a ring, bytes. @param capacity Number of entries, a power of two. */
export function ringBytes(capacity: number): number {
  return (ENTRIES + capacity * ENTRY_WORDS) * Int32Array.BYTES_PER_ELEMENT;
}

/** The end of a ring at which one thread puts entries. */
export class RingWriter {
  readonly words: Int32Array;
  readonly #mask: number;
  #tail: number;
  /** The head when it was last read from the shared memory. */
  #head: number;

  constructor(words: Int32Array) {
    this.words = words;
    this.#mask = maskOf(words);
    this.#tail = Atomics.load(words, TAIL);
    this.#head = Atomics.load(words, 0);
  }

  /** Number of free entries. */
  get credits(): number {
    this.#head = Atomics.load(this.words, 0);
    return this.#mask + 1 - ((this.#tail - this.#head) | 0);
  }

  // hot: once per packet.
  /** Index of the first word of the next entry, to be filled and then {@link put}; -1 if the ring is full. */
  claim(): number {
    if (((this.#tail - this.#head) | 0) > this.#mask && this.credits === 0) return -1;
    return ENTRIES + (this.#tail & this.#mask) * ENTRY_WORDS;
  }

  // hot: once per packet.
  /** Gives the claimed entry to the reader. */
  put(): void {
    this.#tail = (this.#tail + 1) | 0;
    Atomics.store(this.words, TAIL, this.#tail);
  }
}

/** The end of a ring at which one thread takes entries. */
export class RingReader {
  readonly words: Int32Array;
  readonly #mask: number;
  #head: number;
  #tail: number;

  constructor(words: Int32Array) {
    this.words = words;
    this.#mask = maskOf(words);
    this.#head = Atomics.load(words, 0);
    this.#tail = this.#head;
  }

  /** Number of entries that wait. */
  get waiting(): number {
    this.#tail = Atomics.load(this.words, TAIL);
    return (this.#tail - this.#head) | 0;
  }

  // hot: once per packet.
  /** Index of the first word of the oldest entry; -1 if there is none. */
  peek(): number {
    if (this.#head === this.#tail && this.waiting === 0) return -1;
    return ENTRIES + (this.#head & this.#mask) * ENTRY_WORDS;
  }

  // hot: once per packet.
  /** Returns the oldest entry to the writer. */
  take(): void {
    this.#head = (this.#head + 1) | 0;
    Atomics.store(this.words, 0, this.#head);
  }
}

function maskOf(words: Int32Array): number {
  return (words.length - ENTRIES) / ENTRY_WORDS - 1;
}
