/**
 * A list of rows, all of the same width (count of numbers), stored without an object per row.
 *
 * @module
 */

const FIRST_ROWS = 256;

/** A growing buffer of rows with a fixed number of numbers. */
export class RowBuffer {
  /**
   * The numbers of all rows, one row after the other; a longer array replaces it when the buffer grows.
   */
  values: Float64Array;
  readonly #width: number;
  #used = 0;

  constructor(width: number) {
    this.#width = width;
    this.values = new Float64Array(width * FIRST_ROWS);
  }

  /** Adds a row and returns the index of its first number in {@link values}; the caller fills the row. */
  add(): number {
    const at = this.#used;
    this.#used += this.#width;
    if (this.#used > this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    return at;
  }

  /** A copy of all rows; empties the buffer. */
  take(): Float64Array {
    const rows = this.values.slice(0, this.#used);
    this.#used = 0;
    return rows;
  }
}
