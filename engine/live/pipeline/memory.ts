/**
 * The memory shared by the threads of a pipeline: slots for packets, two rings per worker, and a
 * few words by which threads wake each other.
 *
 * ```
 * slot    record (256) | bytes (slotBytes) | up to an odd number of cache lines, since addresses
 *                                            that differ by a power of two share few sets of a cache
 * signals 0  main thread sleeps          line per word
 *         1  stop
 *         2 + 3 w  worker w sleeps       3 + 3 w  its batches       4 + 3 w  its sleeps
 * ```
 *
 * @module
 */
import { CACHE_LINE_WORDS, ringBytes } from './ring.ts';

/** Longest record of a job, bytes. */
export const RECORD_BYTES_MAX = 256;

const LINE_BYTES = 64;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
const SIGNALS_PER_WORKER = 3;

/** Words of the signals, each in its own cache line. */
export const SIGNAL_WORD_INDICES = {
  mainSleeps: 0,
  stop: CACHE_LINE_WORDS,
  workerSleeps: (worker: number): number => (2 + SIGNALS_PER_WORKER * worker) * CACHE_LINE_WORDS,
  batches: (worker: number): number => (3 + SIGNALS_PER_WORKER * worker) * CACHE_LINE_WORDS,
  sleeps: (worker: number): number => (4 + SIGNALS_PER_WORKER * worker) * CACHE_LINE_WORDS,
} as const;

/** Sizes of a pipeline's memory. */
export interface MemorySizes {
  readonly workers: number;
  /** Number of slots for packets. */
  readonly slots: number;
  /** Longest packet, bytes. */
  readonly slotBytes: number;
}

/** The memory itself, passed to the workers. */
export interface SharedMemory extends MemorySizes {
  readonly slotStride: number;
  readonly slotMemory: SharedArrayBuffer;
  readonly signals: Int32Array;
  /** Rings to the workers. */
  readonly requests: readonly Int32Array[];
  /** Rings from the workers. */
  readonly results: readonly Int32Array[];
}

/** Allocates the memory, filled with zeros. */
export function createMemory({ workers, slots, slotBytes }: MemorySizes): SharedMemory {
  const lines = Math.ceil((RECORD_BYTES_MAX + slotBytes) / LINE_BYTES);
  const slotStride = (lines | 1) * LINE_BYTES;
  // Every slot may be with one worker, and as many messages about jobs in addition.
  const capacity = 2 ** Math.ceil(Math.log2(2 * slots));
  const ring = (): Int32Array => new Int32Array(new SharedArrayBuffer(ringBytes(capacity)));
  const signalWords = (2 + SIGNALS_PER_WORKER * workers) * CACHE_LINE_WORDS;
  return {
    workers,
    slots,
    slotBytes,
    slotStride,
    slotMemory: new SharedArrayBuffer(slots * slotStride),
    signals: new Int32Array(new SharedArrayBuffer(signalWords * WORD_BYTES)),
    requests: Array.from({ length: workers }, ring),
    results: Array.from({ length: workers }, ring),
  };
}

/**
 * Views of slots. A view is reused while the requested length stays the same: making one costs more
 * than a packet's pass through a ring.
 */
export class SlotViews {
  readonly #memory: SharedMemory;
  readonly #bytes: (Uint8Array | undefined)[];
  readonly #records: (Uint8Array | undefined)[];

  constructor(memory: SharedMemory) {
    this.#memory = memory;
    this.#bytes = new Array(memory.slots).fill(undefined);
    this.#records = new Array(memory.slots).fill(undefined);
  }

  // hot: once per packet and thread.
  /** The first `length` bytes of a slot's packet. */
  bytes(slot: number, length: number): Uint8Array {
    const known = this.#bytes[slot];
    if (known !== undefined && known.length === length) return known;
    const { slotMemory, slotStride } = this.#memory;
    const made = new Uint8Array(slotMemory, slot * slotStride + RECORD_BYTES_MAX, length);
    this.#bytes[slot] = made;
    return made;
  }

  // hot: once per packet and thread.
  /** The first `length` bytes of a slot's record. */
  record(slot: number, length: number): Uint8Array {
    const known = this.#records[slot];
    if (known !== undefined && known.length === length) return known;
    const { slotMemory, slotStride } = this.#memory;
    const made = new Uint8Array(slotMemory, slot * slotStride, length);
    this.#records[slot] = made;
    return made;
  }
}
