import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { applyKeyStream, applyKeyStreams } from '../../../../../nodes/federated/secagg/mask.ts';
import { sumMasksJobInputs } from '../../../../../nodes/federated/secagg/mask-sum.ts';
import {
  addVectorInto,
  largestRingElement,
  packedVectorBytes,
  packRingVector,
  reduceRingElements,
  ringElement,
  signedRingElement,
  subtractVectorInto,
  unpackRingVector,
} from '../../../../../nodes/federated/secagg/ring.ts';
import { CRYPTO } from './session.ts';

const random = openRandomStream(5, 'ring', 'test');

function vectorOf(length: number, bits: number): Uint32Array {
  return Uint32Array.from({ length }, () => random.below(largestRingElement(bits) + 1));
}

describe('packing', () => {
  it('round-trips at every width and length', () => {
    for (let bits = 1; bits <= 32; bits += 1) {
      for (const length of [1, 2, 7, 31, 32, 33, 100]) {
        const values = vectorOf(length, bits);
        const packed = packRingVector(values, bits);
        expect(packed.length).toBe(packedVectorBytes({ length, bits }));
        expect(unpackRingVector(packed, { length, bits })).toEqual(values);
      }
    }
  });

  it('puts element i at bit 20 i, least significant first', () => {
    expect([...packRingVector(Uint32Array.of(0x12345, 0xabcde), 20)]).toEqual([
      0x45, 0x23, 0xe1, 0xcd, 0xab,
    ]);
  });

  it('refuses other lengths, and bits behind the last element', () => {
    const packed = packRingVector(vectorOf(3, 20), 20);
    const shape = { length: 3, bits: 20 };
    expect(unpackRingVector(packed.subarray(1), shape)).toBe('input-length');
    expect(unpackRingVector(new Uint8Array(9), shape)).toBe('input-length');
    for (const bit of [4, 5, 6, 7]) {
      const padded = packed.slice();
      padded[7] = (padded[7] as number) | (1 << bit);
      expect(unpackRingVector(padded, shape)).toBe('padding-not-zero');
    }
  });
});

describe('the ring', () => {
  it('adds and subtracts modulo 2^bits', () => {
    for (const bits of [1, 8, 20, 31, 32]) {
      const [a, b] = [vectorOf(50, bits), vectorOf(50, bits)];
      const sum = a.slice();
      addVectorInto(sum, b);
      reduceRingElements(sum, bits);
      const wanted = a.map((value, index) => (value + (b[index] as number)) % 2 ** bits);
      expect(sum).toEqual(wanted);
      subtractVectorInto(sum, b);
      reduceRingElements(sum, bits);
      expect(sum).toEqual(a);
    }
  });

  it('holds signed numbers up to the bound of its capacity', () => {
    for (const bits of [2, 20, 31, 32]) {
      const bound = 2 ** (bits - 1);
      for (const value of [0, 1, -1, bound - 1, -bound]) {
        const element = ringElement(value, bits);
        expect(element).toBeLessThanOrEqual(largestRingElement(bits));
        expect(signedRingElement(element, bits)).toBe(value);
      }
      expect(signedRingElement(ringElement(bound, bits), bits)).toBe(-bound);
    }
  });
});

describe('sums of masks', () => {
  const seeds = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));

  it('are the same in parts and groups', () => {
    const length = 300_000;
    const streams = seeds.map((seed, index) => ({ seed, sign: index === 1 ? -1 : 1 }) as const);
    const whole = new Uint32Array(length);
    for (const stream of streams) applyKeyStream(CRYPTO, whole, { ...stream });
    const parts = new Uint32Array(length);
    for (const { start, count, streams: group } of sumMasksJobInputs(streams, length)) {
      applyKeyStreams(CRYPTO, parts.subarray(start, start + count), { streams: group, start });
    }
    expect(parts).toEqual(whole);
  });

  it('cover every element of every stream once, in jobs of at most 6 million', () => {
    for (const [count, length] of [
      [128, 1_000_000],
      [6_500, 100_000],
      [1, 1],
      [20_000, 50],
      [3, 131_073],
    ] as const) {
      const streams = Array.from({ length: count }, () => ({ seed: seeds[0], sign: 1 }) as const);
      const jobs = sumMasksJobInputs(streams as Parameters<typeof sumMasksJobInputs>[0], length);
      const work = jobs.map((job) => job.count * job.streams.length);
      expect(Math.max(...work)).toBeLessThanOrEqual(6_000_000);
      expect(work.reduce((sum, value) => sum + value)).toBe(count * length);
    }
  });

  it('refuse a start inside a block of the cipher', () => {
    const cut = { streams: [{ seed: seeds[0] as Uint8Array, sign: 1 }], start: 8 } as const;
    expect(() => applyKeyStreams(CRYPTO, new Uint32Array(4), cut)).toThrow(RangeError);
  });
});
