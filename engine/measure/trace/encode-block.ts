/**
 * Encodes the columns of a block: each column is one section, little-endian, padded to 8 bytes; the
 * variable-length part (`aux`) follows. The caller compresses blocks and writes files (trace-writer.ts).
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import {
  alignedLength,
  BLOCK_FIELD_OFFSETS,
  BLOCK_HEAD_BYTES,
  BLOCK_MAGIC,
  bytesPerValue,
  DROPPED_TRANSIT_NARROW,
  DROPPED_TRANSIT_WIDE,
  FLAG_WIDE_TIMES,
  NARROW_OFFSET_LIMIT_NS,
  PENDING_TRANSIT_NARROW,
  type TableSpec,
} from './layout.ts';

/** Values of one column: instants are absolute, durations may be `DROPPED_TRANSIT_WIDE` or `PENDING_TRANSIT_WIDE`. */
export type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Rows of a table that are to be written as one block. */
export interface TableRows {
  readonly table: TableSpec;
  /** Columns in the order of the table; longer arrays are cut at `count`. */
  readonly columns: readonly Column[];
  readonly count: number;
  readonly aux?: Uint8Array;
  /** Instant of the block, ns, if its table has no time column. */
  readonly atNs?: number;
  /** Number of packets in this block that were lost on the way. */
  readonly drops?: number;
}

/** The facts in the header of a block. */
export interface BlockHeaderFields {
  readonly table: number;
  readonly flags: number;
  readonly rows: number;
  readonly rawBytes: number;
  readonly auxBytes: number;
  /** First instant of the first time column, ns. */
  readonly baseNs: number;
  /** Last instant of the first time column, ns. */
  readonly lastNs: number;
  /** Longest known transit or span, ns. */
  readonly maxTransitNs: number;
  readonly drops: number;
}

/** An encoded block before compression, with the fields of its header. */
export interface RawBlock extends BlockHeaderFields {
  readonly bytes: Uint8Array;
}

interface Extent {
  baseNs: number;
  lastNs: number;
  /** Largest instant of any time column. */
  endNs: number;
  maxTransitNs: number;
}

// Typed arrays use the machine's byte order; the format is little-endian.
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Encodes blocks one after the other, reusing the same memory. */
export class BlockEncoder {
  #memory = new Uint8Array(0);

  /**
   * Encodes rows that are sorted by their first time column.
   * @returns a block whose bytes are valid until the next call.
   */
  encode(rows: TableRows): RawBlock {
    assert(IS_LITTLE_ENDIAN, 'trace.orr is written on little-endian machines only');
    const { table, columns, count, aux } = rows;
    const extent = extentOf(rows);
    const { baseNs, lastNs, maxTransitNs } = extent;
    const isWide =
      extent.endNs - baseNs >= NARROW_OFFSET_LIMIT_NS || maxTransitNs >= PENDING_TRANSIT_NARROW;
    let length = alignedLength(aux?.length ?? 0);
    for (const { type } of table.columns)
      length += alignedLength(count * bytesPerValue(type, isWide));
    const bytes = this.#room(length);
    let offset = 0;
    for (const [index, { type }] of table.columns.entries()) {
      const source = columns[index];
      assert(source !== undefined, `table ${table.name} lacks column ${index}`);
      const width = bytesPerValue(type, isWide);
      const target = viewOf(bytes, offset, { count, width });
      if (type === 'time' && !isWide) offsetsOf(source, baseNs, target);
      else if (type === 'duration' && !isWide) shortDurations(source, target);
      else target.set(source.subarray(0, count));
      offset += alignedLength(count * width);
    }
    if (aux !== undefined) bytes.set(aux, offset);
    return {
      table: table.id,
      flags: isWide ? FLAG_WIDE_TIMES : 0,
      rows: count,
      rawBytes: length,
      auxBytes: aux?.length ?? 0,
      baseNs,
      lastNs,
      maxTransitNs,
      drops: rows.drops ?? 0,
      bytes,
    };
  }

  /** Makes room for a block; the bytes are zero, so that the padding of sections is the same in every file. */
  #room(length: number): Uint8Array {
    if (this.#memory.length < length) this.#memory = new Uint8Array(length * 2);
    return this.#memory.subarray(0, length).fill(0);
  }
}

