import { describe, expect, it } from 'vitest';
import { FRAME_TYPE } from '../../../../../nodes/gateway/geometry.ts';
import { GATEWAY_PORT } from '../../../../../nodes/gateway/underlay/underlay-path.ts';
import { counter, load, MS, prepare, run, SECOND, samples } from '../../../runner/fixture.ts';
import { forgeScmp } from '../forged-scmp.ts';

const PAIR = ['gateway-111', 'gateway-211'] as const;
/** The source of packets from gateway-111: ISD and AS as in the header. */
const OURS = String(Uint8Array.of(0, 1, 0xff, 0, 0, 0, 0x01, 0x11));
const CORE = '1-ff00:0:110';
/** Options with which probes take seven seconds to find a dead path, and without reports. */
const SLOW = '{ gateway: { multipath: { probeInterval: 1s, misses: 6, reports: false } } }';

const scenario = load('failover.yaml', {
  duration: '12s',
  warmup: '3s',
  'traffic.0.kind': 'constant',
  'traffic.0.rate': '200/s',
  crypto: 'modelled',
  options: SLOW,
  events: '[]',
});
const addressOf = (name: string): string =>
  scenario.topology.hosts.find((spec) => spec.name === name)?.address ?? '';

describe('SCMP at the gateway', () => {
  it('a router that finds its link down says so, and the gateway leaves after one missed probe', () => {
    const cut = load('failover.yaml', {
      ...scenario.overrides,
      events: '[{ at: 5s, for: 5s, link: "core-110 <-> core-310", set: { up: false } }]',
    });
    const result = run(cut);
    expect(counter(result, 'gateway.scmp')).toBeGreaterThan(10);
    const [gap] = samples(result, 'gateway.failover');
    // BFD takes 400 to 600 ms; the next probe leaves within 1 s and is missed within 50 ms.
    expect(gap).toBeGreaterThan(400 * MS);
    expect(gap).toBeLessThan(1_700 * MS);
    // Each of the two gateways gives up every path over the cut link.
    expect(counter(result, 'gateway.path_deaths')).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['answers to probes', FRAME_TYPE.probeReply],
    ['reports', FRAME_TYPE.report],
  ])('messages about %s, which go back by the peer’s path, are not taken for forged', (_, type) => {
    const prepared = prepare(
      load('failover.yaml', {
        duration: '8s',
        warmup: '3s',
        'traffic.0':
          '{ from: gateway-211, to: gateway-111, kind: constant, rate: 200/s, size: 400B }',
        events: '[]',
      }),
    );
    const { world } = prepared;
    let quote: Uint8Array | undefined;
    for (const side of ['forward', 'backward'] as const) {
      world.link('gateway-111--br-111-1').tap(side, ({ bytes, offset, length }) => {
        const frame = offset + (bytes[offset + 5] ?? 0) * 4 + 8;
        const isOut = String(bytes.subarray(offset + 20, offset + 28)) === OURS;
        if (isOut && bytes[frame + 2] === type) quote = bytes.slice(offset, offset + length);
        return true;
      });
    }
    for (let at = 5 * SECOND; at < 7 * SECOND; at += 100 * MS) {
      world.sim.runUntil(at);
      expect(quote).toBeDefined();
      forgeScmp(prepared, { from: CORE, about: CORE, ifId: 2, quote: quote ?? new Uint8Array(0) });
    }
    world.sim.runUntil(8 * SECOND);
    expect(world.metrics('gateway-111')['gateway.scmp']).toMatchObject({ value: 20 });
    expect(world.nodeDrops()['scmp-quote'] ?? 0).toBe(0);
    // The messages report the path as down, but it answers.
    expect(world.metrics('gateway-111')['gateway.path_deaths']).toMatchObject({ value: 0 });
  });

  it.each([
    [
      'paths that leave the AS over it are left after one missed probe',
      { ingress: 9, ifId: 2 },
      false,
    ],
    ['paths that enter the AS over it stay in use', { ingress: 2, ifId: 9 }, true],
  ])(
    'a router that no longer reaches an interface inside its AS says so, and %s',
    (_, down, isKept) => {
      const prepared = prepare(
        load('failover.yaml', {
          ...scenario.overrides,
          options: SLOW.replace('{', '{ scion: { bfd: false },'),
        }),
      );
      const { world, experiment } = prepared;
      let quote = new Uint8Array(0);
      for (const side of ['forward', 'backward'] as const) {
        world.link('gateway-111--br-111-1').tap(side, ({ bytes, offset, length }) => {
          const isOut = String(bytes.subarray(offset + 20, offset + 28)) === OURS;
          if (isOut) quote = bytes.slice(offset, offset + length);
          return true;
        });
      }
      world.sim.runUntil(5 * SECOND);
      const before = experiment.activePath(...PAIR);
      expect(before).toContain('core-110--core-310');
      world.link('core-110--core-310').change({ up: false }, 'both');
      world.sim.runUntil(5_100 * MS);
      forgeScmp(prepared, { from: CORE, about: CORE, ...down, quote });
      world.sim.runUntil(7_500 * MS);
      expect(String(experiment.activePath(...PAIR)) === String(before)).toBe(isKept);
    },
  );

  it('forged messages about a path that answers do not move a packet', () => {
    const prepared = prepare(scenario);
    const { world, experiment } = prepared;
    world.sim.runUntil(5 * SECOND);
    const before = experiment.activePath(...PAIR);
    expect(before).toContain('core-110--core-310');
    for (let at = 5 * SECOND; at < 9 * SECOND; at += 100 * MS) {
      forgeScmp(prepared, { from: CORE, about: CORE, ifId: 2, quote: new Uint8Array(64) });
      world.sim.runUntil(at + 100 * MS);
    }
    const scmp = world.metrics('gateway-111')['gateway.scmp'];
    expect(scmp).toMatchObject({ value: 40 });
    expect(experiment.activePath(...PAIR)).toEqual(before);
    expect(world.metrics('gateway-111')['gateway.fault_switches']).toMatchObject({ value: 0 });
    expect(world.metrics('gateway-111')['gateway.path_deaths']).toMatchObject({ value: 0 });
  });

  it('bytes that are no SCION packet are a named drop', () => {
    const { world } = prepare(scenario);
    const attacker = world.host('br-111-1');
    const socket = attacker.udp({ port: 4_000, onDatagram: () => undefined });
    world.sim.runUntil(SECOND);
    const buffer = attacker.alloc(200).fill(0xff);
    socket?.send(buffer, 0, 200, attacker.endpoint(addressOf('gateway-111'), GATEWAY_PORT));
    world.sim.runUntil(2 * SECOND);
    expect(world.nodeDrops()['scion-version']).toBe(1);
  });
});
