/**
 * A decoded block: typed arrays that share its bytes without a copy (docs/TRACE.md).
 *
 * @module
 */
import {
  alignedLength,
  bytesPerValue,
  DROPPED_TRANSIT_NARROW,
  DROPPED_TRANSIT_WIDE,
  PENDING_TRANSIT_NARROW,
  PENDING_TRANSIT_WIDE,
} from '../../engine/measure/trace/layout.ts';
import type { BlockEntry } from './block-index.ts';
import { type ColumnView, columnViewAt } from './column-view.ts';

/** What became of a packet on its link; `open` means that its arrival was not recorded. */
export type PacketFate = 'arrived' | 'dropped' | 'open';

const NO_VALUES = new Uint8Array(0);

/** The rows of one block. */
export class Block {
  readonly entry: BlockEntry;
  /** The part after the columns, of variable length: texts, states or bytes of packets. */
  readonly aux: Uint8Array;
  readonly #columns = new Map<string, ColumnView>();
  /** The instant to add to each value of a `time` column of this block, ns. */
  readonly #base: number;

  /**
   * @param raw The payload; its length has been checked against the entry.
   */
  constructor(entry: BlockEntry, raw: Uint8Array) {
    this.entry = entry;
    this.#base = entry.isWide ? 0 : entry.baseNs;
    // A typed array must start at a multiple of its element size.
    const bytes = raw.byteOffset % 8 === 0 ? raw : new Uint8Array(raw);
    let offset = 0;
    for (const { name, type } of entry.table.columns) {
      const width = bytesPerValue(type, entry.isWide);
      this.#columns.set(name, columnViewAt(bytes, offset, { rows: entry.rows, width }));
      offset += alignedLength(entry.rows * width);
    }
    this.aux = bytes.subarray(offset, offset + entry.auxBytes);
  }

  get rows(): number {
    return this.entry.rows;
  }

  /** The stored values of a column; empty if the file does not have the column. */
  column(name: string): ColumnView {
    return this.#columns.get(name) ?? NO_VALUES;
  }

  /** The value of a column in a row; NaN if the file does not have the column. */
  value(name: string, row: number): number {
    return this.column(name)[row] ?? Number.NaN;
  }

  /** The value of a time column in a row, ns. */
  time(name: string, row: number): number {
    return this.value(name, row) + this.#base;
  }

  /** What happened to the packet of a row in the hop table. */
  fate(row: number): PacketFate {
    const transit = this.value('transit', row);
    if (transit === (this.entry.isWide ? DROPPED_TRANSIT_WIDE : DROPPED_TRANSIT_NARROW))
      return 'dropped';
    return transit === (this.entry.isWide ? PENDING_TRANSIT_WIDE : PENDING_TRANSIT_NARROW)
      ? 'open'
      : 'arrived';
  }

  /**
   * Returns the first row whose value in a sorted time column is at least `timeNs`; the number of
   * rows if there is no such row.
   */
  firstAtOrAfter(name: string, timeNs: number): number {
    const column = this.column(name);
    const wanted = timeNs - this.#base;
    let low = 0;
    let high = column.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((column[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
