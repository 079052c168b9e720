/**
 * New sequence numbers for the pending events of a queue before the old ones run out: each event
 * gets the lowest free number of its class, and their order stays the same
 * (docs/spec/event-order.md#order).
 *
 * @module
 */
import { assert } from './assert.ts';

/** The new numbers of all pending events, looked up by the old number. */
export class SequenceRenumbering {
  /** The first number that is free for a later fault. */
  readonly nextFault: number;
  /** The first number that is free for a later event of any other class. */
  readonly next: number;
  private readonly sorted: Int32Array;
  private readonly shift: number;

  /**
   * @param pending The numbers in use, in any order; sorted in place.
   * @param first First number of events that are not faults; faults have lower numbers.
   * @param end All numbers must be below this one.
   */
  constructor(pending: Int32Array, first: number, end: number) {
    this.sorted = pending.sort();
    this.nextFault = lowerBound(pending, first);
    assert(this.nextFault < first, `more than ${first} faults are pending`);
    this.shift = first - this.nextFault;
    this.next = pending.length + this.shift;
    assert(this.next < end, `more than ${end} events are pending`);
  }

  /** The new number of a pending event. */
  of(sequence: number): number {
    const rank = lowerBound(this.sorted, sequence);
    return rank < this.nextFault ? rank : rank + this.shift;
  }
}

/** Index of the first element that is not below `value`. */
function lowerBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
