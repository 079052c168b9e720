/**
 * The truth about bundles for which a node has answered, kept outside it so that it survives crashes
 * (`Witness` of the port): it only measures what a restarted node does not find.
 *
 * @module
 */
import type { Witness } from '../../../engine/host/protocol.ts';

/** The bundles of one host, by numbers that never repeat. */
export class CustodyLedger {
  readonly #witness: Witness;
  readonly #taken: string;
  readonly #ended: string;
  #next = 0;

  constructor(witness: Witness, host: string) {
    this.#witness = witness;
    this.#taken = `dtn custody taken ${host}`;
    this.#ended = `dtn custody ended ${host}`;
  }

  /** A number for a bundle that the node takes in. */
  next(): number {
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  /** The node has answered for the bundle. */
  taken(number: number): void {
    this.#witness.note(this.#taken, number);
  }

  /** The node is done with it: it has left, was delivered, or was dropped aloud. */
  ended(number: number): void {
    this.#witness.note(this.#ended, number);
  }

  /**
   * After a start. @param found Numbers of the bundles on disk.
   * @returns how many the node had answered for, and does not have.
   */
  missing(found: ReadonlySet<number>): number {
    let missing = 0;
    let next = 0;
    // A number that was given out and not taken was never answered for.
    for (let number = 0; number < next + GAP_MAX; number += 1) {
      if (!this.#witness.has(this.#taken, number)) continue;
      next = number + 1;
      if (found.has(number) || this.#witness.has(this.#ended, number)) continue;
      missing += 1;
      this.ended(number);
    }
    for (const number of found) next = Math.max(next, number + 1);
    this.#next = next;
    return missing;
  }
}

/** Numbers in a row that were given out and never answered for: more than wait for a disk. */
const GAP_MAX = 4_096;
