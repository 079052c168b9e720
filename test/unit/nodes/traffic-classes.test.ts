/**
 * The classes with which datagrams of the shipped protocols are on the links: what a priority queue sees of them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../scenarios/model.ts';
import { load, loadText, MS, prepare } from '../runner/fixture.ts';

interface Seen {
  readonly direction: string;
  readonly dscp: number;
  readonly length: number;
}

/** Every datagram offered to a link in this time. */
function offered(scenario: Scenario, untilMs: number): readonly Seen[] {
  const { sim } = prepare(scenario).world;
  const { table } = sim.network;
  const seen: Seen[] = [];
  sim.observer = {
    onOffered: ({ name }, packet): void => {
      const [dscp, length] = [table.dscp[packet]!, table.length[packet]!];
      seen.push({ direction: name, dscp, length });
    },
    onStarted: (): void => undefined,
    onDelivered: (): void => undefined,
    onDropped: (): void => undefined,
  };
  sim.runUntil(untilMs * MS);
  return seen;
}

const classes = (seen: readonly Seen[]): readonly number[] =>
  [...new Set(seen.map(({ dscp }) => dscp))].sort((a, b) => a - b);

const pair = (run: string, traffic: string, options = '{}'): Scenario =>
  loadText(`
name: pair
topology:
  name: pair
  defaults: { node: { run: ${run}, options: ${options} } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 10ms }]
duration: 3s
traffic: [{ from: alice, to: bob, kind: constant, rate: 20/s, size: 1000B, ${traffic} }]
`);

describe('a priority queue saw one class of every protocol', () => {
  it('and now sees probes, handshakes and BFD of gateways and routers in front of data', () => {
    const scenario = load('failover.yaml', { crypto: 'modelled', 'traffic.0.rate': '100/s' });
    const seen = offered(scenario, 4_000);
    expect(classes(seen)).toEqual([0, 48]);
    // Whatever is as long as a data packet is one, on all its links.
    for (const { dscp, length } of seen) if (length > 1_000) expect(dscp).toBe(0);
    const far = seen.filter(({ direction }) => direction === 'core-110->core-310');
    expect(classes(far)).toEqual([0, 48]);
  });

  it.each([
    ['bulk', 1],
    ['normal', 0],
    ['expedited', 46],
  ])('and now sees data of gateways as its priority %s says, on every link', (priority, dscp) => {
    const traffic = `[{ from: gateway-111, to: gateway-211, kind: constant, rate: 50/s, size: 1200B, priority: ${priority} }]`;
    const set = { crypto: 'modelled', events: '[]', kpis: '{}', traffic };
    const data = offered(load('failover.yaml', set), 4_000).filter(({ length }) => length > 1_200);
    expect(classes(data)).toEqual([dscp]);
    expect(new Set(data.map(({ direction }) => direction)).size).toBeGreaterThanOrEqual(6);
  });

  it('and now sees what waited for a path at a gateway with the priority that it had', () => {
    const traffic =
      '[{ from: gateway-111, to: gateway-211, kind: constant, rate: 50/s, size: 1200B, priority: expedited, tolerant: true }]';
    const events = '[{ at: 3s, for: 2s, partition: { from: [gateway-111], to: ["br-111-*"] } }]';
    const set = { crypto: 'modelled', events, kpis: '{}', traffic };
    const data = offered(load('failover.yaml', set), 8_000).filter(({ length }) => length > 1_200);
    expect(classes(data)).toEqual([46]);
  });

  it.each(['datagram', 'ping'])('and now sees the wishes of %s', (run) => {
    for (const [priority, dscp] of [
      ['bulk', 1],
      ['expedited', 46],
    ] as const) {
      const scenario = pair(run, `priority: ${priority}`);
      expect(scenario.warnings).toEqual([]);
      const sent = offered(scenario, 3_000).filter(({ length }) => length >= 1_000);
      expect(classes(sent)).toEqual([dscp]);
    }
    expect(classes(offered(pair(run, ''), 3_000))).toEqual([0]);
  });

  it('and now sees the priority of bundles over UDPCL, and signals of LTP before them', () => {
    const udpcl = pair('dtn', 'priority: expedited', '{ layer: udpcl }');
    expect(classes(offered(udpcl, 3_000))).toContain(46);
    const ltp = pair('dtn', 'priority: bulk', '{ layer: ltp }');
    const seen = offered(ltp, 3_000);
    const data = seen.filter(({ length }) => length > 900);
    expect(classes(data)).toEqual([1]);
    expect(classes(seen.filter(({ direction }) => direction === 'bob->alice'))).toEqual([48]);
  });
});

describe('packets of a mixnet', () => {
  it('have one class, whatever a message wishes: another would tell it from cover', () => {
    const traffic =
      '[{ from: client-1, to: client-2, kind: constant, rate: 5/s, size: 500B, priority: expedited }]';
    const set = {
      crypto: 'modelled',
      kpis: '{}',
      'topology.generate.clients': '4',
      traffic,
    };
    const seen = offered(load('mixnet.yaml', set), 5_000);
    expect(seen.length).toBeGreaterThan(100);
    expect(classes(seen)).toEqual([0]);
  });
});
