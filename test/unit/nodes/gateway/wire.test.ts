import { encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import { WIRE_DROP_REASONS } from '../../../../nodes/gateway/drops.ts';
import {
  EPOCH_MAX,
  FRAGMENTS_MAX,
  FRAME_OVERHEAD_BYTES_MAX,
  FRAME_TYPE,
  type FrameType,
  HEADER_BYTES_MAX,
  TAG_BYTES,
} from '../../../../nodes/gateway/geometry.ts';
import {
  decodeFrame,
  encodeHeader,
  FrameHeader,
  writeNonce,
} from '../../../../nodes/gateway/wire.ts';

interface Fields {
  readonly type: FrameType;
  readonly epoch: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly fragment: number;
  readonly fragments: number;
}

const EXAMPLE: Fields = {
  type: FRAME_TYPE.data,
  epoch: 7,
  sequence: 600_000,
  timestamp: 1_700_000_000_000_000,
  fragment: 0,
  fragments: 1,
};

function headerOf(fields: Fields): FrameHeader {
  return Object.assign(new FrameHeader(), fields);
}

function frame(fields: Fields, body: Uint8Array): Uint8Array {
  const target = new Uint8Array(HEADER_BYTES_MAX + body.length);
  const at = encodeHeader(headerOf(fields), body.length, target, 0);
  target.set(body, at);
  return target.subarray(0, at + body.length);
}

function decode(bytes: Uint8Array): FrameHeader | string {
  const header = new FrameHeader();
  return decodeFrame(bytes, 0, bytes.length, header) ?? header;
}

function oracle(fields: Fields, body: Uint8Array): Uint8Array {
  const { type, epoch, sequence, timestamp, fragment, fragments } = fields;
  return encode(
    [1, type, epoch, sequence, timestamp, fragment, fragments, body],
    rfc8949EncodeOptions,
  );
}

const edges = [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const safe = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat());
const anyFields: fc.Arbitrary<Fields> = fc
  .record({
    type: fc.constantFrom(...Object.values(FRAME_TYPE)),
    epoch: fc.oneof(
      fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, EPOCH_MAX),
      fc.nat(EPOCH_MAX),
    ),
    sequence: safe,
    timestamp: safe,
    fragments: fc.integer({ min: 1, max: FRAGMENTS_MAX }),
    part: fc.nat(FRAGMENTS_MAX),
  })
  .map(({ part, ...rest }) => ({
    ...rest,
    fragment: Math.min(part % rest.fragments, rest.sequence),
  }));

