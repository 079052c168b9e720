/**
 * The event queue: a heap, a ring for "now", a ladder for crowded buckets and a wheel for far
 * timers, behind one order (time, class, sequence). Cancellation is by generation handles
 * (docs/spec/event-order.md).
 *
 * Key of the heap: all its events lie in one bucket of the wheel, 2^27 ns wide, so that time within
 * the bucket (27 bits) and sequence (26 bits) share one exact double; sequences are renumbered
 * before they run out. Class: faults draw their sequences from a range below all others, so they
 * come first among the events of one nanosecond. The queue owns the clock, because a cancelled
 * event at the top must be freed before the clock moves to it. It checks no delays and calls no
 * handlers: that is the scheduler.
 *
 * @module
 */
import { assert } from './assert.ts';
import { EventHeap } from './event-heap.ts';
import { EventLadder, type LadderOwner } from './event-ladder.ts';
import { FarWheel, type WheelOwner } from './far-wheel.ts';
import { EventReferenceRing } from './reference-ring.ts';
import { SequenceRenumbering } from './sequence-ranks.ts';

/** Names one scheduled event, never reused: generation * 2^22 + slot, a safe integer, never 0. */
export type EventHandle = number;

/** Returned by {@link EventQueue.take} if there is no event within the limit. */
export const NO_EVENT = 0x7fff_ffff;
/** Indices into {@link EventQueue.clock}: of the present instant, and of the last one whose events may be taken. */
export const CLOCK_NOW_INDEX = 0;
export const CLOCK_LIMIT_INDEX = 1;

// V8 folds a module's private constants into the code, but loads and checks exported ones at every
// use. So hot code uses private copies of constants, and functions in constants instead of declared
// ones. An index computed with `|` needs no overflow check, one computed with `+` does.
const NOW = CLOCK_NOW_INDEX;
const LIMIT = CLOCK_LIMIT_INDEX;
/** Indices into the clock: first instant of the wheel's present bucket; first instant that is not in the heap. */
const START = 2;
const HORIZON = 3;
/** First instant after the present bucket: from here on, events belong to the wheel. */
const BUCKET_END = 4;
const NONE = NO_EVENT;

/** The kind of events whose payload is a function. */
const CALLBACK = 0;
/** Reference of an event without a slot ({@link EventQueue.post}): sign bit, 4 bits of kind, 27 bits of target. */
const POSTED = -2_147_483_648;
const POSTED_KIND_SHIFT = 27;

/** Result of a take that only freed a dead event or filled the heap: the caller must take again. No slot has this number. */
const AGAIN = 0x7fff_fffe;
const DEAD = 255;
const KIND_MASK = 255;
/** Flags of a slot whose event waits in the ring, or in the ladder or wheel; neither is set for events in the heap. */
const IN_RING = 256;
const BEHIND = 512;

/** Number of slots. A handle has 22 bits of slot and 31 bits of generation: the 53 bits of a safe integer. */
const SLOT_LIMIT = 4_194_304;
const LAST_GENERATION = 0x7fff_ffff;
const NIL = -1;
/** Compaction starts only above this number of dead entries, so that small queues never need it. */
const DEAD_FLOOR = 64;
/** Sequence numbers below this one belong to faults, all others to other events. */
const FIRST_SEQUENCE = 1_048_576;
/** All sequence numbers are below this one; before they run out, all pending events are renumbered. */
const SEQUENCES = 67_108_864;
const TIME_OF_KEY = 1 / SEQUENCES;

/** A heap of this many entries fits into a core's second-level cache (keys and references: 192 kB). */
const HEAP_LIMIT = 16384;

const NO_CALLBACK = (): void => undefined;

