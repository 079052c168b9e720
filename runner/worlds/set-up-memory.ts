/**
 * Checks whether the set-up of a run fits into memory. While hosts, links and nodes are made, the
 * memory of those made so far is extrapolated to all, so that a run that is too large ends in its first
 * seconds with a message, and not much later because its thread is out of memory.
 *
 * @module
 */
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { quantityText } from '../../reports/format.ts';
import { Refusal } from '../../scenarios/refusal.ts';

/** Number of objects that are made between two readings of the memory; a reading takes 10 us. */
const EVERY = 1_024;
/**
 * Bytes by which a reading may be too high: twice the amount that leaves the young generation at a
 * time.
 */
const DOUBT_BYTES = 32e6;

/** The memory that a thread holds. */
export interface HeldMemory {
  /** Objects that are not young, bytes. */
  readonly heap: number;
  /** Bytes of typed arrays, which are outside the heap. */
  readonly arrays: number;
}

/** Limits on the memory of a thread. */
export interface MemoryLimits {
  /** Largest size of the thread's heap, bytes. */
  readonly heap: number;
  /** Free memory of the machine, for objects and arrays that are still to be made, bytes. */
  readonly free: number;
}

/** Measures the memory that the calling thread holds. */
function heldByThread(): HeldMemory {
  let heap = 0;
  for (const space of getHeapSpaceStatistics()) {
    if (!space.space_name.startsWith('new_')) heap += space.space_used_size;
  }
  return { heap, arrays: process.memoryUsage().arrayBuffers };
}

/** Reads the limits of the calling thread. */
function limitsOfThread(): MemoryLimits {
  return { heap: getHeapStatistics().heap_size_limit, free: process.availableMemory() };
}

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

  /**
   * @param hold Reads the memory of the thread.
   * @param limits The limits of the thread, read once before anything is made.
   */
  constructor(hold: () => HeldMemory = heldByThread, limits: MemoryLimits = limitsOfThread()) {
    this.#hold = hold;
    this.#limits = limits;
    this.#before = hold();
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
