/** Routing tables, policies and announcements of gateways, compared with what is as simple as their definition. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeAnnouncement,
  encodeAnnouncements,
} from '../../nodes/gateway/routing/announcement.ts';
import { ADDRESS_BITS } from '../../nodes/gateway/routing/geometry.ts';
import {
  formatIpPrefix,
  type IpFamily,
  type IpPrefix,
  parseIpPrefix,
  prefixOf,
} from '../../nodes/gateway/routing/ip-prefix.ts';
import { acceptedParts, parseRoutingPolicy } from '../../nodes/gateway/routing/policy.ts';
import { type Route, RouteTable } from '../../nodes/gateway/routing/route-table.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';

const RUNS = 500;
const family = fc.constantFrom<IpFamily>('ipv4', 'ipv6');
/** Few different leading and last bits, so that prefixes are often in each other. */
const addressOf = (of: IpFamily): fc.Arbitrary<bigint> =>
  fc
    .tuple(fc.bigInt(0n, 7n), fc.bigInt(0n, 0xffffffn), fc.bigInt(0n, 3n))
    .map(([top, middle, end]) => {
      const isFlat = middle % 3n !== 0n;
      return (top << BigInt(ADDRESS_BITS[of] - 3)) | (isFlat ? 0n : middle << 4n) | end;
    });
const prefix = family.chain((of) =>
  fc
    .tuple(
      addressOf(of),
      fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: ADDRESS_BITS[of] })),
    )
    .map(([address, length]) => prefixOf(of, address, length)),
);
const place = family.chain((of) => addressOf(of).map((address) => ({ family: of, address })));

/** True bit by bit. */
function isIn(
  address: bigint,
  of: IpFamily,
  { family: other, address: start, length }: IpPrefix,
): boolean {
  if (of !== other) return false;
  const bitsOf = (value: bigint): string => value.toString(2).padStart(ADDRESS_BITS[of], '0');
  return bitsOf(address).slice(0, length) === bitsOf(start).slice(0, length);
}

describe('a routing table', () => {
  it('finds the routes of the longest prefix, as a search of all does', () => {
    const entry = fc.record({
      prefix,
      peer: fc.constantFrom('a', 'b', 'c'),
      endNs: fc.integer({ min: 1, max: 9 }),
      isRemoved: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 30 }),
        fc.array(place),
        fc.nat(9),
        (all, places, now) => {
          const table = new RouteTable();
          const model = new Map<string, Route>();
          for (const { isRemoved, ...route } of all) {
            const name = `${formatIpPrefix(route.prefix)} ${route.peer}`;
            const known = model.get(name);
            if (isRemoved && known !== undefined) {
              table.delete(known);
              model.delete(name);
            } else {
              table.set(route);
              model.set(name, route);
            }
          }
          const routes = [...model.values()];
          for (const peer of ['a', 'b', 'c']) {
            expect(table.count(peer)).toBe(routes.filter((one) => one.peer === peer).length);
          }
          for (const { family: of, address } of places) {
            const fitting = routes.filter(
              (one) => one.endNs > now && isIn(address, of, one.prefix),
            );
            const longest = Math.max(...fitting.map((one) => one.prefix.length));
            const peers = fitting
              .filter((one) => one.prefix.length === longest)
              .map(({ peer }) => peer);
            const found = table.lookup({ family: of, address }, now);
            expect(found.map(({ peer }) => peer)).toEqual(peers.sort());
          }
          table.expire(now);
          expect(table.list().length).toBe(routes.filter(({ endNs }) => endNs > now).length);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('a routing policy', () => {
  it('accepts of a prefix exactly the addresses whose first rule accepts them', () => {
    const rule = fc.record({
      action: fc.constantFrom('accept', 'reject'),
      prefixes: fc.array(prefix, { minLength: 1, maxLength: 3 }),
      isNegated: fc.boolean(),
    });
    const ends = { own: requireIsdAs('1-1'), peer: requireIsdAs('1-2') };
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 5 }),
        prefix,
        fc.array(place),
        (rules, announced, places) => {
          const lines = rules.map(
            ({ action, prefixes, isNegated }) =>
              `${action} 0-0 0-0 ${isNegated ? '!' : ''}${prefixes.map(formatIpPrefix).join(',')}`,
          );
          const policy = parseRoutingPolicy(lines.join('\n'));
          if ('reason' in policy) expect.fail(policy.reason);
          const parts = acceptedParts(policy, ends, announced, { left: 65_536 });
          for (const { family: of, address } of places) {
            const first = rules.find(
              ({ prefixes, isNegated }) =>
                prefixes.some((one) => isIn(address, of, one)) !== isNegated,
            );
            const isWanted = first?.action === 'accept' && isIn(address, of, announced);
            expect(parts.filter((part) => isIn(address, of, part)).length).toBe(isWanted ? 1 : 0);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('an announcement', () => {
  it('says what was written, in as many bodies as there must be', () => {
    fc.assert(
      fc.property(
        fc.array(prefix, { minLength: 1, maxLength: 64 }),
        fc.integer({ min: 64, max: 1_400 }),
        fc.integer({ min: 0, max: 30 }),
        (prefixes, room, lifeSeconds) => {
          const bodies = encodeAnnouncements({ lifeSeconds, prefixes }, room);
          const read = bodies.map((body) => decodeAnnouncement(body) ?? expect.fail('is not read'));
          expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThanOrEqual(room);
          expect(read.flatMap((one) => one.prefixes)).toEqual(prefixes);
          expect(new Set(read.map((one) => one.lifeSeconds))).toEqual(new Set([lifeSeconds]));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('is nothing with a bit more, a byte less, or one of another kind', () => {
    const prefixes = [parseIpPrefix('10.1.0.0/12'), parseIpPrefix('2001:db8::/33')];
    expect(prefixes[0]).toContain('has bits behind');
    const [body] = encodeAnnouncements(
      { lifeSeconds: 30, prefixes: [parseIpPrefix('10.0.0.0/12') as IpPrefix] },
      64,
    ) as [Uint8Array];
    expect([...body]).toEqual([1, 30, 12, 10, 0]);
    expect(decodeAnnouncement(body)).toBeDefined();
    for (const wrong of [
      body.subarray(0, 4),
      body.subarray(0, 1),
      Uint8Array.of(1, 30, 12, 10, 1),
      Uint8Array.of(2, 30, 12, 10, 0),
      Uint8Array.of(1, 31, 12, 10, 0),
      Uint8Array.of(1, 30, 33, 10, 0, 0, 0, 0),
      Uint8Array.of(1, 30, 193, 10, ...new Uint8Array(16)),
      Uint8Array.of(1, 30, ...new Uint8Array(65)),
    ]) {
      expect(decodeAnnouncement(wrong)).toBeUndefined();
    }
  });
});