/** The pending events. A reference to one is its slot (>= 0) or, without one, kind and target in a negative integer. */
export class EventQueue extends EventHeap implements WheelOwner, LadderOwner {
  /** Five instants, ns, at {@link NOW} to {@link BUCKET_END}; in a typed array, storing a double allocates nothing. */
  readonly clock = new Float64Array(5);
  /** Four integers per slot: generation; kind and flags; target, or next free slot; argument. */
  records: Int32Array;
  private readonly wheel = new FarWheel();
  private readonly ladder = new EventLadder(this);
  private readonly heapLimit: number;
  private readonly callbacks: Array<() => void> = [];
  private freeHead = NIL;
  private readonly ring = new EventReferenceRing();
  /** The next sequence number of an event that is not a fault. */
  private sequence: number;
  private faultSequence = 0;
  private deadInHeap = 0;
  private deadInRing = 0;
  private deadBehind = 0;

  /**
   * @param capacity Events expected to be pending at once; grows by doubling.
   * @param firstSequence First sequence number of events that are not faults; tests start near the end of the range.
   * @param heapLimit Largest number of entries in the heap; beyond it, the ladder takes the later ones.
   */
  constructor(capacity = 1024, firstSequence = FIRST_SEQUENCE, heapLimit = HEAP_LIMIT) {
    super(Math.min(capacity, heapLimit));
    this.heapLimit = heapLimit;
    this.sequence = firstSequence;
    this.records = new Int32Array(0);
    this.clock[LIMIT] = Number.MAX_SAFE_INTEGER;
    this.noteBucket();
    this.addSlots(capacity);
  }

  /** Number of entries in the heap, including dead ones. */
  get nearCount(): number {
    return this.heapSize;
  }

  /** Number of live events that wait. */
  get pendingCount(): number {
    const dead = this.deadInHeap + this.deadInRing + this.deadBehind;
    return this.heapSize + this.ring.size + this.behindCount - dead;
  }

  private get behindCount(): number {
    return this.ladder.size + this.wheel.size;
  }

  // hot: once per cancellable event.
  /**
   * Adds an event `delay` from now; the caller has checked the delay.
   *
   * @returns the slot; {@link handleOf} turns it into a handle where one is needed.
   */
  push(delay: number, kind: number, target: number, argument: number): number {
    const slot = this.acquire();
    const at = slot << 2;
    const records = this.records;
    records[at | 2] = target;
    records[at | 3] = argument;
    const sequence = this.nextSequence();
    if (delay === 0) {
      records[at | 1] = kind | IN_RING;
      this.ring.push(slot);
    } else {
      const time = (this.clock[NOW] as number) + delay;
      if (time < (this.clock[HORIZON] as number)) {
        records[at | 1] = kind;
        this.keys[this.next] = (time - (this.clock[START] as number)) * SEQUENCES + sequence;
        this.insert(slot);
      } else {
        records[at | 1] = kind | BEHIND;
        this.pushBehind(time, sequence, slot);
      }
    }
    return slot;
  }

  /** The handle of the event in a slot. */
  handleOf(slot: number): EventHandle {
    return (this.records[slot << 2] as number) * SLOT_LIMIT + slot;
  }

  // hot: once per end of a transmission and per arrival at the head of a pipe.
  /** Adds an event that cannot be cancelled: the entry holds kind and target, there is no slot. */
  post(delay: number, kind: number, target: number): void {
    const sequence = this.nextSequence();
    const reference = POSTED | (kind << POSTED_KIND_SHIFT) | target;
    if (delay === 0) this.ring.push(reference);
    else this.pushAhead((this.clock[NOW] as number) + delay, sequence, reference);
  }

  /** Adds a callback `delay` from now; its kind is {@link CALLBACK}. */
  pushCallback(delay: number, callback: () => void): number {
    const slot = this.push(delay, CALLBACK, 0, 0);
    this.callbacks[slot] = callback;
    return slot;
  }

