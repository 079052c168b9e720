/**
 * Golden bytes of bulk.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { encodePacket } from '../../../../nodes/bulk/wire.ts';
import { type GoldenBytes, patternBytes } from '../../../../tools/golden/golden-bytes.ts';

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  return { packet: toHex(encodePacket(patternBytes(9, 30))) };
}
