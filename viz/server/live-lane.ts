/**
 * One lane of a watched run: numbered parts, of which the oldest are forgotten when there are too
 * many bytes. A reader keeps the number of its last part; there is no queue per reader.
 *
 * @module
 */

/** A part: whole blocks of a trace. */
export interface LanePart {
  readonly bytes: Uint8Array;
  /** Rows of packets in it. */
  readonly rows: number;
}

/** What a reader gets. */
export interface LaneRead {
  readonly parts: readonly LanePart[];
  /** Number of the last one. */
  readonly number: number;
  /** Parts, and rows in them, that were forgotten before this reader got them. */
  readonly missedParts: number;
  readonly missedRows: number;
}

/** See the module. */
export class LiveLane {
  readonly #bytesMax: number;
  #parts: LanePart[] = [];
  /** Number of the first part that is kept; parts count from 1. */
  #first = 1;
  #bytes = 0;
  /** Rows of all parts before the first that is kept. */
  #forgottenRows = 0;
  #rows = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Number of the last part; 0 when there is none. */
  get last(): number {
    return this.#first + this.#parts.length - 1;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a part; forgets the oldest. */
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
   * What follows a part.
   * @param after Number of the last part that the reader has.
   * @param seenRows Rows up to there, as counted by {@link rowsUpTo}.
   * @param bytesMax At least one part is returned, and no more once there are this many bytes.
   */
  read(after: number, seenRows: number, bytesMax: number): LaneRead {
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

  /** Rows of all parts up to a number, including forgotten ones. */
  rowsUpTo(number: number): number {
    const kept = this.#parts.slice(0, Math.max(0, number + 1 - this.#first));
    return this.#forgottenRows + kept.reduce((sum, { rows }) => sum + rows, 0);
  }
}
