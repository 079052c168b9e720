import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { createJitterDraw } from '../../../../../engine/net/impairment/jitter.ts';
import type { JitterSpec, LinkDirectionSpec } from '../../../../../engine/net/link-spec.ts';
import { Line } from '../network-fixture.ts';

const MS = 1_000_000;
const N = 100_000;

function draw(spec: JitterSpec, count = N): number[] {
  const stream = openRandomStream(1, 'link/test/a->b', 'jitter');
  const law = createJitterDraw(spec)!;
  return Array.from({ length: count }, () => law(stream));
}

/** Kolmogorov-Smirnov distance from a continuous distribution. */
function distance(values: readonly number[], below: (x: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b);
  let worst = 0;
  for (const [i, x] of sorted.entries()) {
    const p = below(x);
    worst = Math.max(worst, Math.abs((i + 1) / values.length - p), Math.abs(p - i / values.length));
  }
  return worst;
}

/**
 * The distribution function of the standard normal distribution (Abramowitz and Stegun 26.2.17,
 * exact to 1e-7).
 */
function normalBelow(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const poly =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const tail = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * poly;
  return x >= 0 ? 1 - tail : tail;
}

/** Critical distance for a significance of 5.6e-5 (check 13). */
const LIMIT = 2.276 / Math.sqrt(N);

describe('jitter laws (docs/spec/link-model.md#impairments, check 13)', () => {
  it('uniform: every integer of [-j, +j] alike', () => {
    const j = 5 * MS;
    const values = draw({ kind: 'uniform', halfWidthNs: j });
    expect(distance(values, (x) => (x + j + 1) / (2 * j + 1))).toBeLessThan(LIMIT);
    expect(Math.min(...values.slice(0, 1_000))).toBeGreaterThanOrEqual(-j);
    const small = new Set(draw({ kind: 'uniform', halfWidthNs: 1 }, 100));
    expect([...small].toSorted((a, b) => a - b)).toEqual([-1, 0, 1]);
  });

  it.each([3, 1.5, 2])('normal: truncated, not clamped, at +- %s standard deviations', (bound) => {
    const values = draw({ kind: 'normal', sigmaNs: MS, boundSigmas: bound });
    const low = normalBelow(-bound);
    const inside = normalBelow(bound) - low;
    expect(distance(values, (x) => (normalBelow(x / MS) - low) / inside)).toBeLessThan(LIMIT);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound * MS);
    const onBound = values.filter((x) => Math.abs(x) === bound * MS).length;
    expect(onBound).toBeLessThan(10);
  });

  it('Pareto: excess over the scale, with its cap', () => {
    const values = draw({ kind: 'pareto', scaleNs: MS, capNs: 1e15 });
    expect(distance(values, (x) => 1 - (MS / (MS + x)) ** 3)).toBeLessThan(LIMIT);
    const capped = draw({ kind: 'pareto', scaleNs: MS, shape: 2, capNs: 3 * MS });
    expect(Math.max(...capped)).toBe(3 * MS);
  });

  it('table: linear interpolation between the quantiles', () => {
    const values = draw({ kind: 'table', quantilesNs: [0, MS, 10 * MS] });
    const below = (x: number): number => (x < MS ? x / (2 * MS) : 0.5 + (x - MS) / (18 * MS));
    expect(distance(values, below)).toBeLessThan(LIMIT);
  });

  it('none adds nothing and draws nothing', () => {
    expect(createJitterDraw({ kind: 'none' })).toBeUndefined();
  });
});

describe('jitter and order on a link', () => {
  const base: LinkDirectionSpec = { rateBps: 1_000_000_000, delayNs: 10 * MS };
  const jitter: JitterSpec = { kind: 'uniform', halfWidthNs: 5 * MS };

  it('keeps the order by default: nothing arrives before what left earlier', () => {
    const line = new Line([{ ...base, jitter }]);
    line.stream(500, 100, 200_000);
    line.run();
    expect(line.arrivalNumbers).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(line.arrivalTimes).toEqual(line.arrivalTimes.toSorted((a, b) => a - b));
  });

  it('reorders when told so, and each packet gets exactly its own delay', () => {
    const line = new Line([{ ...base, jitter, reorder: true }]);
    line.stream(500, 100, 200_000);
    line.run();
    expect(line.arrivalNumbers).not.toEqual(line.arrivalNumbers.toSorted((a, b) => a - b));
    const stream = openRandomStream(1, 'link/l0/0->1', 'jitter');
    const expected = line.arrivals
      .toSorted((a, b) => a.number - b.number)
      .map(({ number }) => number * 200_000 + 800 + 10 * MS + stream.uniformJitter(5 * MS));
    const found = line.arrivals.toSorted((a, b) => a.number - b.number).map(({ at }) => at);
    expect(found).toEqual(expected);
  });

  it('hurries packets past the delay with a probability and a gap, as netem does', () => {
    const line = new Line([{ ...base, reorder: { probability: 1, gap: 5 } }]);
    line.stream(20, 100, 1 * MS);
    line.run();
    const hurried = line.arrivals.filter(({ at, number }) => at - number * MS < MS);
    expect(hurried.map(({ number }) => number)).toEqual([4, 9, 14, 19]);
    expect(line.only.conservation().balance).toBe(0);
  });

  it('cuts a negative delay to 0 and counts it', () => {
    const line = new Line([{ ...base, delayNs: 1 * MS, jitter, reorder: true }]);
    line.stream(1_000, 100, 20 * MS);
    line.run();
    const clamped = line.arrivals.filter(({ at, number }) => at - number * 20 * MS === 800).length;
    expect(line.only.jitterClamped).toBe(clamped);
    expect(clamped).toBeGreaterThan(300);
  });

  it('never changes the rate: packets leave the transmitter evenly', () => {
    const line = new Line([{ ...base, jitter }]);
    line.offer(...Array.from({ length: 50 }, () => 1_250));
    line.run();
    expect(line.starts).toEqual(Array.from({ length: 50 }, (_, i) => i * 10_000));
  });
});
