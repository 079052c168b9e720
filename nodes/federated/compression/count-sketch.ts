/**
 * Count-sketch (Charikar, Chen, Farach-Colton 2002): an update in rows of counters, to which each
 * coordinate is added with a random sign. The sum of sketches is the sketch of the summed updates, so
 * secure sums can be used. Large coordinates can be read from the sum; small ones are covered by other
 * coordinates with the same counters.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';

/** Size of a sketch. */
export interface SketchSize {
  /** Number of coordinates of an update. */
  readonly length: number;
  /** Number of rows of counters: an odd number, so that there is a median. */
  readonly rows: number;
  /** Number of counters of a row. */
  readonly columns: number;
}

/** The counters and signs of one round, the same for all clients. */
export class CountSketch {
  readonly #size: SketchSize;
  /** Index of the counter of each coordinate, row after row. */
  readonly #counters: Uint32Array;
  readonly #signs: Int8Array;

  /** @param random The same for all clients of a round; two words are drawn for each coordinate and row. */
  constructor(size: SketchSize, random: Random) {
    const { length, rows, columns } = size;
    this.#size = size;
    this.#counters = new Uint32Array(rows * length);
    this.#signs = new Int8Array(rows * length);
    for (let at = 0; at < rows * length; at += 1) {
      this.#counters[at] = Math.floor(at / length) * columns + random.below(columns);
      this.#signs[at] = random.below(2) === 0 ? -1 : 1;
    }
  }

  /** Computes the sketch of an update: rows x columns counters. */
  encode(update: ArrayLike<number>): Float64Array<ArrayBuffer> {
    const { length, rows, columns } = this.#size;
    const sketch = new Float64Array(rows * columns);
    for (let at = 0; at < rows * length; at += 1) {
      const counter = this.#counters[at] as number;
      const signed = (this.#signs[at] as number) * (update[at % length] as number);
      sketch[counter] = (sketch[counter] as number) + signed;
    }
    return sketch;
  }

  /**
   * Estimates of all coordinates: the median of the rows. In one row the squared error is
   * (|x|^2 - x_i^2) / columns on average.
   */
  decode(sketch: ArrayLike<number>): Float64Array {
    const { length, rows } = this.#size;
    const found = new Float64Array(rows);
    return Float64Array.from({ length }, (_, place) => {
      for (let row = 0; row < rows; row += 1) {
        const at = row * length + place;
        const counter = sketch[this.#counters[at] as number] as number;
        found[row] = (this.#signs[at] as number) * counter;
      }
      return found.sort()[Math.floor(rows / 2)] as number;
    });
  }
}
