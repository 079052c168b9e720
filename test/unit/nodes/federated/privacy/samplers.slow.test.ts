/**
 * A million draws of each sampler against its law, with a fixed seed, and against a law that is a
 * little off: what the first passes, the second must not.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { fraction } from '../../../../../engine/pure/fraction.ts';
import { DiscreteGaussianSampler } from '../../../../../nodes/federated/privacy/discrete-gaussian.ts';
import { DiscreteGaussianDistribution } from '../../../../../nodes/federated/privacy/discrete-gaussian-law.ts';
import { drawGaussian } from '../../../../../nodes/federated/privacy/noise.ts';
import {
  drawPoisson,
  drawSkellam,
  logFactorial,
} from '../../../../../nodes/federated/privacy/skellam.ts';
import { normalCdf } from '../../../../../nodes/federated/privacy/special-functions.ts';
import { uniformSourceFrom } from '../../../../../nodes/federated/privacy/uniform-source.ts';
import {
  chiSquareQuantile,
  chiSquareStatistic,
} from '../../../../../reports/statistics/goodness-of-fit.ts';

const DRAWS = 1_000_000;
/** A class of fewer is joined with the rest. */
const CLASS_MIN = 50;

/** Chi-square of whole draws against masses, over the quantile 0.999: below 1 is a fit. */
function misfit(
  draw: () => number,
  mass: (x: number) => number,
  span: readonly [number, number],
): number {
  const counts = new Map<number, number>();
  for (let at = 0; at < DRAWS; at += 1) {
    const value = draw();
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return misfitOf(counts, mass, span);
}

function misfitOf(
  counts: ReadonlyMap<number, number>,
  mass: (x: number) => number,
  [least, most]: readonly [number, number],
): number {
  const observed: number[] = [];
  const expected: number[] = [];
  for (let x = least; x <= most; x += 1) {
    const share = mass(x) * DRAWS;
    if (share < CLASS_MIN) continue;
    observed.push(counts.get(x) ?? 0);
    expected.push(share);
  }
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  observed.push(DRAWS - sum(observed));
  expected.push(Math.max(1e-3, DRAWS - sum(expected)));
  return chiSquareStatistic(observed, expected) / chiSquareQuantile(0.999, observed.length - 1);
}

describe('a million draws', () => {
  const words = openRandomStream(7, 'test', 'noise');
  const uniform = uniformSourceFrom(words);

  it.each([
    [1n, 4n],
    [1n, 1n],
    [4n, 1n],
    [256n, 25n],
    [100n, 1n],
  ])('of the discrete Gaussian with %d/%d follow its law and no other', (over, under) => {
    const gaussian = new DiscreteGaussianSampler(fraction(over, under));
    const parameter = Number(over) / Number(under);
    const span = [-80, 80] as const;
    const counts = new Map<number, number>();
    for (let at = 0; at < DRAWS; at += 1) {
      const value = gaussian.draw(uniform);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const law = new DiscreteGaussianDistribution(parameter);
    expect(misfitOf(counts, (x) => law.mass(x), span)).toBeLessThan(1);
    const other = new DiscreteGaussianDistribution(parameter * 1.02);
    expect(misfitOf(counts, (x) => other.mass(x), span)).toBeGreaterThan(1);
  });

  it.each([3, 9.9, 10, 40])('of a Poisson variable with mean %f follow its law', (mean) => {
    const mass = (x: number): number =>
      x < 0 ? 0 : Math.exp(x * Math.log(mean) - mean - logFactorial(x));
    expect(misfit(() => drawPoisson(words, mean), mass, [0, 150])).toBeLessThan(1);
    const other = (x: number): number => mass(x) * (1 + 0.02 * ((x - mean) / Math.sqrt(mean)));
    expect(misfit(() => drawPoisson(words, mean), other, [0, 150])).toBeGreaterThan(1);
  });

  it.each([2, 50])(
    'of Skellam noise of variance %f have its mean, variance and kurtosis',
    (variance) => {
      let [mean, square, fourth] = [0, 0, 0];
      for (let at = 0; at < DRAWS; at += 1) {
        const value = drawSkellam(words, variance);
        mean += value / DRAWS;
        square += value ** 2 / DRAWS;
        fourth += value ** 4 / DRAWS;
      }
      expect(Math.abs(mean) / Math.sqrt(variance)).toBeLessThan(0.004);
      expect(square / variance).toBeCloseTo(1, 2);
      // Excess kurtosis of Skellam is 1 / variance.
      expect(Math.abs(fourth / square ** 2 - 3 - 1 / variance)).toBeLessThan(0.03);
    },
  );

  it('of Gaussian noise are uniform after the normal distribution', () => {
    const draw = (): number => Math.floor(100 * normalCdf(drawGaussian(words, 2) / 2));
    expect(misfit(draw, () => 0.01, [0, 99])).toBeLessThan(1);
    const wider = (): number => Math.floor(100 * normalCdf(drawGaussian(words, 2) / 1.98));
    expect(misfit(wider, () => 0.01, [0, 99])).toBeGreaterThan(1);
  });
});
