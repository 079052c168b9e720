/**
 * CRC-32C (Castagnoli), reflected polynomial 0x82f63b78 (RFC 3720 appendix B.4), eight or sixteen
 * bytes at a time over as many tables (Kounavis and Berry, "A systematic approach to building high
 * performance software-based CRC generators", ISCC 2005: slicing-by-8).
 *
 * @module
 */

const POLYNOMIAL = 0x82f6_3b78;
const BYTE_VALUES = 256;
const SLICES = 8;
const LONG_SLICES = 16;
/** Smallest number of bytes for which a view is made; for fewer, making a view takes longer than it saves. */
const LONG_BYTES = 256;

/**
 * Entry `BYTE_VALUES * k + b` is the remainder of byte b followed by k zero bytes. One array: V8
 * then loads its address once per call.
 */
const TABLES = new Int32Array(LONG_SLICES * BYTE_VALUES);
for (let byte = 0; byte < BYTE_VALUES; byte += 1) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? POLYNOMIAL : 0);
  TABLES[byte] = crc;
}
for (let at = BYTE_VALUES; at < TABLES.length; at += 1) {
  const shorter = TABLES[at - BYTE_VALUES] as number;
  TABLES[at] = (shorter >>> 8) ^ (TABLES[shorter & 255] as number);
}

/**
 * The checksum of `bytes` from `start` to before `end`.
 * @param previous Checksum of the preceding bytes, to continue from.
 * @example crc32c(new TextEncoder().encode('123456789')) === 0xe3069283
 */
// hot: each packet of a fabric, and each record of a store.
export function crc32c(
  bytes: Uint8Array,
  previous = 0,
  start = 0,
  end: number = bytes.length,
): number {
  const isLong = end - start >= LONG_BYTES;
  let at = isLong ? end - ((end - start) % LONG_SLICES) : start;
  let crc = isLong ? sixteens(bytes, ~previous, start, at) : ~previous;
  for (const last = end - SLICES; at <= last; at += SLICES) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (TABLES[1_792 + (crc & 255)] as number) ^
      (TABLES[1_536 + ((crc >>> 8) & 255)] as number) ^
      (TABLES[1_280 + ((crc >>> 16) & 255)] as number) ^
      (TABLES[1_024 + (crc >>> 24)] as number) ^
      (TABLES[768 + (bytes[at + 4] as number)] as number) ^
      (TABLES[512 + (bytes[at + 5] as number)] as number) ^
      (TABLES[256 + (bytes[at + 6] as number)] as number) ^
      (TABLES[bytes[at + 7] as number] as number);
  }
  for (; at < end; at += 1) {
    crc = (TABLES[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** Continues the checksum over a multiple of sixteen bytes, which it reads as 32-bit words. */
function sixteens(bytes: Uint8Array, before: number, start: number, end: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = before;
  for (let at = start; at < end; at += LONG_SLICES) {
    const a = view.getInt32(at, true) ^ crc;
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc =
      (TABLES[3_840 + (a & 255)] as number) ^
      (TABLES[3_584 + ((a >>> 8) & 255)] as number) ^
      (TABLES[3_328 + ((a >>> 16) & 255)] as number) ^
      (TABLES[3_072 + (a >>> 24)] as number) ^
      (TABLES[2_816 + (b & 255)] as number) ^
      (TABLES[2_560 + ((b >>> 8) & 255)] as number) ^
      (TABLES[2_304 + ((b >>> 16) & 255)] as number) ^
      (TABLES[2_048 + (b >>> 24)] as number) ^
      (TABLES[1_792 + (c & 255)] as number) ^
      (TABLES[1_536 + ((c >>> 8) & 255)] as number) ^
      (TABLES[1_280 + ((c >>> 16) & 255)] as number) ^
      (TABLES[1_024 + (c >>> 24)] as number) ^
      (TABLES[768 + (d & 255)] as number) ^
      (TABLES[512 + ((d >>> 8) & 255)] as number) ^
      (TABLES[256 + ((d >>> 16) & 255)] as number) ^
      (TABLES[d >>> 24] as number);
  }
  return crc;
}
