/**
 * Reflected CRCs of 32 bits, eight or sixteen bytes at a time over as many tables (Kounavis and Berry, "A systematic
 * approach to building high performance software-based CRC generators", ISCC 2005: slicing-by-8).
 *
 * @module
 */

const BYTE_VALUES = 256;
const SLICES = 8;
const LONG_SLICES = 16;
/** Smallest number of bytes for which a view is made; for fewer, making a view takes longer than it saves. */
const VIEW_BYTES_MIN = 256;

/**
 * The tables of a polynomial: entry `BYTE_VALUES * k + b` is the remainder of byte b followed by k zero bytes. One
 * array: V8 then loads its address once per call.
 * @param polynomial Reflected, without its highest term.
 */
export function crcTables(polynomial: number): Int32Array {
  const tables = new Int32Array(LONG_SLICES * BYTE_VALUES);
  for (let byte = 0; byte < BYTE_VALUES; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? polynomial : 0);
    tables[byte] = crc;
  }
  for (let at = BYTE_VALUES; at < tables.length; at += 1) {
    const shorter = tables[at - BYTE_VALUES] as number;
    tables[at] = (shorter >>> 8) ^ (tables[shorter & 255] as number);
  }
  return tables;
}

/** The checksum of `bytes` from `start` to before `end`, continued from `previous`. */
// hot: each packet of a fabric, and each record of a store.
// biome-ignore lint/complexity/useMaxParams: an object for each packet would be garbage
export function reflectedCrc(
  tables: Int32Array,
  bytes: Uint8Array,
  previous: number,
  start: number,
  end: number,
): number {
  const isLong = end - start >= VIEW_BYTES_MIN;
  let at = isLong ? end - ((end - start) % LONG_SLICES) : start;
  let crc = isLong ? sixteens(tables, bytes, ~previous, start, at) : ~previous;
  for (const last = end - SLICES; at <= last; at += SLICES) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (tables[1_792 + (crc & 255)] as number) ^
      (tables[1_536 + ((crc >>> 8) & 255)] as number) ^
      (tables[1_280 + ((crc >>> 16) & 255)] as number) ^
      (tables[1_024 + (crc >>> 24)] as number) ^
      (tables[768 + (bytes[at + 4] as number)] as number) ^
      (tables[512 + (bytes[at + 5] as number)] as number) ^
      (tables[256 + (bytes[at + 6] as number)] as number) ^
      (tables[bytes[at + 7] as number] as number);
  }
  for (; at < end; at += 1) {
    crc = (tables[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** Continues the checksum over a multiple of sixteen bytes, which it reads as 32-bit words. */
// biome-ignore lint/complexity/useMaxParams: an object for each packet would be garbage
function sixteens(
  tables: Int32Array,
  bytes: Uint8Array,
  before: number,
  start: number,
  end: number,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = before;
  for (let at = start; at < end; at += LONG_SLICES) {
    const a = view.getInt32(at, true) ^ crc;
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc =
      (tables[3_840 + (a & 255)] as number) ^
      (tables[3_584 + ((a >>> 8) & 255)] as number) ^
      (tables[3_328 + ((a >>> 16) & 255)] as number) ^
      (tables[3_072 + (a >>> 24)] as number) ^
      (tables[2_816 + (b & 255)] as number) ^
      (tables[2_560 + ((b >>> 8) & 255)] as number) ^
      (tables[2_304 + ((b >>> 16) & 255)] as number) ^
      (tables[2_048 + (b >>> 24)] as number) ^
      (tables[1_792 + (c & 255)] as number) ^
      (tables[1_536 + ((c >>> 8) & 255)] as number) ^
      (tables[1_280 + ((c >>> 16) & 255)] as number) ^
      (tables[1_024 + (c >>> 24)] as number) ^
      (tables[768 + (d & 255)] as number) ^
      (tables[512 + ((d >>> 8) & 255)] as number) ^
      (tables[256 + ((d >>> 16) & 255)] as number) ^
      (tables[d >>> 24] as number);
  }
  return crc;
}
