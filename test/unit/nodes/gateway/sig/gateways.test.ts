/** Two gateways with `encapsulation: sig`: IP packets cross in SIG frames, on the paths that probes find alive. */
import { describe, expect, it } from 'vitest';
import type { Tap } from '../../../../../engine/net/tap.ts';
import { gatewayConfig } from '../../../../../nodes/gateway/config.ts';
import type { PreparedRun } from '../../../../../runner/run/assemble-seed.ts';
import { openScenario } from '../../../../../scenarios/open/open.ts';
import { loadText, prepare, registry, report, run, SECOND } from '../../../runner/fixture.ts';
import { ipv4Packet, ipv6Packet } from './frames.ts';

const TEXT = `
name: sig
question: Do IP packets cross in SIG frames?
topology: scion-default.yaml
duration: 12s
traffic:
  - { from: gateway-111, to: gateway-211, kind: constant, rate: 1/s, stop: 1s }
options:
  gateway: { encapsulation: sig }
kpis: {}
`;

const IPV6_FLOW = `  - { from: gateway-211, to: gateway-111, kind: ip, version: ipv6, rate: 500/s }
options:`;

/** Sends packets from one gateway to the other, 10 ms apart from second 3 on. */
function sendPackets(
  { world }: PreparedRun,
  packets: readonly Uint8Array[],
): { readonly received: Uint8Array[]; readonly arrivedNs: number[]; readonly outcomes: string[] } {
  const received: Uint8Array[] = [];
  const arrivedNs: number[] = [];
  const outcomes: string[] = [];
  const ignore = (): void => undefined;
  world.listen({
    delivered: (node, from, bytes) => {
      expect([node, from]).toEqual(['gateway-211', 'gateway-111']);
      received.push(bytes.slice());
      arrivedNs.push(world.now());
    },
    state: ignore,
    spanned: ignore,
    marked: ignore,
    logged: ignore,
  });
  for (const [index, packet] of packets.entries()) {
    world.at(3 * SECOND + index * 10_000_000, () =>
      world.request('gateway-111', {
        kind: 'send',
        target: 'gateway-211',
        body: packet.slice(),
        respond: (outcome) => void outcomes.push(outcome),
      }),
    );
  }
  return { received, arrivedNs, outcomes };
}

