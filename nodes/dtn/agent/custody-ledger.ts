/**
 * The ground truth about bundles for which nodes have answered, kept outside the nodes so that it
 * survives their crashes (`Witness` of the port). It only measures two kinds of loss: bundles that a
 * restarted node does not find, and bundles that no node has because their last holder deleted them
 * on a receipt.
 *
 * @module
 */
import type { GroundTruthWitness } from '../../../engine/host/protocol.ts';
import type { HostEids } from '../names.ts';
import { bundleIdentityHash } from './encounter-record.ts';

/**
 * What became of a bundle that a node had: a neighbour has acknowledged it; it was sent to one that
 * acknowledges nothing; or it was delivered, split, or dropped for a reason that is counted.
 */
export type BundleFate = 'passed-on' | 'sent' | 'over';

/** The host whose custody is measured, and whether it promises to keep bundles. */
export interface CustodyLedgerParts {
  /** Name of the host. */
  readonly host: string;
  /** All hosts that run the protocol. */
  readonly names: HostEids;
  /** True if the node promises to keep bundles: its store is durable. */
  readonly isDurable: boolean;
}

/** Space of the witness that holds the numbers of the nodes that promise to keep bundles. */
const NODES = 'dtn custody nodes';
/** Spaces with one number for each time that a node took a bundle, or that a node was done with it. */
const TAKEN = 'dtn custody taken';
const LEFT = 'dtn custody left';
/** Space of the bundles that were delivered, or dropped for a counted reason: no node need have them. */
const OVER = 'dtn custody over';
/** How often nodes may take the same bundle, one after another. */
const TIMES_MAX = 1_024;

/** Measures the custody of one host. A bundle is known by its identity, and by a number of this host. */
export class CustodyLedger {
  readonly #witness: GroundTruthWitness;
  readonly #names: HostEids;
  readonly #taken: string;
  readonly #ended: string;
  readonly #delivered: string;
  #next = 0;
  #seesAll: boolean | undefined;

  constructor(witness: GroundTruthWitness, { host, names, isDurable }: CustodyLedgerParts) {
    this.#witness = witness;
    this.#names = names;
    this.#taken = `${TAKEN} ${host}`;
    this.#ended = `dtn custody ended ${host}`;
    this.#delivered = `dtn delivered ${host}`;
    if (isDurable) witness.note(NODES, names.numberOf(host) ?? 0);
  }

  /** The next number of this host, for a bundle that the node takes in. */
  next(): number {
    const number = this.#next;
    this.#next += 1;
    return number;
  }

  /** Called when the node has answered for the bundle with this identity. */
  taken(number: number, key: string): void {
    const isKnown = this.#witness.note(this.#taken, number);
    // A bundle that left is found on disk again if the crash came before its record was erased.
    const isFound = isKnown && !this.#witness.has(this.#ended, number);
    if (!isFound && this.#isJudging()) this.#count(TAKEN, key);
  }

  /** Called when the node is done with a bundle. @returns true if it had answered for it, and no node has it. */
  ended(number: number, key: string, fate: BundleFate): boolean {
    const wasTaken = this.#witness.has(this.#taken, number);
    this.#witness.note(this.#ended, number);
    if (!wasTaken || !this.#isJudging()) return false;
    this.#count(LEFT, key);
    if (fate === 'passed-on' && this.#times(TAKEN, key) > this.#times(LEFT, key)) return false;
    return !this.over(key) && fate === 'passed-on';
  }

  /** Notes that a bundle was delivered, or dropped for a counted reason. @returns true if known before. */
  over(key: string): boolean {
    return this.#isJudging() && this.#witness.note(OVER, bundleIdentityHash(key));
  }

  /** Notes that the record of the bundle's delivery is on the node's disk. */
  delivered(key: string): void {
    this.#witness.note(this.#delivered, bundleIdentityHash(key));
  }

  /** True if the record of the bundle's delivery has been on the node's disk, in any of its lives. */
  isDelivered(key: string): boolean {
    return this.#witness.has(this.#delivered, bundleIdentityHash(key));
  }

  /**
   * Counts the bundles that the node had answered for before its restart, and no longer has.
   * @param found Numbers of the bundles on disk.
   */
  missing(found: ReadonlySet<number>): number {
    let missing = 0;
    let next = 0;
    // Gaps are normal: some numbers were given to bundles for which the node never answered.
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

  /** True if the witness knows all nodes as durable: else it cannot say that no node has a bundle. */
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

  /** How often the bundle was counted in a space. */
  #times(space: string, key: string): number {
    const name = nameOf(key);
    let times = 0;
    while (times < TIMES_MAX && this.#witness.has(space, name + times)) times += 1;
    return times;
  }
}

/** A number for a bundle's identity, a multiple of {@link TIMES_MAX}: counts are added to it. */
function nameOf(key: string): number {
  const name = bundleIdentityHash(key);
  return name - (name % TIMES_MAX);
}

/** Longest run of numbers never answered for that the count crosses: fewer bundles wait for a disk. */
const GAP_MAX = 4_096;
