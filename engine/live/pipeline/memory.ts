/**
 * The memory shared by the threads of a pipeline: slots for packets, two rings per worker, and a
 * few words by which threads wake each other.
 *
 * ```
 * slot    record (256) | bytes (slotBytes) | padding to an odd number of cache lines, because slots whose
 *                                            distance is a power of two would share few sets of a cache
 * signals 0  main thread sleeps          each word in a cache line of its own
 *         1  stop
 *         2 + 3 w  worker w sleeps       3 + 3 w  number of its batches       4 + 3 w  number of its sleeps
 * ```
 *
 * @module
 */
import { CACHE_LINE_WORDS, ringBytes } from './ring.ts';

/** Length of the longest record that a job may fill, bytes. */
export const RECORD_BYTES_MAX = 256;

const LINE_BYTES = 64;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;
const SIGNALS_PER_WORKER = 3;

/** Indices of the words of the signals, each in its own cache line. */
export const SIGNAL_WORD_INDICES = {
  mainSleeps: 0,
  stop: CACHE_LINE_WORDS,
  workerSleeps: (worker: number): number => (2 + SIGNALS_PER_WORKER * worker) * CACHE_LINE_WORDS,
  batches: (worker: number): number => (3 + SIGNALS_PER_WORKER * worker) * CACHE_LINE_WORDS,
  sleeps: (worker: number): number => (4 + SIGNALS_PER_WORKER * worker) * CACHE_LINE_WORDS,
} as const;

/** The numbers and sizes from which the layout of a pipeline's memory follows. */
export interface MemorySizes {
  readonly workers: number;
  /** Number of slots, each of which holds one packet. */
  readonly slots: number;
  /** Longest packet, bytes. */
  readonly slotBytes: number;
}

/** The shared memory of a pipeline, as it is passed to the workers. */
export interface SharedMemory extends MemorySizes {
  readonly slotStride: number;
  readonly slotMemory: SharedArrayBuffer;
  readonly signals: Int32Array;
  /** Rings of requests to the workers, one per worker. */
  readonly requests: readonly Int32Array[];
  /** Rings of results from the workers, one per worker. */
  readonly results: readonly Int32Array[];
}

/** Allocates the memory, filled with zeros. */
export function createMemory({ workers, slots, slotBytes }: MemorySizes): SharedMemory {
  const lines = Math.ceil((RECORD_BYTES_MAX + slotBytes) / LINE_BYTES);
  const slotStride = (lines | 1) * LINE_BYTES;
  // Room for a request for every slot at the same worker, and for the same number of messages about
  // jobs.
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
 * Views of slots. A view is reused while the requested length stays the same, because making a view costs more
 * than passing a packet through a ring.
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