  /** Adds a callback as a fault, which comes first among the events of its nanosecond. */
  pushFault(time: number, callback: () => void): number {
    const slot = this.acquire();
    if (this.faultSequence === FIRST_SEQUENCE) this.renumber();
    const sequence = this.faultSequence;
    this.faultSequence = sequence + 1;
    this.callbacks[slot] = callback;
    this.records[(slot << 2) | 1] =
      CALLBACK | (time < (this.clock[HORIZON] as number) ? 0 : BEHIND);
    // The event never goes into the ring, even if due now: older events of this instant wait there.
    this.pushAhead(time, sequence, slot);
    return slot;
  }

  /** True while the event waits. */
  isPending(handle: EventHandle): boolean {
    const generation = Math.floor(handle / SLOT_LIMIT);
    return this.records[(handle - generation * SLOT_LIMIT) << 2] === generation;
  }

  /** Marks the event as dead. Returns false if it has already fired or was cancelled. */
  cancel(handle: EventHandle): boolean {
    // A division, because `%` on doubles is a call into a library.
    const generation = Math.floor(handle / SLOT_LIMIT);
    const slot = handle - generation * SLOT_LIMIT;
    const at = slot << 2;
    const records = this.records;
    if (records[at] !== generation) return false;
    const place = (records[at | 1] as number) & ~KIND_MASK;
    records[at] = nextGeneration(records[at] as number);
    records[at | 1] = DEAD | place;
    this.callbacks[slot] = NO_CALLBACK;
    this.countDead(place);
    return true;
  }

  // hot: once per event.
  /**
   * Takes the next live event not after `clock[LIMIT]` and moves the clock to it.
   *
   * @returns a reference, readable until {@link release}, or {@link NO_EVENT}.
   */
  take(): number {
    for (;;) {
      this.fillTop();
      // If the top of the heap belongs to the present instant, it is older than every entry of the ring.
      const isRingNext = this.ring.size > 0 && this.topKey() >= this.endOfInstant();
      const reference = isRingNext ? this.takeFromRing() : this.takeFromHeap();
      if (reference !== AGAIN) return reference;
    }
  }

  /** Time of the next live event, ns; Infinity if none waits. Frees dead events that it meets. */
  peekTime(): number {
    while (this.ring.size > 0) {
      if (!this.isDead(this.ring.first)) return this.clock[NOW] as number;
      this.takeFromRing();
    }
    this.fillTop();
    while (this.heapSize > 0) {
      if (!this.isDead(this.topReference())) {
        return (this.clock[START] as number) + Math.floor(this.topKey() * TIME_OF_KEY);
      }
      this.reclaimFromHeap(this.topReference());
      this.vacateTop();
      this.fillTop();
    }
    const inLadder = this.ladder.nextKey();
    if (inLadder === Number.POSITIVE_INFINITY) return this.wheel.nextTime(this);
    return (this.clock[START] as number) + Math.floor(inLadder * TIME_OF_KEY);
  }

  /** Moves the clock forward to `time`; every event up to then must have been taken. */
  advance(time: number): void {
    this.clock[NOW] = time;
    this.ring.taken = 0;
    if (time < (this.clock[HORIZON] as number)) return;
    if (time < (this.clock[BUCKET_END] as number)) {
      this.ladder.moveTo(time - (this.clock[START] as number));
      this.noteHorizon();
    } else {
      this.moveWheelTo(time);
    }
  }

  /** Removes and returns the callback of a taken slot. */
  takeCallback(slot: number): () => void {
    const callback = this.callbacks[slot] as () => void;
    this.callbacks[slot] = NO_CALLBACK;
    return callback;
  }

  /** Frees a taken slot, so that its handle becomes stale. */
  release(slot: number): void {
    const at = slot << 2;
    const records = this.records;
    records[at] = nextGeneration(records[at] as number);
    records[at | 2] = this.freeHead;
    this.freeHead = slot;
  }

  /** Called by the wheel and the ladder: frees a dead slot that leaves either. */
  reclaim(slot: number): void {
    this.deadBehind -= 1;
    this.release(slot);
  }

