/**
 * The data frames of one peer that are with worker threads. Threads finish in any order, but frames
 * are taken out in the order of their arrival, as if a single thread had opened them (WireGuard
 * keeps such a queue for each peer, NDSS 2017, section 7.2).
 *
 * So the use of several threads changes neither the verdicts of the replay window nor the order of
 * packets.
 *
 * @module
 */
/** Largest number of frames of one peer that may be with the threads: 50 ms of 20,000 a second. */
export const OPENING_FRAMES_MAX = 1_024;
/**
 * Largest number of bytes of these frames: they are not authenticated yet, and may have 64 kB each.
 */
export const OPENING_BYTES_MAX = 4_194_304;

/** A frame that is with the threads. */
export interface OpeningFrame {
  /** The input of the job (`open-job.ts`). */
  readonly bytes: Uint8Array;
  /** `waiting`, or the answer of the thread. */
  result: number | undefined | 'waiting';
}

/** Takes the bytes of a frame, and the length of its plaintext (see `open-threads.ts`). */
export type OpenedFrameHandler = (bytes: Uint8Array, length: number | undefined) => void;

/** Keeps the frames of one peer in order. */
export class OpeningQueue {
  readonly #take: OpenedFrameHandler;
  readonly #frames: OpeningFrame[] = [];
  #bytes = 0;

  constructor(take: OpenedFrameHandler) {
    this.#take = take;
  }

  /** Number of frames that are with the threads, or that wait until earlier frames come back. */
  get size(): number {
    return this.#frames.length;
  }

  /** True when {@link add} must not be called. */
  get isFull(): boolean {
    return this.#frames.length >= OPENING_FRAMES_MAX || this.#bytes >= OPENING_BYTES_MAX;
  }

  /** Appends a frame. @returns the function to call with its result. */
  add(bytes: Uint8Array): (length: number | undefined) => void {
    const frame: OpeningFrame = { bytes, result: 'waiting' };
    this.#frames.push(frame);
    this.#bytes += bytes.length;
    return (length): void => {
      frame.result = length;
      this.#takeOn();
    };
  }

  /** Forgets all frames, whose results are ignored from then on. @returns their bytes. */
  clear(): readonly Uint8Array[] {
    this.#bytes = 0;
    return this.#frames.splice(0).map(({ bytes }) => bytes);
  }

  #takeOn(): void {
    for (let [first] = this.#frames; first !== undefined; [first] = this.#frames) {
      if (first.result === 'waiting') return;
      this.#frames.shift();
      this.#bytes -= first.bytes.length;
      this.#take(first.bytes, first.result);
    }
  }
}
