/**
 * Random streams, the generator, samplers and seeded bytes, beyond the published vectors. @module
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../../../../engine/core/random.ts';
import * as sampling from '../../../../engine/core/sampling.ts';
import { SeededBytes } from '../../../../engine/core/seeded-bytes.ts';
import { sha256 } from '../../../../engine/core/sha256.ts';
import {
  initialRandomState,
  openRandomStream,
  RandomStream,
} from '../../../../engine/core/stream.ts';
import { exp, log } from '../../../../engine/pure/log-exp.ts';
import { normalQuantile } from '../../../../engine/pure/normal-quantile.ts';

/** Returns the given words, then fails. */
class Words {
  private readonly words: number[];
  taken = 0;
  constructor(words: number[]) {
    this.words = words;
  }
  nextU32(): number {
    const word = this.words[this.taken];
    if (word === undefined) throw new Error('no word left');
    this.taken += 1;
    return word;
  }
}

describe('sha256', () => {
  it('equals the digest of node at every length up to three blocks', () => {
    for (let length = 0; length <= 192; length += 1) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      const expected = createHash('sha256').update(message).digest('hex');
      expect(Buffer.from(sha256(message)).toString('hex')).toBe(expected);
    }
  });
});

describe('Xoshiro128', () => {
  it('refuses the all-zero state', () => {
    expect(() => new Xoshiro128([0, 0, 0, 0])).toThrow(/all zero/);
  });
});

describe('streams', () => {
  it('give a node the same draws whoever else draws', () => {
    const alone = openRandomStream(7, 'gateway-111', 'probe');
    const expected = [alone.u32(), alone.u32(), alone.u32()];
    const again = openRandomStream(7, 'gateway-111', 'probe');
    const other = openRandomStream(7, 'gateway-112', 'probe');
    const mixed = [again.u32(), other.u32(), again.u32(), other.u32(), again.u32()];
    expect([mixed[0], mixed[2], mixed[4]]).toEqual(expected);
  });

  it('differ where only the cut between node and purpose differs', () => {
    expect(initialRandomState(1, 'ab', 'c')).not.toEqual(initialRandomState(1, 'a', 'bc'));
  });

  it('take a seed as number or bigint, and refuse what is neither whole nor positive', () => {
    expect(initialRandomState(12n, 'n', 'p')).toEqual(initialRandomState(12, 'n', 'p'));
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53, -1n]) {
      expect(() => initialRandomState(seed, 'n', 'p')).toThrow(/seed/);
    }
  });

  it('refuse a zero byte in a name', () => {
    expect(() => initialRandomState(1, 'a\0b', 'p')).toThrow(/zero byte/);
    expect(() => initialRandomState(1, 'a', 'p\0')).toThrow(/zero byte/);
    expect(() => new SeededBytes(1, 'a\0')).toThrow(/zero byte/);
  });

  it('give bytes of any length, four per word', () => {
    const words = new Xoshiro128([1, 2, 3, 4]);
    words.nextU32();
    words.nextU32();
    const third = words.nextU32();
    const bytes = new RandomStream([1, 2, 3, 4]).bytes(11);
    expect(bytes).toHaveLength(11);
    expect([...bytes.subarray(8)]).toEqual([
      third & 255,
      (third >>> 8) & 255,
      (third >>> 16) & 255,
    ]);
  });
});

describe('SeededBytes', () => {
  it('is one sequence per seed and node, however it is cut', () => {
    const whole = new SeededBytes(1, 'a').next(100);
    const parts = new SeededBytes(1, 'a');
    const cut = [...parts.next(1), ...parts.next(0), ...parts.next(63), ...parts.next(36)];
    expect(cut).toEqual([...whole]);
    expect(new SeededBytes(2, 'a').next(100)).not.toEqual(whole);
    expect(new SeededBytes(1, 'b').next(100)).not.toEqual(whole);
  });
});

