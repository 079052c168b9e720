import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32cByByte } from '../../../../bench/workloads/crc32c-by-byte.ts';
import { crc32c } from '../../../../engine/pure/crc32c.ts';
import { fromHex } from '../../../../nodes/_kit/bytes.ts';
import { itWhole, vectors } from '../../../vectors-root.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const rising = Uint8Array.from({ length: 32 }, (_, index) => index);

/** RFC 3720 appendix B.4; the RFC prints the bytes as sent, least significant first. */
const PUBLISHED: readonly (readonly [string, Uint8Array, number])[] = [
  ['32 bytes of zeroes', new Uint8Array(32), 0x8a91_36aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8_ab43],
  ['32 rising bytes', rising, 0x46dd_794e],
  ['32 falling bytes', rising.toReversed(), 0x113f_db5c],
  [
    'an iSCSI Read (10) command',
    fromHex(
      '01c00000000000000000000000000000140000000000040000000014' +
        '0000001828000000000000000200000000000000',
    ),
    0xd996_3a56,
  ],
  ['the check value', text('123456789'), 0xe306_9283],
  ['nothing', new Uint8Array(0), 0],
];

describe('CRC-32C', () => {
  it.each(PUBLISHED)('is the published one of %s', (_, bytes, checksum) => {
    expect(crc32c(bytes)).toBe(checksum);
  });

  itWhole('agrees with the vectors of bundle protocol implementations', () => {
    const { cases } = vectors<{ cases: readonly { data: string; crc32c: string }[] }>(
      'dtn/crc.json',
    );
    expect(cases.length).toBeGreaterThan(5);
    for (const one of cases) {
      expect(crc32c(fromHex(one.data)).toString(16).padStart(8, '0')).toBe(one.crc32c);
    }
  });

  it('continues over parts of any length, and reads only from start to end', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.nat(600),
        fc.nat(600),
        (bytes, one, other) => {
          const [first, second] = [one, other].map((at) => Math.min(at, bytes.length));
          const [start, end] = [Math.min(first!, second!), Math.max(first!, second!)];
          const part = bytes.slice(start, end);
          expect(crc32c(bytes, 0, start, end)).toBe(crc32cByByte(part));
          const head = crc32c(bytes, 0, 0, start);
          expect(crc32c(bytes, head, start)).toBe(crc32cByByte(bytes));
        },
      ),
      { seed: 4, numRuns: 500 },
    );
  });
});
