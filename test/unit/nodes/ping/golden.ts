/**
 * Golden bytes of ping.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { encodeHeader as encodePing } from '../../../../nodes/ping/wire.ts';
import type { GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const write = (kind: 'request' | 'reply', identifier: number): string => {
    const buffer = new Uint8Array(8);
    encodePing({ kind, identifier }, buffer, 0);
    return toHex(buffer);
  };
  return { request: write('request', 1), reply: write('reply', 0xfedcba98) };
}
