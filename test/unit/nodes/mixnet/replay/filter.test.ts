import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bloomSize } from '../../../../../nodes/mixnet/replay/bloom-size.ts';
import type { ReplayFilter } from '../../../../../nodes/mixnet/replay/index.ts';
import { replayConfig } from '../../../../../nodes/mixnet/replay/index.ts';
import { SipHash16 } from '../../../../../nodes/mixnet/replay/sip-hash.ts';
import { vectorSets } from '../../../../vectors-root.ts';
import { filterOf, tagOf } from './support.ts';

/** Adds the tags `from`..`to`; returns how many of them counted as new. */
function fill(filter: ReplayFilter, from: number, to: number): number {
  let news = 0;
  for (let number = from; number < to; number++) {
    if (filter.enter(tagOf(number)) === 'new') news += 1;
  }
  return news;
}

/** Adds new tags until the filter is full; returns the first that was not added. */
function fillUp(filter: ReplayFilter, capacity: number): number {
  let number = 0;
  while (filter.size < capacity) filter.enter(tagOf(number++));
  return number;
}

/** The unknown tags that a full filter takes for replays. */
function falsePositives(filter: ReplayFilter, from: number, count: number): number[] {
  const found: number[] = [];
  for (let number = from; number < from + count; number++) {
    if (filter.enter(tagOf(number)) === 'replay') found.push(number);
  }
  return found;
}

describe('the replay filter', () => {
  it('calls a tag new once and a replay ever after', () => {
    const filter = filterOf();
    expect(fill(filter, 0, 1_000)).toBe(1_000);
    expect(fill(filter, 0, 1_000)).toBe(0);
    expect(filter.size).toBe(1_000);
  });

  it('looks at the first 16 bytes of a tag only, those that the log keeps', () => {
    const filter = filterOf();
    const tag = tagOf(1);
    expect(filter.enter(tag)).toBe('new');
    expect(filter.enter(tag.slice(0, 16))).toBe('replay');
    for (let at = 0; at < 16; at++) {
      const other = tag.slice();
      other[at] = (other[at] as number) ^ 1;
      expect(filter.enter(other)).toBe('new');
    }
  });

  it('refuses new tags when it is full, and knows replays still', () => {
    const filter = filterOf({ expectedTags: 100 });
    const next = fillUp(filter, 100);
    expect(filter.enter(tagOf(next))).toBe('full');
    expect(filter.enter(tagOf(next))).toBe('full');
    expect(filter.enter(tagOf(0))).toBe('replay');
    expect(filter.size).toBe(100);
  });

  it('grows a second filter when it may, and forgets nothing then', () => {
    const filter = filterOf({ expectedTags: 100, filters: 2 });
    const before = filter.bytes;
    const first = fillUp(filter, 100);
    expect(filter.enter(tagOf(first))).toBe('new');
    expect(filter.enter(tagOf(first))).toBe('replay');
    const next = fillUp(filter, 200);
    expect(filter.bytes).toBe(2 * before);
    expect(fill(filter, 0, next)).toBe(0);
    expect(filter.enter(tagOf(next))).toBe('full');
  });

  it.each([
    [1e-2, 1],
    [1e-3, 1],
    [1e-4, 1],
    [1e-3, 2],
  ] as const)('R-186: has the stated share %f of false positives in %i filters', (p, filters) => {
    const filter = filterOf({ expectedTags: 20_000, falsePositive: p, filters });
    const first = fillUp(filter, 20_000 * filters);
    const probes = Math.min(200_000, 300 / p);
    const share = falsePositives(filter, first, probes).length / probes;
    // Rounding the number of hash functions changes the share by up to 3 %.
    expect(Math.abs(share - p)).toBeLessThan(3 * Math.sqrt(p / probes) + 0.03 * p);
    expect(Math.abs(filter.falsePositiveNow / p - 1)).toBeLessThan(0.1);
  });

  it('R-186: errs once in a million when it is full, unless the file says otherwise', () => {
    expect(replayConfig.parse({})).toMatchObject({ falsePositive: 1e-6, expectedTags: 1_000_000 });
    const filter = filterOf({ expectedTags: 20_000, falsePositive: 1e-6 });
    const first = fillUp(filter, 20_000);
    // Computed from the number of set bits; twice or half the error rate would mean another filter.
    expect(filter.falsePositiveNow).toBeGreaterThan(0.9e-6);
    expect(filter.falsePositiveNow).toBeLessThan(1.1e-6);
    // By chance, five or more in a million occur with 0.4 %; a filter of 1e-5 would reach this in
    // 97 %.
    expect(falsePositives(filter, first, 1_000_000).length).toBeLessThan(5);
  });

  it('errs less as long as it is not full', () => {
    const filter = filterOf({ falsePositive: 1e-2 });
    expect(filter.falsePositiveNow).toBe(0);
    fill(filter, 0, 500);
    expect(filter.falsePositiveNow).toBeLessThan(1e-3);
  });

  it('errs on other tags under another key, so that nobody can prepare tags', () => {
    const found = [1, 2].map((seed) => {
      const filter = filterOf({ falsePositive: 0.05 }, seed);
      fillUp(filter, 1_000);
      return new Set(falsePositives(filter, 50_000, 10_000));
    });
    const [one, two] = found as [Set<number>, Set<number>];
    expect(one.size).toBeGreaterThan(400);
    const common = [...one].filter((number) => two.has(number)).length;
    // If independent, 10,000 x 0.05 x 0.05 = 25 are common.
    expect(common).toBeLessThan(50);
  });

  it('asks for a key of 16 bytes', () => {
    expect(() => new SipHash16(new Uint8Array(8))).toThrow('8 bytes');
  });
});

