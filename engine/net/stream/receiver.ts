/**
 * The receiving half of a stream: puts segments in order, remembers those that arrived early, and
 * computes the window (docs/spec/stream-model.md). Bytes that the application does not take yet
 * stay here.
 *
 * Bounded by the receive buffer and by the number of gaps. Knows neither ports nor handlers.
 *
 * @module
 */
import { RangeSet } from '../../pure/range-set.ts';
import { ByteRing } from './byte-ring.ts';
import { RECEIVER_GAPS_MAX } from './stream-options.ts';

const UNKNOWN = -1;

/** The receiving half of a stream: puts segments in order and computes the window. Positions are numbers of bytes. */
export class StreamReceiver {
  /** Next position expected; once the FIN has arrived in order, the position after it. */
  next = 0;
  /** Position after the last byte that the application has taken. */
  consumed = 0;
  /** Start and end (exclusive) of the early bytes around the last segment; equal if the segment was in order. */
  blockStart = 0;
  blockEnd = 0;
  /** Holds the bytes between `consumed` and the last byte that arrived. */
  readonly store = new ByteRing();
  private readonly capacity: number;
  /** Positions of bytes that have arrived although earlier bytes are missing. */
  private readonly early = new RangeSet();
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
   * True when a segment that begins at `sequence` need not be stored, because it is the next one and no bytes wait.
   */
  isNext(sequence: number): boolean {
    return sequence === this.next && this.consumed === this.next && this.early.size === 0;
  }

  /** Called when the next `length` bytes went to the application without being stored. */
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
    this.early.clear();
  }

  private keep(start: number, end: number, buffer: Uint8Array, offset: number): void {
    const { early } = this;
    if (start === this.next && early.size === 0) {
      this.store.put(start, buffer, offset, end - start);
      this.next = end;
      return;
    }
    early.add(start, end);
    if (early.count > RECEIVER_GAPS_MAX) {
      // These bytes would be one gap too many. They touch no other range, so that removing them
      // restores the previous state.
      early.remove(start, end);
      return;
    }
    this.store.put(start, buffer, offset, end - start);
    const block = early.rangeOf(start) ?? { start, end };
    if (block.start === this.next) {
      early.remove(block.start, block.end);
      this.next = block.end;
    }
    this.blockStart = Math.max(block.start, this.next);
    this.blockEnd = block.end;
  }

  private reachFin(): void {
    if (this.next === this.finAt) this.next += 1;
  }
}
