/**
 * The ground truth about the bundles of which nodes have taken custody, kept outside the nodes so that it
 * survives their crashes (`Witness` of the port). It measures two kinds of loss: bundles that a restarted node
 * does not find on its disk, and bundles that no node has, because the last holder deleted its copy after a
 * wrong acknowledgement.
 *
 * @module
 */
import type { GroundTruthWitness } from '../../../engine/host/protocol.ts';
import type { HostEids } from '../names.ts';
import { bundleIdentityHash } from './encounter-record.ts';

/**
 * How custody of a bundle ended at a node. `passed-on`: a neighbour acknowledged it. `sent`: it was sent to a
 * neighbour that acknowledges nothing. `over`: it was delivered, split, or dropped for a counted reason.
 */
export type BundleFate = 'passed-on' | 'sent' | 'over';

/** What a {@link CustodyLedger} is made from. */
export interface CustodyLedgerParts {
  /** Name of the host. */
  readonly host: string;
  /** All hosts that run the protocol. */
  readonly names: HostEids;
  /** True if the node promises to keep bundles: its store is durable. */
  readonly isDurable: boolean;
}

/** Name of the witness's set with the numbers of the nodes that promise to keep bundles. */
const NODES = 'dtn custody nodes';
/** Name of the witness's set with one entry for each time that a node took custody of a bundle. */
const TAKEN = 'dtn custody taken';
/** Name of the witness's set with one entry for each time that a node's custody of a bundle ended. */
const LEFT = 'dtn custody left';
/**
 * Name of the witness's set of the bundles that were delivered, or dropped for a counted reason: no node need
 * have them.
 */
const OVER = 'dtn custody over';
/**
 * Largest number of times that custody of one bundle is counted; that is, of nodes that take it one after
 * another.
 */
const TIMES_MAX = 1_024;

/**
 * Measures the custody of one host. A bundle is known by its identity in the network, and by a number that only
 * this host uses.
 */
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

  /**
   * Called when the node has taken custody of the bundle with this identity: it has acknowledged the bundle.
   */
  taken(number: number, key: string): void {
    const isKnown = this.#witness.note(this.#taken, number);
    // A bundle that had left is found on disk again if the crash came before its record was erased.
    const isFound = isKnown && !this.#witness.has(this.#ended, number);
    if (!isFound && this.#isJudging()) this.#count(TAKEN, key);
  }

  /**
   * Called when the node's custody of a bundle ends. @returns true if the node had taken custody and now no node
   * has the bundle.
   */
  ended(number: number, key: string, fate: BundleFate): boolean {
    const wasTaken = this.#witness.has(this.#taken, number);
    this.#witness.note(this.#ended, number);
    if (!wasTaken || !this.#isJudging()) return false;
    this.#count(LEFT, key);
    if (fate === 'passed-on' && this.#times(TAKEN, key) > this.#times(LEFT, key)) return false;
    return !this.over(key) && fate === 'passed-on';
  }

  /**
   * Notes that a bundle was delivered, or dropped for a counted reason. @returns true if this was noted before.
   */
  over(key: string): boolean {
    return this.#isJudging() && this.#witness.note(OVER, bundleIdentityHash(key));
  }

  /** Notes that the record of the bundle's delivery is on the node's disk. */
  delivered(key: string): void {
    this.#witness.note(this.#delivered, bundleIdentityHash(key));
  }

  /**
   * True if the record of the bundle's delivery was on the node's disk at any time, before or after restarts.
   */
  isDelivered(key: string): boolean {
    return this.#witness.has(this.#delivered, bundleIdentityHash(key));
  }

  /**
   * Counts the bundles of which the node had custody before its restart, and which are not on its disk.
   * @param found Numbers of the bundles on disk.
   */
  missing(found: ReadonlySet<number>): number {
    let missing = 0;
    let next = 0;
    // Gaps are normal: some numbers were given to bundles of which the node never took custody.
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

  /**
   * True if all nodes are known to promise custody; otherwise the ledger cannot tell that no node has a bundle.
   */
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

  /** How many entries of the witness's set `space` belong to the bundle. */
  #times(space: string, key: string): number {
    const name = nameOf(key);
    let times = 0;
    while (times < TIMES_MAX && this.#witness.has(space, name + times)) times += 1;
    return times;
  }
}

/**
 * The first entry of a bundle in a set, a multiple of {@link TIMES_MAX}: its n-th entry is this number plus n.
 */
function nameOf(key: string): number {
  const name = bundleIdentityHash(key);
  return name - (name % TIMES_MAX);
}

/**
 * The search for missing bundles ends after this many numbers without custody: fewer bundles than this wait for
 * the disk at a time.
 */
const GAP_MAX = 4_096;
