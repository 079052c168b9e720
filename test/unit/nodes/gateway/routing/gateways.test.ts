/** Gateways that route IP packets by announced prefixes, and choose paths by traffic classes. */
import { describe, expect, it } from 'vitest';
import type { PreparedRun } from '../../../../../runner/run/assemble-seed.ts';
import { loadText, MS, prepare, SECOND } from '../../../runner/fixture.ts';
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
  /** How long each packet took, ms. */
  readonly tookMs: number[];
}

/** Gives packets to gateway-111, one each 10 ms from an instant on, and returns what became of them. */
function routePackets(
  { world }: PreparedRun,
  packets: readonly Uint8Array[],
  fromNs = 3 * SECOND,
): Asked {
  const asked: Asked = { outcomes: [], received: [], tookMs: [] };
  const ignore = (): void => undefined;
  world.listen({
    delivered: (node, _from, bytes) => {
      if (bytes[0] !== 0x45) return;
      asked.received.push(`${node} ${bytes.slice(16, 20).join('.')}`);
      const index = asked.received.length - 1;
      asked.tookMs.push(Math.round((world.now() - fromNs - index * 10 * MS) / MS));
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
      expect(asked).toMatchObject({
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

  it('cannot attract packets to what its peer itself announces', () => {
    const policy = `${POLICY}\nadvertise 2-ff00:0:211 0-0 10.1.7.0/24`;
    const prepared = prepare(loadText(text(withPolicy(policy))));
    const asked = routePackets(prepared, [packetTo('10.1.7.1')]);
    prepared.world.sim.runUntil(5 * SECOND);
    expect(asked.outcomes).toEqual(['route-local']);
    expect(prepared.world.nodeDrops()['prefix-own']).toBeGreaterThan(2);
  });

  it('forgets what a peer announced when its session is ended, or it withdraws', () => {
    const less = JSON.stringify({ routing: POLICY.replace('10.2.0.0/16,', '') });
    const body = less.replaceAll("'", "''");
    for (const event of [
      '{ at: 4s, ask: { node: gateway-111, kind: close-tunnel, target: gateway-211 } }',
      `{ at: 4s, ask: { node: gateway-211, kind: reconfigure, body: '${body}' } }`,
    ]) {
      const prepared = prepare(loadText(text(withPolicy(POLICY), `[${event}]`)));
      const before = routePackets(prepared, [packetTo('10.2.3.4')]);
      const after = routePackets(prepared, [packetTo('10.2.3.4')], 5 * SECOND);
      prepared.world.sim.runUntil(6 * SECOND);
      expect(before.outcomes).toEqual(['ok']);
      expect(after.outcomes).toEqual(['no-route']);
    }
  });

  it('has routes again within a second after a restart', () => {
    const crash = '[{ at: 4s, for: 2s, crash: gateway-111 }]';
    const prepared = prepare(loadText(text(withPolicy(POLICY), crash)));
    const asked = routePackets(prepared, [packetTo('10.2.3.4')], 6_900 * MS);
    prepared.world.sim.runUntil(9 * SECOND);
    expect(asked).toMatchObject({ outcomes: ['ok'], received: ['gateway-211 10.2.3.4'] });
  });
});

/** The path over AS 330 takes 15 ms, that over 320 takes 12 ms, and the best one 10 ms. */
const CLASSES = `classes: [ { name: slow, match: { dscp: 8 }, paths: ["0 0 3-ff00:0:330 0 0", "0 0 3-ff00:0:320 0 0"] }, { name: strict, match: { dscp: 46 }, paths: ["0 0 3-ff00:0:330 0 0"] } ],`;

describe('a gateway with traffic classes', () => {
  const packets = [8, 46, 0].map((dscp) => packetTo('10.2.3.4', dscp));
  for (const encapsulation of ['sealed', 'sig']) {
    it(`sends each class on the path of its first policy that answers, ${encapsulation}`, () => {
      const options = withPolicy(POLICY, `${CLASSES} encapsulation: ${encapsulation},`);
      const cut = '[{ at: 4s, for: 6s, link: core-330 <-> core-230, set: { up: false } }]';
      const prepared = prepare(loadText(text(options, cut)));
      const before = routePackets(prepared, packets);
      prepared.world.sim.runUntil(4 * SECOND);
      expect(before.outcomes).toEqual(['ok', 'ok', 'ok']);
      expect(before.tookMs).toEqual([15, 15, 10]);
      const during = routePackets(prepared, packets, 5 * SECOND);
      prepared.world.sim.runUntil(6 * SECOND);
      expect(during.outcomes).toEqual(['ok', 'class-no-path', 'ok']);
      expect(during.received).toHaveLength(2);
      expect(during.tookMs[0]).toBe(12);
      const after = routePackets(prepared, packets, 14 * SECOND);
      prepared.world.sim.runUntil(15 * SECOND);
      expect(after.tookMs).toEqual([15, 15, 10]);
      expect(prepared.world.nodeDrops()['class-no-path']).toBe(1);
    });
  }

  it('does not give up the path in use for what it sends on others', () => {
    const options = withPolicy(POLICY, CLASSES);
    const cut = '[{ at: 4s, for: 6s, link: core-330 <-> core-230, set: { up: false } }]';
    const prepared = prepare(loadText(text(options, cut)));
    const inUse = (): readonly string[] | undefined =>
      prepared.experiment.activePath('gateway-111', 'gateway-211');
    prepared.world.sim.runUntil(3 * SECOND);
    const path = inUse();
    expect(path?.length).toBeGreaterThan(0);
    const strict = Array.from({ length: 150 }, () => packetTo('10.2.3.4', 46));
    const asked = routePackets(prepared, strict, 3_500 * MS);
    prepared.world.sim.runUntil(6 * SECOND);
    expect(asked.outcomes.filter((one) => one === 'ok').length).toBeGreaterThan(50);
    expect(inUse()).toEqual(path);
  });
});

/** What gateway-111 answers to `explain` of an address. */
// biome-ignore lint/suspicious/noExplicitAny: an answer of any kind
function explain({ world }: PreparedRun, target: string): readonly [string, any] {
  let answer: readonly [string, unknown] = ['unanswered', undefined];
  world.request('gateway-111', {
    ...{ kind: 'explain', target, body: new Uint8Array(0) },
    respond: (outcome, bytes) => {
      const said = Buffer.from(bytes ?? []).toString();
      answer = [outcome, said.startsWith('{') ? JSON.parse(said) : said];
    },
  });
  return answer;
}

describe('a gateway that is asked about an IP address', () => {
  it('says which prefix won, and by which policy each class that fits has its path', () => {
    const wide = POLICY.replace('10.2.0.0/16', '10.0.0.0/8,10.2.0.0/16');
    const more =
      '{ name: far, match: { destination: 10.3.0.0/16 }, paths: [{}] }, { name: rest, paths: [{ order: [latency] }] }, { name: never, paths: [{}] }';
    const options = withPolicy(wide, CLASSES.replace(' ],', `, ${more} ],`));
    const cut = '[{ at: 4s, for: 6s, link: core-330 <-> core-230, set: { up: false } }]';
    const prepared = prepare(loadText(text(options, cut)));
    prepared.world.sim.runUntil(3 * SECOND);
    const [outcome, way] = explain(prepared, '10.2.3.4');
    expect(outcome).toBe('ok');
    expect(way).toMatchObject({
      ...{ name: 'gateway-211', address: '10.2.3.4', prefix: '10.2.0.0/16' },
      whyPeer: 'announced 10.2.0.0/16, the longest prefix that it is in',
    });
    expect(way.endsInNs).toBeGreaterThan(29 * SECOND);
    expect(way.endsInNs).toBeLessThanOrEqual(30 * SECOND);
    const found = 'is alive and the first that was found of those allowed by policy';
    expect(way.classes).toEqual([
      { name: 'slow', keys: ['dscp'], path: 'via-130-330-230', why: `${found} 1` },
      { name: 'strict', keys: ['dscp'], path: 'via-130-330-230', why: `${found} 1` },
      {
        ...{ name: 'rest', keys: [], path: 'via-110-310-210' },
        why: 'is alive and the first in the order of policy 1',
      },
    ]);
    expect(explain(prepared, '10.9.0.1')[1].prefix).toBe('10.0.0.0/8');
    prepared.world.sim.runUntil(5 * SECOND);
    const [slow, strict] = explain(prepared, '10.2.3.4')[1].classes;
    expect(slow).toEqual({
      ...{ name: 'slow', keys: ['dscp'], path: 'via-120-320-220' },
      why: `${found} 2; those before it allow none that is`,
    });
    expect(strict).toEqual({
      ...{ name: 'strict', keys: ['dscp'] },
      why: 'is refused: no path that its policies allow answers',
    });
  });

  it('says why no peer gets its packets', () => {
    const prepared = prepare(loadText(text(withPolicy(POLICY))));
    prepared.world.sim.runUntil(3 * SECOND);
    const own = '10.1.0.1 is in 10.1.0.0/16, which this gateway announces';
    expect(explain(prepared, '10.1.0.1')).toEqual(['route-local', own]);
    const none =
      'no peer has announced an accepted prefix that 2001:db8:3::1 is in; there are 10.2.0.0/16 of gateway-211, 2001:db8:2::/48 of gateway-211';
    expect(explain(prepared, '2001:db8:3::1')).toEqual(['no-route', none]);
    expect(explain(prepared, '10.2.0.256')[0]).toBe('unknown-peer');
  });

  it('says which peers announced the same prefix, and why they do not get them', () => {
    const both = `
      advertise 1-ff00:0:112 0-0 198.19.0.0/24
      advertise 1-ff00:0:113 0-0 198.19.0.0/24
      accept 0-0 0-0 198.19.0.0/16`;
    const crash = '[{ at: 4s, for: 10s, crash: gateway-112 }]';
    const offices = text(withPolicy(both), crash)
      .replace('scion-default', 'three-offices')
      .replace('gateway-211', 'gateway-112');
    const prepared = prepare(loadText(offices));
    prepared.world.sim.runUntil(3 * SECOND);
    const won = 'announced 198.19.0.0/24, the longest prefix that it is in';
    expect(explain(prepared, '198.19.0.7')[1]).toMatchObject({
      ...{ name: 'gateway-112', classes: [] },
      whyPeer: `${won}; so did gateway-113, which comes later by its name`,
    });
    prepared.world.sim.runUntil(8 * SECOND);
    expect(explain(prepared, '198.19.0.7')[1]).toMatchObject({
      name: 'gateway-113',
      whyPeer: `${won}; so did gateway-112, which cannot be reached now`,
    });
  });
});
