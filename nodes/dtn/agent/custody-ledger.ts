/**
 * The truth about bundles for which nodes have answered, kept outside them so that it survives
 * crashes (`Witness` of the port). It only measures what a restarted node does not find, and bundles
 * that the last node to have them has given away on a receipt, though nobody has them.
 *
 * @module
 */
import type { Witness } from '../../../engine/host/protocol.ts';
import type { Names } from '../names.ts';
import { recordName } from './encounter-record.ts';

/**
 * What became of a bundle that a node had: a neighbour has acknowledged it; it was sent to one that
 * acknowledges nothing; or it was delivered, split, or dropped aloud.
 */
export type Fate = 'passed-on' | 'sent' | 'over';

/** Whose bundles they are. */
export interface LedgerParts {
  /** Name of the host. */
  readonly host: string;
  /** All hosts that run the protocol. */
  readonly names: Names;
  /** True if the node promises to keep bundles: its store is durable. */
  readonly isDurable: boolean;
}

/** Nodes that promise to keep bundles, by number. */
const NODES = 'dtn custody nodes';
/** How often bundles were taken by any node, and left one: a number for each time. */
const TAKEN = 'dtn custody taken';
const LEFT = 'dtn custody left';
/** Bundles that nobody need have any more. */
const OVER = 'dtn custody over';
/** Nodes that may have one bundle after another. */
const TIMES_MAX = 1_024;

/** The bundles of one host, by numbers that never repeat, and by names that all hosts give them. */
export class CustodyLedger {
  readonly #witness: Witness;
  readonly #names: Names;
  readonly #taken: string;
  readonly #ended: string;
  #next = 0;
  #seesAll: boolean | undefined;

  constructor(witness: Witness, { host, names, isDurable }: LedgerParts) {
    this.#witness = witness;
    this.#names = names;
    this.#taken = `${TAKEN} ${host}`;
    this.#ended = `dtn custody ended ${host}`;
    if (isDurable) witness.note(NODES, names.numberOf(host) ?? 0);
  }

  /** A number for a bundle that the node takes in. */
  next(): number {
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  /** The node has answered for the bundle with this identity. */
  taken(number: number, key: string): void {
    const isKnown = this.#witness.note(this.#taken, number);
    // What left may be found again on a disk that did not hear of it.
    const isFound = isKnown && !this.#witness.has(this.#ended, number);
    if (!isFound && this.#isJudging()) this.#count(TAKEN, key);
  }

  /** The node is done with it. @returns true if it answered for it, and nobody has it any more. */
  ended(number: number, key: string, fate: Fate): boolean {
    const wasTaken = this.#witness.has(this.#taken, number);
    this.#witness.note(this.#ended, number);
    if (!wasTaken || !this.#isJudging()) return false;
    this.#count(LEFT, key);
    if (fate === 'passed-on' && this.#times(TAKEN, key) > this.#times(LEFT, key)) return false;
    return !this.over(key) && fate === 'passed-on';
  }

  /** It was delivered, or dropped aloud. @returns true if it was before. */
  over(key: string): boolean {
    return this.#isJudging() && this.#witness.note(OVER, recordName(key));
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
      this.#witness.note(this.#ended, number);
    }
    for (const number of found) next = Math.max(next, number + 1);
    this.#next = next;
    return missing;
  }

  /** Only who sees all nodes can say that none of them has a bundle; one in memory promises nothing. */
  #isJudging(): boolean {
    if (this.#seesAll === undefined) {
      this.#seesAll = true;
      for (let number = 0; number < this.#names.size; number += 1) {
        if (!this.#witness.has(NODES, number)) this.#seesAll = false;
      }
    }
    return this.#seesAll;
  }

  #count(space: string, key: string): void {
    this.#witness.note(space, nameOf(key) + (this.#times(space, key) % TIMES_MAX));
  }

  /** How often it was counted. */
  #times(space: string, key: string): number {
    const name = nameOf(key);
    let times = 0;
    while (times < TIMES_MAX && this.#witness.has(space, name + times)) times += 1;
    return times;
  }
}

/** A number with room for {@link TIMES_MAX} behind it. */
function nameOf(key: string): number {
  const name = recordName(key);
  return name - (name % TIMES_MAX);
}

/** Numbers in a row that were given out and never answered for: more than wait for a disk. */
const GAP_MAX = 4_096;
