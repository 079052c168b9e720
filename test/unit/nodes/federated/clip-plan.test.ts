/** A clipping norm that follows the clients: what it costs, where it travels, and how a vector is written. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { nextModelState } from '../../../../nodes/federated/aggregator/next-state.ts';
import {
  computeClippingNorms,
  countNoiseProblem,
  modelOfState,
  modelWithNorm,
  normOfState,
} from '../../../../nodes/federated/clip-plan.ts';
import { type FederatedOptions, federatedConfig } from '../../../../nodes/federated/config.ts';
import { behaviourOf } from '../../../../nodes/federated/doubles/index.ts';
import { sumVectorLength } from '../../../../nodes/federated/plan.ts';
import { PrivacyAccountant } from '../../../../nodes/federated/privacy/accountant.ts';
import { noiseMultiplierForUpdates } from '../../../../nodes/federated/privacy/clip.ts';
import { largestNoisyInputElement, noisePlan } from '../../../../nodes/federated/privacy-plan.ts';
import { privateUpdateJob } from '../../../../nodes/federated/private-update-job.ts';

const CLIENTS = 20;
const PARAMETERS = 610;
const crypto = createCryptoProvider('node', { timing: 'simulation' });

function options(privacy: object = {}, more: object = {}): FederatedOptions {
  const own = { place: 'central', noise: 2, clip: 0.25, adaptive: {}, ...privacy };
  return federatedConfig.parse({ aggregator: 'a', minimum: 10, privacy: own, ...more });
}

describe('a clipping norm that follows', () => {
  it('has the defaults of the publication', () => {
    expect(options().privacy?.adaptive).toEqual({ quantile: 0.5, rate: 0.2 });
  });

  it('splits the noise between updates and counts as theorem 1 of the paper', () => {
    for (const countNoise of [1.01, 2, 7]) {
      const { privacy } = options({ adaptive: { countNoise } });
      const { update, joint, unit } = computeClippingNorms(privacy!);
      expect(update).toBe(0.25);
      // One deviation on all coordinates: that of updates, and in units of a client that of the count.
      const deviation = 2 * joint;
      expect(deviation / update).toBeCloseTo(
        noiseMultiplierForUpdates({ noise: 2, countDeviation: countNoise })!,
        12,
      );
      expect(deviation / unit).toBeCloseTo(countNoise, 12);
    }
  });

  it('spends what a fixed norm with the same noise spends', () => {
    const epsilon = (one: FederatedOptions): number => {
      const account = new PrivacyAccountant(noisePlan(one, CLIENTS, PARAMETERS)!.settings);
      for (let round = 0; round < 10; round += 1) account.step();
      return account.epsilon();
    };
    expect(epsilon(options())).toBe(epsilon(options({ adaptive: undefined })));
  });

  it.each([
    [1, false],
    [1.001, true],
    [undefined, true],
  ])('counts with noise %s beside a noise of 2 are possible: %s', (countNoise, isPossible) => {
    const refused = countNoiseProblem(options({ adaptive: { countNoise } }).privacy!);
    expect(refused === undefined).toBe(isPossible);
    if (!isPossible) expect(refused?.hint).toBe('countNoise above 1, or leave it out for 2');
  });

  it('travels behind the model, and one number of each client behind its update', () => {
    const one = options();
    const model = new Float32Array([1, 2, 3]);
    const state = modelWithNorm(one, model, 0.125);
    expect([...state]).toEqual([1, 2, 3, 0.125]);
    expect([...modelOfState(one, state)]).toEqual([1, 2, 3]);
    expect(normOfState(one, state)).toBe(0.125);
    expect(normOfState(one, modelWithNorm(one, model))).toBe(0.25);
    expect(sumVectorLength(one, PARAMETERS)).toBe(PARAMETERS + 1);
    expect(noisePlan(one, CLIENTS, PARAMETERS)?.settings.rate).toBe(1);
  });

  it('is absent where the norm is fixed', () => {
    const one = options({ adaptive: undefined });
    const model = new Float32Array([1, 2, 3]);
    expect(modelWithNorm(one, model, 0.125)).toBe(model);
    expect([...modelOfState(one, model)]).toEqual([1, 2, 3]);
    expect(normOfState(one, model)).toBeUndefined();
    expect(sumVectorLength(one, PARAMETERS)).toBe(PARAMETERS);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 3e30])(
    'is none if a lying aggregator writes %s',
    (norm) => {
      expect(normOfState(options(), new Float32Array([1, norm]))).toBeNaN();
    },
  );

  it('leaves room in the ring for the count', () => {
    // joint = 0.25 x sqrt(4/3); the count is up to half a unit of 0.288, which is less.
    expect(largestNoisyInputElement(options())).toBe(
      Math.ceil(0.25 * Math.sqrt(4 / 3) * 65_536) + 1,
    );
  });
});

describe('the update of a client', () => {
  const key = new Uint8Array(32).fill(5) as Uint8Array<ArrayBuffer>;
  const { update: length, unit, joint } = computeClippingNorms(options().privacy!);
  const { bound } = noisePlan(options(), CLIENTS, 3)!;
  const written = (update: readonly number[], norm: number): readonly number[] => {
    const output = privateUpdateJob.run(
      {
        ...{ update: Float32Array.from(update), key, scale: 65_536, clip: norm, bound },
        ...{ written: { length, unit }, mechanism: 'discrete-gaussian', variance: 0 },
      },
      crypto,
    ) as { ring: Uint32Array };
    return [...new Int32Array(output.ring.buffer)].map((one) => one / 65_536);
  };

  it('is in units of the norm, with half a unit behind it for below', () => {
    const [a, b, c, count] = written([0.3, 0, -0.4], 1) as [number, number, number, number];
    expect(a).toBeCloseTo(0.3 * 0.25, 4);
    expect(b).toBeCloseTo(0, 4);
    expect(c).toBeCloseTo(-0.4 * 0.25, 4);
    expect(count).toBeCloseTo(unit / 2, 4);
  });

  it('says when it was cut, and then is as long as all others', () => {
    const all = written([3, 0, -4], 1);
    expect(all.at(-1)).toBeCloseTo(-unit / 2, 4);
    expect(Math.hypot(...all)).toBeCloseTo(joint, 4);
  });
});

describe('the next round', () => {
  const one = options();
  const { update, unit } = computeClippingNorms(one.privacy!);
  const state = modelWithNorm(one, new Float32Array([1, 1]), 4);
  /** Sum of ten clients, `below` of them no longer than the norm. */
  const next = (below: number, own: FederatedOptions = one): Float32Array => {
    const count = (below - (10 - below)) / 2;
    const sum = Float64Array.of(update, -update, count * unit);
    return behaviourOf(own).nextState(own, state, { sum, divisor: 10 });
  };

  it('moves the model by what the sum is worth at the norm of its round', () => {
    // Ten clients together moved by one norm of 4, a tenth each.
    expect([...modelOfState(one, next(5))]).toEqual([
      expect.closeTo(1.4, 6) as number,
      expect.closeTo(0.6, 6) as number,
    ]);
  });

  it.each([
    [0, 4 * Math.exp(0.1)],
    [5, 4],
    [10, 4 * Math.exp(-0.1)],
  ])('with %d of ten below the norm, it becomes %d', (below, norm) => {
    expect(normOfState(one, next(below))).toBeCloseTo(norm, 5);
  });

  it('counts those who did not come as half', () => {
    const lost = nextModelState(one, state, { sum: Float64Array.of(0, 0, 0), divisor: 10 });
    expect(normOfState(one, lost)).toBe(4);
  });

  it('never leaves what a round can have, whatever the noise', () => {
    const sum = (count: number): Float64Array => Float64Array.of(0, 0, count);
    for (const count of [1e300, -1e300]) {
      let now = state;
      for (let round = 0; round < 5; round += 1) {
        now = nextModelState(one, now, { sum: sum(count), divisor: 10 });
      }
      expect(normOfState(one, now)).not.toBeNaN();
    }
  });

  it('has the same norm with the defect that never moves it', () => {
    expect(normOfState(one, next(0, options({}, { double: 'resting-norm' })))).toBe(4);
  });
});
