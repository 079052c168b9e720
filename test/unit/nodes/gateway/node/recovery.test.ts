/**
 * Defects of a restarted gateway: it waited for a retry although the disk had answered within a
 * millisecond, sent its handshake over a dead path, and chose its first path late.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../../reports/model.ts';
import { counter, load, MS, prepare, run, SECOND, samples } from '../../../runner/fixture.ts';

const BASE = {
  duration: '6500ms',
  warmup: '3s',
  crypto: 'modelled',
  'traffic.0.kind': 'constant',
  'traffic.0.rate': '200/s',
};
const GATEWAYS = ['gateway-111', 'gateway-211'];
/** One core router on each path. */
const CORES = ['core-110', 'core-320', 'core-130'];
const ROUTERS = ['br-111-1', 'core-120'];

function crash(events: readonly string[], more: Readonly<Record<string, string>> = {}): SeedResult {
  return run(load('failover.yaml', { ...BASE, ...more, events: `[${events.join(', ')}]` }));
}

/**
 * Time for opening, answer, probe, answer and packet on the slowest path, plus the probe interval
 * and a margin.
 */
const QUICK_NS = 200 * MS;

describe('a gateway that is started again', () => {
  it.each(GATEWAYS)('%s waits for its disk and not for a retry', (name) => {
    const result = crash([`{ at: 5s, for: 300ms, crash: ${name} }`]);
    const [recovery, ...more] = samples(result, 'gateway.recovery');
    expect(more).toEqual([]);
    expect(recovery).toBeGreaterThan(40 * MS);
    // Opening, answer, probe, its answer and the packet take five times 10 ms, plus two disk
    // writes.
    expect(recovery).toBeLessThan(100 * MS);
    expect(counter(result, 'antireplay.false_reject')).toBe(0);
    expect(counter(result, 'gateway.duplicates')).toBe(0);
  });

  it.each(GATEWAYS.flatMap((name) => ROUTERS.map((router) => [name, router] as const)))(
    '%s does not wait for the path of %s, which is dead',
    (name, router) => {
      const result = crash([
        `{ at: 4900ms, for: 1500ms, crash: ${router} }`,
        `{ at: 5s, for: 300ms, crash: ${name} }`,
      ]);
      expect(Math.max(...samples(result, 'gateway.recovery'))).toBeLessThan(QUICK_NS);
    },
  );

  const survivors = (name: string): (readonly [string, string])[] =>
    CORES.map((core) => [name, core]);

  it.each(GATEWAYS.flatMap(survivors))(
    '%s does not wait when of all paths that died with it only that of %s is back',
    (name, left) => {
      const result = crash([
        ...CORES.filter((core) => core !== left).map(
          (core) => `{ at: 5200ms, for: 1200ms, crash: ${core} }`,
        ),
        `{ at: 5s, for: 300ms, crash: ${name} }`,
      ]);
      expect(Math.max(...samples(result, 'gateway.recovery'))).toBeLessThan(QUICK_NS);
    },
  );

  it.each(['320ms', '500ms'])(
    'both at once, the other one back after %s, meet within half a second',
    (later) => {
      const result = crash([
        '{ at: 5s, for: 300ms, crash: gateway-211 }',
        `{ at: 5s, for: ${later}, crash: gateway-111 }`,
      ]);
      expect(Math.max(...samples(result, 'gateway.recovery'))).toBeLessThan(SECOND / 2);
    },
  );

  it.each(CORES)('answers the way the question came: the first start has %s alone', (left) => {
    const dead = CORES.filter((core) => core !== left);
    // Links 0 to 5 are inside the leaf ASes; then each path has four.
    const cuts = dead.map((core) => [`topology.links.${6 + 4 * CORES.indexOf(core)}.loss`, '100%']);
    const scenario = load('failover.yaml', {
      ...BASE,
      ...Object.fromEntries(cuts),
      events: '[]',
      options: '{ scion: { bfd: false } }',
    });
    const { world, experiment } = prepare(scenario);
    world.sim.runUntil(200 * MS);
    for (const name of GATEWAYS) expect(experiment.node(name)?.isReady?.(), name).toBe(true);
  });

  it('agrees on one epoch, however many copies there are, and no frame is refused as a copy', () => {
    const scenario = load('failover.yaml', {
      ...BASE,
      events: '[{ at: 5s, for: 300ms, crash: gateway-211 }]',
    });
    const { world } = prepare(scenario);
    const rekeys = (name: string): number => {
      const counted = world.metrics(name)['gateway.rekeys'];
      return counted?.kind === 'counter' ? counted.value : 0;
    };
    world.sim.runUntil(5 * SECOND);
    const before = rekeys('gateway-111');
    world.sim.runUntil(6 * SECOND);
    expect(rekeys('gateway-111') - before).toBe(1);
    const drops = world.nodeDrops();
    expect(drops['epoch-not-durable'] ?? 0).toBeLessThanOrEqual(2);
    expect(drops['replay'] ?? 0).toBe(0);
  });
});