describe('two gateways with encapsulation: sig', () => {
  it('carry IPv4 and IPv6 packets of every length unchanged', () => {
    const packets = [20, 21, 100, 576, 1_100, 1_150, 1_200, 1_280, 1_500, 9_000, 65_535].flatMap(
      (length) => [ipv4Packet(length), ipv6Packet(Math.max(40, length))],
    );
    const prepared = prepare(loadText(TEXT), 1, { buffers: 'poison' });
    const { received, outcomes } = sendPackets(prepared, packets);
    prepared.world.sim.runUntil(6 * SECOND);
    expect(outcomes).toEqual(packets.map(() => 'ok'));
    expect(received.map(({ length }) => length)).toEqual(packets.map(({ length }) => length));
    expect(received.every((one, index) => Buffer.compare(one, packets[index]!) === 0)).toBe(true);
  });

  it('refuse what is no IP packet, by name', () => {
    const prepared = prepare(loadText(TEXT));
    const { received, outcomes } = sendPackets(prepared, [
      new Uint8Array(100).fill(0x99),
      ipv4Packet(100).subarray(1),
    ]);
    prepared.world.sim.runUntil(4 * SECOND);
    expect(outcomes).toEqual(['ip-malformed', 'ip-malformed']);
    expect(received).toEqual([]);
    expect(prepared.world.nodeDrops()).toMatchObject({ 'ip-malformed': 2 });
  });

  it('leave a dead path by their probes', () => {
    const cut = `
events:
  - { at: 4s, for: 6s, link: { activePath: "gateway-111 -> gateway-211", hop: random }, set: { up: false } }
`;
    const prepared = prepare(loadText(TEXT + cut));
    const packets = Array.from({ length: 300 }, (_, index) => ipv4Packet(600, index % 256));
    const { received, arrivedNs } = sendPackets(prepared, packets);
    prepared.world.sim.runUntil(7 * SECOND);
    const lost = packets.length - received.length;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(25);
    const gaps = arrivedNs.slice(1).map((at, index) => at - arrivedNs[index]!);
    expect(Math.max(...gaps)).toBeLessThan(0.25 * SECOND);
  });

  it('seal nothing: whoever is on the path reads the packets', () => {
    const prepared = prepare(loadText(TEXT));
    const text = Buffer.from('anybody on the path can read this');
    let seen = 0;
    const tap: Tap = {
      onPacket: (table, packet) => {
        if (Buffer.from(table.view(packet)).includes(text)) seen += 1;
        return 'pass';
      },
    };
    for (const direction of prepared.world.sim.network.directions) direction.setTaps([tap]);
    const packet = ipv4Packet(20 + text.length);
    packet.set(text, 20);
    expect(sendPackets(prepared, [packet]).received).toEqual([]);
    prepared.world.sim.runUntil(4 * SECOND);
    expect(seen).toBeGreaterThanOrEqual(2);
  });

  it('are unencrypted, and the verdict says so', async () => {
    const overrides = { 'options.gateway': '{ encapsulation: sig }' };
    const open = await openScenario('failover.yaml', overrides, registry);
    expect(report(open.scenario, []).remarks).toEqual(['packets unencrypted (encapsulation: sig)']);
    const sealed = await openScenario('failover.yaml', {}, registry);
    expect(sealed.scenario.remarks).toBeUndefined();
  });

  it('deliver the traffic of kind ip of a scenario', () => {
    const ip = TEXT.replace(
      'kind: constant, rate: 1/s, stop: 1s',
      'kind: ip, rate: 500/s, size: 1400B',
    );
    const both = ip.replace('options:', IPV6_FLOW);
    const { metrics } = run(loadText(both, { duration: '8s', warmup: '3s' }));
    const delivery = metrics['gateway.delivery'];
    if (delivery?.kind !== 'ratio') expect.fail('no share of delivered packets');
    const { numerator, denominator } = delivery;
    expect(denominator).toBeGreaterThan(4_000);
    expect(numerator).toBe(denominator);
  });

  it('let a flood in the name of a peer pass its rate limit', () => {
    const limited = TEXT.replace(
      'sig }',
      'sig, rateLimit: { enabled: true, perSecond: 100, burst: 10 } }',
    ).replace('kind: constant, rate: 1/s, stop: 1s', 'kind: ip, rate: 1000/s, size: 100B');
    const { metrics } = run(loadText(limited, { duration: '8s', warmup: '3s' }));
    const delivery = metrics['gateway.delivery'];
    if (delivery?.kind !== 'ratio') expect.fail('no share of delivered packets');
    expect(delivery.numerator / delivery.denominator).toBeLessThan(0.12);
    expect(delivery.numerator / delivery.denominator).toBeGreaterThan(0.08);
  });

  it('took from an application a packet that nobody had authenticated', () => {
    const prepared = prepare(loadText(TEXT));
    prepared.world.sim.runUntil(3 * SECOND);
    const outcomes: string[] = [];
    prepared.world.request('gateway-111', {
      ...{ kind: 'receive', target: '', body: new Uint8Array(100) },
      respond: (outcome) => void outcomes.push(outcome),
    });
    prepared.world.sim.runUntil(4 * SECOND);
    expect(outcomes).toEqual(['receive-unsealed']);
  });

  it('do not account for packets, and reports say why', () => {
    const { messages, messagesUntracked } = run(loadText(TEXT, { duration: '2s' }));
    expect(messages).toBeUndefined();
    expect(messagesUntracked).toBe('a SIG frame does not say which packets it carries');
  });

  it('are all of the same encapsulation', () => {
    const mixed = TEXT.replace('gateway: {', 'gateway-111: {');
    expect(() => loadText(mixed)).toThrow('accepts sealed frames alone, but gateway-111 sends SIG');
  });

  it('do not race, as second copies could not be told from packets', () => {
    const options = { encapsulation: 'sig', multipath: { strategy: 'race' } };
    const parsed = gatewayConfig.safeParse(options);
    expect(parsed.error?.issues[0]?.message).toContain('SIG frames neither race nor stripe');
    expect(gatewayConfig.safeParse({ encapsulation: 'sig' }).success).toBe(true);
  });
});
