/**
 * Backpressure (Tassiulas and Ephremides 1992, "Stability properties of constrained queueing
 * systems"): the only copy of a bundle goes to a neighbour that holds fewer bundles for the same
 * destination. So each transfer lowers the sum of the squares of all backlogs, a Lyapunov function,
 * which keeps backlogs bounded for any load that the contacts can carry.
 *
 * Two nodes exchange their backlogs when they meet; each adds and subtracts the bundles that move
 * during the encounter.
 *
 * @module
 */
import type { HeldBundle } from '../agent/held-bundle.ts';
import { decodeRouterTable, encodeRouterTable } from './record-table.ts';
import type { CopyOffer, CopyRouter } from './router.ts';

const ONLY_COPY: CopyOffer = { handsOver: true };

/** Hands a bundle over to a neighbour at which fewer bundles wait for the same destination. */
export class BackpressureRouter implements CopyRouter {
  readonly handsOn = true;
  readonly #isKnown: (name: string) => boolean;
  /** Number of bundles held here, by destination. */
  readonly #own = new Map<string, number>();
  /** Number of bundles queued or under way to neighbours, by destination. */
  readonly #away = new Map<string, number>();
  readonly #theirs = new Map<string, Map<string, number>>();

  /**
   * @param isKnown True for names of hosts of the network; other names are ignored, which limits
   * the tables.
   */
  constructor(isKnown: (name: string) => boolean) {
    this.#isKnown = isKnown;
  }

  record(): Uint8Array {
    const rows = [...this.#own].filter(([, count]) => count > 0);
    return encodeRouterTable(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  heard(neighbour: string, record: Uint8Array): boolean {
    const rows = decodeRouterTable(record);
    if (rows === undefined) return false;
    this.#theirs.set(neighbour, new Map(rows.filter(([name]) => this.#isKnown(name))));
    return true;
  }

  offer({ destination = '' }: HeldBundle, neighbour: string): CopyOffer | undefined {
    const theirs = this.#theirs.get(neighbour);
    if (theirs === undefined) return undefined;
    const here = count(this.#own, destination) - count(this.#away, destination);
    const there = count(theirs, destination);
    // With a difference of one, a transfer would only exchange the two backlogs.
    if (here - there < 2) return undefined;
    add(this.#away, destination, 1);
    add(theirs, destination, 1);
    return ONLY_COPY;
  }

  given({ destination = '' }: HeldBundle): void {
    add(this.#away, destination, -1);
  }

  returned({ destination = '' }: HeldBundle): void {
    add(this.#away, destination, -1);
  }

  kept({ destination = '' }: HeldBundle): void {
    add(this.#own, destination, 1);
  }

  done({ destination = '' }: HeldBundle): void {
    add(this.#own, destination, -1);
  }
}

function count(counts: ReadonlyMap<string, number>, name: string): number {
  return counts.get(name) ?? 0;
}

function add(counts: Map<string, number>, name: string, more: number): void {
  const sum = count(counts, name) + more;
  if (sum === 0) counts.delete(name);
  else counts.set(name, sum);
}
