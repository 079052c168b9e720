import { crc32 as systemCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32 } from '../../../../engine/pure/crc32.ts';

it('the checksum is that of zlib, for every length and place in memory', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_500 }), fc.nat(15), (bytes, skipped) => {
      const part = bytes.subarray(Math.min(skipped, bytes.length));
      expect(crc32(part)).toBe(systemCrc32(part));
    }),
  );
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf4_3926);
});