  /** Called by the wheel: a live event leaves it for the heap or, from the horizon on, the ladder. */
  receive(time: number, sequence: number, reference: number): void {
    if (time >= (this.clock[HORIZON] as number)) {
      this.pushBehind(time, sequence, reference);
    } else {
      this.comeNear(reference);
      this.pushHeap(time, sequence, reference);
    }
  }

  /** Called by the ladder: a live event leaves it for the heap. */
  receiveKey(keys: Float64Array, at: number, reference: number): void {
    this.comeNear(reference);
    this.keys[this.next] = keys[at] as number;
    this.insert(reference);
  }

  /** Called by the wheel and the ladder: true for a cancelled slot; posted events are always alive. */
  isDead(reference: number): boolean {
    if (reference < 0) return false;
    return ((this.records[(reference << 2) | 1] as number) & KIND_MASK) === DEAD;
  }

  private pushAhead(time: number, sequence: number, reference: number): void {
    if (time >= (this.clock[HORIZON] as number)) this.pushBehind(time, sequence, reference);
    else this.pushHeap(time, sequence, reference);
  }

  private pushBehind(time: number, sequence: number, reference: number): void {
    if (time >= (this.clock[BUCKET_END] as number)) {
      this.wheel.insert(time, sequence, reference);
    } else {
      this.ladder.insert((time - (this.clock[START] as number)) * SEQUENCES + sequence, reference);
    }
  }

  /** Called when the heap is full: the ladder takes the later entries, or else the heap grows. */
  protected override makeRoom(): void {
    while (this.capacity >= this.heapLimit && this.ladder.open(this.topKey())) {
      this.noteHorizon();
      const { endKey } = this.ladder;
      this.filter((reference, key) => key < endKey || !this.moveToLadder(key, reference));
      if (2 * this.heapSize < this.capacity) return;
    }
    super.makeRoom();
  }

  private moveToLadder(key: number, reference: number): boolean {
    if (reference >= 0) {
      if (this.reclaimFromHeap(reference)) return true;
      const at = (reference << 2) | 1;
      this.records[at] = (this.records[at] as number) | BEHIND;
    }
    this.ladder.insert(key, reference);
    return true;
  }

  private comeNear(reference: number): void {
    if (reference < 0) return;
    const at = (reference << 2) | 1;
    this.records[at] = (this.records[at] as number) & KIND_MASK;
  }

  private pushHeap(time: number, sequence: number, reference: number): void {
    this.keys[this.next] = (time - (this.clock[START] as number)) * SEQUENCES + sequence;
    this.insert(reference);
  }

  /** Removes the oldest entry of the ring; returns {@link AGAIN} if it was dead. */
  private takeFromRing(): number {
    const reference = this.ring.shift();
    if (!this.isDead(reference)) return reference;
    this.deadInRing -= 1;
    this.release(reference);
    return AGAIN;
  }

  /** Removes the top of the heap; {@link AGAIN} if it was dead or a bucket moved into the heap. */
  private takeFromHeap(): number {
    const time = (this.clock[START] as number) + Math.floor(this.topKey() * TIME_OF_KEY);
    if (time > (this.clock[LIMIT] as number)) {
      // `time` is Infinity when the heap is empty.
      return this.heapSize === 0 && this.turnWheel() ? AGAIN : NONE;
    }
    const reference = this.topReference();
    this.vacateTop();
    if (this.isDead(reference)) {
      // Checked before the clock advances, because a cancelled event must not advance it.
      this.deadInHeap -= 1;
      this.release(reference);
      return AGAIN;
    }
    this.clock[NOW] = time;
    this.ring.taken = 1;
    return reference;
  }

  /** Keys below this belong to the present instant. */
  private endOfInstant(): number {
    return ((this.clock[NOW] as number) - (this.clock[START] as number) + 1) * SEQUENCES;
  }

