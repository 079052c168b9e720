/**
 * CRC-16/X-25 (ITU-T X.25 section 2.2.7.4): reflected polynomial 0x8408, start and final XOR 0xffff,
 * one byte at a time.
 *
 * @module
 */

const POLYNOMIAL = 0x8408;
const BYTE_VALUES = 256;
const ALL_ONES = 0xffff;

const TABLE = new Uint16Array(BYTE_VALUES);
for (let byte = 0; byte < BYTE_VALUES; byte += 1) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? POLYNOMIAL : 0);
  TABLE[byte] = crc;
}

/**
 * The checksum of `bytes` from `start` to before `end`.
 * @param previous Checksum of the preceding bytes, to continue from.
 * @example crc16X25(new TextEncoder().encode('123456789')) === 0x906e
 */
// hot: the primary block of each bundle.
export function crc16X25(
  bytes: Uint8Array,
  previous = 0,
  start = 0,
  end: number = bytes.length,
): number {
  let crc = previous ^ ALL_ONES;
  for (let at = start; at < end; at += 1) {
    crc = (TABLE[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return crc ^ ALL_ONES;
}
