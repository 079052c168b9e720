/**
 * The pool of a mix in which all messages are equally likely to leave next: for exponential delays, and
 * for every batch mix, because a flush is a uniform choice from its pool (`m.p = P / n`, where n
 * includes the leaving message; docs/spec/privacy-metrics.md, Mass propagation). Delays that depend on
 * age need an {@link AgingPool}.
 *
 * @module
 */
import { type MassStore, NEGLIGIBLE_MASS_MAX } from './mass-store.ts';

/**
 * The content of a mix, as believed by an adversary that sees only the instants of arrivals and
 * departures.
 */
export interface BelievedPool {
  /** A message arrived; `slot` is -1 when it carries no mass. */
  arrive(atNs: number, slot: number): void;
  /**
   * One message leaves: adds its masses to `into`, negligible ones to `dust`. Returns false if it
   * carries none.
   */
  depart(atNs: number, into: Float64Array, dust: Float64Array): boolean;
  /** A message that the mix created itself leaves; parameters and result are those of `depart`. */
  emit(atNs: number, into: Float64Array, dust: Float64Array): boolean;
  /** A message ends here; any mass it carried stays inside. */
  absorb(): void;
  /** Adds the masses in the pool to a sum. */
  addMassesTo(sum: Float64Array): void;
}

/** A pool of a mix whose delays are memoryless. */
export class MemorylessPool implements BelievedPool {
  readonly #store: MassStore;
  readonly #masses: Float64Array;
  #size = 0;
  #carries = false;

  constructor(store: MassStore) {
    this.#store = store;
    this.#masses = new Float64Array(store.labels);
  }

  arrive(_atNs: number, slot: number): void {
    this.#size += 1;
    if (slot < 0) return;
    const { data, labels } = this.#store;
    const masses = this.#masses;
    const base = slot * labels;
    for (let label = 0; label < labels; label += 1) {
      masses[label] = (masses[label] as number) + (data[base + label] as number);
    }
    this.#carries = true;
  }

  depart(_atNs: number, into: Float64Array, dust: Float64Array): boolean {
    const carried = this.#carries && this.#draw(this.#size, into, dust);
    if (this.#size > 0) this.#size -= 1;
    return carried;
  }

  // To an observer, the message that leaves may be the new one or any of the n inside, so each of n
  // + 1 messages is equally likely.
  emit(_atNs: number, into: Float64Array, dust: Float64Array): boolean {
    return this.#carries && this.#draw(this.#size + 1, into, dust);
  }

  absorb(): void {
    if (this.#size > 0) this.#size -= 1;
  }

  addMassesTo(sum: Float64Array): void {
    for (const [label, mass] of this.#masses.entries()) sum[label] = (sum[label] ?? 0) + mass;
  }

  // Takes the share of one leaving message out of each mass; returns false if all are negligible.
  // hot: called once per hop; loops over the labels.
  #draw(size: number, into: Float64Array, dust: Float64Array): boolean {
    const masses = this.#masses;
    const share = 1 / size;
    let carries = false;
    let remains = false;
    for (let label = 0; label < masses.length; label += 1) {
      const inside = masses[label] as number;
      if (inside === 0) continue;
      const leaving = inside * share;
      const left = inside - leaving;
      if (leaving > NEGLIGIBLE_MASS_MAX) {
        into[label] = (into[label] as number) + leaving;
        carries = true;
      } else {
        dust[label] = (dust[label] as number) + leaving;
      }
      masses[label] = left;
      remains ||= left !== 0;
    }
    this.#carries = remains;
    return carries;
  }
}