describe('the size of a Bloom filter', () => {
  it('is -n ln p / (ln 2)^2 bits and (m / n) ln 2 hashes', () => {
    const megabytes = (n: number, p: number): number => bloomSize(n, p).bits / 8 / 1e6;
    expect(megabytes(30e6, 1e-3)).toBeCloseTo(53.9, 1);
    expect(megabytes(30e6, 1e-4)).toBeCloseTo(71.9, 1);
    expect(megabytes(30e6, 1e-5)).toBeCloseTo(89.9, 1);
    expect(megabytes(12e6, 1e-5)).toBeCloseTo(35.9, 1);
    expect(megabytes(90e6, 1e-6)).toBeCloseTo(323, -1);
    expect(megabytes(180e6, 1e-5)).toBeCloseTo(539, 0);
    const hashes = [1e-3, 1e-4, 1e-5, 1e-6].map((p) => bloomSize(30e6, p).hashes);
    expect(hashes).toEqual([10, 13, 17, 20]);
  });

  it('R-186: is 51 MiB for 25,000 packets/s over 10 minutes at 1e-6', () => {
    expect(bloomSize(25_000 * 600, 1e-6).bits / 8 / 2 ** 20).toBeCloseTo(51.4, 1);
    // The same size in memory, for a filter made with these options.
    expect(filterOf({ expectedTags: 25_000 * 600 }).bytes / 2 ** 20).toBeCloseTo(51.4, 1);
  });

  // Computed independently; the first is what Nym has published.
  const sizes = vectorSets<{ bloom: { n: number; p: number; bits: number; k: number }[] }>(
    'other/privacy.json',
    {
      bloom: [
        { n: 725760000, p: 1e-5, bits: 17391129920, k: 17 },
        { n: 1000, p: 0.01, bits: 9586, k: 7 },
      ],
    },
  );

  it.each(sizes)('is that of the computed vectors, $set', ({ file }) => {
    for (const { n, p, bits, k } of file.bloom) {
      expect(bloomSize(n, p)).toEqual({ bits, hashes: k });
    }
  });
});

describe('SipHash-2-4 of 16 bytes to 128 bits', () => {
  it('gives the entry of the authors’ vectors for a message of 16 bytes', () => {
    // From github.com/veorq/SipHash, vectors.h, vectors_sip128[16]: key and message are 00 01 ...
    // 0f.
    const counting = Uint8Array.from({ length: 16 }, (_, index) => index);
    const sip = new SipHash16(counting);
    sip.hash(counting);
    const hex = Buffer.from(sip.out.buffer).toString('hex');
    expect(hex).toBe('6ee2a4ca67b054bbfd3315bf85230577');
  });

  it('agrees with the algorithm written in 64-bit integers', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (key, message) => {
        const sip = new SipHash16(key);
        sip.hash(message);
        const words = new BigUint64Array(sip.out.buffer);
        expect([words[0], words[1]]).toEqual(sipHash(key, message));
      }),
      { numRuns: 200 },
    );
  });
});

describe('options of replay protection', () => {
  it('refuse shares that are none, and empty filters', () => {
    const isGood = (options: unknown): boolean => replayConfig.safeParse(options).success;
    expect(isGood({})).toBe(true);
    for (const bad of [
      { falsePositive: 0 },
      { falsePositive: 1 },
      { expectedTags: 0 },
      { filters: 3 },
      { pendingMax: 0 },
      { expected: 1 },
    ]) {
      expect(isGood(bad)).toBe(false);
    }
  });
});

const MASK = (1n << 64n) - 1n;

/** The algorithm of the paper, for messages of 16 bytes. */
function sipHash(key: Uint8Array, message: Uint8Array): readonly [bigint, bigint] {
  const word = (bytes: Uint8Array, at: number): bigint =>
    new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
  const [k0, k1] = [word(key, 0), word(key, 8)];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn ^ 0xeen;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const turn = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & MASK;
  const rounds = (count: number): void => {
    for (let round = 0; round < count; round++) {
      v0 = (v0 + v1) & MASK;
      v1 = turn(v1, 13n) ^ v0;
      v0 = turn(v0, 32n);
      v2 = (v2 + v3) & MASK;
      v3 = turn(v3, 16n) ^ v2;
      v0 = (v0 + v3) & MASK;
      v3 = turn(v3, 21n) ^ v0;
      v2 = (v2 + v1) & MASK;
      v1 = turn(v1, 17n) ^ v2;
      v2 = turn(v2, 32n);
    }
  };
  for (const block of [word(message, 0), word(message, 8), 16n << 56n]) {
    v3 ^= block;
    rounds(2);
    v0 ^= block;
  }
  v2 ^= 0xeen;
  rounds(4);
  const first = v0 ^ v1 ^ v2 ^ v3;
  v1 ^= 0xddn;
  rounds(4);
  return [first, v0 ^ v1 ^ v2 ^ v3];
}
