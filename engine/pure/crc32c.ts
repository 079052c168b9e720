/**
 * CRC-32C (Castagnoli), reflected polynomial 0x82f63b78 (RFC 3720 appendix B.4).
 *
 * @module
 */
import { crcTables, reflectedCrc } from './reflected-crc.ts';

const TABLES = crcTables(0x82f6_3b78);

/**
 * The checksum of `bytes` from `start` to before `end`.
 * @param previous Checksum of the preceding bytes, to continue from.
 * @example crc32c(new TextEncoder().encode('123456789')) === 0xe3069283
 */
export function crc32c(
  bytes: Uint8Array,
  previous = 0,
  start = 0,
  end: number = bytes.length,
): number {
  return reflectedCrc(TABLES, bytes, previous, start, end);
}
