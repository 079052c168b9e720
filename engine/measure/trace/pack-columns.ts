/**
 * Packs the columns of a block: each value takes as many bits as its column needs in this block
 * (docs/TRACE.md#packed-blocks). A column is stored as offsets from its least value, as differences
 * from row to row if it is sorted, or as numbers of a dictionary if it has few values.
 *
 * For full blocks of packets, packing takes less than half the time of gzip, and the result is a tenth larger
 * (docs/PERFORMANCE.md#part-by-part).
 *
 * @module
 */
import {
  alignedLength,
  bytesPerValue,
  PACKED_DICTIONARY_ENTRIES_MAX,
  PACKED_HEAD_BYTES,
  PACKED_WORD_BITS,
  PACKING_KINDS,
  type PackedHead,
  type TableSpec,
} from './layout.ts';

/** A dictionary is tried only if the values need more bits than this. */
const BITS_WITHOUT_DICTIONARY = 8;
// Private names: V8 folds them into hot code, while imported ones are loaded and checked each time.
const WORD_BITS: number = PACKED_WORD_BITS;
const ENTRIES_MAX: number = PACKED_DICTIONARY_ENTRIES_MAX;
/** Number of slots of the hash table that finds an entry of the dictionary; a power of two. */
const HASH_SLOTS = 1_024;
/** Fibonacci hashing: 2^32 divided by the golden ratio; the highest ten bits of the product are the slot. */
const HASH_FACTOR = 0x9e37_79b1;
const HASH_SHIFT = 22;
const INTEGER_LIMIT = 2 ** 32;
const WORD_BYTES = 4;

/** A block in the layout without packing: its table, whether it is wide, its number of rows, and its bytes. */
export interface PackInput {
  readonly table: TableSpec;
  readonly isWide: boolean;
  readonly rows: number;
  /** The bytes of the columns; there may be more after them. */
  readonly bytes: Uint8Array;
}

/** Packs blocks one after the other, reusing the same memory. */
export class ColumnPacker {
  #memory = new ArrayBuffer(0);
  #out = new Uint32Array(0);
  #at = 0;
  #values = new Uint32Array(0);
  readonly #places = new Int32Array(HASH_SLOTS);
  readonly #entries = new Uint32Array(ENTRIES_MAX);

  /** Packs the columns of a block. @returns the packed columns, valid until the next call. */
  pack({ table, isWide, rows, bytes }: PackInput): Uint8Array {
    this.#makeRoom(table.columns.length, rows);
    this.#at = 0;
    let offset = bytes.byteOffset;
    for (const { type } of table.columns) {
      const width = bytesPerValue(type, isWide);
      const { buffer } = bytes;
      if (width === 8) this.#doubles(new Float64Array(buffer, offset, rows));
      else {
        // All values are copied into one type of array: loops over four types are several times slower.
        if (width === 4) this.#values.set(new Uint32Array(buffer, offset, rows));
        else if (width === 2) this.#values.set(new Uint16Array(buffer, offset, rows));
        else this.#values.set(new Uint8Array(buffer, offset, rows));
        this.#integers(rows, 0);
      }
      offset += alignedLength(rows * width);
    }
    return new Uint8Array(this.#memory, 0, this.#at * WORD_BYTES);
  }

  #makeRoom(columns: number, rows: number): void {
    if (this.#values.length < rows) this.#values = new Uint32Array(rows);
    const most = columns * (PACKED_HEAD_BYTES + WORD_BYTES * ENTRIES_MAX + 8 * (rows + 1));
    if (this.#memory.byteLength >= most) return;
    this.#memory = new ArrayBuffer(most);
    this.#out = new Uint32Array(this.#memory);
  }

  /** Packs doubles as integers if all are integers close to each other; otherwise copies them. */
  #doubles(column: Float64Array): void {
    const rows = column.length;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    let isInteger = true;
    for (let row = 0; row < rows; row += 1) {
      const value = column[row] as number;
      if (value < least) least = value;
      if (value > most) most = value;
      // A value that is not an integer, not a number, or -0 (which packing would change to 0)
      // cannot be packed as an integer.
      if (value !== Math.floor(value) || (value === 0 && 1 / value < 0)) isInteger = false;
    }
    if (!(isInteger && most - least < INTEGER_LIMIT)) {
      this.#head({ kind: PACKING_KINDS.plain, bits: 0, entries: 0, base: 0 });
      new Float64Array(this.#memory, this.#at * WORD_BYTES, rows).set(column);
      this.#at += rows * 2;
      return;
    }
    const values = this.#values;
    for (let row = 0; row < rows; row += 1) values[row] = (column[row] as number) - least;
    this.#integers(rows, rows === 0 ? 0 : least);
  }

  /** Packs the first `rows` elements of `#values`; a reader adds `base` to each. */
  #integers(rows: number, base: number): void {
    const values = this.#values;
    const { least, most, step } = spreadOf(values, rows);
    const bits = bitsFor(most - least);
    const stepBits = bitsFor(step);
    if (stepBits < bits) {
      this.#head({ kind: PACKING_KINDS.steps, bits: stepBits, entries: 0, base: base + least });
      toSteps(values, rows);
      this.#put(rows, stepBits);
      return;
    }
    const entries = bits > BITS_WITHOUT_DICTIONARY ? this.#toNumbers(rows) : undefined;
    if (entries !== undefined) {
      const short = bitsFor(entries - 1);
      this.#head({ kind: PACKING_KINDS.dictionary, bits: short, entries, base });
      this.#out.set(this.#entries.subarray(0, entries), this.#at);
      this.#at += entries;
      this.#pad();
      this.#put(rows, short);
      return;
    }
    this.#head({ kind: PACKING_KINDS.offsets, bits, entries: 0, base: base + least });
    for (let row = 0; row < rows; row += 1) values[row] = (values[row] as number) - least;
    this.#put(rows, bits);
  }

  /** Replaces the values by their numbers in a new dictionary; undefined if there are too many different values. */
  #toNumbers(rows: number): number | undefined {
    const values = this.#values;
    const places = this.#places.fill(-1);
    const entries = this.#entries;
    let count = 0;
    for (let row = 0; row < rows; row += 1) {
      const value = values[row] as number;
      let place = Math.imul(value, HASH_FACTOR) >>> HASH_SHIFT;
      let entry = places[place] as number;
      while (entry >= 0 && entries[entry] !== value) {
        place = (place + 1) & (HASH_SLOTS - 1);
        entry = places[place] as number;
      }
      if (entry < 0) {
        if (count === ENTRIES_MAX) {
          this.#toValues(row);
          return undefined;
        }
        entry = count;
        places[place] = entry;
        entries[entry] = value;
        count += 1;
      }
      values[row] = entry;
    }
    return count;
  }

