/**
 * Records which node's code runs, why the node was called, and the last three calls of each node. Crash reports show
 * these calls, and a watchdog on another thread reads them while a call does not return.
 *
 * Nothing here enters a fingerprint. Calls may nest (an application that answers within a delivery), so the caller
 * keeps the result of {@link NodeCalls.begin} for {@link NodeCalls.end}. When a call throws, {@link NodeCalls.inHand}
 * stays the node that was called.
 *
 * @module
 */
import { assert } from '../core/assert.ts';

/** Numbers of the reasons for which a node is called. */
export const NODE_CALL_KINDS = {
  create: 1,
  start: 2,
  datagram: 3,
  timer: 4,
  request: 5,
  job: 6,
  store: 7,
  stream: 8,
  stop: 9,
  question: 10,
  message: 11,
} as const;

/** A recorded call of a node, for messages to the user. */
export interface NodeCall {
  /** When the call began, ns. */
  readonly atNs: number;
  readonly kind: keyof typeof NODE_CALL_KINDS;
  /** Number of bytes passed with the call. */
  readonly bytes: number;
  /** Endpoint that sent the bytes; -1 if there is none. */
  readonly from: number;
}

/** Number of calls that are kept for each node. */
const CALLS_KEPT = 3;

/** Number of slots for calls of a node: a power of two above {@link CALLS_KEPT}. */
const SLOTS = 4;
const SLOT_MASK = SLOTS - 1;
const SLOT_SHIFT = 2;
/** Index of the word that says which node is being called: its index plus one, or 0 for none. */
const CURRENT_CALL = 0;
/** Index of the word that counts the calls of all nodes. */
const COUNT = 1;
/** Number of 32-bit words before the first node's; even, so that the 64-bit times after all words are aligned. */
const HEADER_WORDS = 2;
/** Number of 32-bit words of a node, even: its calls so far, one unused, then kind, bytes and endpoint of each slot. */
const WORDS = 2 + 3 * SLOTS;
const KIND_NAMES = Object.fromEntries(
  Object.entries(NODE_CALL_KINDS).map(([name, number]) => [number, name]),
) as Readonly<Record<number, NodeCall['kind']>>;

// Private names for hot code: see engine/core/event-queue.ts.
const MASK = SLOT_MASK;
const SHIFT = SLOT_SHIFT;
const NODE_WORDS = WORDS;
const FIRST = HEADER_WORDS;

/** Records which node is being called, why, and the last three calls of each node. */
export class NodeCalls {
  /** The memory of all records; shared with another thread if the caller gave a shared buffer. */
  buffer: ArrayBufferLike;
  private words: Int32Array;
  private times: Float64Array;
  private clock: Float64Array = new Float64Array(1);
  private hosts: number;

  /**
   * @param hosts Number of nodes that there is room for; it grows, unless the caller gives a buffer.
   * @param buffer Memory of `NodeCalls.bytesFor(hosts)` bytes; by default a new one that no other thread sees.
   */
  constructor(hosts: number, buffer?: ArrayBufferLike) {
    this.hosts = hosts;
    this.buffer = buffer ?? new ArrayBuffer(NodeCalls.bytesFor(hosts));
    this.words = wordsOf(this.buffer, hosts);
    this.times = timesOf(this.buffer, hosts);
  }

  /** Size of the buffer for this many nodes, bytes. */
  static bytesFor(hosts: number): number {
    return 4 * (HEADER_WORDS + hosts * WORDS) + 8 * hosts * SLOTS;
  }

  /** From now on, reads the present instant in the first cell of `clock`. */
  follow(clock: Float64Array): void {
    this.clock = clock;
  }

  /** Makes room for a node of this index. */
  admit(host: number): void {
    if (host < this.hosts) return;
    const { words, times } = this;
    this.hosts = Math.max(8, 2 * (host + 1));
    this.buffer = new ArrayBuffer(NodeCalls.bytesFor(this.hosts));
    this.words = wordsOf(this.buffer, this.hosts);
    this.times = timesOf(this.buffer, this.hosts);
    this.words.set(words);
    this.times.set(times);
  }

  // hot: once per call of a node; 4 ns.
  /**
   * Records that a node is called now.
   * @param kind Reason for the call, one of {@link NODE_CALL_KINDS}.
   * @param from Endpoint that sent the bytes, -1 if there is none.
   * @returns the argument for {@link end}.
   */
  begin(host: number, kind: number, bytes: number, from: number): number {
    const words = this.words;
    const outer = words[CURRENT_CALL] as number;
    const at = FIRST + host * NODE_WORDS;
    const count = words[at] as number;
    const slot = count & MASK;
    const cell = at + 2 + slot * 3;
    words[CURRENT_CALL] = host + 1;
    words[COUNT] = ((words[COUNT] as number) + 1) | 0;
    words[at] = (count + 1) | 0;
    words[cell] = kind;
    words[cell + 1] = bytes;
    words[cell + 2] = from;
    this.times[(host << SHIFT) | slot] = this.clock[0] as number;
    return outer;
  }

  /** Records that the call has returned. */
  end(outer: number): void {
    this.words[CURRENT_CALL] = outer;
  }

  /** Runs code of a node and returns its result; for calls that are not hot. */
  run<T>(host: number, kind: number, code: () => T): T {
    const outer = this.begin(host, kind, 0, -1);
    const result = code();
    this.end(outer);
    return result;
  }

  /** Index of the node whose code runs; undefined if none does. */
  get inHand(): number | undefined {
    const cell = this.words[CURRENT_CALL] as number;
    return cell === 0 ? undefined : cell - 1;
  }

  /** Number of calls so far, modulo 2^32, by which a watchdog notices that calls return. */
  get count(): number {
    return this.words[COUNT] as number;
  }

  /** The last calls of a node, the earliest first. */
  lastOf(host: number): readonly NodeCall[] {
    assert(host < this.hosts, `calls of node ${host} are not noted`);
    const at = FIRST + host * NODE_WORDS;
    const count = this.words[at] as number;
    const kept = Math.min(CALLS_KEPT, count < 0 ? CALLS_KEPT : count);
    return Array.from({ length: kept }, (_, i) => this.callAt(host, (count - kept + i) & MASK));
  }

  /** Nodes whose recorded calls were all at this instant; if there are none, nodes with at least one such call. */
  calledAt(atNs: number): readonly number[] {
    const all = Array.from({ length: this.hosts }, (_, host) => host);
    const isAt = ({ atNs: at }: NodeCall): boolean => at === atNs;
    const always = all.filter((host) => {
      const calls = this.lastOf(host);
      return calls.length === CALLS_KEPT && calls.every(isAt);
    });
    return always.length > 0 ? always : all.filter((host) => this.lastOf(host).some(isAt));
  }

  private callAt(host: number, slot: number): NodeCall {
    const cell = FIRST + host * NODE_WORDS + 2 + slot * 3;
    return {
      atNs: this.times[(host << SHIFT) | slot] as number,
      kind: KIND_NAMES[this.words[cell] as number] ?? 'question',
      bytes: this.words[cell + 1] as number,
      from: this.words[cell + 2] as number,
    };
  }
}

function wordsOf(buffer: ArrayBufferLike, hosts: number): Int32Array {
  return new Int32Array(buffer, 0, HEADER_WORDS + hosts * WORDS);
}

function timesOf(buffer: ArrayBufferLike, hosts: number): Float64Array {
  return new Float64Array(buffer, 4 * (HEADER_WORDS + hosts * WORDS), hosts * SLOTS);
}
