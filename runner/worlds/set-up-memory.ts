/**
 * Checks whether the set-up of a run fits into memory. While hosts, links and nodes are made, the
 * memory of those made so far is extrapolated to all, so that a run that is too large ends in its first
 * seconds with a message, and not much later because its thread is out of memory.
 *
 * @module
 */
import { quantityText } from '../../reports/format.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import type { HeldMemory, MachineMemory, MemoryLimits } from '../../topologies/files/machine.ts';

/** Number of objects that are made between two readings of the memory; a reading takes 10 us. */
const EVERY = 1_024;
/**
 * Bytes by which a reading of the memory may be too high: twice what leaves the young generation at
 * a time.
 */
const DOUBT_BYTES = 32e6;
const NOTHING_HELD: HeldMemory = { heap: 0, arrays: 0 };
const UNLIMITED: MemoryLimits = {
  heap: Number.POSITIVE_INFINITY,
  free: Number.POSITIVE_INFINITY,
};

/**
 * Extrapolates the memory of a run's set-up while it continues, and refuses a run that would not fit. Each run has
 * its own guard.
 */
export class SetUpMemoryGuard {
  readonly #hold: () => HeldMemory;
  readonly #limits: MemoryLimits;
  readonly #before: HeldMemory;
  #began: HeldMemory;
  #part = '';
  #made = 0;

  /** @param memory The memory of the thread; nothing is limited or measured if it is undefined. */
  constructor(memory: MachineMemory | undefined) {
    this.#hold = memory === undefined ? (): HeldMemory => NOTHING_HELD : memory.held;
    this.#limits = memory?.limits() ?? UNLIMITED;
    this.#before = this.#hold();
    this.#began = this.#before;
  }

  /**
   * Records that one more object of a part (`nodes`, `links`) was made, of `total` objects of this
   * part.
   * @throws Refusal if all objects together will not fit.
   */
  made(part: string, total: number): void {
    if (part !== this.#part) this.#begin(part);
    this.#made += 1;
    if (this.#made % EVERY === 0) this.#project(total);
  }

  /** Memory that all parts take, bytes. */
  takenBytes(): number {
    return sum(this.#hold()) - sum(this.#before);
  }

  #begin(part: string): void {
    this.#part = part;
    this.#made = 0;
    this.#began = this.#hold();
  }

  #project(total: number): void {
    const now = this.#hold();
    const heapGrown = now.heap - this.#began.heap;
    const grown = heapGrown + now.arrays - this.#began.arrays;
    const { heap, free } = this.#limits;
    const share = total / this.#made;
    const doubt = DOUBT_BYTES * share;
    const heapNeeded = this.#began.heap + heapGrown * share;
    const needed = sum(this.#began) - sum(this.#before) + grown * share;
    const isHeapShort = heapNeeded - doubt > heap;
    if (!isHeapShort && needed - doubt <= free) return;
    const all = `${total.toLocaleString('en')} ${this.#part}`;
    const so = `the first ${this.#made.toLocaleString('en')} took ${inBytes(grown)}`;
    const [most, why] = isHeapShort
      ? [heap, 'its thread may have; NODE_OPTIONS=--max-old-space-size=MB gives more']
      : [free, 'is free on this machine'];
    throw new Refusal(
      `this run needs about ${inBytes(Math.max(heapNeeded, needed))} for ${all} (${so}), and ${inBytes(most)} ${why}`,
    );
  }
}

function sum({ heap, arrays }: HeldMemory): number {
  return heap + arrays;
}

function inBytes(bytes: number): string {
  return quantityText(bytes, 'bytes');
}
