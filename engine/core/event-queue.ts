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

/** The kind whose payload is a function. */
export const CALLBACK = 0;
/** Largest kind of an event that may be cancelled. */
export const MAX_KIND = 254;
/** Largest kind of an event without a slot: 4 bits of the reference. */
export const MAX_POSTED_KIND = 15;
/** Largest target of an event without a slot: 27 bits of the reference. */
export const MAX_POSTED_TARGET = 0x7ff_ffff;
/** {@link EventQueue.take} found nothing within the limit. */
export const NOTHING = 0x7fff_ffff;

/** A dead event was freed: look again. Never a reference: slots have 22 bits. */
const AGAIN = 0x7fff_fffe;
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
const FIRST_FAULT_SEQUENCE = -1_099_511_627_776;

/** Indices into {@link EventQueue.clock}. */
export const NOW = 0;
export const LIMIT = 1;
const SEQUENCE = 2;
const FAULT_SEQUENCE = 3;

const NO_CALLBACK = (): void => undefined;

/** Pending events in order. References: slot >= 0, or kind and target packed into a negative int. */
export class EventQueue implements ReferenceOwner {
  /** Current time and the limit of {@link take}, ns; typed so that no store boxes a double. */
  readonly clock = new Float64Array(4);
  /** Per slot: generation, kind | place, target (or next free slot), argument: 16 bytes. */
  records: Int32Array;
  private readonly heap: EventHeap;
  private readonly wheel = new FarWheel();
  private readonly callbacks: Array<() => void> = [];
  private freeHead = NIL;
  private ring = new Int32Array(64);
  private ringStart = 0;
  private ringSize = 0;
  private deadInHeap = 0;
  private deadInRing = 0;
  private deadInWheel = 0;

  /** @param capacity Events expected to be pending at once; grows by doubling. */
  constructor(capacity = 1024) {
    this.heap = new EventHeap(capacity);
    this.records = new Int32Array(0);
    this.clock[FAULT_SEQUENCE] = FIRST_FAULT_SEQUENCE;
    this.clock[LIMIT] = Number.MAX_SAFE_INTEGER;
    this.addSlots(capacity);
  }

  /** Live events waiting. */
  get size(): number {
    const dead = this.deadInHeap + this.deadInRing + this.deadInWheel;
    return this.heap.size + this.ringSize + this.wheel.size - dead;
  }

  // hot: once per cancellable event.
  /** Adds an event `delay` from now. The delay has been checked. */
  push(delay: number, kind: number, target: number, argument: number): EventHandle {
    const slot = this.acquire();
    const at = slot << 2;
    const records = this.records;
    records[at + 2] = target;
    records[at + 3] = argument;
    const sequence = this.clock[SEQUENCE] as number;
    this.clock[SEQUENCE] = sequence + 1;
    if (delay === 0) {
      records[at + 1] = kind | IN_RING;
      this.pushRing(slot);
    } else {
      const time = (this.clock[NOW] as number) + delay;
      if (time < this.wheel.horizonNs) {
        records[at + 1] = kind;
        this.heap.push(time, sequence, slot);
      } else {
        records[at + 1] = kind | IN_WHEEL;
        this.wheel.insert(time, sequence, slot);
      }
    }
    return (records[at] as number) * SLOT_LIMIT + slot;
  }

  // hot: once per transmitter end and pipe head.
  /** Adds an event that is never cancelled: kind and target live in the entry, no slot is used. */
  post(delay: number, kind: number, target: number): void {
    const sequence = this.clock[SEQUENCE] as number;
    this.clock[SEQUENCE] = sequence + 1;
    const reference = NOTHING + 1 + kind * (MAX_POSTED_TARGET + 1) + target;
    if (delay === 0) this.pushRing(reference | 0);
    else this.pushAhead((this.clock[NOW] as number) + delay, sequence, reference | 0);
  }

