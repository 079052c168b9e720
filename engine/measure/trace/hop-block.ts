/**
 * Rows of the hop table in order of departure. A row is written when the serialisation begins and
 * completed when the packet arrives or is lost, so blocks come out sorted (docs/TRACE.md#tables).
 *
 * @module
 */
import type { TableRows } from './encode-block.ts';
import {
  BLOCK_ROWS,
  DROPPED_TRANSIT_WIDE,
  EARLY_CLOSE_ROWS_MIN,
  NARROW_OFFSET_LIMIT_NS,
  PENDING_TRANSIT_WIDE,
  TABLES,
} from './layout.ts';

// Columns computed when a block is written.
const transit = new Float64Array(BLOCK_ROWS);
const flow = new Uint16Array(BLOCK_ROWS);
const kind = new Uint8Array(BLOCK_ROWS);
const flags = new Uint8Array(BLOCK_ROWS);
const size = new Uint16Array(BLOCK_ROWS);
const SIZE_MAX = 0xffff;

/** Flow, class and flags of a packet, packed into one number. */
export function packPacketMarks(flowNumber: number, kindNumber: number, bits: number): number {
  return ((flowNumber << 16) | (kindNumber << 8) | bits) >>> 0;
}

/** A block of up to {@link BLOCK_ROWS} rows of the hop table. */
export class HopBlock {
  count = 0;
  /** Number of rows whose packets are still under way. */
  open = 0;
  drops = 0;
  firstNs = 0;
  lastNs = 0;
  /** Number of rows that the recorder has passed to its follower (trace-recorder.ts). */
  shown = 0;
  /** True once the block has been written, so that late arrivals are no longer recorded. */
  isSealed = false;
  // Public, because the recorder writes these columns directly, once per packet and hop: a call
  // with ten arguments would cost more.
  readonly depart = new Float64Array(BLOCK_ROWS);
  /** The instant of arrival, ns, or `DROPPED_TRANSIT_WIDE` or `PENDING_TRANSIT_WIDE`. */
  readonly arrive = new Float64Array(BLOCK_ROWS);
  readonly link = new Uint32Array(BLOCK_ROWS);
  readonly packet = new Uint32Array(BLOCK_ROWS);
  /** Flow, class and flags of each packet; see {@link packPacketMarks}. */
  readonly marks = new Uint32Array(BLOCK_ROWS);
  readonly bytes = new Uint32Array(BLOCK_ROWS);
  /** Time in the queue, ns; the recorder limits it to 32 bits. */
  readonly queueNs = new Uint32Array(BLOCK_ROWS);

  /** True if a row with this instant does not fit into the block any more. */
  isFullAt(timeNs: number): boolean {
    if (this.count === BLOCK_ROWS) return true;
    return timeNs - this.firstNs >= NARROW_OFFSET_LIMIT_NS && this.count >= EARLY_CLOSE_ROWS_MIN;
  }

  // hot: once per packet and hop.
  /** Records that the packet of a row arrived. */
  arrived(row: number, atNs: number): void {
    this.arrive[row] = atNs;
    this.open -= 1;
  }

  /** Records that the packet of a row was lost on the way. */
  dropped(row: number): void {
    this.arrive[row] = DROPPED_TRANSIT_WIDE;
    this.open -= 1;
    this.drops += 1;
  }

  /** The first row, from row `from` on, whose packet is still under way. */
  firstOpen(from: number): number {
    if (this.open === 0) return this.count;
    let row = from;
    while (row < this.count && this.arrive[row] !== PENDING_TRANSIT_WIDE) row += 1;
    return row;
  }

  /** Number of packets per link in the rows from `from` to before `to`, as pairs of link and number. */
  linkCounts(links: number, from: number, to: number): Uint32Array {
    const counts = new Uint32Array(links);
    for (let row = from; row < to; row += 1) {
      const link = this.link[row] as number;
      counts[link] = (counts[link] as number) + 1;
    }
    const pairs: number[] = [];
    for (const [link, count] of counts.entries()) if (count > 0) pairs.push(link, count);
    return Uint32Array.from(pairs);
  }

  /** The rows from `from` to before `to` as columns of the table, valid until the next call on any block. */
  rows(from: number, to: number): TableRows {
    const { arrive, marks } = this;
    const depart = this.depart.subarray(from, to);
    const count = to - from;
    let drops = 0;
    for (let row = 0; row < count; row += 1) {
      const end = arrive[from + row] as number;
      transit[row] = end < 0 ? end : end - (depart[row] as number);
      if (end === DROPPED_TRANSIT_WIDE) drops += 1;
      const mark = marks[from + row] as number;
      flow[row] = mark >>> 16;
      // Each element of this column is one byte, so assigning stores only the low byte.
      kind[row] = mark >>> 8;
      flags[row] = mark;
      size[row] = Math.min(this.bytes[from + row] as number, SIZE_MAX);
    }
    const part = (column: Uint32Array): Uint32Array => column.subarray(from, to);
    const { link, packet, queueNs } = this;
    const marked = [flow, kind, flags, size];
    const columns = [depart, transit, part(link), part(packet), ...marked, part(queueNs)];
    return { table: TABLES.hop, columns, count, drops };
  }

  /** Clears the block for reuse. */
  reset(): void {
    this.count = 0;
    this.open = 0;
    this.drops = 0;
    this.shown = 0;
    this.isSealed = false;
  }
}
