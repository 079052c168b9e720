import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeSegment,
  emptySegment,
  encodeSegment,
  HEADER_BYTES,
  type Segment,
} from '../../../../../engine/net/stream/segment.ts';
import { bytesOf, join, makeStreamPair, SECOND } from './stream-fixture.ts';

const U16 = 0xffff;
const U32 = 0xffff_ffff;

const segments: fc.Arbitrary<Segment> = fc
  .record({
    sourcePort: fc.nat(U16),
    targetPort: fc.nat(U16),
    connection: fc.nat(U32),
    kind: fc.integer({ min: 1, max: 5 }),
    isFin: fc.boolean(),
    segmentBytes: fc.nat(U16),
    sequence: fc.nat(2 ** 48 - 1),
    window: fc.nat(U32),
    transmission: fc.nat(U32),
    gap: fc.nat(U32),
    block: fc.nat(U32),
  })
  .map(({ gap, block, ...segment }) => {
    const blockStart = segment.sequence + (block === 0 ? 0 : gap);
    return { ...segment, blockStart, blockEnd: blockStart + block };
  });

function encoded(segment: Segment, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes.set(payload, HEADER_BYTES);
  encodeSegment(segment, bytes, bytes.length);
  return bytes;
}

const payloads = fc.uint8Array({ maxLength: 100 });

describe('a segment', () => {
  it('comes back as it was written, at any offset', () => {
    fc.assert(
      fc.property(segments, payloads, fc.nat(7), (segment, payload, offset) => {
        const bytes = encoded(segment, payload);
        const shifted = new Uint8Array(offset + bytes.length + 3);
        shifted.set(bytes, offset);
        const read = emptySegment();
        expect(decodeSegment(shifted, offset, bytes.length, read)).toBe(true);
        expect(read).toEqual(segment);
      }),
    );
  });

  it('is refused when it is cut at any byte', () => {
    const bytes = encoded({ ...emptySegment(), kind: 4, sequence: 99 }, bytesOf(20));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeSegment(bytes.slice(), 0, length, emptySegment())).toBe(false);
    }
  });

  it('is refused when one bit is flipped, and when any two are', () => {
    const bytes = encoded({ ...emptySegment(), kind: 4, sequence: 99 }, bytesOf(61));
    const flip = (target: Uint8Array, bit: number): void => {
      target[bit >> 3] = (target[bit >> 3] as number) ^ (1 << (bit & 7));
    };
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const bad = bytes.slice();
      flip(bad, bit);
      expect(decodeSegment(bad, 0, bad.length, emptySegment())).toBe(false);
      // Flips the same bit position in another word, which a plain sum would not notice.
      flip(bad, (bit + 32 * 5) % (bytes.length * 8));
      expect(decodeSegment(bad, 0, bad.length, emptySegment())).toBe(false);
    }
  });
});

describe('hostile segments', () => {
  it('of another connection between the same ports are refused, not delivered', () => {
    const pair = makeStreamPair();
    const { world, a, b } = pair;
    const { client, server } = join(pair);
    const { port } = a.endpointOf(client.stream.local);
    const stale = { ...emptySegment(), kind: 4, sourcePort: port, targetPort: 80, connection: 7 };
    const buffer = encoded(stale, bytesOf(100));
    const [forward, backward] = world.link('ab').directions('both');
    const before = backward!.offered;
    const [from, to] = [a.endpoint(a.address, -1), b.endpoint(b.address, -1)];
    world.network.inject(forward!, { buffer, offset: 0, length: buffer.length, from, to });
    world.runUntil(SECOND);
    expect(server.bytes).toBe(0);
    expect(backward!.offered - before).toBe(1);
    expect([client.events, server.events]).toEqual([[], []]);
  });

  it('with a right checksum and any fields never throw and never stop other streams', () => {
    fc.assert(
      fc.property(fc.array(segments, { minLength: 1, maxLength: 40 }), (forged) => {
        const pair = makeStreamPair({ options: { receiveBufferBytes: 50_000 } });
        const { world, a, b, streams } = pair;
        const { client, server } = join(pair);
        client.stream.write(bytesOf(30_000));
        const { port } = a.endpointOf(client.stream.local);
        const direction = world.link('ab').directions('forward')[0]!;
        const [from, to] = [a.endpoint(a.address, -1), b.endpoint(b.address, -1)];
        for (const [i, segment] of forged.entries()) {
          const isAimed = i % 2 === 0;
          const aimed = { ...segment, sourcePort: port, targetPort: 80, connection: 1 };
          const near = { sequence: segment.sequence % 60_000, isFin: false };
          const kind = segment.kind === 5 ? 4 : segment.kind;
          const buffer = encoded(isAimed ? { ...aimed, ...near, kind } : segment, bytesOf(i));
          world.network.inject(direction, { buffer, offset: 0, length: buffer.length, from, to });
          world.runUntil(world.scheduler.now + 1_000_000);
        }
        a.connect({ to: a.endpoint(b.address, 80) }, (stream) => stream?.reset());
        world.runUntil(world.scheduler.now + 30 * SECOND);
        expect(server.bytes).toBeGreaterThan(0);
        expect(streams.countsOf(b).open).toBeLessThan(60);
        expect(world.network.imbalance()).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
