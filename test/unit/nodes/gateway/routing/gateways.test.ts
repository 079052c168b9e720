/** Gateways that route IP packets by announced prefixes, and choose paths by traffic classes. */
import { describe, expect, it } from 'vitest';
import type { PreparedRun } from '../../../../../runner/run/assemble-seed.ts';
import { loadText, prepare, SECOND } from '../../../runner/fixture.ts';
import { ipv4Packet } from '../sig/frames.ts';

/** Each accepts 10.0.0.0/8 of the other, and announces a part of it. */
const POLICY = `
  advertise 1-ff00:0:111 0-0 10.1.0.0/16
  advertise 2-ff00:0:211 0-0 10.2.0.0/16,2001:db8:2::/48
  accept 0-0 0-0 10.0.0.0/8,2001:db8::/32`;

function text(options: string, events = '[]'): string {
  return `
name: routing
question: Do IP packets find their gateway?
topology: scion-default.yaml
duration: 20s
traffic:
  - { from: gateway-111, to: gateway-211, kind: constant, rate: 1/s, stop: 1s }
events: ${events}
options:
  gateway: ${options}
kpis: {}
`;
}

const withPolicy = (policy: string, more = ''): string =>
  `{ ${more} routing: ${JSON.stringify(policy)} }`;

/** An IPv4 packet of 100 bytes to an address. */
function packetTo(address: string, dscp = 0): Uint8Array {
  const packet = ipv4Packet(100);
  packet[1] = dscp << 2;
  packet.set(address.split('.').map(Number), 16);
  return packet;
}

interface Asked {
  readonly outcomes: string[];
  readonly received: string[];
}

/** Gives packets to gateway-111, one each 10 ms from an instant on, and returns what became of them. */
function routePackets(
  { world }: PreparedRun,
  packets: readonly Uint8Array[],
  fromNs = 3 * SECOND,
): Asked {
  const asked: Asked = { outcomes: [], received: [] };
  const ignore = (): void => undefined;
  world.listen({
    delivered: (node, _from, bytes) => {
      if (bytes[0] === 0x45) asked.received.push(`${node} ${bytes.slice(16, 20).join('.')}`);
    },
    state: ignore,
    spanned: ignore,
    marked: ignore,
    logged: ignore,
  });
  for (const [index, body] of packets.entries()) {
    world.at(fromNs + index * 10_000_000, () =>
      world.request('gateway-111', {
        ...{ kind: 'send', target: '', body },
        respond: (outcome) => void asked.outcomes.push(outcome),
      }),
    );
  }
  return asked;
}

describe('a gateway with a routing policy', () => {
  for (const encapsulation of ['sealed', 'sig']) {
    it(`sends IP packets to the peer that announced their prefix, ${encapsulation}`, () => {
      const options = withPolicy(POLICY, `encapsulation: ${encapsulation},`);
      const prepared = prepare(loadText(text(options)));
      const packets = ['10.2.3.4', '10.1.0.1', '10.3.0.1', '198.18.0.1'].map((to) => packetTo(to));
      const asked = routePackets(prepared, [...packets, Uint8Array.of(1, 2, 3)]);
      prepared.world.sim.runUntil(5 * SECOND);
      expect(asked).toEqual({
        outcomes: ['ok', 'route-local', 'no-route', 'no-route', 'ip-malformed'],
        received: ['gateway-211 10.2.3.4'],
      });
      const drops = prepared.world.nodeDrops();
      expect(drops).toMatchObject({ 'no-route': 2, 'route-local': 1, 'ip-malformed': 1 });
      expect(drops).not.toHaveProperty('prefix-refused');
    });
  }

  it('accepts nothing without a rule that accepts it, and counts what was announced', () => {
    const policy = 'advertise 0-0 0-0 10.2.0.0/16';
    const prepared = prepare(loadText(text(withPolicy(policy.replace('0-0', '2-ff00:0:211')))));
    const asked = routePackets(prepared, [packetTo('10.2.3.4')]);
    prepared.world.sim.runUntil(5 * SECOND);
    expect(asked.outcomes).toEqual(['no-route']);
    expect(prepared.world.nodeDrops()['prefix-refused']).toBeGreaterThan(2);
  });
});
