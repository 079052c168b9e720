/**
 * The receiving half of a stream: puts segments in order, remembers those that arrived early, and
 * computes the window (docs/spec/stream-model.md). Bytes that the application does not take yet
 * stay here.
 *
 * Bounded by the receive buffer and by the number of gaps. Knows neither ports nor handlers.
 *
 * @module
 */
import { ByteRing } from './byte-ring.ts';
import { RANGES_MAX } from './stream-options.ts';

const UNKNOWN = -1;

/** See the module. */
export class StreamReceiver {
  /** Next position expected; past the FIN once that has arrived in order. */
  next = 0;
  /** Positions that the application has taken. */
  consumed = 0;
  /** The run of early bytes around the last segment; empty if that was in order. */
  blockStart = 0;
  blockEnd = 0;
  /** Holds the bytes between `consumed` and the last byte that arrived. */
  readonly store = new ByteRing();
  private readonly capacity: number;
  /** Runs that arrived early: starts and ends, ascending, not adjacent. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private finAt = UNKNOWN;

  /**
   * @param capacity Size of the receive buffer, bytes.
   */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Bytes that the peer may send beyond `next`. */
  get window(): number {
    return Math.max(0, this.consumed + this.capacity - this.next);
  }

  /** Bytes in order that the application has not taken. */
  get readyBytes(): number {
    return (this.isFinReached ? this.finAt : this.next) - this.consumed;
  }

  /** True when the peer's FIN and everything before it have arrived. */
  get isFinReached(): boolean {
    return this.finAt !== UNKNOWN && this.next > this.finAt;
  }

  /**
   * True when a segment that begins here need not be stored: it is the next one and nothing is
   * waiting.
   */
  isNext(sequence: number): boolean {
    return sequence === this.next && this.consumed === this.next && this.starts.length === 0;
  }

  /** The next `length` bytes went to the application without being stored. */
  pass(length: number): void {
    this.next += length;
    this.consumed += length;
    this.store.discard(this.consumed);
    this.blockStart = this.next;
    this.blockEnd = this.next;
    this.reachFin();
  }

  /** Stores the new part of a segment; `sequence` may be before or beyond the expected position. */
  accept(sequence: number, buffer: Uint8Array, offset: number, length: number): void {
    const start = Math.max(sequence, this.next);
    const end = Math.min(sequence + length, this.consumed + this.capacity);
    this.blockStart = this.next;
    this.blockEnd = this.next;
    if (end > start && !this.isFinReached) this.keep(start, end, buffer, offset + start - sequence);
    this.reachFin();
  }

  /** Notes that the stream ends before this position. */
  acceptFin(sequence: number): void {
    if (this.finAt === UNKNOWN && sequence >= this.next) this.finAt = sequence;
    this.reachFin();
  }

  /** Called when the application has read bytes. */
  consume(length: number): void {
    this.consumed += length;
    this.store.discard(this.consumed);
  }

  /** Frees the memory. */
  clear(): void {
    this.store.clear();
    this.starts.length = 0;
    this.ends.length = 0;
  }

  private keep(start: number, end: number, buffer: Uint8Array, offset: number): void {
    if (start === this.next && this.starts.length === 0) {
      this.store.put(start, buffer, offset, end - start);
      this.next = end;
      return;
    }
    if (!this.insert(start, end)) return;
    this.store.put(start, buffer, offset, end - start);
    if (this.starts[0] !== this.next) return;
    this.next = this.ends[0] as number;
    this.starts.shift();
    this.ends.shift();
    this.blockStart = this.next;
    this.blockEnd = this.next;
  }

  /** Adds a run and merges it with adjacent ones; false if there are too many gaps. */
  private insert(start: number, end: number): boolean {
    const { starts, ends } = this;
    let first = starts.length;
    while (first > 0 && (ends[first - 1] as number) >= start) first -= 1;
    let behind = first;
    while (behind < starts.length && (starts[behind] as number) <= end) behind += 1;
    if (first === behind && starts.length >= RANGES_MAX) return false;
    const isJoined = behind > first;
    const from = isJoined ? Math.min(start, starts[first] as number) : start;
    const to = isJoined ? Math.max(end, ends[behind - 1] as number) : end;
    starts.splice(first, behind - first, from);
    ends.splice(first, behind - first, to);
    this.blockStart = from;
    this.blockEnd = to;
    return true;
  }

  private reachFin(): void {
    if (this.next === this.finAt) this.next += 1;
  }
}
