/**
 * The job that draws random numbers in place of an update, to measure what a sum costs.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';

/** How many numbers to draw, and from which key. */
export interface DrawRandomUpdateInput {
  readonly size: number;
  /** 32 random bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
}

const PIECE = 65_536;
const NONCE = new Uint8Array(12);
const BLOCKS_PER_PIECE = PIECE / 16;
/** Largest magnitude of the numbers. */
const SPAN = 0.01;
const WORD = 2 ** 32;

/** Output: uniform numbers, as small as those of an update. */
export const drawRandomUpdateJob: JobDefinition = {
  run: (input, crypto) => {
    const { size, key } = input as DrawRandomUpdateInput;
    const update = new Float32Array(size);
    const zeros = new Uint8Array(4 * PIECE);
    for (let start = 0; start < size; start += PIECE) {
      const part = update.subarray(start, start + PIECE);
      const counter = (start / PIECE) * BLOCKS_PER_PIECE;
      const stream = crypto.chacha20(key, NONCE, counter, zeros.subarray(0, 4 * part.length));
      const words = new Uint32Array(stream.slice().buffer);
      for (let at = 0; at < part.length; at += 1) {
        part[at] = ((words[at] as number) / WORD - 0.5) * 2 * SPAN;
      }
    }
    return update;
  },
  transfer: {
    input: () => [],
    output: (output) => [(output as Float32Array<ArrayBuffer>).buffer],
  },
};
