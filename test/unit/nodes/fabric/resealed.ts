import { crc32c } from '../../../../engine/pure/crc32c.ts';
import { writeUint32 } from '../../../../nodes/_kit/bytes.ts';
import { PACKET_HEAD_BYTES } from '../../../../nodes/fabric/wire.ts';

const CHECKSUM_AT = 24;

/** Gives changed bytes of a packet the checksum that they need to be read. */
export function resealed(bytes: Uint8Array): Uint8Array {
  if (bytes.length < PACKET_HEAD_BYTES) return bytes;
  writeUint32(
    bytes,
    CHECKSUM_AT,
    crc32c(bytes, crc32c(bytes, 0, 0, CHECKSUM_AT), PACKET_HEAD_BYTES),
  );
  return bytes;
}
