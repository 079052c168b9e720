/**
 * Sorts the measurements of several processes into chronological order.
 *
 * Reports arrive a few milliseconds late, each process in its own rhythm; meters need every packet
 * and fault of the run in order. Entries wait until everything older must have arrived. Packets
 * arrive as rows of numbers and stay rows while they wait: an object for each of ten thousand a
 * second would live just long enough to burden every garbage collection, which takes processor time
 * from the nodes.
 *
 * @module
 */

/** A measurement, and its effect on the meters. */
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
  /** Processes the row that begins at index `at`. */
  readonly fire: (values: Float64Array, at: number) => void;
}

/** Merges the measurements of several processes into chronological order. */
export class MeasurementMergeQueue {
  /** Entries that arrived after younger ones had been settled. */
  late = 0;
  /** Instant of the entry that is being settled, ns; undefined in between. */
  nowNs: number | undefined;
  #entries: Entry[] = [];
  readonly #sources = new Map<number, RowSource>();
  #settledNs = Number.NEGATIVE_INFINITY;

  /** Adds what happened at an instant. */
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
   * Processes what happened up to and including `untilNs`, oldest first. Events of one instant are
   * processed in order of arrival, packets after everything else.
   */
  settle(untilNs: number): void {
    // Array.prototype.sort is stable.
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

  /** Processes the rows before an instant, or up to and including it. */
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
  /** Instant of the oldest row, ns; Infinity if there is none. */
  headNs = Number.POSITIVE_INFINITY;
  #batches: MeasuredBatch[] = [];
  #batch = 0;
  #at = 0;

  add(batch: MeasuredBatch): void {
    if (batch.values.length === 0) return;
    this.#batches.push(batch);
    if (this.#batches.length === 1) this.#look();
  }

  /** Removes the oldest row. */
  fire(): void {
    const batch = this.#batches[this.#batch] as MeasuredBatch;
    const at = this.#at;
    this.#at += batch.width;
    if (this.#at >= batch.values.length) this.#next();
    this.#look();
    batch.fire(batch.values, at);
  }

  #next(): void {
    this.#at = 0;
    this.#batch += 1;
    // The list is compacted when half of its batches are done, instead of after each batch.
    if (2 * this.#batch < this.#batches.length) return;
    this.#batches = this.#batches.slice(this.#batch);
    this.#batch = 0;
  }

  #look(): void {
    const batch = this.#batches[this.#batch];
    this.headNs = batch?.values[this.#at + batch.timeAt] ?? Number.POSITIVE_INFINITY;
  }
}
