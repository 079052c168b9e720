/**
 * Short runs of the shipped scenarios give the stored fingerprints on every machine and Node
 * version. This file runs the first seed of each; golden-seeds.slow.test.ts runs the others.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { GOLDEN_RUNS, recordedMetricNames, runGolden } from '../../tools/golden/golden-runs.ts';
import { KEPT, movedFrom, RECORDED } from './kept-fingerprints.ts';

describe('fingerprints', () => {
  it('are kept for at least five scenarios and three seeds', () => {
    expect(Object.keys(KEPT)).toEqual(Object.keys(GOLDEN_RUNS));
    expect(Object.keys(KEPT).length).toBeGreaterThanOrEqual(5);
    for (const [name, { seeds }] of Object.entries(GOLDEN_RUNS)) {
      expect(seeds).toHaveLength(3);
      expect(KEPT[name]!.map(({ seed }) => seed)).toEqual(seeds);
    }
  });

  it.each(Object.entries(GOLDEN_RUNS))('of %s with its first seed is the kept one', (name, run) => {
    const seeds = runGolden({ ...run, seeds: run.seeds.slice(0, 1) });
    expect(movedFrom(name, run, seeds)).toBe('');
    const recorded = seeds.flatMap(recordedMetricNames);
    const missing = Object.keys(RECORDED).filter(
      (metric) => RECORDED[metric] === name && !recorded.includes(metric),
    );
    expect(missing, 'recorded no more; meant: npm run golden').toEqual([]);
  });

  it('differ between seeds, unless a scenario draws nothing', () => {
    // Constant traffic over links without impairments draws no random numbers, nor do calls in turn. A
    // federation in which nobody leaves by chance draws keys and data, which move no packet.
    const bundles = ['dtn-tutorial', 'dtn-mars', 'dtn-conjunction', 'dtn-plan-lies'];
    const drawNothing = [
      'hello',
      ...bundles,
      'fabric-hello',
      'fabric-large',
      'federated-hello',
      'federated-malicious-server',
      'navigator-hello',
    ];
    for (const [name, results] of Object.entries(KEPT)) {
      const different = new Set(results.map(({ fingerprint }) => fingerprint)).size;
      expect(different, name).toBe(drawNothing.includes(name) ? 1 : results.length);
    }
  });
});