  /** Undoes {@link #toNumbers} for the first `rows` elements. */
  #toValues(rows: number): void {
    const values = this.#values;
    for (let row = 0; row < rows; row += 1) {
      values[row] = this.#entries[values[row] as number] as number;
    }
  }

  #head({ kind, bits, entries, base }: PackedHead): void {
    this.#out[this.#at] = kind | (bits << 8);
    this.#out[this.#at + 1] = entries;
    new Float64Array(this.#memory, (this.#at + 2) * WORD_BYTES, 1)[0] = base;
    this.#at += PACKED_HEAD_BYTES / WORD_BYTES;
  }

  /** Pads, so that the next part begins at a multiple of eight bytes. */
  #pad(): void {
    if ((this.#at & 1) === 0) return;
    this.#out[this.#at] = 0;
    this.#at += 1;
  }

  /** Appends the low `bits` bits of the first `rows` values; each word is filled from its lowest bit on. */
  #put(rows: number, bits: number): void {
    if (bits === 0) return;
    const values = this.#values;
    const out = this.#out;
    let at = this.#at;
    let word = 0;
    let filled = 0;
    for (let row = 0; row < rows; row += 1) {
      const value = values[row] as number;
      word |= value << filled;
      filled += bits;
      if (filled >= WORD_BITS) {
        out[at] = word;
        at += 1;
        filled -= WORD_BITS;
        word = filled === 0 ? 0 : value >>> (bits - filled);
      }
    }
    if (filled > 0) {
      out[at] = word;
      at += 1;
    }
    this.#at = at;
    this.#pad();
  }
}

interface Spread {
  readonly least: number;
  readonly most: number;
  /** Largest difference between a value and the one before; 2^32 - 1 if any difference is negative. */
  readonly step: number;
}

function spreadOf(values: Uint32Array, rows: number): Spread {
  let least = INTEGER_LIMIT - 1;
  let most = 0;
  let step = 0;
  let isSorted = true;
  let last = values[0] as number;
  for (let row = 0; row < rows; row += 1) {
    const value = values[row] as number;
    if (value < least) least = value;
    if (value > most) most = value;
    if (value < last) isSorted = false;
    else if (value - last > step) step = value - last;
    last = value;
  }
  if (rows === 0) return { least: 0, most: 0, step: 0 };
  return { least, most, step: isSorted ? step : INTEGER_LIMIT - 1 };
}

function toSteps(values: Uint32Array, rows: number): void {
  let last = values[0] as number;
  for (let row = 0; row < rows; row += 1) {
    const value = values[row] as number;
    values[row] = value - last;
    last = value;
  }
}

/** Number of bits that numbers up to `most` need. */
function bitsFor(most: number): number {
  return 32 - Math.clz32(most);
}
