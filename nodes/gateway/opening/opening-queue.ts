/**
 * The data frames of one peer that are with worker threads. Threads finish in any order; frames are taken in the order in
 * which they came, as if one thread had opened them (WireGuard keeps such a queue for each peer, NDSS 2017, section 7.2).
 *
 * So several threads change neither what the replay window says nor the order of packets.
 *
 * @module
 */
/** Number of frames of one peer that are with the threads: 50 ms of 20,000 a second. */
export const OPENING_FRAMES_MAX = 1_024;
/** Number of their bytes: frames are not authenticated yet, and may have 64 kB each. */
export const OPENING_BYTES_MAX = 4_194_304;

/** A frame that is with the threads. */
export interface OpeningFrame {
  /** The call's bytes (`open-job.ts`). */
  readonly bytes: Uint8Array;
  /** `waiting`, or what the threads have answered. */
  result: number | undefined | 'waiting';
}

/** Hands over the bytes of a frame, with the length of its plaintext; see `open-threads.ts`. */
export type TakeOpened = (bytes: Uint8Array, length: number | undefined) => void;

/** Keeps the frames of one peer in order. */
export class OpeningQueue {
  readonly #take: TakeOpened;
  readonly #frames: OpeningFrame[] = [];
  #bytes = 0;

  constructor(take: TakeOpened) {
    this.#take = take;
  }

  /** Number of frames that are with the threads, or wait for earlier ones that are. */
  get size(): number {
    return this.#frames.length;
  }

  /** True when {@link add} must not be called. */
  get isFull(): boolean {
    return this.#frames.length >= OPENING_FRAMES_MAX || this.#bytes >= OPENING_BYTES_MAX;
  }

  /** Appends a frame. @returns the function that takes its result. */
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
