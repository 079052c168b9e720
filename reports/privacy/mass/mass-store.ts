/**
 * Vectors of masses, one double per label, for the messages that carry any. Slots are reused, so
 * that memory depends on the messages under way, not on the length of the run.
 *
 * @module
 */

/** Masses of at most this value are not propagated further, but added to the dust. */
export const NEGLIGIBLE_MASS_MAX = 1e-15;

const SLOTS_AT_FIRST = 1_024;

/** The memory for the masses of one propagation, in slots. */
export class MassStore {
  readonly labels: number;
  /** The masses of slot s start at `s * labels`. */
  data: Float64Array;
  readonly #free: number[] = [];
  #used = 0;

  /** @param labels Doubles per slot, at least 1. */
  constructor(labels: number) {
    this.labels = labels;
    this.data = new Float64Array(SLOTS_AT_FIRST * labels);
  }

  /** Reserves a slot filled with zeros. */
  take(): number {
    const reused = this.#free.pop();
    if (reused !== undefined) return reused;
    if ((this.#used + 1) * this.labels > this.data.length) {
      const larger = new Float64Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.#used += 1;
    return this.#used - 1;
  }

  /** Frees a slot. */
  free(slot: number): void {
    const at = slot * this.labels;
    this.data.fill(0, at, at + this.labels);
    this.#free.push(slot);
  }
}
