/** Updates made smaller, and sums of them made whole again. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import {
  compressUpdateJob,
  expandUpdateJob,
} from '../../../../../nodes/federated/compression/compress-job.ts';
import type { CompressionOptions } from '../../../../../nodes/federated/compression/options.ts';
import { makeSharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import { quantiseJob } from '../../../../../nodes/federated/quantise-job.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const seed = new Uint8Array(32).fill(3);
const LENGTH = 200;

function compress(values: readonly number[], compression: CompressionOptions, round = 1): number[] {
  const input = { update: Float32Array.from(values), compression, shared: { seed, round } };
  return [...(compressUpdateJob.run(input, crypto) as Float32Array)];
}

function expand(sum: readonly number[], compression: CompressionOptions, round = 1): number[] {
  const shared = { seed: seed.slice(), round };
  const input = { sum: Float64Array.from(sum), parameters: LENGTH, compression, shared };
  return [...(expandUpdateJob.run(input, crypto) as Float64Array)];
}

const random = makeSharedDraws(crypto, new Uint8Array(32).fill(7), 'values');
const VALUES = Array.from({ length: LENGTH }, () => Math.fround(random.uniform() - 0.5));

describe('random coordinates', () => {
  const tenth = { randomK: 0.1 };

  it('are the same for all of a round, and others in the next', () => {
    const places = Array.from({ length: LENGTH }, (_, at) => at);
    const sent = compress(places, tenth);
    expect(sent).toHaveLength(20);
    expect(compress(places, tenth)).toEqual(sent);
    expect(compress(places, tenth, 2)).not.toEqual(sent);
  });

  it('come back to their places, as much larger as fewer of them came', () => {
    const whole = expand(compress(VALUES, tenth), tenth);
    const kept = whole.filter((value) => value !== 0);
    expect(kept).toHaveLength(20);
    for (const [place, value] of whole.entries()) {
      if (value !== 0) expect(value).toBeCloseTo(10 * (VALUES[place] as number), 12);
    }
  });

  it('have the right mean over rounds', () => {
    const rounds = 4_000;
    const mean = new Float64Array(LENGTH);
    for (let round = 0; round < rounds; round += 1) {
      for (const [place, value] of expand(compress(VALUES, tenth, round), tenth, round).entries()) {
        mean[place] = (mean[place] as number) + value / rounds;
      }
    }
    // A coordinate x is 10 x once in ten rounds: deviation 3 x / sqrt(4000), and five of them.
    for (const [place, value] of mean.entries()) {
      const exact = VALUES[place] as number;
      expect(Math.abs(value - exact)).toBeLessThan(
        (5 * 3 * Math.abs(exact)) / Math.sqrt(rounds) + 1e-9,
      );
    }
  });
});

describe('sketches', () => {
  const sketch = { sketch: { rows: 5, columns: 40 } };

  it('add up like the updates', () => {
    const other = VALUES.map((value) => -3 * value);
    const sum = VALUES.map((value, at) => value + (other[at] as number));
    const [a, b, both] = [VALUES, other, sum].map((one) => compress(one, sketch)) as [
      number[],
      number[],
      number[],
    ];
    expect(both).toHaveLength(200);
    for (const [at, value] of both.entries()) {
      expect(value).toBeCloseTo((a[at] as number) + (b[at] as number), 5);
    }
  });

  it('tell what is large', () => {
    const spike = VALUES.map((value, at) => (at === 77 ? 50 : value / 100));
    const whole = expand(compress(spike, sketch), sketch);
    expect(whole[77]).toBeCloseTo(50, 0);
    expect(whole.findIndex((value) => value > 25)).toBe(77);
  });
});

describe('the largest coordinates, and those above a threshold', () => {
  it('stay, and the others are 0', () => {
    const sorted = VALUES.map(Math.abs).sort((a, b) => b - a);
    const limit = sorted[19] as number;
    const wanted = VALUES.map((value) => (Math.abs(value) >= limit ? value : 0));
    expect(compress(VALUES, { topK: 0.1 })).toEqual(wanted);
    expect(compress(VALUES, { threshold: (limit + (sorted[20] as number)) / 2 })).toEqual(wanted);
  });

  it('need nothing made whole', () => {
    expect(expand(VALUES, { topK: 0.1 })).toEqual(VALUES);
  });
});

it('few bits never hold more than their largest step, whatever is drawn', () => {
  // The nearest 32-bit number to 0.1 is above it, so that 7 / 0.1 times it is above 7.
  for (let key = 0; key < 50; key += 1) {
    const input = {
      update: Float32Array.of(...Array.from({ length: 2_000 }, (_, at) => (at % 2 === 0 ? 9 : -9))),
      key: new Uint8Array(32).fill(key),
      ...{ scale: 1e9 / 0.1, clip: 0.1, weight: 1, hasWeight: false, most: 1e9 },
    };
    const { ring } = quantiseJob.run(input, crypto) as { readonly ring: Uint32Array };
    expect(new Set(new Int32Array(ring.buffer))).toEqual(new Set([1e9, -1e9]));
  }
});
