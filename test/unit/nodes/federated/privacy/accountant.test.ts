/**
 * The accountant that a run uses: reference values, budgets, losses, and what it refuses.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  PrivacyAccountant,
  privacyBudgetProblem,
} from '../../../../../nodes/federated/privacy/accountant.ts';
import {
  FRACTIONAL_RDP_ORDERS,
  INTEGER_RDP_ORDERS,
  rdpToEpsilonClassic,
  repeatRdpCurve,
  sampledGaussianCurve,
} from '../../../../../nodes/federated/privacy/rdp.ts';
import {
  type PrivacySettings,
  privacySettingsProblem,
} from '../../../../../nodes/federated/privacy/settings.ts';

const CENTRAL: PrivacySettings = {
  mechanism: 'gaussian',
  place: 'central',
  rate: 0.1,
  noise: 1.1,
  delta: 1e-5,
};

const DISTRIBUTED: PrivacySettings = {
  mechanism: 'discrete-gaussian',
  place: 'distributed',
  rate: 1,
  noise: 2,
  delta: 1e-5,
  clients: 100,
  clip: 1,
  gamma: 2 ** -12,
  dimension: 1_024,
};

/** An accountant after equal rounds. */
function spentBy(settings: PrivacySettings, rounds: number): PrivacyAccountant {
  const clients = settings.place === 'distributed' ? settings.clients! : 1;
  return new PrivacyAccountant(settings, [{ clients, rounds }]);
}

/** Settings, then epsilon by whole orders, classic, with tenths, and tight: as published or computed. */
const TABLE = [
  [0.04, 1.5, 2_250, 1e-5, 7.3299, 8.0797, 7.32911117, 6.7688],
  [150 / 60_000, 1.3, 6_000, 1e-5, 0.7242234, 0.9419, 0.7242, 0.6401],
  [1e-3, 1, 30_000, 1e-7, 1.41549885, 1.7093, 1.4155, 1.0982],
  [0.1, 1.1, 100, 1e-5, 6.745, 7.4948, 6.6137, 5.9127],
  [0.1, 1.1, 500, 1e-5, 15.957, 16.912, 15.125, 13.91],
  [0.1, 1, 50, 1e-3, 4.0847, 5.0395, 4.0173, 3.3139],
  [1e-4, 1, 2_000, 1e-7, 0.72159, 0.9488, 0.72159, 0.0262],
  [1, 5, 20, 1e-5, 4.1619, 4.7026, 4.1616, 3.8486],
  [0.01, 0.5, 100, 1e-5, 10.661, 12.047, 8.0307, 6.4762],
] as const;

/** Half a unit of the last digit of a published value. */
function halfDigit(value: number): number {
  const digits = String(value).split('.')[1]?.length ?? 0;
  return 0.5 * 10 ** -digits;
}

describe('published epsilons', () => {
  it.each(TABLE)('rate %f, noise %f, %d rounds, delta %f', (...row) => {
    const [rate, noise, rounds, delta, ...values] = row;
    const settings = { ...CENTRAL, rate, noise, delta };
    const [whole, classic, tenths] = values;
    const curve = repeatRdpCurve(sampledGaussianCurve(settings, INTEGER_RDP_ORDERS), rounds);
    const fractional = spentBy({ ...settings, orders: FRACTIONAL_RDP_ORDERS }, rounds).epsilon();
    for (const [actual, published] of [
      [spentBy(settings, rounds).epsilon(), whole],
      [rdpToEpsilonClassic(curve, delta).epsilon, classic],
      [fractional, tenths],
    ] as const) {
      expect(Math.abs(actual - published)).toBeLessThanOrEqual(halfDigit(published) * 1.01);
    }
  });

  it('has the tight ones at the end of a run', () => {
    for (const at of [5, 7] as const) {
      const [rate, noise, rounds, delta, whole, , , tight] = TABLE[at];
      const accountant = spentBy({ ...CENTRAL, rate, noise, delta }, rounds);
      const found = accountant.tight();
      expect(Math.abs(found - tight)).toBeLessThan(6e-5);
      expect(found).toBeLessThan(whole);
    }
  });
});

