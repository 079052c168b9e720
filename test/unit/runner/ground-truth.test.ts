import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import {
  type GroundTruth,
  readTruth,
  TRUTH_BYTES,
  type TruthKind,
  TruthWriter,
} from '../../../runner/traffic/ground-truth.ts';

const writer = new TruthWriter(openRandomStream(1, 'traffic/0', 'body'));
const blank = (): GroundTruth => ({ flow: 0, kind: 'data', sequence: 0, sentNs: 0 });

function packet(length: number, truth: GroundTruth): Uint8Array {
  const bytes = new Uint8Array(length);
  writer.write(bytes, truth);
  return bytes;
}

const truths = fc.record({
  flow: fc.integer({ min: 0, max: 0xffff_ffff }),
  kind: fc.constantFrom<TruthKind>('data', 'request', 'response'),
  sequence: fc.maxSafeNat(),
  sentNs: fc.maxSafeNat(),
});

describe('the truth in a packet', () => {
  it('comes back as it was written, and reading changes no byte', () => {
    fc.assert(
      fc.property(truths, fc.integer({ min: TRUTH_BYTES, max: 2_000 }), (truth, length) => {
        const bytes = packet(length, truth);
        const before = bytes.slice();
        const read = blank();
        expect(readTruth(bytes, read)).toBe(true);
        expect(read).toEqual(truth);
        expect(bytes).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  it('R-237: with any one bit flipped the packet was not delivered', () => {
    const bytes = packet(100, { flow: 1, kind: 'request', sequence: 12_345, sentNs: 1e9 });
    for (let bit = 0; bit < 800; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(readTruth(damaged, blank())).toBe(false);
    }
  });

  it('R-237: cut or lengthened anywhere the packet was not delivered', () => {
    const bytes = packet(200, { flow: 1, kind: 'data', sequence: 1, sentNs: 1 });
    for (let length = 0; length < 200; length += 1) {
      expect(readTruth(bytes.subarray(0, length), blank())).toBe(false);
    }
    const longer = new Uint8Array(201);
    longer.set(bytes);
    expect(readTruth(longer, blank())).toBe(false);
  });

  it('stands before bodies that differ from packet to packet', () => {
    const bodies = new Set<string>();
    for (let sequence = 0; sequence < 500; sequence += 1) {
      const bytes = packet(96, { flow: 0, kind: 'data', sequence, sentNs: 0 });
      bodies.add(bytes.subarray(TRUTH_BYTES).join());
    }
    expect(bodies.size).toBe(500);
  });

  it('fits the largest packet at every sequence', () => {
    for (const sequence of [0, 15, 16, 65_535, 2 ** 40 + 3]) {
      const bytes = packet(65_536, { flow: 0, kind: 'data', sequence, sentNs: 0 });
      expect(readTruth(bytes, blank())).toBe(true);
      expect(bytes.at(-1) === 0 && bytes.at(-2) === 0 && bytes.at(-3) === 0).toBe(false);
    }
  });
});
