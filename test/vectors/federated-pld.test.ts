/**
 * Privacy loss distributions on a grid of 1e-3; the finer grid takes longer and has a file of its own.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { composePld } from '../../nodes/federated/privacy/pld.ts';
import { vectorSets } from '../vectors-root.ts';
import { PLD_FIGURES } from './federated-dp-files.ts';

const LOSSES = vectorSets('federated/pld.json', PLD_FIGURES);

describe.each(LOSSES)('privacy loss distributions, $set', ({ file, isWhole }) => {
  it('has the epsilons of both directions on a grid of 1e-3', () => {
    expect(file.rows).toHaveLength(isWhole ? 10 : 1);
    for (const { q, sigma, steps, delta, ...row } of file.rows) {
      for (const direction of ['remove', 'add'] as const) {
        const loss = composePld({ rate: q, noise: sigma, steps, direction, interval: 1e-3 });
        const ratio = loss.epsilon(delta) / row['interval1e-3'][direction];
        expect(Math.abs(ratio - 1), `${direction} q ${q}, z ${sigma}`).toBeLessThan(1e-6);
      }
    }
  });
});
