import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { pathPolicySchema } from '../../../../../nodes/gateway/policy-options.ts';
import {
  CACHED_PATH_LOOKUP_AGE_NS_MAX,
  CACHED_PATH_LOOKUPS_MAX,
  type GatewayPath,
  PathDirectory,
} from '../../../../../nodes/gateway/underlay/path-directory.ts';
import {
  type HostAnswer,
  type PathPolicy,
  type PathSegment,
  readLinkRelation,
  type SignedSegment,
} from '../../../../../nodes/scion/index.ts';
import { provisionSeed } from '../../../../../runner/nodes/run-provision.ts';
import { makeProtocolStackFinder } from '../../../../../scenarios/open/nodes.ts';
import { load, registry, SECOND } from '../../../runner/fixture.ts';

const EPOCH = 1_767_225_600;
const HOP_LIFE_NS = 6 * 3_600 * SECOND;
const loaded = load('failover.yaml');
/** There are segments for two refreshes. */
const scenario = { ...loaded, epochSeconds: EPOCH, durationNs: 2 * CACHED_PATH_LOOKUP_AGE_NS_MAX };
const provision = provisionSeed({
  scenario,
  seed: 1,
  stackOf: makeProtocolStackFinder(scenario, registry),
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

/** A directory whose control service answers with the segments of the topology, and what it was asked. */
function discovering(
  revoked: HostAnswer['revoked'],
  policy?: PathPolicy,
  answers: { readonly segments: 'all' | 'none' } = { segments: 'all' },
): {
  readonly own: PathDirectory;
  readonly answer: () => void;
} {
  const computed = directory();
  computed.lookup('gateway-211', 0, clockAt(0));
  const plain = computed.segments('gateway-211')!;
  const signed = (all: readonly PathSegment[]): SignedSegment[] =>
    all.map((segment) => ({ segment, information: new Uint8Array(0), signed: [] }));
  const { ups, cores, downs } = plain;
  // The AS where the first path climbs to takes shorter packets.
  const narrow = ups.map((segment) => ({
    ...segment,
    entries: segment.entries.map((entry) =>
      entry.isdAs === '1-ff00:0:110' ? { ...entry, mtu: 1_300 } : entry,
    ),
  }));
  const segments = { ups: signed(narrow), cores: signed(cores), downs: signed(downs) };
  const view = provision.viewOf('gateway-111');
  const unknown = (): never => expect.fail('nobody can know it');
  const links = view.links.map((link) =>
    Object.defineProperties({ ...link }, { rateBps: { get: unknown }, delayNs: { get: unknown } }),
  );
  let asked: ((answer: HostAnswer) => void) | undefined;
  const own = new PathDirectory({
    network: { ...view, links },
    crypto: createCryptoProvider('node'),
    host: 'gateway-111',
    policy,
    client: {
      find: (_, done): void => {
        asked = done;
      },
    },
  });
  const none = { ups: [], cores: [], downs: [] };
  const answer = (): void =>
    asked?.({ segments: answers.segments === 'all' ? segments : none, revoked });
  return { own, answer };
}

describe('the path directory of an AS with a control service', () => {
  const TARGET = 'gateway-211';

  it('R-034: has the paths of its answer, and asks nothing else how fast their links are', () => {
    const { own, answer } = discovering([]);
    expect(own.lookup(TARGET, 0, clockAt(0))).toEqual([]);
    answer();
    const paths = own.lookup(TARGET, 0, clockAt(0));
    expect(paths.map(({ linkIds }) => linkIds.length)).toEqual([6, 6, 6]);
    expect(paths.map(({ info }) => info.bandwidthBps)).toEqual([0, 0, 0]);
    // The first router is that of the own AS; which one the target has nobody says.
    expect(paths[0]?.info.transit.filter((one) => one.startsWith('br-'))).toEqual(['br-111-1']);
  });

  it('says that a path is not among the first any more from the answer until the next lookup', () => {
    const revoked: HostAnswer['revoked'][number][] = [];
    const { own, answer } = discovering(revoked);
    own.lookup(TARGET, 0, clockAt(0));
    answer();
    const [first] = own.lookup(TARGET, SECOND, clockAt(SECOND));
    const isLeftOut = (most: number): boolean => own.leavesOut(TARGET, first!.info.id, most);
    answer();
    expect([isLeftOut(1), isLeftOut(3)]).toEqual([false, false]);
    own.lookup(TARGET, 2 * SECOND, clockAt(2 * SECOND));
    // Paths over an interface that is believed to be down come last.
    revoked.push(first!.path.interfaces[2]!);
    answer();
    expect([isLeftOut(1), isLeftOut(3)]).toEqual([true, false]);
    own.lookup(TARGET, 3 * SECOND, clockAt(3 * SECOND));
    expect(isLeftOut(1)).toBe(false);
  });

  it('takes no path over an interface that is believed to be down from an answer', () => {
    const { own, answer } = discovering([]);
    own.lookup(TARGET, 0, clockAt(0));
    answer();
    const [first, ...others] = own.lookup(TARGET, 0, clockAt(0));
    const revoking = discovering([first!.path.interfaces[2]!]);
    revoking.own.lookup(TARGET, 0, clockAt(0));
    revoking.answer();
    const paths = revoking.own.lookup(TARGET, 0, clockAt(0));
    expect(paths.map(({ name }) => name)).toEqual(others.map(({ name }) => name));
  });

  it('keeps the paths that it has, as the last ones, while answers leave them out as revoked', () => {
    const answers = { segments: 'all' as 'all' | 'none' };
    const revoked: HostAnswer['revoked'][number][] = [];
    const { own, answer } = discovering(revoked, undefined, answers);
    const at = (seconds: number): readonly GatewayPath[] => {
      own.lookup(TARGET, seconds * SECOND, clockAt(seconds * SECOND));
      answer();
      return own.lookup(TARGET, seconds * SECOND, clockAt(seconds * SECOND));
    };
    const [first, ...others] = at(0);
    const names = [...others, first!].map(({ name }) => name);
    revoked.push(first!.path.interfaces[2]!);
    for (const seconds of [2, 4]) {
      const paths = at(seconds);
      expect(paths.map(({ name }) => name)).toEqual(names);
      expect(paths.map(({ isRevoked }) => isRevoked)).toEqual([false, false, true]);
    }
    expect(own.sourceOf(TARGET, first!.info.id, 9 * SECOND)).toEqual({
      source: 'control-service',
      sourceAgeNs: 5 * SECOND,
      isRevoked: true,
      isEpic: false,
    });
    // Where all are left out, all stay; what has expired or has vanished without a reason goes.
    revoked.push(...others.map(({ path }) => path.interfaces[2]!));
    answers.segments = 'none';
    expect(at(6).map(({ isRevoked }) => isRevoked)).toEqual([true, true, true]);
    revoked.length = 1;
    expect(at(8).map(({ info }) => info.id)).toEqual([first!.info.id]);
    revoked.length = 0;
    answers.segments = 'all';
    expect(at(10).map(({ isRevoked }) => isRevoked)).toEqual([false, false, false]);
    revoked.push(first!.path.interfaces[2]!);
    answers.segments = 'none';
    expect(at(12).map(({ info }) => info.id)).toEqual([first!.info.id]);
    expect(at(HOP_LIFE_NS / SECOND + 1)).toEqual([]);
  });

  it('is to be asked again while no session is open, even if it has found paths: they may have ended', () => {
    const { own, answer } = discovering([]);
    own.lookup(TARGET, 0, clockAt(0));
    expect(own.searchAt(TARGET)).toBe(SECOND / 4);
    answer();
    own.lookup(TARGET, SECOND, clockAt(SECOND));
    expect(own.searchAt(TARGET)).toBe(6 * SECOND);
    const computed = directory();
    expect(computed.searchAt(TARGET)).toBe(Number.POSITIVE_INFINITY);
    computed.lookup(TARGET, SECOND, clockAt(SECOND));
    expect(computed.searchAt(TARGET)).toBe(SECOND + CACHED_PATH_LOOKUP_AGE_NS_MAX);
  });

  it('takes the paths that its policy allows, in the order of the policy', () => {
    const under = (policy: PathPolicy): string[] => {
      const { own, answer } = discovering([], policy);
      own.lookup(TARGET, 0, clockAt(0));
      answer();
      return own.lookup(TARGET, 0, clockAt(0)).map(({ name }) => name);
    };
    const [narrow, ...others] = under({});
    expect([narrow, others.length]).toEqual(['via-110-310-210', 2]);
    expect(under({ order: ['mtu'] })).toEqual([...others, narrow]);
    expect(under(pathPolicySchema.parse({ acl: ['- 3-ff00:0:310', '+'] }))).toEqual(others);
  });

  it('says where a path is from, and since when it is known', () => {
    const { own, answer } = discovering([]);
    expect(own.sourceOf(TARGET, 'any', 0).sourceAgeNs).toBe(-1);
    const [path] = directory().lookup(TARGET, 0, clockAt(0));
    own.lookup(TARGET, 3 * SECOND, clockAt(3 * SECOND));
    expect(own.sourceOf(TARGET, path!.info.id, 4 * SECOND).sourceAgeNs).toBe(-1);
    answer();
    own.lookup(TARGET, 4 * SECOND, clockAt(4 * SECOND));
    expect(own.sourceOf(TARGET, path!.info.id, 4 * SECOND)).toEqual({
      source: 'control-service',
      sourceAgeNs: SECOND,
      isRevoked: false,
      isEpic: false,
    });
    const computed = directory();
    expect(computed.sourceOf(TARGET, 'any', 0).sourceAgeNs).toBe(-1);
    computed.lookup(TARGET, SECOND, clockAt(SECOND));
    expect(computed.sourceOf(TARGET, path!.info.id, 3 * SECOND)).toEqual({
      source: 'computed',
      sourceAgeNs: 2 * SECOND,
      isRevoked: false,
      isEpic: false,
    });
  });
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
      rateBps: rateOf(index, readLinkRelation(link) === 'internal'),
    }));
    const own = new PathDirectory({
      network: { ...view, links },
      crypto: createCryptoProvider('node'),
      host: 'gateway-111',
    });
    const paths = own.lookup('gateway-211', 0, clockAt(0));
    const expected = paths.map(({ linkIds }) => {
      const outside = links.filter((link) => {
        return linkIds.includes(link.id) && readLinkRelation(link) !== 'internal';
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
