/**
 * Settings of every size: an account answers with an epsilon or says that there is none.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PrivacyAccountant,
  privacyBudgetProblem,
} from '../../../../../nodes/federated/privacy/accountant.ts';
import { FRACTIONAL_RDP_ORDERS } from '../../../../../nodes/federated/privacy/rdp.ts';
import {
  type PrivacySettings,
  privacySettingsProblem,
} from '../../../../../nodes/federated/privacy/settings.ts';

const anyNumber = fc.oneof(
  fc.constantFrom(0, 1, -1, 0.5, 1e-300, 5e-324, 1e300, 1e9, 0.03, Number.NaN),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1 - 2 ** -53, 2 ** -53),
  fc.double({ min: 1e-9, max: 100, noNaN: true }),
);
/** Mostly what has a bound, so that accounts are asked too. */
function mostly(least: number, most: number): fc.Arbitrary<number> {
  const usual = fc.double({ min: least, max: most, noNaN: true });
  return fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: anyNumber, weight: 1 });
}

const anyCount = fc.oneof(fc.constantFrom(-1, 0, 1, 0.5, 1e6), fc.integer({ min: 1, max: 500 }));

const anySettings: fc.Arbitrary<PrivacySettings> = fc.record(
  {
    mechanism: fc.constantFrom('gaussian', 'discrete-gaussian', 'skellam'),
    place: fc.constantFrom('central', 'distributed', 'local'),
    rate: mostly(1e-12, 1),
    noise: mostly(0.001, 100),
    delta: mostly(1e-15, 0.9),
    sampling: fc.constantFrom('poisson', 'fixed'),
    weighting: fc.constantFrom('equal', 'examples'),
    weightCap: mostly(0.1, 10),
    clients: anyCount,
    tolerated: fc.integer({ min: -1, max: 20 }),
    colluders: fc.integer({ min: -1, max: 20 }),
    dropout: fc.constantFrom('enough', 'honest', 'add-then-remove'),
    clip: mostly(1e-3, 100),
    gamma: mostly(1e-6, 1),
    dimension: anyCount,
    beta: fc.constantFrom(0, 0.5, 0.6),
    orders: fc.constantFrom(
      [2, 3, 8, 64],
      FRACTIONAL_RDP_ORDERS.filter((_, at) => at % 20 === 0),
    ),
  },
  { requiredKeys: ['mechanism', 'place', 'rate', 'noise', 'delta'] },
);

describe('any settings', () => {
  it('have an epsilon of 0 or more, or none, and never throw', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anySettings, anyCount, (settings, survivors) => {
        const accountant = new PrivacyAccountant(settings);
        accountant.step();
        accountant.step(survivors);
        const epsilon = accountant.epsilon();
        expect(epsilon).toBeGreaterThanOrEqual(0);
        expect(accountant.epsilonAfterNext()).toBeGreaterThanOrEqual(epsilon);
        const refusal = privacySettingsProblem(settings);
        if (refusal === undefined) accepted += 1;
        else expect(epsilon, refusal).toBe(Number.POSITIVE_INFINITY);
        const fit = accountant.roundsThatFit(5);
        expect(fit).toBeGreaterThanOrEqual(0);
        if (fit > 0)
          expect(privacyBudgetProblem(settings, { rounds: 1, budget: 5 })).toBeUndefined();
      }),
      { seed: 54, numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