  /** Adds a callback `delay` from now; its kind is {@link CALLBACK}. */
  pushCallback(delay: number, callback: () => void): EventHandle {
    const handle = this.push(delay, CALLBACK, 0, 0);
    this.callbacks[handle % SLOT_LIMIT] = callback;
    return handle;
  }

  /** Adds a callback of the class that goes first among the events of its nanosecond. */
  pushFault(time: number, callback: () => void): EventHandle {
    const slot = this.acquire();
    const sequence = this.clock[FAULT_SEQUENCE] as number;
    this.clock[FAULT_SEQUENCE] = sequence + 1;
    assert(sequence < 0, 'more than 2^40 faults');
    this.callbacks[slot] = callback;
    this.records[(slot << 2) + 1] = CALLBACK | (time < this.wheel.horizonNs ? 0 : IN_WHEEL);
    // Never the ring, not even for now: older events of this instant wait there.
    this.pushAhead(time, sequence, slot);
    return (this.records[slot << 2] as number) * SLOT_LIMIT + slot;
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
      // Heap entries of this instant are older than any entry of the ring (spec 1.3).
      const isRingNext = this.ringSize > 0 && !this.isTopNow();
      const reference = isRingNext ? this.takeFromRing() : this.takeFromHeap();
      if (reference !== AGAIN) return reference;
    }
  }

  /** Time of the next live event, ns; Infinity when none waits. Frees dead events on the way. */
  peekTime(): number {
    while (this.ringSize > 0) {
      if (!this.isDead(this.ring[this.ringStart] as number)) return this.clock[NOW] as number;
      this.reclaimFromRing(this.shiftRing());
    }
    const heap = this.heap;
    while (heap.size > 0 || this.wheel.pour(heap, this)) {
      // Pouring a bucket of dead entries leaves the heap empty.
      if (heap.size === 0) continue;
      const reference = heap.references[0] as number;
      if (!this.isDead(reference)) return heap.keys[0] as number;
      this.dropDeadTop(reference);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Moves the clock forward to `time` when every event up to it has been taken. */
  advance(time: number): void {
    this.clock[NOW] = time;
    this.wheel.follow(time);
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

  private isTopNow(): boolean {
    return this.heap.size > 0 && this.heap.keys[0] === this.clock[NOW];
  }

  private dropDeadTop(slot: number): void {
    this.heap.removeTop();
    this.deadInHeap -= 1;
    this.release(slot);
  }

  private pushAhead(time: number, sequence: number, reference: number): void {
    if (time < this.wheel.horizonNs) this.heap.push(time, sequence, reference);
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

  private takeFromRing(): number {
    const reference = this.shiftRing();
    return this.reclaimFromRing(reference) ? AGAIN : reference;
  }

  private takeFromHeap(): number {
    const heap = this.heap;
    if (heap.size === 0) return this.wheel.pour(heap, this) ? AGAIN : NOTHING;
    const reference = heap.references[0] as number;
    if (this.isDead(reference)) {
      // Before the clock moves: a cancelled event must not take the time with it (spec 1.3).
      this.dropDeadTop(reference);
      return AGAIN;
    }
    const clock = this.clock;
    const time = heap.keys[0] as number;
    if (time > (clock[LIMIT] as number)) return NOTHING;
    clock[NOW] = time;
    heap.removeTop();
    return reference;
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
      if (this.deadInHeap > DEAD_FLOOR && 2 * this.deadInHeap > this.heap.size) this.compact();
    }
  }

  /** Rebuilds the heap without its dead entries; unique keys make the order unchanged. */
  private compact(): void {
    const { keys, references, size } = this.heap;
    let kept = 0;
    for (let i = 0; i < size; i += 1) {
      const reference = references[i] as number;
      if (this.isDead(reference)) {
        this.release(reference);
        continue;
      }
      keys[2 * kept] = keys[2 * i] as number;
      keys[2 * kept + 1] = keys[2 * i + 1] as number;
      references[kept] = reference;
      kept += 1;
    }
    this.heap.size = kept;
    this.heap.rebuild();
    this.deadInHeap = 0;
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
