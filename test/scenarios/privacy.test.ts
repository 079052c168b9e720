/**
 * Privacy measured in whole runs: it changes nothing of the run, modelled packets give the bits of real
 * ones, and a real network has those of theory (issue 4 section 5).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { stratifiedPoissonBits } from '../../reports/privacy/metrics/closed-forms.ts';
import { load, ratio, run, samples } from '../unit/scenarios/runner/fixture.ts';

/** A tenth of the rate of mixnet-privacy.yaml and half its delays: thirty targets in a few seconds. */
const TENTH = {
  duration: '8s',
  warmup: '1500ms',
  privacy: '{ targets: 60ms }',
  'options.mixnet.rates.delay': '{ mean: 133.3333ms }',
  'topology.generate.clients': '5',
  'topology.generate.providers': '1',
  'topology.generate.width': '2',
  traffic: '[{ from: client-1, to: client-2, kind: poisson, rate: 20/s, size: 100B }]',
  'options.mixnet.rates.payload': '20/s',
  'options.mixnet.rates.drop': '79/s',
};
const THEORY = stratifiedPoissonBits({ rate: 500, layers: 3, width: 2, meanSeconds: 0.1333333 });

interface Bits {
  readonly mean: number;
  /** Standard error over the targets. */
  readonly error: number;
  readonly targets: number;
}

function bitsOf(result: SeedResult): Bits {
  const values = samples(result, 'privacy.entropy.bits');
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, error: Math.sqrt(variance / n), targets: n };
}

describe('privacy of a run', () => {
  const modelled = run(load('mixnet-privacy.yaml', TENTH));

  it('has the bits of theory in a network of real nodes', () => {
    const { mean, targets } = bitsOf(modelled);
    expect(targets).toBeGreaterThanOrEqual(30);
    expect(Math.abs(mean - THEORY)).toBeLessThan(0.12);
  });

  it('has the same bits within the interval with real bytes as with modelled ones', () => {
    const real = run(load('mixnet-privacy.yaml', { ...TENTH, crypto: 'node' }));
    const [one, other] = [bitsOf(modelled), bitsOf(real)];
    const interval = 1.96 * Math.hypot(one.error, other.error);
    expect(Math.abs(one.mean - other.mean)).toBeLessThan(interval);
    expect(interval).toBeLessThan(0.1);
    expect(ratio(real, 'privacy.linking').numerator).toBeLessThan(1);
  }, 300_000);

  it('changes nothing of the run that it measures', () => {
    const short = { ...TENTH, duration: '3s', warmup: '1s' };
    const watched = load('mixnet-privacy.yaml', { ...short, kpis: '{}' });
    const { privacy: _, ...unwatched } = watched;
    const [one, other] = [run(watched), run(unwatched)];
    expect(one.privacy).toBeDefined();
    expect(other.privacy).toBeUndefined();
    expect(one.fingerprint).toBe(other.fingerprint);
    expect(one.packets).toEqual(other.packets);
  });

  it('warns of nothing where everything is in order', () => {
    expect(modelled.warnings.filter((text) => text.startsWith('privacy:'))).toEqual([]);
  });
});
