/**
 * Sorts the measurements of several processes into chronological order.
 *
 * Each process sends its reports at its own intervals and a few milliseconds late, but meters need
 * all packets and faults of the run in order. So entries wait until everything older must have
 * arrived. Packets wait as rows of numbers: objects for ten thousand packets a second would survive
 * several garbage collections, whose processor time the nodes would lack.
 *
 * @module
 */

/** A measurement: its instant, and the function that passes it to the meters. */
interface Entry {
  readonly atNs: number;
  readonly fire: () => void;
}

/** Packets that one process measured, oldest first. */
export interface MeasuredBatch {
  /** The values of consecutive rows. */
  readonly values: Float64Array;
  /** Numbers per row, and the position of its instant (ns). */
  readonly width: number;
  readonly timeAt: number;
  /** Passes the row that begins at index `at` of `values` to the meters. */
  readonly fire: (values: Float64Array, at: number) => void;
}

/** Merges the measurements of several processes into chronological order. */
export class MeasurementMergeQueue {
  /** Number of entries that arrived after entries with a later instant had been passed on. */
  late = 0;
  /** Instant of the entry that is being passed on, ns; undefined between entries. */
  nowNs: number | undefined;
  #entries: Entry[] = [];
  readonly #sources = new Map<number, RowSource>();
  #settledNs = Number.NEGATIVE_INFINITY;

  /** Adds a measurement that is not a packet. */
  push(atNs: number, fire: () => void): void {
    if (atNs < this.#settledNs) this.late += 1;
    this.#entries.push({ atNs, fire });
  }

  /**
   * Adds packets of a process.
   * @param source The process: its batches arrive in chronological order.
   */
  pushRows(source: number, batch: MeasuredBatch): void {
    const { values, width, timeAt } = batch;
    for (let at = 0; at < values.length; at += width) {
      if ((values[at + timeAt] as number) >= this.#settledNs) break;
      this.late += 1;
    }
    const rows = this.#sources.get(source) ?? new RowSource();
    this.#sources.set(source, rows);
    rows.add(batch);
  }

  /**
   * Passes on everything up to and including `untilNs`, oldest first. Entries of one instant are passed
   * on in order of arrival, packets after all others.
   */
  settle(untilNs: number): void {
    // Entries of one instant keep their order, because Array.prototype.sort is stable.
    const entries = this.#entries.sort((a, b) => a.atNs - b.atNs);
    let due = 0;
    while (due < entries.length && (entries[due] as Entry).atNs <= untilNs) due += 1;
    this.#entries = entries.slice(due);
    this.#settledNs = Math.max(this.#settledNs, untilNs);
    for (let i = 0; i < due; i += 1) {
      const { atNs, fire } = entries[i] as Entry;
      this.#settleRows(atNs, false);
      this.nowNs = atNs;
      fire();
    }
    this.#settleRows(untilNs, true);
    this.nowNs = undefined;
  }

  /** Passes on the rows before an instant; if `isIncluded`, also those at it. */
  #settleRows(untilNs: number, isIncluded: boolean): void {
    for (;;) {
      let first: RowSource | undefined;
      for (const source of this.#sources.values()) {
        if (source.headNs < (first?.headNs ?? Number.POSITIVE_INFINITY)) first = source;
      }
      if (first === undefined || first.headNs > untilNs) return;
      if (first.headNs === untilNs && !isIncluded) return;
      this.nowNs = first.headNs;
      first.fire();
    }
  }
}

/** The waiting rows of one process. */
class RowSource {
  /** Instant of the oldest waiting row, ns; Infinity if no row waits. */
  headNs = Number.POSITIVE_INFINITY;
  #batches: MeasuredBatch[] = [];
  #batch = 0;
  #at = 0;

  add(batch: MeasuredBatch): void {
    if (batch.values.length === 0) return;
    this.#batches.push(batch);
    if (this.#batches.length === 1) this.#updateHead();
  }

  /** Passes on the oldest row and removes it. */
  fire(): void {
    const batch = this.#batches[this.#batch] as MeasuredBatch;
    const at = this.#at;
    this.#at += batch.width;
    if (this.#at >= batch.values.length) this.#next();
    this.#updateHead();
    batch.fire(batch.values, at);
  }

  #next(): void {
    this.#at = 0;
    this.#batch += 1;
    // The list is compacted only when half of its batches are done, because compacting costs time.
    if (2 * this.#batch < this.#batches.length) return;
    this.#batches = this.#batches.slice(this.#batch);
    this.#batch = 0;
  }

  #updateHead(): void {
    const batch = this.#batches[this.#batch];
    this.headNs = batch?.values[this.#at + batch.timeAt] ?? Number.POSITIVE_INFINITY;
  }
}
