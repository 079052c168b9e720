/** A federation without an aggregator, in whole runs. */
import { describe, expect, it } from 'vitest';
import { disagreementFactor } from '../../nodes/federated/gossip/averaging.ts';
import { counter, load, run, samples } from '../unit/runner/fixture.ts';

const FILE = 'federated-gossip.yaml';
const NODES = 12;

describe('R-161: gossip of a scenario', () => {
  it('makes drawn numbers alike as fast as theory says', () => {
    const set = { 'stack.1.options.model': '{ size: 610 }', warmup: '0s' };
    // Uniform numbers within 0.01 of 0 have the variance 0.01^2 / 3, so that two models are 2 x 610 times that
    // apart at first (squared). It shrinks by f with each exchange, and adds up to 1 / (1 - f) times the first.
    const first = (2 * 610 * 0.01 ** 2) / 3;
    const wanted = first / (1 - disagreementFactor(NODES));
    const seeds = [1, 2, 3, 4, 5, 6];
    let sum = 0;
    for (const seed of seeds) {
      const result = run(load(FILE, { ...set, 'stack.1.options.rounds': '8' }), seed);
      expect(counter(result, 'federated.gossip.exchanges')).toBe(8 * NODES);
      for (const distance of samples(result, 'federated.gossip.distance')) {
        sum += (distance * distance) / seeds.length;
      }
    }
    expect(sum / wanted).toBeGreaterThan(0.85);
    expect(sum / wanted).toBeLessThan(1.15);
  });

  it('learns more together than alone, at the worst node too', () => {
    const worst = (set: Readonly<Record<string, string>>): number => {
      const accuracies = samples(run(load(FILE, set)), 'dp.accuracy');
      expect(accuracies).toHaveLength(NODES);
      return Math.min(...accuracies);
    };
    const alone = worst({ 'stack.1.options.double': 'keeps-own-model' });
    expect(worst({})).toBeGreaterThan(alone + 0.05);
  });
});
