/**
 * The CRC of a block: over all its bytes, with those of the CRC itself as zero (RFC 9171 sections
 * 4.2.1, 4.3.1 and 4.3.2). The CRC is the end of the block: it covers the bytes before it, and then as
 * many zeros as it has bytes.
 *
 * @module
 */
import { crc16X25 } from '../../../engine/pure/crc16-x25.ts';
import { crc32c } from '../../../engine/pure/crc32c.ts';
import { readUint16, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import { CRC_BYTES_BY_TYPE, CRC_TYPE } from '../geometry.ts';

const ZEROS = new Uint8Array(4);

/**
 * Computes the CRC of the block from `start` to `end`, whose last bytes are the field of the CRC.
 */
function blockCrc(bytes: Uint8Array, start: number, end: number, crcType: number): number {
  const length = CRC_BYTES_BY_TYPE[crcType] as number;
  const covered = end - length;
  if (crcType === CRC_TYPE.x25) {
    return crc16X25(ZEROS, crc16X25(bytes, 0, start, covered), 0, length);
  }
  return crc32c(ZEROS, crc32c(bytes, 0, start, covered), 0, length);
}

/** True if the block from `start` to `end` has no CRC or the right one. */
export function isCrcRight(
  bytes: Uint8Array,
  start: number,
  end: number,
  crcType: number,
): boolean {
  if (crcType === CRC_TYPE.none) return true;
  const expected = blockCrc(bytes, start, end, crcType);
  return crcType === CRC_TYPE.x25
    ? readUint16(bytes, end - 2) === expected
    : readUint32(bytes, end - 4) === expected;
}

/** Writes the CRC into the last bytes of the block from `start` to `end`. */
export function writeCrc(bytes: Uint8Array, start: number, end: number, crcType: number): void {
  if (crcType === CRC_TYPE.none) return;
  const crc = blockCrc(bytes, start, end, crcType);
  if (crcType === CRC_TYPE.x25) writeUint16(bytes, end - 2, crc);
  else writeUint32(bytes, end - 4, crc);
}
