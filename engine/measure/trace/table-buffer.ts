/**
 * Collects rows of a table that grows slowly until they fill a block. The hop table, which gets a row for every packet
 * and hop, has a class of its own (hop-block.ts).
 *
 * @module
 */
import type { TableRows } from './encode-block.ts';
import {
  BLOCK_ROWS,
  EARLY_CLOSE_ROWS_MIN,
  NARROW_OFFSET_LIMIT_NS,
  type TableSpec,
} from './layout.ts';

const FIRST_CAPACITY = 256;

/** The rows of one table that are not written yet. */
export class TableBuffer {
  readonly table: TableSpec;
  count = 0;
  firstNs = 0;
  lastNs = 0;
  /** One array for each column, in the order of the table; elements from index `count` on are unused. */
  columns: Float64Array[];
  #isSorted = true;

  constructor(table: TableSpec) {
    this.table = table;
    this.columns = table.columns.map(() => new Float64Array(FIRST_CAPACITY));
  }

  /** True if a row with this instant does not fit into the block any more. */
  isFullAt(timeNs: number): boolean {
    if (this.count >= BLOCK_ROWS) return true;
    return this.count >= EARLY_CLOSE_ROWS_MIN && timeNs - this.firstNs >= NARROW_OFFSET_LIMIT_NS;
  }

  /** Adds a row: the values of the columns in order; the first is the row's instant. */
  add(...values: readonly number[]): void {
    const row = this.place(values[0] as number);
    for (let column = 1; column < values.length; column += 1) {
      (this.columns[column] as Float64Array)[row] = values[column] as number;
    }
  }

  /** Adds a row for this instant, whose other columns the caller fills; returns its index. */
  place(timeNs: number): number {
    const row = this.count;
    if (row === this.columns[0]?.length) this.columns = this.columns.map(doubled);
    if (row === 0) {
      this.firstNs = timeNs;
      this.lastNs = timeNs;
    }
    if (timeNs < this.lastNs) this.#isSorted = false;
    this.firstNs = Math.min(this.firstNs, timeNs);
    this.lastNs = Math.max(this.lastNs, timeNs);
    (this.columns[0] as Float64Array)[row] = timeNs;
    this.count = row + 1;
    return row;
  }

  /** The rows in order of their first column; the buffer is empty afterwards. */
  take(aux?: Uint8Array): TableRows {
    const { table, count } = this;
    const columns = this.#isSorted
      ? this.columns.map((column) => column.slice(0, count))
      : this.#sorted();
    this.count = 0;
    this.#isSorted = true;
    return { table, columns, count, ...(aux === undefined ? {} : { aux }) };
  }

  #sorted(): Float64Array[] {
    const times = this.columns[0] as Float64Array;
    const order = Array.from({ length: this.count }, (_, row) => row);
    order.sort((a, b) => (times[a] as number) - (times[b] as number));
    return this.columns.map((column) => Float64Array.from(order, (row) => column[row] as number));
  }
}

function doubled(column: Float64Array): Float64Array {
  const wider = new Float64Array(column.length * 2);
  wider.set(column);
  return wider;
}