/** Writes a block header; the index adds the file offset and the number of link counts. */
export function writeBlockHead(
  into: DataView,
  at: number,
  facts: BlockHeaderFields,
  stored: number,
): void {
  into.setUint32(at + BLOCK_FIELD_OFFSETS.magic, BLOCK_MAGIC, true);
  into.setUint8(at + BLOCK_FIELD_OFFSETS.table, facts.table);
  into.setUint8(at + BLOCK_FIELD_OFFSETS.flags, facts.flags);
  into.setUint32(at + BLOCK_FIELD_OFFSETS.rows, facts.rows, true);
  into.setUint32(at + BLOCK_FIELD_OFFSETS.raw, facts.rawBytes, true);
  into.setUint32(at + BLOCK_FIELD_OFFSETS.stored, stored, true);
  into.setUint32(at + BLOCK_FIELD_OFFSETS.aux, facts.auxBytes, true);
  into.setFloat64(at + BLOCK_FIELD_OFFSETS.base, facts.baseNs, true);
  into.setFloat64(at + BLOCK_FIELD_OFFSETS.last, facts.lastNs, true);
  into.setFloat64(at + BLOCK_FIELD_OFFSETS.maxTransit, facts.maxTransitNs, true);
  into.setUint32(at + BLOCK_FIELD_OFFSETS.drops, facts.drops, true);
}

/** Encodes only the header of a block. */
export function encodeBlockHead(facts: BlockHeaderFields, stored: number): Uint8Array {
  const bytes = new Uint8Array(BLOCK_HEAD_BYTES);
  writeBlockHead(new DataView(bytes.buffer), 0, facts, stored);
  return bytes;
}

function extentOf({ table, columns, count, atNs }: TableRows): Extent {
  const at = atNs ?? 0;
  const extent: Extent = { baseNs: at, lastNs: at, endNs: at, maxTransitNs: 0 };
  let isFirst = true;
  let first: Column | undefined;
  for (const [index, { type }] of table.columns.entries()) {
    const column = columns[index];
    if (column === undefined || count === 0) continue;
    if (type === 'duration') {
      extent.maxTransitNs = Math.max(extent.maxTransitNs, largest(column, count));
    } else if (type === 'time' && isFirst) {
      isFirst = false;
      first = column;
      extent.baseNs = column[0] as number;
      extent.lastNs = column[count - 1] as number;
      extent.endNs = extent.lastNs;
    } else if (type === 'time' && first !== undefined) {
      extent.endNs = Math.max(extent.endNs, largest(column, count));
      const longest = largestDifference(column, first, count);
      extent.maxTransitNs = Math.max(extent.maxTransitNs, longest);
    }
  }
  return extent;
}

function largest(column: Column, count: number): number {
  let max = 0;
  for (let row = 0; row < count; row += 1) {
    const value = column[row] as number;
    if (value > max) max = value;
  }
  return max;
}

function largestDifference(end: Column, begin: Column, count: number): number {
  let max = 0;
  for (let row = 0; row < count; row += 1) {
    const value = (end[row] as number) - (begin[row] as number);
    if (value > max) max = value;
  }
  return max;
}

function viewOf(
  bytes: Uint8Array,
  offset: number,
  shape: { readonly count: number; readonly width: number },
): Column {
  const { buffer } = bytes;
  switch (shape.width) {
    case 1:
      return new Uint8Array(buffer, offset, shape.count);
    case 2:
      return new Uint16Array(buffer, offset, shape.count);
    case 4:
      return new Uint32Array(buffer, offset, shape.count);
    default:
      return new Float64Array(buffer, offset, shape.count);
  }
}

function offsetsOf(source: Column, baseNs: number, target: Column): void {
  for (let row = 0; row < target.length; row += 1) target[row] = (source[row] as number) - baseNs;
}

function shortDurations(source: Column, target: Column): void {
  for (let row = 0; row < target.length; row += 1) {
    const value = source[row] as number;
    if (value >= 0) target[row] = value;
    else
      target[row] =
        value === DROPPED_TRANSIT_WIDE ? DROPPED_TRANSIT_NARROW : PENDING_TRANSIT_NARROW;
  }
}
