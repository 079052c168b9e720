import { describe, expect, it } from 'vitest';
import { GATEWAY_PORT } from '../../../../../nodes/gateway/underlay/carrier.ts';
import { host } from '../../../../../nodes/scion/wire/host-address.ts';
import { isdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { encodeScmpPacket } from '../../../../../nodes/scion/wire/scmp.ts';
import type { PreparedRun } from '../../../../../scenarios/runner/run-seed.ts';
import {
  counter,
  load,
  MS,
  prepare,
  run,
  SECOND,
  samples,
} from '../../../scenarios/runner/fixture.ts';

const PAIR = ['gateway-111', 'gateway-211'] as const;
/** Probes that would take seven seconds to find a dead path, and no reports. */
const SLOW = '{ gateway: { multipath: { probeInterval: 1s, misses: 6, reports: false } } }';

/** Says, in the name of a core AS, that an interface of it is down. */
function forge({ world }: PreparedRun, as: string, ifId: number): void {
  const attacker = world.host('br-111-2');
  const socket = attacker.udp({ port: 4_000, onDatagram: () => undefined });
  const bytes = encodeScmpPacket(
    {
      trafficClass: 0,
      flowId: 1,
      target: isdAs('1-ff00:0:111'),
      source: isdAs(as),
      targetHost: host(addressOf('gateway-111')),
      sourceHost: host('127.0.0.9'),
      path: { kind: 'empty' },
    },
    { kind: 'external-interface-down', code: 0, isdAs: isdAs(as), ifId, data: new Uint8Array(64) },
  );
  const buffer = attacker.alloc(bytes.length);
  buffer.set(bytes);
  const to = attacker.endpoint(addressOf('gateway-111'), GATEWAY_PORT);
  socket?.send(buffer, 0, bytes.length, to);
  socket?.close();
}

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
    // BFD takes 400 to 600 ms, the next probe leaves within 1 s and misses within 50 ms.
    expect(gap).toBeGreaterThan(400 * MS);
    expect(gap).toBeLessThan(1_700 * MS);
    // Each of the two gateways gives up each path over the link that was cut.
    expect(counter(result, 'gateway.path_deaths')).toBeGreaterThanOrEqual(2);
  });

  it('forged messages about a path that answers do not move a packet', () => {
    const prepared = prepare(scenario);
    const { world, stage } = prepared;
    world.sim.runUntil(5 * SECOND);
    const before = stage.activePath(...PAIR);
    expect(before).toContain('core-110--core-310');
    for (let at = 5 * SECOND; at < 9 * SECOND; at += 100 * MS) {
      forge(prepared, '1-ff00:0:110', 2);
      world.sim.runUntil(at + 100 * MS);
    }
    const scmp = world.metrics('gateway-111')['gateway.scmp'];
    expect(scmp).toMatchObject({ value: 40 });
    expect(stage.activePath(...PAIR)).toEqual(before);
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
