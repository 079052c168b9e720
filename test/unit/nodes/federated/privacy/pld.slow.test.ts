/**
 * Laws of the tight account: against the exact Gaussian, against Renyi orders, and the traps.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  forwardFft,
  inverseFft,
  raiseEachToPower,
} from '../../../../../nodes/federated/privacy/fft.ts';
import {
  gaussianDelta,
  gaussianEpsilon,
  gaussianNoiseForBudget,
} from '../../../../../nodes/federated/privacy/gaussian-exact.ts';
import {
  composePld,
  fittingPldInterval,
  PrivacyLossDistribution,
  pldEpsilon,
} from '../../../../../nodes/federated/privacy/pld.ts';
import {
  rdpToEpsilon,
  repeatRdpCurve,
  sampledGaussianCurve,
} from '../../../../../nodes/federated/privacy/rdp.ts';
import { normalCdf } from '../../../../../nodes/federated/privacy/special-functions.ts';

function rdpEpsilon(account: {
  readonly rate: number;
  readonly noise: number;
  readonly steps: number;
  readonly delta: number;
}): number {
  return rdpToEpsilon(repeatRdpCurve(sampledGaussianCurve(account), account.steps), account.delta)
    .epsilon;
}

/** The defective double: losses of a removed client, rounded up to the grid. */
function roundedUp(
  { rate, noise, steps }: { readonly rate: number; readonly noise: number; readonly steps: number },
  interval: number,
): PrivacyLossDistribution {
  const length = 2 ** 17;
  // Probability of a loss of at most so much; x is where the loss has that value.
  const below = (loss: number): number => {
    const z = (Math.exp(loss) - 1 + rate) / rate;
    if (z <= 0) return 0;
    const x = noise ** 2 * Math.log(z) + 0.5;
    return (1 - rate) * normalCdf(x / noise) + rate * normalCdf((x - 1) / noise);
  };
  const first = Math.floor(Math.log1p(-rate) / interval);
  const vector = { real: new Float64Array(length), imaginary: new Float64Array(length) };
  let mean = 0;
  for (let at = 0; at < length / 2; at += 1) {
    const loss = (first + at) * interval;
    vector.real[at] = below(loss) - below(loss - interval);
    mean += vector.real[at]! * loss;
  }
  forwardFft(vector);
  raiseEachToPower(vector, steps);
  inverseFft(vector);
  const start = Math.round((steps * mean) / interval) - length / 2;
  const masses = Float64Array.from({ length }, (_, at) =>
    Math.max(0, vector.real[(((start + at - steps * first) % length) + length) % length]!),
  );
  return new PrivacyLossDistribution({ first: start, masses, infinite: 0, interval });
}

