/**
 * The minimum of a sliding window in constant space: Kathleen Nichols' windowed filter as used by
 * BBR (draft-cardwell-iccrg-bbr-congestion-control, "BBR.min_rtt"; Linux `lib/minmax.c`).
 *
 * It keeps the best, second best and third best value, each younger than the one before, so that a
 * recent value remains when the best one leaves the window.
 *
 * @module
 */

interface Sample {
  readonly atNs: number;
  readonly value: number;
}

/** A windowed minimum; times in ns, never backwards. */
export class WindowedMin {
  readonly #windowNs: number;
  #best: Sample | undefined;
  #second: Sample | undefined;
  #third: Sample | undefined;

  /** @param windowNs How long a value counts, ns. */
  constructor(windowNs: number) {
    this.#windowNs = windowNs;
  }

  /** The minimum of the window that ends with the latest value; -1 before the first. */
  get value(): number {
    return this.#best?.value ?? -1;
  }

  /** Forgets all values. */
  reset(): void {
    this.#best = undefined;
    this.#second = undefined;
    this.#third = undefined;
  }

  /** Adds a value. */
  add(atNs: number, value: number): void {
    const sample = { atNs, value };
    const isNewBest = this.#best === undefined || value <= this.#best.value;
    // If even the third choice is too old, no earlier value is left in the window.
    if (isNewBest || this.#third === undefined || this.#isOld(this.#third, atNs)) {
      this.#best = sample;
      this.#second = sample;
      this.#third = sample;
      return;
    }
    if (this.#second === undefined || value <= this.#second.value) {
      this.#second = sample;
      this.#third = sample;
    } else if (value <= this.#third.value) this.#third = sample;
    this.#age(sample);
  }

  /** Promotes the next value when the best one is too old, and keeps the choices apart in time. */
  #age(sample: Sample): void {
    const [best, second] = [this.#best, this.#second];
    if (best === undefined || second === undefined) return;
    const ageNs = sample.atNs - best.atNs;
    if (ageNs > this.#windowNs) {
      this.#best = second;
      this.#second = this.#third;
      this.#third = sample;
      // The promoted value may be too old as well.
      if (!this.#isOld(this.#best, sample.atNs)) return;
      this.#best = this.#second;
      this.#second = this.#third;
      return;
    }
    // After a quarter of the window without a second choice, or half of it without a third, uses
    // this sample, so that a recent one exists when the best one leaves the window.
    if (second.atNs === best.atNs && ageNs > this.#windowNs / 4) {
      this.#second = sample;
      this.#third = sample;
    } else if (this.#third?.atNs === second.atNs && ageNs > this.#windowNs / 2) {
      this.#third = sample;
    }
  }

  #isOld(sample: Sample, nowNs: number): boolean {
    return nowNs - sample.atNs > this.#windowNs;
  }
}
