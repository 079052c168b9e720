/**
 * CRC-32C over one table, a byte at a time, as the engine computed it before `engine/pure`; the
 * baseline for the present version.
 *
 * @module
 */

const POLYNOMIAL = 0x82f6_3b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? POLYNOMIAL : 0);
  return crc >>> 0;
});

/** The checksum of all bytes. */
export function crc32cByByte(bytes: Uint8Array): number {
  let crc = ~0;
  for (let at = 0; at < bytes.length; at += 1) {
    crc = (TABLE[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
