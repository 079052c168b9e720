/**
 * CRC-32C (Castagnoli), reflected polynomial 0x82f63b78 (RFC 3720 appendix B.4).
 *
 * @module
 */

const POLYNOMIAL = 0x82f6_3b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? POLYNOMIAL : 0);
  return crc >>> 0;
});

/**
 * The checksum of `bytes` from `start` to `end`.
 * @param previous Checksum of the preceding bytes, to continue from.
 * @example crc32c(new TextEncoder().encode('123456789')) === 0xe3069283
 */
export function crc32c(
  bytes: Uint8Array,
  previous = 0,
  start = 0,
  end: number = bytes.length,
): number {
  let crc = ~previous;
  for (let at = start; at < end; at += 1) {
    crc = (TABLE[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
