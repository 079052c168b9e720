/**
 * The event queue: heap, ring for "now" and wheel for far timers behind one order
 * (time, class, sequence), with cancellation by generation handles (spec/simulation.md 1.3, DESIGN 5).
 *
 * Class: faults draw their sequence numbers from a range below all others, so that they come first
 * among events of one nanosecond and the comparison stays (time, sequence).
 * Owns the clock, because "a dead top is freed before the clock moves" is part of the order.
 * Does not check delays, and calls nobody: that is the scheduler.
 *
 * @module
 */
import { assert } from './assert.ts';
import { EventHeap } from './event-heap.ts';
import { FarWheel, type ReferenceOwner } from './far-wheel.ts';

/** Names one scheduled event for ever: generation * 2^22 + slot, a safe integer, never 0. */
export type EventHandle = number;

/** {@link EventQueue.take} found nothing within the limit. */
export const NOTHING = 0x7fff_ffff;
/** Indices into {@link EventQueue.clock}. */
export const CLOCK_NOW = 0;
export const CLOCK_LIMIT = 1;

// V8 folds a module's private constants into the code, but loads and checks exported ones at every
// use: hot code uses private names.
const NOW = CLOCK_NOW;
const LIMIT = CLOCK_LIMIT;
/** First instant of the wheel, kept beside the clock. */
const HORIZON = 2;
const NONE = NOTHING;

/** The kind whose payload is a function. */
const CALLBACK = 0;
/** A posted event's reference: sign bit, 4 bits of kind, 27 bits of target. */
const POSTED = -2_147_483_648;
const POSTED_KIND_SHIFT = 27;

const DEAD = 255;
const KIND_MASK = 255;
/** Where a slot's event waits; the heap is 0 because it is the common case. */
const IN_RING = 256;
const IN_WHEEL = 512;

/** Slots need 22 bits of a handle, generations 31: together 53, a safe integer. */
const SLOT_LIMIT = 4_194_304;
const LAST_GENERATION = 0x7fff_ffff;
const NIL = -1;
/** Compaction waits for this many dead entries, so that small queues never pay for it. */
const DEAD_FLOOR = 64;
/** Sequence numbers of faults count up from here, those of all other events from 0. */
const FIRST_FAULT_SEQUENCE = -2_147_483_648;
/** Reaching this, all pending events are renumbered: an entry keeps 32 bits of its sequence. */
const LAST_SEQUENCE = 2_147_483_647;

const NO_CALLBACK = (): void => undefined;

/** Pending events in order. References: slot >= 0, or kind and target packed into a negative int. */
export class EventQueue extends EventHeap implements ReferenceOwner {
  /** Current time and the limit of {@link take}, ns; typed so that no store boxes a double. */
  readonly clock = new Float64Array(3);
  /** Per slot: generation, kind | place, target (or next free slot), argument: 16 bytes. */
  records: Int32Array;
  private readonly wheel = new FarWheel();
  private readonly callbacks: Array<() => void> = [];
  private freeHead = NIL;
  private ring = new Int32Array(64);
  private ringStart = 0;
  private ringSize = 0;
  /** The next sequence numbers. */
  private sequence: number;
  private faultSequence = FIRST_FAULT_SEQUENCE;
  private deadInHeap = 0;
  private deadInRing = 0;
  private deadInWheel = 0;

  /**
   * @param capacity Events expected to be pending at once; grows by doubling.
   * @param firstSequence Where the count begins; tests begin near its end.
   */
  constructor(capacity = 1024, firstSequence = 0) {
    super(capacity);
    this.sequence = firstSequence;
    this.records = new Int32Array(0);
    this.clock[LIMIT] = Number.MAX_SAFE_INTEGER;
    this.clock[HORIZON] = this.wheel.horizonNs;
    this.addSlots(capacity);
  }

  /** Live events waiting. */
  get pendingCount(): number {
    const dead = this.deadInHeap + this.deadInRing + this.deadInWheel;
    return this.size + this.ringSize + this.wheel.size - dead;
  }

  // hot: once per cancellable event.
  /**
   * Adds an event `delay` from now. The delay has been checked.
   *
   * @returns the slot: {@link handleOf} makes the handle where it is needed, as a double.
   */
  push(delay: number, kind: number, target: number, argument: number): number {
    const slot = this.acquire();
    const at = slot << 2;
    const records = this.records;
    records[at + 2] = target;
    records[at + 3] = argument;
    const sequence = this.nextSequence();
    if (delay === 0) {
      records[at + 1] = kind | IN_RING;
      this.pushRing(slot);
    } else {
      const time = (this.clock[NOW] as number) + delay;
      if (time < (this.clock[HORIZON] as number)) {
        records[at + 1] = kind;
        this.insert(time, sequence, slot);
      } else {
        records[at + 1] = kind | IN_WHEEL;
        this.wheel.insert(time, sequence, slot);
      }
    }
    return slot;
  }

