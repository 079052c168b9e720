/**
 * Paths of 10, 12 and 15 ms on a machine that is sometimes late, modelled by a long-tailed delay on
 * every link. Without this noise, only the two faster paths are used in virtual time.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../../reports/model.ts';
import { load, run } from '../../../runner/fixture.ts';

const SLOWEST = 'path:via-130-330-230';
/** Mean delays of 0.2 and 1.5 ms per link, with ten links per round trip and at most 20 ms each. */
const NOISES = {
  rare: '{ kind: pareto, scale: 100us, shape: 1.5, cap: 20ms }',
  heavy: '{ kind: pareto, scale: 300us, shape: 1.2, cap: 20ms }',
} as const;

function shareOf({ series }: SeedResult, name: string): number {
  const packets = series
    .filter((one) => one.name.startsWith('path:'))
    .map((one) => ({
      name: one.name,
      count: one.values.reduce<number>((sum, value) => sum + (value ?? 0), 0),
    }));
  const all = packets.reduce((sum, { count }) => sum + count, 0);
  expect(all).toBeGreaterThan(10_000);
  return (packets.find((one) => one.name === name)?.count ?? 0) / all;
}

describe('a machine with rare delays', () => {
  it.each([
    ['rare', 1],
    ['rare', 2],
    ['heavy', 1],
    ['heavy', 2],
  ] as const)(
    'carries at most 2 percent over the slowest path that virtual time does not take (%s noise, seed %i)',
    (noise, seed) => {
      const scenario = load('failover.yaml', {
        'traffic.0.rate': '200/s',
        crypto: 'modelled',
        'topology.defaults.link.jitter': NOISES[noise],
      });
      expect(shareOf(run(scenario, seed), SLOWEST)).toBeLessThanOrEqual(0.02);
    },
  );

  it.each(['rare', 'heavy'] as const)(
    'carries more than 20 percent over it by the rules of the reference gateway, which compare averages (%s noise)',
    (noise) => {
      const scenario = load('failover.yaml', {
        'traffic.0.rate': '200/s',
        crypto: 'modelled',
        'topology.defaults.link.jitter': NOISES[noise],
        'options.gateway.multipath.mode': 'reference',
      });
      expect(shareOf(run(scenario, 1), SLOWEST)).toBeGreaterThan(0.2);
    },
  );
});
