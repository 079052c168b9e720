import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import {
  CACHED_PATH_LOOKUP_AGE_NS_MAX,
  CACHED_PATH_LOOKUPS_MAX,
  PathDirectory,
} from '../../../../../nodes/gateway/underlay/path-directory.ts';
import { linkRelationOf } from '../../../../../nodes/scion/index.ts';
import { provisionSeed } from '../../../../../runner/nodes/run-provision.ts';
import { lowestProtocolOf } from '../../../../../scenarios/open/nodes.ts';
import { load, registry, SECOND } from '../../../runner/fixture.ts';

const EPOCH = 1_767_225_600;
const HOP_LIFE_NS = 6 * 3_600 * SECOND;
const loaded = load('failover.yaml');
/** There are segments for two refreshes. */
const scenario = { ...loaded, epochSeconds: EPOCH, durationNs: 2 * CACHED_PATH_LOOKUP_AGE_NS_MAX };
const provision = provisionSeed({
  scenario,
  seed: 1,
  protocolOf: (host) => lowestProtocolOf(scenario, host, registry).protocol,
  crypto: createCryptoProvider('node'),
});

function directory(): PathDirectory {
  return new PathDirectory({
    network: provision.viewOf('gateway-111'),
    crypto: createCryptoProvider('node'),
    host: 'gateway-111',
  });
}

const clockAt = (now: number): { seconds: number; nanos: number } => ({
  seconds: EPOCH + Math.floor(now / SECOND),
  nanos: now % SECOND,
});

describe('the path directory', () => {
  it('R-032: finds the three disjoint paths of the default network, each with its links', () => {
    const paths = directory().lookup('gateway-211', 0, clockAt(0));
    expect(paths.map(({ linkIds }) => linkIds.length)).toEqual([6, 6, 6]);
    expect(new Set(paths.flatMap(({ linkIds }) => linkIds)).size).toBe(18);
    expect(paths.map(({ info }) => info.hops)).toEqual([8, 8, 8]);
  });

  it('R-034: tells as bandwidth of a path the least that its links between systems announce', () => {
    const view = provision.viewOf('gateway-111');
    // Each link has a different rate; links inside an AS are the slowest.
    const rateOf = (index: number, isInside: boolean): number => (isInside ? 1 : 1e6) + index;
    const links = view.links.map((link, index) => ({
      ...link,
      rateBps: rateOf(index, linkRelationOf(link) === 'internal'),
    }));
    const own = new PathDirectory({
      network: { ...view, links },
      crypto: createCryptoProvider('node'),
      host: 'gateway-111',
    });
    const paths = own.lookup('gateway-211', 0, clockAt(0));
    const expected = paths.map(({ linkIds }) => {
      const outside = links.filter((link) => {
        return linkIds.includes(link.id) && linkRelationOf(link) !== 'internal';
      });
      expect(outside).toHaveLength(4);
      return Math.min(...outside.map(({ rateBps }) => rateBps));
    });
    expect(new Set(expected).size).toBe(3);
    expect(paths.map(({ info }) => info.bandwidthBps)).toEqual(expected);
  });

  it('R-033: is bounded at 1,000 answers and 30 minutes', () => {
    expect([CACHED_PATH_LOOKUPS_MAX, CACHED_PATH_LOOKUP_AGE_NS_MAX / SECOND]).toEqual([1000, 1800]);
  });

  it('R-033: answers from its cache for 30 minutes, then asks again', () => {
    const cache = directory();
    const first = cache.lookup('gateway-211', 0, clockAt(0));
    const last = CACHED_PATH_LOOKUP_AGE_NS_MAX - 1;
    expect(cache.lookup('gateway-211', last, clockAt(last))).toBe(first);
    const later = cache.lookup('gateway-211', last + 1, clockAt(last + 1));
    expect(later).not.toBe(first);
    expect(later.map(({ info }) => info.id)).toEqual(first.map(({ info }) => info.id));
  });

  it('R-033: paths looked up after 30 minutes live 30 minutes longer', () => {
    const cache = directory();
    const expiry = (now: number): number =>
      cache.lookup('gateway-211', now, clockAt(now))[0]?.info.expiresAt ?? 0;
    expect(expiry(0)).toBeGreaterThan(HOP_LIFE_NS - 60 * SECOND);
    const now = 2 * CACHED_PATH_LOOKUP_AGE_NS_MAX;
    expect(expiry(now)).toBeGreaterThan(now + HOP_LIFE_NS - 60 * SECOND);
  });

  it('R-033: keeps 1,000 answers and forgets the oldest', () => {
    const cache = directory();
    const clock = clockAt(0);
    const first = cache.lookup('nobody-0', 0, clock);
    expect(cache.lookup('nobody-0', 0, clock)).toBe(first);
    for (let i = 1; i < CACHED_PATH_LOOKUPS_MAX; i += 1) cache.lookup(`nobody-${i}`, 0, clock);
    expect(cache.lookup('nobody-0', 0, clock)).toBe(first);
    cache.lookup('one-too-many', 0, clock);
    expect(cache.lookup('nobody-0', 0, clock)).not.toBe(first);
  });
});