  /** The handle of the event that waits in a slot. */
  handleOf(slot: number): EventHandle {
    return (this.records[slot << 2] as number) * SLOT_LIMIT + slot;
  }

  // hot: once per transmitter end and pipe head.
  /** Adds an event that is never cancelled: kind and target live in the entry, no slot is used. */
  post(delay: number, kind: number, target: number): void {
    const sequence = this.nextSequence();
    const reference = POSTED | (kind << POSTED_KIND_SHIFT) | target;
    if (delay === 0) this.pushRing(reference);
    else this.pushAhead((this.clock[NOW] as number) + delay, sequence, reference);
  }

  /** Adds a callback `delay` from now; its kind is {@link CALLBACK}. */
  pushCallback(delay: number, callback: () => void): number {
    const slot = this.push(delay, CALLBACK, 0, 0);
    this.callbacks[slot] = callback;
    return slot;
  }

  /** Adds a callback of the class that goes first among the events of its nanosecond. */
  pushFault(time: number, callback: () => void): number {
    const slot = this.acquire();
    const sequence = this.faultSequence;
    this.faultSequence = sequence + 1;
    assert(sequence < 0, 'more than 2^31 faults');
    this.callbacks[slot] = callback;
    this.records[(slot << 2) + 1] =
      CALLBACK | (time < (this.clock[HORIZON] as number) ? 0 : IN_WHEEL);
    // Never the ring, not even for now: older events of this instant wait there.
    this.pushAhead(time, sequence, slot);
    return slot;
  }

  /** True while the event waits. */
  isPending(handle: EventHandle): boolean {
    const slot = handle % SLOT_LIMIT;
    return this.records[slot << 2] === Math.floor(handle / SLOT_LIMIT);
  }

  /** Marks the event dead. Harmless when it has fired or was cancelled: returns false. */
  cancel(handle: EventHandle): boolean {
    const slot = handle % SLOT_LIMIT;
    const at = slot << 2;
    const records = this.records;
    if (records[at] !== Math.floor(handle / SLOT_LIMIT)) return false;
    const place = (records[at + 1] as number) & ~KIND_MASK;
    records[at] = nextGeneration(records[at] as number);
    records[at + 1] = DEAD | place;
    this.callbacks[slot] = NO_CALLBACK;
    this.countDead(place);
    return true;
  }

  // hot: once per event.
  /**
   * Takes the next live event not after `clock[LIMIT]` and moves the clock to it.
   *
   * @returns a reference, which stays readable until {@link release}, or {@link NOTHING}.
   */
  take(): number {
    for (;;) {
      const time = this.topTime();
      // Heap entries of this instant are older than any entry of the ring (spec 1.3).
      if (this.ringSize > 0 && time !== this.clock[NOW]) {
        const waiting = this.shiftRing();
        if (!this.reclaimFromRing(waiting)) return waiting;
      } else if (time <= (this.clock[LIMIT] as number)) {
        const reference = this.takeTop();
        if (reference !== NONE) return reference;
      } else if (this.size > 0 || !this.pour()) {
        return NONE;
      }
    }
  }