describe('the tight account', () => {
  it('is the exact Gaussian where nothing is sampled, from above', () => {
    for (const [noise, steps] of [
      [1, 1],
      [5, 20],
      [3, 4],
    ] as const) {
      for (const delta of [1e-3, 1e-6]) {
        const exact = gaussianEpsilon({ noise: noise / Math.sqrt(steps), delta });
        for (const direction of ['remove', 'add'] as const) {
          const loss = composePld({ rate: 1, noise, steps, direction, interval: 1e-3 });
          expect(loss.epsilon(delta)).toBeGreaterThan(exact - 1e-9);
          expect(loss.epsilon(delta)).toBeLessThan(exact + 3e-5);
        }
      }
    }
  });

  it('has a delta at each epsilon that is the inverse of its epsilon', () => {
    const loss = composePld({
      rate: 0.1,
      noise: 1.1,
      steps: 20,
      direction: 'remove',
      interval: 1e-3,
    });
    for (const delta of [0.1, 1e-3, 1e-7]) {
      expect(loss.delta(loss.epsilon(delta)) / delta).toBeCloseTo(1, 9);
    }
    expect(loss.epsilon(0.999)).toBe(0);
    expect(loss.delta(1_000)).toBeLessThan(1e-30);
  });

  it('R-159: is never above the account by Renyi orders', () => {
    fc.assert(
      fc.property(
        fc.record({
          rate: fc.double({ min: 0.001, max: 1, noNaN: true }),
          noise: fc.double({ min: 0.4, max: 6, noNaN: true }),
          steps: fc.integer({ min: 1, max: 300 }),
          delta: fc.constantFrom(1e-3, 1e-5, 1e-7),
        }),
        (account) => {
          const interval = Math.max(1e-3, fittingPldInterval(account));
          const tight = composePld({ ...account, direction: 'remove', interval });
          expect(tight.epsilon(account.delta)).toBeLessThan(rdpEpsilon(account));
        },
      ),
      { seed: 20, numRuns: 16, endOnFailure: true },
    );
  });

  it('does not fall into the trap of rounding losses up', () => {
    const account = { rate: 1e-3, noise: 1, steps: 30_000, delta: 1e-7 };
    const loss = composePld({ ...account, direction: 'remove', interval: 1e-4 });
    expect(loss.epsilon(account.delta)).toBeGreaterThan(1.0981);
    expect(loss.epsilon(account.delta)).toBeLessThan(1.0983);
    // Rounded up, each step adds half an interval on average: 1.5 in all.
    expect(roundedUp(account, 1e-4).epsilon(account.delta)).toBeGreaterThan(2.59);
    expect(roundedUp(account, 1e-4).epsilon(account.delta)).toBeLessThan(2.61);
  });

  it('takes a finer grid where a step loses little', () => {
    const account = { rate: 1e-4, noise: 1, steps: 2_000, delta: 1e-7 };
    expect(fittingPldInterval(account)).toBeLessThan(2e-5);
    expect(fittingPldInterval({ rate: 0.1, noise: 1.1, steps: 100 })).toBe(1e-4);
    const coarse = composePld({ ...account, direction: 'remove', interval: 1e-3 });
    expect(coarse.epsilon(account.delta)).toBeGreaterThan(0.05);
    const fine = pldEpsilon(account);
    expect(fine).toBeLessThan(0.0254);
    expect(fine).toBeGreaterThan(0.0252);
  });

  it('counts what the grid leaves out as lost', () => {
    const far = { rate: 0.5, noise: 0.4, steps: 600, direction: 'remove', interval: 1e-2 } as const;
    expect(composePld(far).epsilon(1e-5)).toBeGreaterThan(700);
    expect(composePld(far).epsilon(1e-5)).toBeLessThan(rdpEpsilon({ ...far, delta: 1e-5 }));
    expect(pldEpsilon({ rate: 0.1, noise: 0.01, steps: 1, delta: 1e-5 })).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(pldEpsilon({ rate: 0.1, noise: 1, steps: 0, delta: 1e-5 })).toBe(0);
    const loss = composePld({ rate: 1, noise: 1, steps: 1, direction: 'add', interval: 1e-3 });
    expect(loss.epsilon(1e-40)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the exact Gaussian', () => {
  it('finds the noise for an epsilon', () => {
    for (const epsilon of [0.1, 1, 8]) {
      const noise = gaussianNoiseForBudget({ epsilon, delta: 1e-5 });
      expect(gaussianEpsilon({ noise, delta: 1e-5 })).toBeCloseTo(epsilon, 9);
      expect(gaussianDelta({ noise: noise * 0.999, epsilon })).toBeGreaterThan(1e-5);
    }
  });
});

describe('the Fourier transform', () => {
  it('is its own inverse and agrees with the definition', () => {
    const length = 64;
    const values = Array.from({ length }, (_, at) => Math.cos(at * at) + at / 10);
    const vector = {
      real: Float64Array.from(values),
      imaginary: Float64Array.from(values, (value) => value / 3 - 1),
    };
    const before = { real: vector.real.slice(), imaginary: vector.imaginary.slice() };
    forwardFft(vector);
    for (const k of [0, 1, 17, 63]) {
      let sum = 0;
      for (let at = 0; at < length; at += 1) {
        const angle = (-2 * Math.PI * k * at) / length;
        sum += before.real[at]! * Math.cos(angle) - before.imaginary[at]! * Math.sin(angle);
      }
      expect(vector.real[k]).toBeCloseTo(sum, 10);
    }
    inverseFft(vector);
    for (let at = 0; at < length; at += 1) {
      expect(vector.real[at]).toBeCloseTo(before.real[at]!, 12);
      expect(vector.imaginary[at]).toBeCloseTo(before.imaginary[at]!, 12);
    }
  });
});
