/** How the strategies of gateways spread packets over paths. */
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../scenarios/model.ts';
import { load, prepare, SECOND } from '../unit/runner/fixture.ts';

const CORES = ['core-110', 'core-120', 'core-130'];

function underStrategy(strategy: string, more: Record<string, string> = {}): Scenario {
  return load('failover.yaml', {
    ...{ duration: '6s', warmup: '2s', 'traffic.0.rate': '300/s', events: '[]' },
    'options.gateway.multipath.strategy': strategy,
    ...more,
  });
}

/** Data frames that the core router of each path has forwarded in 6 s: all packets, less those of a run without data. */
function forwarded(strategy: string): number[] {
  const counts = (rate: string): number[] => {
    const { world } = prepare(underStrategy(strategy, { 'traffic.0.rate': rate }));
    world.sim.runUntil(6 * SECOND);
    return CORES.map((name) => {
      const metric = world.metrics(name)['router.forwarded'];
      return metric?.kind === 'counter' ? metric.value : expect.fail(`${name} counts nothing`);
    });
  };
  const few = counts('1/s');
  return counts('1000/s').map((count, index) => count - (few[index] as number));
}

describe('of packets on three paths, a path carries', () => {
  it.each([
    { strategy: 'failover', shares: [1, 0, 0], what: 'all if it is in use' },
    { strategy: 'best', shares: [1, 0, 0], what: 'all if it is the shortest' },
    { strategy: 'weighted', shares: [1 / 3, 1 / 3, 1 / 3], what: 'its share of the bandwidth' },
    { strategy: 'race', shares: [1, 1, 0], what: 'a copy of all if it is in use or the standby' },
  ])('with $strategy $what', ({ strategy, shares }) => {
    const counts = forwarded(strategy);
    for (const [index, share] of shares.entries()) {
      // What is under way at the end differs by path: some 60 frames.
      expect(Math.abs((counts[index] as number) - share * 4_092)).toBeLessThan(180);
    }
  });

  it('cannot race under the rules of the reference gateway, which keep no standby', () => {
    expect(() => underStrategy('race', { 'options.gateway.multipath.mode': 'reference' })).toThrow(
      /multipath\.strategy.*keep no standby/s,
    );
  });
});