  /** Time of the next live event, ns; Infinity when none waits. Frees dead events on the way. */
  peekTime(): number {
    while (this.ringSize > 0) {
      if (!this.isDead(this.ring[this.ringStart] as number)) return this.clock[NOW] as number;
      this.reclaimFromRing(this.shiftRing());
    }
    while (this.size > 0 || this.pour()) {
      // Pouring a bucket of dead entries leaves the heap empty.
      if (this.size === 0) continue;
      const reference = this.topReference();
      if (!this.isDead(reference)) return this.topTime();
      this.removeTop();
      this.reclaimFromHeap(reference);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Moves the clock forward to `time` when every event up to it has been taken. */
  advance(time: number): void {
    this.clock[NOW] = time;
    this.wheel.follow(time);
    this.clock[HORIZON] = this.wheel.horizonNs;
  }

  /** Removes and returns the callback of a taken slot. */
  takeCallback(slot: number): () => void {
    const callback = this.callbacks[slot] as () => void;
    this.callbacks[slot] = NO_CALLBACK;
    return callback;
  }

  /** Frees a taken slot: its handle is stale from here on. */
  release(slot: number): void {
    const at = slot << 2;
    const records = this.records;
    records[at] = nextGeneration(records[at] as number);
    records[at + 2] = this.freeHead;
    this.freeHead = slot;
  }

  /** Part of {@link ReferenceOwner}: frees a dead slot that leaves the wheel. */
  reclaim(reference: number): boolean {
    if (!this.isDead(reference)) return false;
    this.deadInWheel -= 1;
    this.release(reference);
    return true;
  }

  /** Part of {@link ReferenceOwner}: a live slot went from the wheel to the heap. */
  moved(reference: number): void {
    if (reference < 0) return;
    const at = (reference << 2) + 1;
    this.records[at] = (this.records[at] as number) & KIND_MASK;
  }

  private isDead(reference: number): boolean {
    if (reference < 0) return false;
    return ((this.records[(reference << 2) + 1] as number) & KIND_MASK) === DEAD;
  }

  private pushAhead(time: number, sequence: number, reference: number): void {
    if (time < (this.clock[HORIZON] as number)) this.insert(time, sequence, reference);
    else this.wheel.insert(time, sequence, reference);
  }

  private pushRing(reference: number): void {
    if (this.ringSize === this.ring.length) this.growRing();
    this.ring[(this.ringStart + this.ringSize) & (this.ring.length - 1)] = reference;
    this.ringSize += 1;
  }

  private shiftRing(): number {
    const reference = this.ring[this.ringStart] as number;
    this.ringStart = (this.ringStart + 1) & (this.ring.length - 1);
    this.ringSize -= 1;
    return reference;
  }

  private takeTop(): number {
    const time = this.topTime();
    const reference = this.topReference();
    this.removeTop();
    // A cancelled event must not take the clock with it (spec 1.3).
    if (this.reclaimFromHeap(reference)) return NONE;
    this.clock[NOW] = time;
    return reference;
  }

  private pour(): boolean {
    const hasPoured = this.wheel.pour(this, this);
    this.clock[HORIZON] = this.wheel.horizonNs;
    return hasPoured;
  }

  private reclaimFromHeap(reference: number): boolean {
    if (!this.isDead(reference)) return false;
    this.deadInHeap -= 1;
    this.release(reference);
    return true;
  }

  private reclaimFromRing(reference: number): boolean {
    if (!this.isDead(reference)) return false;
    this.deadInRing -= 1;
    this.release(reference);
    return true;
  }

  private countDead(place: number): void {
    // Each place counts its own: dead ring entries in the heap's count would make every later
    // cancel rebuild the heap (spec 1.3).
    if (place === IN_RING) {
      this.deadInRing += 1;
    } else if (place === IN_WHEEL) {
      this.deadInWheel += 1;
      if (this.deadInWheel > DEAD_FLOOR && 2 * this.deadInWheel > this.wheel.size) {
        this.wheel.sweep(this);
      }
    } else {
      this.deadInHeap += 1;
      if (this.deadInHeap > DEAD_FLOOR && 2 * this.deadInHeap > this.size) {
        this.filter((reference) => !this.reclaimFromHeap(reference));
      }
    }
  }

  private nextSequence(): number {
    if (this.sequence === LAST_SEQUENCE) this.renumber();
    const sequence = this.sequence;
    this.sequence = sequence + 1;
    return sequence;
  }

  /** Gives the pending events the numbers from 0 on in their present order, so that it is kept. */
  private renumber(): void {
    const pending = new Int32Array(this.size + this.wheel.size);
    let count = 0;
    const collect = (sequence: number): number => {
      pending[count] = sequence;
      count += 1;
      return sequence;
    };
    this.mapSequences(collect);
    this.wheel.mapSequences(collect);
    pending.sort();
    const faults = lowerBound(pending, 0);
    const rank = (sequence: number): number =>
      sequence < 0 ? sequence : lowerBound(pending, sequence) - faults;
    this.mapSequences(rank);
    this.wheel.mapSequences(rank);
    this.sequence = count - faults;
  }

  private acquire(): number {
    if (this.freeHead === NIL) this.addSlots(this.callbacks.length * 2);
    const slot = this.freeHead;
    this.freeHead = this.records[(slot << 2) + 2] as number;
    return slot;
  }

  private addSlots(wanted: number): void {
    const before = this.callbacks.length;
    const capacity = Math.min(Math.max(wanted, 16), SLOT_LIMIT);
    assert(capacity > before, `more than ${SLOT_LIMIT} cancellable events are pending`);
    const records = new Int32Array(capacity * 4);
    records.set(this.records);
    for (let slot = before; slot < capacity; slot += 1) {
      records[slot * 4] = 1;
      records[slot * 4 + 2] = slot + 1 < capacity ? slot + 1 : this.freeHead;
      // Filled once, so that the array never has holes (spec 1.4).
      this.callbacks.push(NO_CALLBACK);
    }
    this.records = records;
    this.freeHead = before;
  }

  private growRing(): void {
    const ring = new Int32Array(this.ring.length * 2);
    for (let i = 0; i < this.ringSize; i += 1) {
      ring[i] = this.ring[(this.ringStart + i) & (this.ring.length - 1)] as number;
    }
    this.ring = ring;
    this.ringStart = 0;
  }
}

/** 1..2^31 - 1: generation 0 stays free, so that handle 0 names nothing. */
function nextGeneration(generation: number): number {
  return generation === LAST_GENERATION ? 1 : generation + 1;
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
