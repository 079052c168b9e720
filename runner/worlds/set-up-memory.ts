/**
 * What the set-up of a run takes of memory, and whether it will fit: while hosts, links and nodes are
 * made, what they take so far is projected onto all of them, so that a run that is too large ends in its
 * first seconds with a sentence, and not much later with a thread that has run out of memory.
 *
 * @module
 */
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { quantityText } from '../../reports/format.ts';
import { Refusal } from '../../scenarios/refusal.ts';

/** Parts made between two looks at the memory: each look takes 10 us. */
const EVERY = 1_024;
/** Bytes by which a look may overestimate: twice what leaves the young generation at a time. */
const DOUBT_BYTES = 32e6;

/** Memory that a thread holds. */
export interface HeldMemory {
  /** Objects that are not young, bytes. */
  readonly heap: number;
  /** Bytes of arrays, which lie outside the heap. */
  readonly arrays: number;
}

/** Limits on the memory of a thread. */
export interface MemoryLimits {
  /** Largest size of the thread's heap, bytes. */
  readonly heap: number;
  /** Memory for objects and arrays that are not there yet: what is free on the machine, bytes. */
  readonly free: number;
}

/** The memory of the thread that asks. */
function heldByThread(): HeldMemory {
  let heap = 0;
  for (const space of getHeapSpaceStatistics()) {
    if (!space.space_name.startsWith('new_')) heap += space.space_used_size;
  }
  return { heap, arrays: process.memoryUsage().arrayBuffers };
}

/** The limits of the thread that asks. */
function limitsOfThread(): MemoryLimits {
  return { heap: getHeapStatistics().heap_size_limit, free: process.availableMemory() };
}

/**
 * Projects the memory of a run's set-up while it goes on, and ends a run that would not fit. One per run. One per
 * run.
 */
export class SetUpMemoryGuard {
  readonly #hold: () => HeldMemory;
  readonly #limits: MemoryLimits;
  readonly #before: HeldMemory;
  #began: HeldMemory;
  #part = '';
  #made = 0;

  /**
   * @param hold Reads the memory of the thread.
   * @param limits What it may have; read once, before anything is made.
   */
  constructor(hold: () => HeldMemory = heldByThread, limits: MemoryLimits = limitsOfThread()) {
    this.#hold = hold;
    this.#limits = limits;
    this.#before = hold();
    this.#began = this.#before;
  }

  /**
   * Counts one more object of a part (`nodes`, `links`) that was made, of `total` in all.
   * @throws Refusal if all of them will not fit.
   */
  made(part: string, total: number): void {
    if (part !== this.#part) this.#begin(part);
    this.#made += 1;
    if (this.#made % EVERY === 0) this.#project(total);
  }

  /** What all parts take, bytes. */
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