describe('an accountant', () => {
  it('R-159: adds a round at a time, and knows the price of the next', () => {
    const accountant = new PrivacyAccountant(CENTRAL);
    expect([accountant.epsilon(), accountant.tight(), accountant.rounds]).toEqual([0, 0, 0]);
    let previous = 0;
    for (let round = 1; round <= 5; round += 1) {
      const announced = accountant.epsilonAfterNext();
      accountant.step();
      expect(accountant.epsilon()).toBeCloseTo(announced, 12);
      expect(accountant.epsilon()).toBeGreaterThan(previous);
      previous = accountant.epsilon();
    }
    expect(accountant.epsilon()).toBeCloseTo(spentBy(CENTRAL, 5).epsilon(), 12);
  });

  it('continues from what was written down', () => {
    const accountant = new PrivacyAccountant(DISTRIBUTED);
    accountant.step(90);
    accountant.step(80);
    accountant.step(90);
    expect(accountant.spent).toEqual([
      { clients: 80, rounds: 1 },
      { clients: 90, rounds: 2 },
    ]);
    const restarted = new PrivacyAccountant(DISTRIBUTED, accountant.spent);
    expect(restarted.epsilon()).toBe(accountant.epsilon());
    expect(restarted.rounds).toBe(3);
  });

  it('finds how many rounds fit, and not one more', () => {
    for (const settings of [CENTRAL, DISTRIBUTED, { ...DISTRIBUTED, rate: 0.2 }]) {
      const fit = new PrivacyAccountant(settings).roundsThatFit(8);
      expect(fit).toBeGreaterThan(1);
      expect(spentBy(settings, fit).epsilon()).toBeLessThanOrEqual(8);
      expect(spentBy(settings, fit + 1).epsilon()).toBeGreaterThan(8);
    }
    expect(new PrivacyAccountant({ ...CENTRAL, noise: 0.3 }).roundsThatFit(0.01)).toBe(0);
    expect(new PrivacyAccountant({ ...CENTRAL, noise: 1e9 }).roundsThatFit(50)).toBe(1_000_000_000);
  });

  it('finds the noise for a target, as other accountants do', () => {
    const settings = { ...CENTRAL, rate: 0.04, orders: FRACTIONAL_RDP_ORDERS };
    const noise = (rounds: number): number =>
      new PrivacyAccountant(settings).noiseFor({ epsilon: 8, rounds })!;
    // Published with a tolerance of 0.01 in epsilon: 1.416 and 1.3562.
    const [longer, shorter] = [noise(2_250), noise(2_000)];
    expect(longer).toBeGreaterThan(1.4148);
    expect(longer).toBeLessThan(1.4162);
    expect(shorter).toBeGreaterThan(1.355);
    expect(shorter).toBeLessThan(1.3563);
    const spent = (factor: number): number =>
      spentBy({ ...settings, noise: shorter * factor }, 2_000).epsilon();
    expect(spent(1)).toBeLessThanOrEqual(8);
    expect(spent(1 - 1e-6)).toBeGreaterThan(8);
    expect(
      new PrivacyAccountant({ ...CENTRAL, delta: 1e-9 }).noiseFor({ epsilon: 1e-9, rounds: 9 }),
    ).toBe(undefined);
  });

  it('gives no credit for sampling where each message is seen', () => {
    const local = spentBy({ ...CENTRAL, place: 'local' }, 10).epsilon();
    expect(local).toBe(spentBy({ ...CENTRAL, rate: 1 }, 10).epsilon());
    expect(local).toBeGreaterThan(5 * spentBy(CENTRAL, 10).epsilon());
  });

  it('multiplies the sensitivity by the cap of weights', () => {
    const capped = { ...CENTRAL, weighting: 'examples', weightCap: 2 } as const;
    expect(spentBy(capped, 3).epsilon()).toBe(spentBy({ ...CENTRAL, noise: 0.55 }, 3).epsilon());
    const ring = { ...DISTRIBUTED, weighting: 'examples', weightCap: 2 } as const;
    const half = { ...DISTRIBUTED, noise: 1 };
    expect(spentBy(ring, 3).epsilon() / spentBy(half, 3).epsilon()).toBeCloseTo(1, 2);
  });

  it('charges for noise that was lost, unless it was added, then removed', () => {
    const spent = (settings: PrivacySettings, survivors: number): number => {
      const accountant = new PrivacyAccountant(settings);
      accountant.step(survivors);
      return accountant.epsilon();
    };
    const honest = { ...DISTRIBUTED, dropout: 'honest' } as const;
    // Half the variance: as with noise smaller by the root of two.
    const quieter = spent({ ...DISTRIBUTED, noise: Math.SQRT2 }, 100);
    expect(spent(honest, 50)).toBeCloseTo(quieter, 6);
    expect(spent(honest, 50)).toBeGreaterThan(1.3 * spent(honest, 100));
    const kept = { ...DISTRIBUTED, dropout: 'add-then-remove', tolerated: 50 } as const;
    const skellam = { ...kept, mechanism: 'skellam' } as const;
    expect(spent(skellam, 50)).toBeCloseTo(spent(skellam, 100), 9);
    const colluding = { ...honest, colluders: 50 };
    expect(spent(colluding, 100)).toBeCloseTo(spent(honest, 50), 9);
    expect(spent(honest, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('pays for the general bound of sampling, the more the longer a run is', () => {
    const noises = (rounds: number): readonly number[] =>
      [CENTRAL, { ...DISTRIBUTED, rate: 0.1, mechanism: 'skellam' } as const].map(
        (settings) => new PrivacyAccountant(settings).noiseFor({ epsilon: 4, rounds })!,
      );
    const [central, distributed] = noises(1);
    expect(distributed! / central!).toBeGreaterThan(1.04);
    expect(distributed! / central!).toBeLessThan(1.07);
    const [long, longer] = noises(500);
    expect(longer! / long!).toBeGreaterThan(6.9);
    expect(longer! / long!).toBeLessThan(7.2);
  });

  it('pays a little for the ring, in both laws of noise', () => {
    const continuous = spentBy({ ...CENTRAL, rate: 1, noise: 2 }, 4).epsilon();
    const gaussian = spentBy(DISTRIBUTED, 4).epsilon();
    expect(gaussian / continuous).toBeGreaterThan(1);
    expect(gaussian / continuous).toBeLessThan(1.001);
    const skellam = spentBy({ ...DISTRIBUTED, mechanism: 'skellam' }, 4);
    expect(skellam.epsilon()).toBeGreaterThan(gaussian);
    expect(skellam.epsilon() / gaussian).toBeLessThan(1.001);
    expect(skellam.tight()).toBe(skellam.epsilon());
    const central = spentBy({ ...DISTRIBUTED, place: 'central' }, 4).epsilon();
    expect(central / gaussian).toBeCloseTo(1, 9);
  });
});

describe('settings without a bound', () => {
  it.each([
    [{ noise: 0 }, 'noise 0 has no bound: write a multiple of the clipping norm above 0'],
    [{ noise: Number.NaN }, 'noise NaN has no bound'],
    [{ rate: 0 }, 'rate 0 is no probability above 0: write the share of clients in a round'],
    [{ rate: 1.01 }, 'rate 1.01 is no probability above 0'],
    [{ delta: 0 }, 'delta 0 is no probability between 0 and 1'],
    [{ delta: 1 }, 'delta 1 is no probability'],
    [{ sampling: 'fixed' }, 'rounds of fixed size are not Poisson-sampled'],
    [{ weighting: 'examples' }, 'weights by number of examples have no bound'],
    [{ weighting: 'examples', weightCap: 0 }, 'weights by number of examples'],
    [{ place: 'distributed' }, 'noise of clients needs their number'],
    [{ place: 'distributed', clients: 5 }, 'continuous noise has none: write mechanism: discrete'],
    [{ mechanism: 'skellam', clip: 1, gamma: 0.1 }, 'skellam noise rounds to a ring'],
  ] as const)('R-159: %j is refused', (change, words) => {
    const settings = { ...CENTRAL, ...change };
    expect(privacySettingsProblem(settings)).toContain(words);
    const accountant = new PrivacyAccountant(settings);
    accountant.step();
    expect(accountant.epsilon()).toBe(Number.POSITIVE_INFINITY);
    expect(accountant.tight()).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    [{}],
    [{ rate: 1, sampling: 'fixed' }],
    [{ rate: 1e-9 }],
    [{ weighting: 'examples', weightCap: 3 }],
    [{ place: 'local' }],
    [{ mechanism: 'skellam', clip: 1, gamma: 0.1, dimension: 3 }],
  ] as const)('%j is accepted', (change) => {
    expect(privacySettingsProblem({ ...CENTRAL, ...change })).toBeUndefined();
  });

  it('levels too narrow to sum, impossible losses and too many colluders are refused', () => {
    const kept = { ...DISTRIBUTED, dropout: 'add-then-remove', tolerated: 20 } as const;
    // Level 1 of 100 clients is 2 / (gamma sqrt(9900)) ring units wide: 3 at gamma = 1 / 149.2.
    expect(privacySettingsProblem({ ...kept, gamma: 1 / 150 })).toBeUndefined();
    const narrow = privacySettingsProblem({ ...kept, gamma: 1 / 149 });
    expect(narrow).toContain('2.995 ring units wide, and sums of discrete Gaussians need 3');
    expect(narrow).toContain('write mechanism: skellam');
    expect(
      privacySettingsProblem({ ...kept, gamma: 1 / 148, mechanism: 'skellam' }),
    ).toBeUndefined();
    expect(privacySettingsProblem(kept)).toBeUndefined();
    expect(privacySettingsProblem({ ...kept, tolerated: 100 })).toContain('from 0 to 99');
    expect(privacySettingsProblem({ ...DISTRIBUTED, colluders: 100 })).toContain('leave no noise');
    expect(privacySettingsProblem({ ...DISTRIBUTED, colluders: 99 })).toBeUndefined();
  });
});

describe('a budget', () => {
  it('R-159: that the rounds would overspend says how many fit, and the noise for all', () => {
    const fit = new PrivacyAccountant(CENTRAL).roundsThatFit(4);
    const text = privacyBudgetProblem(CENTRAL, { rounds: 100, budget: 4 })!;
    expect(text).toContain(
      `budget of epsilon 4: ${fit} rounds fit. Write rounds: ${fit}, or noise: `,
    );
    const noise = Number(/noise: ([\d.]+)$/.exec(text)![1]);
    expect(privacyBudgetProblem({ ...CENTRAL, noise }, { rounds: 100, budget: 4 })).toBeUndefined();
    expect(
      privacyBudgetProblem({ ...CENTRAL, noise: noise - 0.002 }, { rounds: 100, budget: 4 }),
    ).toBeTypeOf('string');
    expect(privacyBudgetProblem(CENTRAL, { rounds: fit, budget: 4 })).toBeUndefined();
    expect(privacyBudgetProblem(CENTRAL, { rounds: fit + 1, budget: 4 })).toContain(
      `${fit} rounds fit`,
    );
    const one = { ...CENTRAL, rate: 1, noise: 3 };
    const budget = spentBy(one, 1).epsilon();
    expect(privacyBudgetProblem(one, { rounds: 2, budget })).toContain(
      '1 round fits. Write rounds: 1, or',
    );
    const none = privacyBudgetProblem(one, { rounds: 2, budget: budget / 2 })!;
    expect(none).toMatch(/not even 1 round fits\. Write noise: [\d.]+$/);
    const never = privacyBudgetProblem({ ...one, delta: 1e-9 }, { rounds: 2, budget: 1e-9 })!;
    expect(never).toMatch(/not even 1 round fits\. Write a larger budget$/);
  });
});