describe('the frame codec', () => {
  it('R-028: writes exactly the deterministic CBOR that an independent encoder writes', () => {
    fc.assert(
      fc.property(anyFields, fc.uint8Array({ maxLength: 300 }), (fields, body) => {
        expect(toHex(frame(fields, body))).toBe(toHex(oracle(fields, body)));
      }),
    );
  });

  it('writes the long byte-string heads as the oracle does', () => {
    for (const length of [0, 23, 24, 255, 256, 65_535]) {
      const body = new Uint8Array(length).fill(0xff);
      expect(toHex(frame(EXAMPLE, body).subarray(0, 40))).toBe(
        toHex(oracle(EXAMPLE, body).subarray(0, 40)),
      );
    }
  });

  it('reads back every field and the place of the body', () => {
    fc.assert(
      fc.property(anyFields, fc.uint8Array({ maxLength: 300 }), fc.nat(9), (fields, body, pad) => {
        const bytes = frame(fields, body);
        const buffer = new Uint8Array(pad + bytes.length + 3).fill(0xaa);
        buffer.set(bytes, pad);
        const header = new FrameHeader();
        expect(decodeFrame(buffer, pad, bytes.length, header)).toBeUndefined();
        expect(header).toMatchObject({ ...fields, start: pad, bodyLength: body.length });
        expect(toHex(buffer.subarray(header.body, header.body + body.length))).toBe(toHex(body));
      }),
    );
  });

  it('R-028: adds at most 51 bytes, which is below 64 and the tag', () => {
    const longest = { ...EXAMPLE, epoch: EPOCH_MAX, sequence: 2 ** 53 - 1, timestamp: 2 ** 53 - 1 };
    const fragments = { fragment: FRAGMENTS_MAX - 1, fragments: FRAGMENTS_MAX };
    const bytes = frame({ ...longest, ...fragments }, new Uint8Array(65_535));
    expect(bytes.length - 65_535).toBe(HEADER_BYTES_MAX);
    expect(FRAME_OVERHEAD_BYTES_MAX).toBeLessThanOrEqual(64 + TAG_BYTES);
  });

  it('names the drop at every truncation', () => {
    const bytes = frame(
      { ...EXAMPLE, epoch: 70_000, fragment: 3, fragments: 300 },
      fromHex('0102'),
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(decode(bytes.subarray(0, length)), `length ${length}`).toBe('malformed-truncated');
    }
  });

  it('R-022: a flipped bit in the header is refused or read as another header', () => {
    const bytes = frame({ ...EXAMPLE, fragment: 3, fragments: 300 }, new Uint8Array(40));
    const before = JSON.stringify(decode(bytes));
    for (let bit = 0; bit < 8 * (bytes.length - 40); bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(JSON.stringify(decode(changed)), `bit ${bit}`).not.toBe(before);
    }
  });

  it.each([
    ['empty', '', 'malformed-truncated'],
    ['array of seven', '8701000000000140', 'malformed-shape'],
    ['array of nine', '89010000000000014000', 'malformed-shape'],
    ['indefinite array', '9f01000000000001 40ff', 'malformed-shape'],
    ['a map', 'a801000000000001 40', 'malformed-shape'],
    ['version 0', '8800000000000001 40', 'malformed-version'],
    ['version 2', '8802000000000001 40', 'malformed-version'],
    ['version as 18 01', '881801000000000001 40', 'malformed-canonical'],
    ['unknown type', '8801060000000001 40', 'malformed-type'],
    ['type as text', '8801600000000001 40', 'malformed-shape'],
    ['negative epoch', '8801002000000001 40', 'malformed-shape'],
    ['epoch above 32 bits', '8801001b00000001000000000000 000140', 'malformed-range'],
    ['epoch in a long form', '880100181700000001 40', 'malformed-canonical'],
    ['sequence 255 in two bytes', '8801000019 00ff 00000140', 'malformed-canonical'],
    ['sequence 65535 in four bytes', '880100001a 0000ffff 00000140', 'malformed-canonical'],
    [
      'sequence 2^32-1 in eight bytes',
      '880100001b 00000000ffffffff 00000140',
      'malformed-canonical',
    ],
    ['sequence 2^53', '880100001b 0020000000000000 00000140', 'malformed-range'],
    ['sequence 2^64-1', '880100001b ffffffffffffffff 00000140', 'malformed-range'],
    ['timestamp as float', '8801000000 fb3ff0000000000000 000140', 'malformed-shape'],
    ['reserved additional information 28', '880100001c 00000140', 'malformed-shape'],
    ['no fragments', '8801000000000000 40', 'malformed-range'],
    ['fragment not below fragments', '8801000500000101 40', 'malformed-range'],
    ['fragment above the sequence', '8801000000000102 40', 'malformed-range'],
    ['1025 fragments', '880100000000 00 190401 40', 'malformed-range'],
    ['body as text', '8801000000000001 60', 'malformed-shape'],
    ['body of indefinite length', '8801000000000001 5f40ff', 'malformed-shape'],
    ['body length in a long form', '8801000000000001 580100', 'malformed-canonical'],
    ['body longer than the datagram', '8801000000000001 4200', 'malformed-truncated'],
    ['a byte after the body', '8801000000000001 4000', 'malformed-shape'],
  ])('R-028: refuses %s', (_name, hex, reason) => {
    expect(decode(fromHex(hex.replaceAll(' ', '')))).toBe(reason);
    expect(Object.keys(WIRE_DROP_REASONS)).toContain(reason);
  });

  it('accepts the smallest frame', () => {
    expect(decode(fromHex('880100000000000140'))).toMatchObject({ body: 9, bodyLength: 0 });
  });

  it('accepts sequence 2^53-1, the last one', () => {
    const hex = '880100001b001fffffffffffff00000140';
    expect(decode(fromHex(hex))).toMatchObject({ sequence: Number.MAX_SAFE_INTEGER });
  });

  it('R-084: never throws, and what it accepts it would write alike', () => {
    const mutated = fc
      .tuple(anyFields, fc.uint8Array({ maxLength: 40 }), fc.nat(), fc.nat(255))
      .map(([fields, body, at, value]) => {
        const bytes = frame(fields, body).slice();
        bytes[at % bytes.length] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated), (bytes) => {
        const header = decode(bytes);
        if (typeof header === 'string') return;
        expect(toHex(frame(header, bytes.subarray(header.body)))).toBe(toHex(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('trap "byte arrays serialised element by element": 1,016 random bytes cost 1,016 bytes', () => {
    const body = Uint8Array.from({ length: 1016 }, (_, index) => (index * 167) & 0xff);
    const overhead = frame(EXAMPLE, body).length - body.length;
    expect(overhead).toBeLessThan(HEADER_BYTES_MAX);
  });
});

describe('the nonce', () => {
  it('R-013, R-027: is epoch and sequence, big-endian', () => {
    const nonce = new Uint8Array(12).fill(0xee);
    writeNonce(nonce, 0x01020304, 2 ** 53 - 2);
    expect(toHex(nonce)).toBe('01020304001ffffffffffffe');
  });

  it('R-027: differs for any two (epoch, sequence)', () => {
    const text = (epoch: number, sequence: number): string => {
      const nonce = new Uint8Array(12);
      writeNonce(nonce, epoch, sequence);
      return toHex(nonce);
    };
    const pair = fc.tuple(fc.nat(EPOCH_MAX), safe);
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        const isSame = a[0] === b[0] && a[1] === b[1];
        expect(text(...a) === text(...b)).toBe(isSame);
      }),
    );
  });
});
