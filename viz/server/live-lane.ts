/**
 * A lane of a watched run: a list of numbered parts. The oldest parts are dropped when all parts
 * together have too many bytes. Each reader remembers the number of the last part that it has read,
 * so no reader needs its own queue.
 *
 * @module
 */

/** A part of the lane: whole blocks of a trace. */
export interface LanePart {
  readonly bytes: Uint8Array;
  /** Number of packet rows in the part. */
  readonly rows: number;
}

/** The next parts of a lane for one reader, and how much the reader has missed. */
export interface LiveLaneRead {
  readonly parts: readonly LanePart[];
  /** Number of the last returned part. */
  readonly number: number;
  /** Number of parts that were dropped before this reader got them. */
  readonly missedParts: number;
  /** Number of packet rows in these parts. */
  readonly missedRows: number;
}

/** The parts of one lane that are kept for pages that watch a run. */
export class LiveLane {
  readonly #bytesMax: number;
  #parts: LanePart[] = [];
  /** Number of the oldest part that is kept; parts are numbered from 1. */
  #first = 1;
  #bytes = 0;
  /** Number of packet rows in all dropped parts. */
  #forgottenRows = 0;
  #rows = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Number of the last part; 0 if there is none. */
  get last(): number {
    return this.#first + this.#parts.length - 1;
  }

  /** Number of bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a part, and drops the oldest parts if all together have too many bytes. */
  add(part: LanePart): void {
    this.#parts.push(part);
    this.#bytes += part.bytes.length;
    this.#rows += part.rows;
    let gone = 0;
    while (this.#bytes > this.#bytesMax && gone < this.#parts.length - 1) {
      const oldest = this.#parts[gone] as LanePart;
      this.#bytes -= oldest.bytes.length;
      this.#forgottenRows += oldest.rows;
      gone += 1;
    }
    if (gone === 0) return;
    this.#parts = this.#parts.slice(gone);
    this.#first += gone;
  }

  /**
   * Returns the parts after the part `after`, and what the reader has missed.
   * @param after Number of the last part that the reader has.
   * @param seenRows Number of rows up to and including the part `after`, from {@link rowsUpTo}.
   * @param bytesMax Stops once this many bytes are returned, but returns at least one part.
   */
  read(after: number, seenRows: number, bytesMax: number): LiveLaneRead {
    const from = Math.max(0, after + 1 - this.#first);
    let to = from;
    for (let bytes = 0; to < this.#parts.length && bytes < bytesMax; to += 1) {
      bytes += this.#parts[to]?.bytes.length ?? 0;
    }
    const isBehind = after + 1 < this.#first;
    return {
      parts: this.#parts.slice(from, to),
      number: Math.max(after, this.#first + to - 1),
      missedParts: isBehind ? this.#first - 1 - after : 0,
      missedRows: isBehind ? Math.max(0, this.#forgottenRows - seenRows) : 0,
    };
  }

  /**
   * Number of packet rows in all parts up to and including the part `number`, including dropped
   * parts.
   */
  rowsUpTo(number: number): number {
    const kept = this.#parts.slice(0, Math.max(0, number + 1 - this.#first));
    return this.#forgottenRows + kept.reduce((sum, { rows }) => sum + rows, 0);
  }
}
