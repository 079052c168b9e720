/**
 * Privacy loss distributions on a grid of 1e-4: what other accountants publish.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { composePld, pldEpsilon } from '../../nodes/federated/privacy/pld.ts';
import { itWhole, vectorSets, vectors } from '../vectors-root.ts';
import { type DpAccountingFile, PLD_FIGURES } from './federated-dp-files.ts';

const LOSSES = vectorSets('federated/pld.json', PLD_FIGURES);

describe.each(LOSSES)('privacy loss distributions on a fine grid, $set', ({ file }) => {
  it('has the epsilons of both directions', () => {
    for (const { q, sigma, steps, delta, ...row } of file.rows) {
      for (const direction of ['remove', 'add'] as const) {
        const loss = composePld({ rate: q, noise: sigma, steps, direction, interval: 1e-4 });
        const ratio = loss.epsilon(delta) / row['interval1e-4'][direction];
        expect(Math.abs(ratio - 1), `${direction} q ${q}, z ${sigma}`).toBeLessThan(1e-6);
      }
    }
  });
});

describe('privacy loss distributions on a fine grid', () => {
  itWhole('has the epsilons of all accounts, and a smaller one where a finer grid helps', () => {
    const { epsilon: rows } = vectors<DpAccountingFile>('federated/dp-accounting.json');
    for (const { q, sigma, steps, delta, epsilonPld, epsilonIntegerOrders, name } of rows) {
      const epsilon = pldEpsilon({ rate: q, noise: sigma, steps, delta });
      const ratio = epsilon / epsilonPld;
      // 2,000 steps at q = 1e-4 lose so little each that a grid of 1e-4 costs 3.5 %.
      expect(ratio, name).toBeGreaterThan(q === 1e-4 ? 0.96 : 1 - 3e-6);
      expect(ratio, name).toBeLessThan(q === 1e-4 ? 0.97 : 1 + 3e-6);
      expect(epsilon).toBeLessThan(epsilonIntegerOrders.improved);
    }
  });

  itWhole('is above the Gaussian limit and near the account of Opacus by random variables', () => {
    const [opacus] = vectors<DpAccountingFile>('federated/dp-accounting.json').published.opacus;
    const step = { rate: opacus!.q!, noise: opacus!.sigma!, delta: opacus!.delta! };
    const epsilon = pldEpsilon({ ...step, steps: 2249 });
    expect(epsilon).toBeGreaterThan(opacus!.gdpBetween![1]);
    // Their estimate is an upper bound with an error of 0.01.
    expect(epsilon).toBeLessThan(opacus!.epsilonPrv!);
    expect(epsilon).toBeGreaterThan(opacus!.epsilonPrv! - 0.02);
  });

  itWhole('has the deltas in the tests of dp_accounting', () => {
    const { dp_accounting: published } = vectors<DpAccountingFile>(
      'federated/dp-accounting.json',
    ).published;
    for (const { sigma, steps, epsilon, delta, tolerance, q } of [
      { ...published.pldGaussian, q: 1 },
      published.pldSubsampled,
    ]) {
      const deltas = (['remove', 'add'] as const).map((direction) =>
        composePld({ rate: q, noise: sigma, steps, direction, interval: 1e-4 }).delta(epsilon),
      );
      expect(Math.abs(Math.max(...deltas) - delta)).toBeLessThan(tolerance / 10);
    }
  });
});
