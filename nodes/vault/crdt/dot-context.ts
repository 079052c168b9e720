/**
 * The dots that a replica of a set has seen (Bieniusa et al., "An optimized conflict-free replicated set",
 * INRIA RR-8083, 2012; with a cloud of dots as in Almeida et al., "Delta state replicated data types",
 * 2018, section 7.2). A dot is an actor and a number that counts its additions to this set from 1.
 *
 * A clock alone is not enough: merging the maximum of a delta would mark dots as seen that have not arrived.
 *
 * @module
 */
import { markBytes } from './snapshot-bytes.ts';

/** The dots that have been seen. */
export class DotContext {
  /** By actor, the number up to which all of its dots were seen; no zeros. */
  readonly clock = new Map<string, number>();
  /** Numbers of dots that were seen beyond a gap; no empty sets. */
  readonly cloud = new Map<string, Set<number>>();
  #cloudSize = 0;

  /** Number of entries that are kept. */
  get size(): number {
    return this.clock.size + this.#cloudSize;
  }

  /** Upper bound on the bytes that they take in a snapshot. The cost is proportional to the number of actors. */
  get bytes(): number {
    let bytes = 0;
    for (const actor of this.clock.keys()) bytes += markBytes(actor);
    for (const [actor, counts] of this.cloud) bytes += counts.size * markBytes(actor);
    return bytes;
  }

  /** Number of dots that were seen. */
  get dotCount(): number {
    let count = this.#cloudSize;
    for (const number of this.clock.values()) count += number;
    return count;
  }

  has(actor: string, count: number): boolean {
    return count <= (this.clock.get(actor) ?? 0) || this.cloud.get(actor)?.has(count) === true;
  }

  /**
   * Number of the next dot of an actor, all of whose dots are here. Dots beyond a gap do not count: a replica that
   * claims to have seen them could use up all numbers that way.
   */
  next(actor: string): number {
    return (this.clock.get(actor) ?? 0) + 1;
  }

  /** Marks one dot as seen. */
  add(actor: string, count: number): void {
    if (this.has(actor, count)) return;
    let beyond = this.cloud.get(actor);
    if (beyond === undefined) {
      beyond = new Set();
      this.cloud.set(actor, beyond);
    }
    beyond.add(count);
    this.#cloudSize += 1;
    this.#advance(actor, this.clock.get(actor) ?? 0);
  }

  /** Marks all dots as seen that another context has seen. */
  merge(other: DotContext): void {
    for (const [actor, count] of other.clock) {
      if (count > (this.clock.get(actor) ?? 0)) this.#raise(actor, count);
    }
    for (const [actor, counts] of other.cloud) {
      for (const count of counts) this.add(actor, count);
    }
  }

  /** All dots that were seen, one after the other; there may be many. */
  *dots(): Generator<readonly [actor: string, count: number]> {
    for (const [actor, last] of this.clock) {
      for (let count = 1; count <= last; count += 1) yield [actor, count];
    }
    for (const [actor, counts] of this.cloud) for (const count of counts) yield [actor, count];
  }

  /** Marks all dots of an actor up to a number as seen. */
  #raise(actor: string, count: number): void {
    const beyond = this.cloud.get(actor);
    if (beyond !== undefined) {
      for (const one of beyond) {
        if (one <= count && beyond.delete(one)) this.#cloudSize -= 1;
      }
    }
    this.#advance(actor, count);
  }

  /** Moves the clock over the dots that follow without a gap. */
  #advance(actor: string, from: number): void {
    const beyond = this.cloud.get(actor);
    let last = from;
    while (beyond?.delete(last + 1)) {
      last += 1;
      this.#cloudSize -= 1;
    }
    if (beyond?.size === 0) this.cloud.delete(actor);
    if (last > 0) this.clock.set(actor, last);
  }
}
