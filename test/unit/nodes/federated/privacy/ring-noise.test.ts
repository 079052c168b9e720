/**
 * Noise on the ring, and what a server takes away from it again.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { keyStreamWords } from '../../../../../nodes/federated/key-words.ts';
import {
  noiseLevelsToRemove,
  noiseLevelVariances,
  remainingNoiseVariance,
} from '../../../../../nodes/federated/privacy/dropout-noise.ts';
import { RingNoiseSampler } from '../../../../../nodes/federated/privacy/ring-noise.ts';

const CRYPTO = createCryptoProvider('node');

/** Seed of a level of a client. */
function seed(client: number, level: number): Uint8Array {
  return new Uint8Array(32).fill(16 * client + level + 1);
}

/** Elements as whole numbers of either sign. */
function signed(ring: Uint32Array): readonly number[] {
  return [...ring].map((element) => element | 0);
}

function variance(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}

describe('noise on the ring', () => {
  it.each(['discrete-gaussian', 'skellam'] as const)('%s wraps, and can be taken back', (law) => {
    const noise = new RingNoiseSampler(law, 1e4);
    const ring = Uint32Array.from([0, 1, 2 ** 31, 2 ** 32 - 1, 77]);
    const before = [...ring];
    noise.addTo(ring, openRandomStream(1, 'client', 'noise'));
    expect([...ring]).not.toEqual(before);
    noise.removeFrom(ring, openRandomStream(1, 'client', 'noise'));
    expect([...ring]).toEqual(before);
  });

  it('says its variance, also where that is less than the parameter', () => {
    for (const [law, wanted] of [
      ['discrete-gaussian', 0.25],
      ['discrete-gaussian', 40.3],
      ['skellam', 3.7],
    ] as const) {
      const noise = new RingNoiseSampler(law, wanted);
      expect(noise.parameter).toBeGreaterThanOrEqual(wanted);
      const ring = new Uint32Array(60_000);
      noise.addTo(ring, openRandomStream(2, 'client', law));
      expect(variance(signed(ring)) / noise.variance).toBeGreaterThan(0.96);
      expect(variance(signed(ring)) / noise.variance).toBeLessThan(1.04);
    }
    expect(new RingNoiseSampler('discrete-gaussian', 0.25).variance).toBeCloseTo(0.215012675, 8);
  });

  it.each([0, 1, 2])('keeps the wanted variance after %d losses, by removing levels', (lost) => {
    const round = { clients: 5, tolerated: 2, variance: 900, lost };
    const levels = noiseLevelVariances('add-then-remove', round);
    const laws = levels.map((level) => new RingNoiseSampler('skellam', level));
    const survivors = [0, 1, 2, 3, 4].slice(lost);
    const sum = new Uint32Array(40_000);
    for (const client of survivors) {
      for (const [level, law] of laws.entries()) {
        law.addTo(sum, keyStreamWords(CRYPTO, seed(client, level)));
      }
    }
    if (lost < 2) expect(variance(signed(sum)) / 900).toBeGreaterThan(1.15);
    for (const level of noiseLevelsToRemove('add-then-remove', round)) {
      for (const client of survivors) {
        laws[level]!.removeFrom(sum, keyStreamWords(CRYPTO, seed(client, level)));
      }
    }
    expect(remainingNoiseVariance('add-then-remove', round)).toBeCloseTo(900, 9);
    expect(variance(signed(sum)) / 900).toBeGreaterThan(0.96);
    expect(variance(signed(sum)) / 900).toBeLessThan(1.04);
  });

  it('comes from the whole key stream of a key, piece after piece', () => {
    const words = keyStreamWords(CRYPTO, seed(0, 0));
    const bytes = CRYPTO.chacha20(seed(0, 0), new Uint8Array(12), 0, new Uint8Array(40_000));
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 0; at < 10_000; at += 1) {
      const word = words.u32();
      if (at % 511 === 0 || at % 1_024 === 0 || at % 1_024 === 1_023) {
        expect(word).toBe(view.getUint32(4 * at, true));
      }
    }
  });
});
