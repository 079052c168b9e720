/**
 * The pool of a mix whose delays depend on age: old messages are likelier to leave next. Each
 * message inside has a belief that it is still there, and leaves in proportion to belief times
 * hazard (docs/spec/privacy-metrics.md, "Mass propagation").
 *
 * A mean-field update: it ignores correlations between the beliefs of two messages, and at the end of
 * the longest delay a few per cent of the mass are left over. They are discarded here (`expired`);
 * users of the result must renormalise.
 *
 * @module
 */
import { type MassStore, NEGLIGIBLE_MASS_MAX } from './mass-store.ts';
import type { BelievedPool } from './memoryless-pool.ts';

/** f(age) / (1 - F(age)) of the delay distribution, per ns; infinite from the longest delay on. */
export type Hazard = (ageNs: number) => number;

/** Hazard of a uniform delay in 0..longest. */
export function uniformHazard(longestNs: number): Hazard {
  return (ageNs) => (ageNs < longestNs ? 1 / (longestNs - ageNs) : Number.POSITIVE_INFINITY);
}

interface Inside {
  readonly arrivedNs: number;
  /** Masses of the message by label; undefined if it carried none. */
  readonly masses: Float64Array | undefined;
  /** Belief that the message is still inside, 0..1. */
  belief: number;
  /** Belief times hazard, at the instant of the current departure. */
  weight: number;
}

/** A pool with beliefs by age. */
export class AgingPool implements BelievedPool {
  readonly #store: MassStore;
  readonly #hazard: Hazard;
  /** Mass of messages that must have left although no departure was attributed to them. */
  readonly #expired: Float64Array;
  #inside: Inside[] = [];

  constructor(store: MassStore, hazard: Hazard, expired: Float64Array) {
    this.#store = store;
    this.#hazard = hazard;
    this.#expired = expired;
  }

  arrive(atNs: number, slot: number): void {
    const { data, labels } = this.#store;
    const masses = slot < 0 ? undefined : data.slice(slot * labels, (slot + 1) * labels);
    this.#inside.push({ arrivedNs: atNs, masses, belief: 1, weight: 0 });
  }

  depart(atNs: number, into: Float64Array, dust: Float64Array): boolean {
    const sum = this.#weigh(atNs);
    if (sum === 0) return false;
    return this.#release(1 / sum, into, dust);
  }

  // When the mix sends a message that it created itself, no message inside leaves, so no belief
  // changes.
  emit(): boolean {
    return false;
  }

  absorb(): void {
    // It is unknown which message ended here, so no belief changes; beliefs fall only with
    // departures and with age.
  }

  addMassesTo(sum: Float64Array): void {
    for (const { masses, belief } of this.#inside) addScaled(sum, masses, belief);
  }

  /**
   * Computes the weights at an instant and returns their sum; discards messages older than the longest
   * delay.
   */
  #weigh(atNs: number): number {
    let sum = 0;
    let kept = 0;
    for (const one of this.#inside) {
      const hazard = this.#hazard(atNs - one.arrivedNs);
      if (hazard === Number.POSITIVE_INFINITY || one.belief <= NEGLIGIBLE_MASS_MAX) {
        addScaled(this.#expired, one.masses, one.belief);
        continue;
      }
      one.weight = one.belief * hazard;
      sum += one.weight;
      this.#inside[kept] = one;
      kept += 1;
    }
    this.#inside.length = kept;
    return sum;
  }

  #release(scale: number, into: Float64Array, dust: Float64Array): boolean {
    let carries = false;
    for (const one of this.#inside) {
      const share = Math.min(one.belief, one.weight * scale);
      one.belief -= share;
      if (one.masses === undefined) continue;
      const target = share > NEGLIGIBLE_MASS_MAX ? into : dust;
      addScaled(target, one.masses, share);
      carries ||= target === into;
    }
    return carries;
  }
}

function addScaled(into: Float64Array, masses: Float64Array | undefined, scale: number): void {
  if (masses === undefined) return;
  for (const [label, mass] of masses.entries()) into[label] = (into[label] ?? 0) + mass * scale;
}
