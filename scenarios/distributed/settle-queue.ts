/**
 * Puts what several processes measured into the order in which it happened.
 *
 * Reports arrive a few milliseconds after the fact, each process in its own rhythm; meters want
 * every packet and fault of the run in the order of time. Entries wait until everything older must
 * have arrived.
 *
 * @module
 */

/** Something measured, and what it does to the meters. */
interface Entry {
  readonly atNs: number;
  readonly fire: () => void;
}

/** See the module. */
export class SettleQueue {
  /** Entries that came after younger ones had been settled. */
  late = 0;
  /** Instant of the entry that is being settled, ns; undefined in between. */
  nowNs: number | undefined;
  #entries: Entry[] = [];
  #settledNs = Number.NEGATIVE_INFINITY;

  /** Adds what happened at an instant. */
  push(atNs: number, fire: () => void): void {
    if (atNs < this.#settledNs) this.late += 1;
    this.#entries.push({ atNs, fire });
  }

  /** Carries out what happened up to and including `untilNs`, oldest first, ties as they came. */
  settle(untilNs: number): void {
    // Array.prototype.sort is stable.
    const entries = this.#entries.sort((a, b) => a.atNs - b.atNs);
    let due = 0;
    while (due < entries.length && (entries[due] as Entry).atNs <= untilNs) due += 1;
    this.#entries = entries.slice(due);
    this.#settledNs = Math.max(this.#settledNs, untilNs);
    for (let i = 0; i < due; i += 1) {
      const { atNs, fire } = entries[i] as Entry;
      this.nowNs = atNs;
      fire();
    }
    this.nowNs = undefined;
  }
}
