/**
 * The fingerprint of a run: two independent 32-bit hashes (lanes) of all events, a lane for the
 * events of each node, and checkpoints (docs/spec/fingerprint.md). It is always computed.
 *
 * Hashed: deliveries, drops, timer firings, application marks, selected ingredients. Not hashed:
 * anything of the wall clock, log text, sequence numbers of the queue. Not a cryptographic hash.
 *
 * @module
 */
import { assert } from './assert.ts';

/** Number of events between two checkpoints. */
export const EVENTS_PER_CHECKPOINT = 65_536;

/** The parts of an event that enter the fingerprint. */
export interface EventRecord {
  /** Number of the event in its run, from 1. */
  readonly number: number;
  /** Virtual time of the event, ns. */
  readonly time: number;
  readonly node: number;
  readonly kind: number;
  readonly length: number;
  /** Pairs of 32-bit words that {@link Fingerprint.ingredients} mixed in after the event, in order. */
  readonly ingredients: readonly number[];
}

/** The state of a fingerprint after the first `count` events of a run. */
export interface Checkpoint {
  readonly count: number;
  /** Time of event number `count`, ns. */
  readonly time: number;
  /** The digest of all events so far, 16 hex digits. */
  readonly digest: string;
}

/** Receives every event in full while it is attached; see divergence.ts. */
export interface EventObserver {
  event(record: Omit<EventRecord, 'ingredients'>): void;
  ingredients(first: number, second: number): void;
}

const TWO_MINUS_32 = 1 / 4_294_967_296;
const START_A = 0x9e3779b1;
const START_B = 0x811c9dc5;

/**
 * Running fingerprint of one world.
 *
 * @example
 * const fingerprint = new Fingerprint(2);
 * fingerprint.event(10_084_320, 1, 2, 1054);
 * fingerprint.digest();
 */
export class Fingerprint {
  private a = START_A | 0;
  private b = START_B | 0;
  /** Number of events since the last checkpoint; stays small, so that V8 keeps it an integer field. */
  private sinceCheckpoint = 0;
  private readonly lanes: Int32Array;
  private readonly taken: Checkpoint[] = [];
  private observer: EventObserver | undefined;

  /** @param nodeCount Nodes have the indices 0..nodeCount - 1. */
  constructor(nodeCount: number) {
    this.lanes = new Int32Array(nodeCount).fill(START_B | 0);
  }

  /** Number of events so far. */
  get count(): number {
    return this.taken.length * EVENTS_PER_CHECKPOINT + this.sinceCheckpoint;
  }

  /** The checkpoints so far, one after every {@link EVENTS_PER_CHECKPOINT} events. */
  get checkpoints(): readonly Checkpoint[] {
    return this.taken;
  }

  // hot: once per event, 3.3-3.6 ns, and 1.5 ns more for the node's lane.
  /**
   * Mixes one event in.
   *
   * @param time Virtual time, integer ns.
   * @param node Index of the node; an index without a lane enters the run's digest only.
   * @param kind 0..255.
   * @param length Bytes, modulo 2^24.
   */
  event(time: number, node: number, kind: number, length: number): void {
    // time | 0 is exact modulo 2^32, also above 2^52; % would cost 17 ns.
    const high = Math.floor(time * TWO_MINUS_32);
    const subject = (kind << 24) | (length & 0xff_ffff);
    this.mix(time | 0, high ^ Math.imul(node, 0x9e3779b1) ^ subject);
    this.mixLane(node, time | 0, high ^ subject);
    this.sinceCheckpoint += 1;
    if (this.observer !== undefined) {
      this.observer.event({ number: this.count, time, node, kind, length });
    }
    if (this.sinceCheckpoint === EVENTS_PER_CHECKPOINT) this.checkpoint(time);
  }

  /** Mixes two more words into the event that was mixed in last, for example the first bytes of its payload. */
  ingredients(first: number, second: number): void {
    this.mix(first | 0, second | 0);
    this.observer?.ingredients(first, second);
  }

  /** The digest of all events so far, 16 hex digits; the run may continue afterwards. */
  digest(): string {
    const count = this.count | 0;
    const b = this.b ^ count;
    const first = finalize((this.a ^ count) + b);
    return hex(first) + hex(finalize(b + first));
  }

  /** The digest of the events of one node, 8 hex digits. */
  nodeDigest(node: number): string {
    assert(node >= 0 && node < this.lanes.length, `no lane for node ${node}`);
    return hex(finalize(this.lanes[node] as number));
  }

  /** Reports every event in full from now on; `undefined` stops it. Costs one object per event. */
  observe(observer: EventObserver | undefined): void {
    this.observer = observer;
  }

  private mix(word1: number, word2: number): void {
    let a = this.a;
    a = (a + Math.imul(word1, 0x85ebca77)) | 0;
    a = Math.imul((a << 13) | (a >>> 19), 0x9e3779b1);
    a = (a + Math.imul(word2, 0x85ebca77)) | 0;
    this.a = Math.imul((a << 13) | (a >>> 19), 0x9e3779b1);
    this.b = mixB(mixB(this.b, word1), word2);
  }

  private mixLane(node: number, word1: number, word2: number): void {
    const lanes = this.lanes;
    if (node < 0 || node >= lanes.length) return;
    lanes[node] = mixB(mixB(lanes[node] as number, word1), word2);
  }

  private checkpoint(time: number): void {
    const digest = this.digest();
    const count = this.count;
    this.sinceCheckpoint = 0;
    this.taken.push({ count, time, digest });
  }
}

/** One step of lane b: the block step of MurmurHash3 (docs/spec/fingerprint.md#how). */
function mixB(lane: number, word: number): number {
  const product = Math.imul(word, 0xcc9e2d51);
  const b = lane ^ Math.imul((product << 15) | (product >>> 17), 0x1b873593);
  return (Math.imul((b << 13) | (b >>> 19), 5) + 0xe6546b64) | 0;
}

/** The final mixing step of MurmurHash3. */
function finalize(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
