/**
 * Golden bytes of bulk.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { encodePacket } from '../../../../nodes/bulk/wire.ts';
import { fill, type GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  return { packet: toHex(encodePacket(fill(9, 30))) };
}