describe('sampling', () => {
  it('takes exactly the stated number of words', () => {
    const cases: [number, (words: Words) => void][] = [
      [2, (w): void => void sampling.drawUniform(w)],
      [2, (w): void => void sampling.drawBernoulli(w, 0)],
      [2, (w): void => void sampling.drawBernoulli(w, 1)],
      [2, (w): void => void sampling.drawBelowInTwoWords(w, 10)],
      [2, (w): void => void sampling.drawExponential(w, 5)],
      [2, (w): void => void sampling.drawGeometric(w, 5)],
      [2, (w): void => void sampling.drawNormal(w, 0, 1)],
      [2, (w): void => void sampling.drawTruncatedNormal(w, 1)],
      [2, (w): void => void sampling.drawUniformJitter(w, 5)],
      [2, (w): void => void sampling.drawParetoExcess(w, 1, 3)],
      [2, (w): void => void sampling.drawFromQuantiles(w, [1, 2, 3])],
      [4, (w): void => void sampling.shuffle(w, [1, 2, 3, 4, 5])],
      [3, (w): void => void sampling.sampleWithoutReplacement(w, 3, 9)],
    ];
    for (const [count, draw] of cases) {
      const words = new Words([9e8, 3e9, 2e9, 123, 4e9]);
      draw(words);
      expect(words.taken).toBe(count);
    }
  });

  it('stays in range at the ends of the uniform law', () => {
    const zero = (): Words => new Words([0, 0]);
    const top = (): Words => new Words([0xffffffff, 0xffffffff]);
    expect([sampling.drawUniform(zero()), sampling.drawUniform(top())]).toEqual([0, 1 - 2 ** -53]);
    expect([sampling.drawBernoulli(zero(), 0), sampling.drawBernoulli(top(), 1)]).toEqual([
      false,
      true,
    ]);
    expect(sampling.drawExponential(zero(), 5)).toBeCloseTo(0, 15);
    expect(sampling.drawExponential(top(), 1)).toBeCloseTo(36.74, 2);
    expect([sampling.drawUniformJitter(zero(), 5), sampling.drawUniformJitter(top(), 5)]).toEqual([
      -5, 5,
    ]);
    expect(Math.abs(sampling.drawNormal(zero(), 0, 1))).toBeLessThan(9);
    expect([
      sampling.drawFromQuantiles(zero(), [4]),
      sampling.drawFromQuantiles(top(), [1, 2])[0 as never] ?? 2,
    ]).toEqual([4, 2]);
  });

  it('draws unbiased integers by rejection and accepts 2^32', () => {
    // 2^32 mod 3 = 1, so a low half of 0 is rejected and the next word decides.
    expect(sampling.drawBelow(new Words([0, 0x80000000]), 3)).toBe(1);
    expect(sampling.drawBelow(new Words([0xffffffff]), 2 ** 32)).toBe(0xffffffff);
    for (const n of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => sampling.drawBelow(new Words([1]), n)).toThrow(/below/);
    }
  });

  it('interpolates the empirical table and chooses distinct integers in order', () => {
    const half = [0x80000000, 0];
    expect(sampling.drawFromQuantiles(new Words([...half]), [10, 20, 40])).toBe(20);
    expect(sampling.drawFromQuantiles(new Words([...half]), [10, 20])).toBe(15);
    const stream = new RandomStream([1, 2, 3, 4]);
    for (let i = 0; i < 200; i += 1) {
      const chosen = stream.choose(5, 8);
      expect(new Set(chosen).size).toBe(5);
      expect([...chosen].sort((a, b) => a - b)).toEqual(chosen);
    }
    expect(stream.choose(4, 4)).toEqual([0, 1, 2, 3]);
  });

  it('rounds durations by floor(x + 0.5)', () => {
    expect([0.49999999999999994, 0.5, -0.5, 2.5].map(sampling.roundToNanoseconds)).toEqual([
      1, 1, 0, 3,
    ]);
  });

  it('has the moments of its laws', () => {
    const stream = openRandomStream(1, 'test', 'moments');
    const n = 100_000;
    const mean = (draw: () => number): number => {
      let sum = 0;
      for (let i = 0; i < n; i += 1) sum += draw();
      return sum / n;
    };
    expect(mean(() => stream.exponential(1))).toBeCloseTo(1, 1);
    expect(mean(() => stream.normal(3, 2))).toBeCloseTo(3, 1);
    expect(mean(() => stream.truncatedNormal(1) ** 2)).toBeCloseTo(0.973, 1);
    expect(mean(() => stream.geometric(4))).toBeCloseTo(4, 1);
    expect(mean(() => stream.paretoExcess(1, 3))).toBeCloseTo(0.5, 1);
    expect(mean(() => Number(stream.chance(0.3)))).toBeCloseTo(0.3, 1);
    expect(mean(() => stream.below(5))).toBeCloseTo(2, 1);
    expect(mean(() => stream.belowFixed(5))).toBeCloseTo(2, 1);
    expect(mean(() => stream.uniformJitter(3))).toBeCloseTo(0, 1);
    expect(mean(() => stream.empirical([0, 1, 4]))).toBeCloseTo(1.5, 1);
  });
});

describe('own log, exp and normal quantile', () => {
  it('stay within two units of the last place of the platform', () => {
    const stream = openRandomStream(1, 'test', 'log');
    for (let i = 0; i < 20_000; i += 1) {
      const x = stream.uniform() * 100 + Number.MIN_VALUE;
      expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(Math.abs(Math.log(x)) * 4.5e-16);
      const y = stream.uniform() * 40 - 20;
      expect(Math.abs(exp(y) - Math.exp(y))).toBeLessThanOrEqual(Math.exp(y) * 4.5e-16);
    }
  });

  it('refuse what lies outside their domain', () => {
    for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => log(x)).toThrow(/log/);
    for (const x of [700, -700, Number.NaN]) expect(() => exp(x)).toThrow(/exp/);
    for (const p of [0, 1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(/quantile/);
  });

  it('is odd around one half', () => {
    for (const p of [0.01, 0.2, 0.4])
      expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 12);
  });
});
