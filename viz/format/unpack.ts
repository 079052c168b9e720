/**
 * Unpacks the columns of a packed block (docs/TRACE.md#packed-blocks) into the layout of unpacked
 * blocks. Every number is checked before it is used; a block with a wrong number is refused.
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
} from '../../engine/measure/trace/layout.ts';
import { type ColumnView, columnViewAt } from './column-view.ts';

const WORD_BYTES = 4;
const DOUBLE_BYTES = 8;

/** What the header of a packed block says about it. */
export interface PackedShape {
  readonly table: TableSpec;
  readonly isWide: boolean;
  readonly rows: number;
  readonly rawBytes: number;
}

/** A part of the packed bytes that has been read, and the offset of the next part. */
interface Part<T> {
  readonly part: T;
  readonly end: number;
}

/**
 * Unpacks a block.
 * @throws Error that says what is wrong with the block.
 */
export function unpackColumns(stored: Uint8Array, shape: PackedShape): Uint8Array {
  const { table, isWide, rows, rawBytes } = shape;
  // Typed arrays must begin at a multiple of their element size.
  const bytes = stored.byteOffset % DOUBLE_BYTES === 0 ? stored : new Uint8Array(stored);
  const raw = new Uint8Array(rawBytes);
  let at = 0;
  let offset = 0;
  for (const { type } of table.columns) {
    const width = bytesPerValue(type, isWide);
    const target = columnViewAt(raw, offset, { rows, width });
    const head = headAt(bytes, at);
    at = head.end;
    if (head.part.kind === PACKING_KINDS.plain) {
      const plain = bytesAt(bytes, at, rows * width);
      new Uint8Array(raw.buffer, offset, rows * width).set(plain.part);
      at = plain.end;
    } else at = numbersInto(target, bytes, { at, head: head.part });
    offset += alignedLength(rows * width);
  }
  if (at !== bytes.length) throw new Error(`its columns end ${bytes.length - at} bytes early`);
  return raw;
}

function headAt(bytes: Uint8Array, at: number): Part<PackedHead> {
  const { part, end } = bytesAt(bytes, at, PACKED_HEAD_BYTES);
  const view = new DataView(part.buffer, part.byteOffset, part.length);
  const kind = view.getUint8(0);
  const bits = view.getUint8(1);
  const entries = view.getUint32(4, true);
  const base = view.getFloat64(8, true);
  if (kind > PACKING_KINDS.dictionary)
    throw new Error(`a column is packed in an unknown way (${kind})`);
  if (bits > PACKED_WORD_BITS) throw new Error(`numbers of ${bits} bits`);
  if (entries > PACKED_DICTIONARY_ENTRIES_MAX)
    throw new Error(`a dictionary of ${entries} entries`);
  if (!Number.isFinite(base)) throw new Error('a column begins nowhere');
  return { part: { kind, bits, entries, base }, end };
}

/** Fills a column from packed numbers; returns the offset of the byte after them. */
function numbersInto(
  target: ColumnView,
  bytes: Uint8Array,
  { at, head }: { readonly at: number; readonly head: PackedHead },
): number {
  const { kind, bits, entries, base } = head;
  const rows = target.length;
  const dictionary = wordsAt(bytes, at, kind === PACKING_KINDS.dictionary ? entries : 0);
  const packed = wordsAt(bytes, dictionary.end, Math.ceil((rows * bits) / PACKED_WORD_BITS));
  const numbers = new NumberReader(packed.part, bits);
  let value = base;
  for (let row = 0; row < rows; row += 1) {
    const number = numbers.next();
    if (kind === PACKING_KINDS.offsets) target[row] = base + number;
    else if (kind === PACKING_KINDS.steps) {
      value += number;
      target[row] = value;
    } else {
      if (number >= entries) throw new Error(`entry ${number} of ${entries} of a dictionary`);
      target[row] = base + (dictionary.part[number] as number);
    }
  }
  return packed.end;
}

/**
 * Reads numbers of `bits` bits each from 32-bit words, beginning with the lowest bit of each word.
 */
class NumberReader {
  readonly #words: Uint32Array;
  readonly #bits: number;
  readonly #mask: number;
  #word = 0;
  #used = 0;

  constructor(words: Uint32Array, bits: number) {
    this.#words = words;
    this.#bits = bits;
    this.#mask = bits === PACKED_WORD_BITS ? 0xffff_ffff : 2 ** bits - 1;
  }

  next(): number {
    const bits = this.#bits;
    if (bits === 0) return 0;
    const used = this.#used;
    const low = (this.#words[this.#word] as number) >>> used;
    const rest = used + bits - PACKED_WORD_BITS;
    this.#used = rest < 0 ? used + bits : rest;
    if (rest >= 0) this.#word += 1;
    const high = rest > 0 ? (this.#words[this.#word] as number) << (bits - rest) : 0;
    return ((low | high) & this.#mask) >>> 0;
  }
}

/** Reads `count` 32-bit words and skips the padding to the next multiple of eight bytes. */
function wordsAt(bytes: Uint8Array, at: number, count: number): Part<Uint32Array> {
  const { part, end } = bytesAt(bytes, at, alignedLength(count * WORD_BYTES));
  return { part: new Uint32Array(part.buffer, part.byteOffset, count), end };
}

function bytesAt(bytes: Uint8Array, at: number, length: number): Part<Uint8Array> {
  const end = at + alignedLength(length);
  if (end > bytes.length) throw new Error('its columns are cut off');
  return { part: bytes.subarray(at, at + length), end };
}
