/** How the strategies of gateways spread packets over paths. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { load, prepare, report, run, SECOND } from '../unit/runner/fixture.ts';

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
    { strategy: 'striping', shares: [1 / 3, 1 / 3, 1 / 3], what: 'its share of the bandwidth' },
    { strategy: 'race', shares: [1, 1, 0], what: 'a copy of all if it is in use or the standby' },
  ])('with $strategy $what', ({ strategy, shares }) => {
    const counts = forwarded(strategy);
    for (const [index, share] of shares.entries()) {
      // What is under way at the end differs by path: some 60 frames.
      expect(Math.abs((counts[index] as number) - share * 4_092)).toBeLessThan(180);
    }
  });

  it('with race as many packets as without, when more is offered: copies count once for the limit of the load', () => {
    const more = { 'topology.defaults.link.rate': '5Mbit/s', 'traffic.0.rate': '800/s' };
    const [raced = 0, sentOnce = 0] = ['race', 'failover'].map((strategy) => {
      const scenario = underStrategy(strategy, { ...more, duration: '12s', crypto: 'modelled' });
      return report(scenario, [run(scenario)]).metrics['gateway.refused']?.count;
    });
    expect(sentOnce).toBeGreaterThan(2_000);
    expect(Math.abs(raced / sentOnce - 1)).toBeLessThan(0.01);
  });

  it('with race on a link that all share, at 60 % of what it carries, each message once, and soon: copies are no messages', () => {
    const up = { 10: 'core-110 <-> br-111-2', 14: 'core-110 <-> br-111-3' };
    const down = { 13: 'core-210 <-> br-211-2', 17: 'core-210 <-> br-211-3' };
    const ends = Object.entries({ ...up, ...down }).map(([at, to]): [string, string] => [
      `topology.links.${at}.ends`,
      to,
    ]);
    const set = {
      ...Object.fromEntries(ends),
      'topology.links.7.rate': '5Mbit/s',
      ...{ 'traffic.0.rate': '315/s', duration: '14s', crypto: 'modelled' },
    };
    const { messages, nodeDrops, metrics } = run(underStrategy('race', set));
    const { submitted, delivered, refused, lost, open } = messages ?? expect.fail('no account');
    const { 'no-path': early = 0, ...others } = lost;
    expect({ others, open }).toEqual({ others: {}, open: 0 });
    expect(delivered + early + (refused['overload'] ?? 0)).toBe(submitted);
    expect(delivered).toBeGreaterThan(0.75 * submitted);
    expect(nodeDrops['replay']).toBeUndefined();
    // Most copies do not leave: queues double the round trip of the standby, which is then no standby.
    expect(nodeDrops['duplicate']).toBeGreaterThan(100);
    expect(nodeDrops['duplicate']).toBeLessThanOrEqual(delivered);
    const latency = metrics['gateway.latency'];
    expect(latency?.kind === 'histogram' && latency.data.max).toBeLessThan(400e6);
  });

  it('race at all gateways or at none, since others would count second copies as replays', () => {
    const set = { 'options.gateway-211.multipath.strategy': 'failover' };
    expect(() => underStrategy('race', set)).toThrow(/gateway-211 does not race, but gateway-111/);
  });

  it('stripe at all gateways or at none, since others would deliver the number of a packet with it', () => {
    const set = { 'options.gateway-211.multipath.strategy': 'weighted' };
    expect(() => underStrategy('striping', set)).toThrow(
      /gateway-211 does not stripe, but gateway-111/,
    );
  });

  it('hands over packets in order with striping while a path is cut, and loses those on it alone', () => {
    const cut = '[{ at: 3s, for: 2s, link: "core-310 <-> core-210", set: { up: false } }]';
    const set = { events: cut, duration: '9s', 'traffic.0.rate': '600/s', 'traffic.0.start': '1s' };
    const outcome = (strategy: string): SeedResult => run(underStrategy(strategy, set));
    const [striped, weighted] = [outcome('striping'), outcome('weighted')];
    const count = (result: SeedResult, name: string): number => {
      const metric = result.metrics[name];
      if (metric?.kind === 'counter') return metric.value;
      return metric?.kind === 'histogram' ? metric.data.count : 0;
    };
    expect(count(weighted, 'gateway.reorder')).toBeGreaterThan(1_000);
    expect(count(striped, 'gateway.reorder')).toBe(0);
    expect(count(striped, 'gateway.order_late')).toBe(0);
    // A third of what was sent in the 250 ms until three probes were missed; each lost packet was waited for.
    expect(count(striped, 'gateway.order_gaps')).toBeGreaterThan(10);
    const messages = striped.messages ?? expect.fail('no account');
    expect(messages).toMatchObject({ open: 0 });
    expect(messages.lost['link-down']).toBeLessThan(70);
    expect(messages).toEqual(weighted.messages);
  });

  it('cannot race under the rules of the reference gateway, which keep no standby', () => {
    expect(() => underStrategy('race', { 'options.gateway.multipath.mode': 'reference' })).toThrow(
      /multipath\.strategy.*keep no standby/s,
    );
  });
});
