/**
 * CRC-32, reflected polynomial 0xedb88320 (RFC 1952 section 8), for machines whose system has none.
 *
 * @module
 */
import { crcTables, reflectedCrc } from './reflected-crc.ts';

const TABLES = crcTables(0xedb8_8320);

/**
 * The checksum of bytes.
 * @example crc32(new TextEncoder().encode('123456789')) === 0xcbf43926
 */
export function crc32(bytes: Uint8Array): number {
  return reflectedCrc(TABLES, bytes, 0, 0, bytes.length);
}
