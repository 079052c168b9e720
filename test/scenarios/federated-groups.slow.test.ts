/** Secure sums of groups, whose means a robust rule combines. */
import { describe, expect, it } from 'vitest';
import { counter, load, ratio, run, samples } from '../unit/runner/fixture.ts';

const FILE = 'federated-groups.yaml';

describe('R-161: trimmed mean, Krum and median with secure sums of groups', () => {
  const best = (set: Readonly<Record<string, string>>): number =>
    Math.max(...samples(run(load(FILE, set)), 'dp.accuracy'));

  it('learn beside liars who move the mean', () => {
    expect(best({})).toBeGreaterThan(0.5);
    for (const aggregate of ['trimmed-mean', 'krum', 'multi-krum']) {
      const set = { 'stack.1.options.aggregate': aggregate, 'stack.1.options.groups': '13' };
      expect(best(set), aggregate).toBeGreaterThan(0.5);
    }
    const mean = { 'stack.1.options.aggregate': 'mean', 'stack.1.options.groups': 'none' };
    expect(best(mean)).toBeLessThan(0.3);
  });

  it('have one exact sum for each group of each round', () => {
    const result = run(load(FILE, { 'stack.1.options.rounds': '3' }));
    expect(counter(result, 'federated.sums')).toBe(30);
    expect(counter(result, 'federated.rounds')).toBe(3);
    expect(ratio(result, 'federated.exact')).toMatchObject({ numerator: 30, denominator: 30 });
  });

  it('go on without groups that lost too many, and stop where a rule has too few', () => {
    const set = {
      'stack.1.options.rounds': '6',
      'stack.1.options.phaseTimeout': '500ms',
      'stack.1.options.drop': '{ after: shares, probability: 0.3 }',
    };
    const result = run(load(FILE, set));
    const sums = counter(result, 'federated.sums');
    expect(counter(result, 'federated.rounds')).toBe(6);
    expect(sums).toBeGreaterThan(20);
    expect(sums).toBeLessThan(55);
    expect(ratio(result, 'federated.exact')).toMatchObject({ numerator: sums, denominator: sums });
    expect(samples(result, 'dp.accuracy')).toHaveLength(6);
    // Krum needs eleven groups for four liars.
    const krum = { ...set, 'stack.1.options.aggregate': 'krum', 'stack.1.options.groups': '12' };
    const stopped = run(load(FILE, krum));
    const aborts = counter(stopped, 'federated.aborts');
    expect(aborts).toBeGreaterThan(3);
    expect(counter(stopped, 'federated.rounds')).toBe(6 - aborts);
    expect(samples(stopped, 'dp.accuracy')).toHaveLength(6 - aborts);
    expect(counter(stopped, 'federated.lossy')).toBe(6);
  });
});