  /** Fills the empty heap from the ladder's next list or, within the limit, the wheel's next bucket. */
  private turnWheel(): boolean {
    if (this.capacity > 2 * this.heapLimit) this.shrink(this.heapLimit);
    if (this.ladder.size > 0) {
      // Turns the ladder even beyond the limit: a horizon farther ahead changes no order.
      const isTurned = this.ladder.turn(this.heapLimit);
      this.noteHorizon();
      return isTurned;
    }
    const hasTurned = this.wheel.turn(this.clock[LIMIT] as number);
    // The search may have moved the wheel beyond the clock, past buckets with only dead entries: move it back.
    if (!hasTurned && this.wheel.size === 0) this.moveWheelTo(this.clock[NOW] as number);
    else this.noteBucket();
    if (hasTurned) this.wheel.pour(this);
    return hasTurned;
  }

  private moveWheelTo(time: number): void {
    this.wheel.moveTo(time);
    this.noteBucket();
  }

  private noteBucket(): void {
    this.ladder.close();
    this.clock[START] = this.wheel.startNs;
    this.clock[BUCKET_END] = this.wheel.horizonNs;
    this.noteHorizon();
  }

  private noteHorizon(): void {
    const end = (this.clock[START] as number) + this.ladder.endKey * TIME_OF_KEY;
    this.clock[HORIZON] = Math.min(end, this.clock[BUCKET_END] as number);
  }

  private countDead(place: number): void {
    // Dead entries are counted for each container, so that those in one never cause another to be rebuilt.
    if (place === IN_RING) {
      this.deadInRing += 1;
    } else if (place === BEHIND) {
      this.deadBehind += 1;
      if (this.deadBehind > DEAD_FLOOR && 2 * this.deadBehind > this.behindCount) {
        this.wheel.sweep(this);
        this.ladder.sweep();
      }
    } else {
      this.deadInHeap += 1;
      if (this.deadInHeap > DEAD_FLOOR && 2 * this.deadInHeap > this.heapSize) {
        this.filter((reference) => !this.reclaimFromHeap(reference));
      }
    }
  }

  private reclaimFromHeap(reference: number): boolean {
    if (!this.isDead(reference)) return false;
    this.deadInHeap -= 1;
    this.release(reference);
    return true;
  }

  private nextSequence(): number {
    if (this.sequence === SEQUENCES) this.renumber();
    const sequence = this.sequence;
    this.sequence = sequence + 1;
    return sequence;
  }

  /** Renumbers pending events from the lowest number of their class, in their present order. */
  private renumber(): void {
    const pending = new Int32Array(this.heapSize + this.behindCount);
    let count = 0;
    this.mapSequences((sequence) => {
      pending[count] = sequence;
      count += 1;
      return sequence;
    });
    const ranks = new SequenceRenumbering(pending, FIRST_SEQUENCE, SEQUENCES);
    this.mapSequences((sequence) => ranks.of(sequence));
    this.faultSequence = ranks.nextFault;
    this.sequence = ranks.next;
  }

  private mapSequences(map: (sequence: number) => number): void {
    const ofKey = (key: number): number => {
      const time = Math.floor(key * TIME_OF_KEY) * SEQUENCES;
      return time + map(key - time);
    };
    this.mapKeys(ofKey);
    this.ladder.mapKeys(ofKey);
    this.wheel.mapSequences(map);
  }

  private acquire(): number {
    if (this.freeHead === NIL) this.addSlots(this.callbacks.length * 2);
    const slot = this.freeHead;
    this.freeHead = this.records[(slot << 2) | 2] as number;
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
      // Filled once, so that the array never has holes.
      this.callbacks.push(NO_CALLBACK);
    }
    this.records = records;
    this.freeHead = before;
  }
}

/** The generation after this one, 1..2^31 - 1: generation 0 is never used, so handle 0 names nothing. */
const nextGeneration = (generation: number): number =>
  generation === LAST_GENERATION ? 1 : generation + 1;
