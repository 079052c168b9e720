/** Mutated announcements and routing policies: each is read or refused by name, and no more is kept than the bounds say. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { encodeAnnouncements } from '../../nodes/gateway/routing/announcement.ts';
import { PREFIXES_PER_PEER_MAX } from '../../nodes/gateway/routing/geometry.ts';
import { type IpPrefix, parseIpPrefix } from '../../nodes/gateway/routing/ip-prefix.ts';
import { parseRoutingPolicy } from '../../nodes/gateway/routing/policy.ts';
import { ROUTING_DROP_REASONS } from '../../nodes/gateway/routing/routing-drop-reasons.ts';
import { memoryHeld } from '../memory.ts';
import { routerOf } from '../unit/nodes/gateway/routing/router.ts';
import { mutate } from './mutate.ts';

const INPUTS = 100_000;
const SEED = 20_261_129;
const BYTES_MAX = 2 * 1024 * 1024;
const POLICY = `advertise 1-1 0-0 10.9.0.0/16
reject 1-0 !1-2 10.3.0.0/16,2001:db8:3::/48 # a hole
accept !2-0 1-1 10.0.0.0/8,2001:db8::/32`;
const PREFIXES = ['10.0.0.0/8', '10.1.2.0/24', '2001:db8::/32', '2001:db8:3::/49', '0.0.0.0/0'];

function prefixOf(text: string): IpPrefix {
  const prefix = parseIpPrefix(text);
  return typeof prefix === 'string' ? expect.fail(prefix) : prefix;
}

describe('a router', () => {
  it(`reads ${INPUTS} mutated announcements of three peers`, () => {
    const random = openRandomStream(SEED, 'gateway', 'announcement-fuzz');
    const { router, peers, drops, clock } = routerOf(POLICY, ['1-2', '1-3', '1-4']);
    const genuine = [0, 30].flatMap((lifeSeconds) =>
      [PREFIXES, PREFIXES.slice(0, 1), PREFIXES.slice(2)].flatMap((texts) =>
        encodeAnnouncements({ lifeSeconds, prefixes: texts.map(prefixOf) }, 100),
      ),
    );
    const before = memoryHeld();
    let routes = 0;
    for (let input = 0; input < INPUTS; input += 1) {
      clock.nowNs += 10_000_000;
      const peer = peers[random.below(peers.length)]!;
      const body = mutate(genuine[random.below(genuine.length)]!, random, { header: 8 });
      router.received(peer, body, { epoch: 1, sequence: input });
      const count = router.table.count(peer.name);
      if (count > PREFIXES_PER_PEER_MAX) expect.fail(`${count} routes of a peer`);
      routes = Math.max(routes, count);
      if (input % 1_000 === 0) router.table.expire(clock.nowNs);
    }
    const { heapUsed, arrayBuffers } = memoryHeld();
    expect(heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(BYTES_MAX);
    expect(routes).toBeGreaterThan(5);
    for (const { prefix } of router.table.list()) {
      const isOurs = prefix.family === 'ipv4' ? prefix.address >> 24n === 10n : true;
      expect(isOurs).toBe(true);
    }
    const known = { ...ROUTING_DROP_REASONS, 'malformed-body': true };
    for (const reason of drops.keys()) expect(known).toHaveProperty(reason);
    expect([...drops.keys()].sort()).toEqual(
      expect.arrayContaining([
        'announcement-rate',
        'malformed-body',
        'prefix-own',
        'prefix-refused',
      ]),
    );
    router.forget('1-2');
    expect(router.table.count('1-2')).toBe(0);
  });
});

describe('a routing policy', () => {
  it(`is read or refused with a place, ${INPUTS} times`, () => {
    const random = openRandomStream(SEED, 'gateway', 'policy-fuzz');
    const bytes = new TextEncoder().encode(POLICY);
    let read = 0;
    for (let input = 0; input < INPUTS; input += 1) {
      const text = new TextDecoder().decode(mutate(bytes, random, { header: 60 }));
      const policy = parseRoutingPolicy(text);
      if (!('reason' in policy)) {
        read += 1;
        continue;
      }
      const { line, column, endColumn, reason } = policy;
      const of = text.split(/\r?\n/)[line - 1];
      const isPlaced = of !== undefined && column <= of.length + 1 && endColumn > column;
      // An assertion per input would take most of the time.
      if (!isPlaced || reason.length < 6) expect.fail(`${JSON.stringify(policy)} of ${text}`);
    }
    expect(read).toBeGreaterThan(INPUTS / 20);
    expect(read).toBeLessThan(INPUTS);
  });
});
