import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import {
  makeSegments,
  SEGMENT_HOPS_MAX,
  SEGMENTS_PER_ORIGIN_MAX,
} from '../../../../../nodes/scion/paths/beacon.ts';
import {
  CANDIDATE_PATHS_MAX,
  combineSegmentsIntoPaths,
} from '../../../../../nodes/scion/paths/combinator.ts';
import {
  measureDisjointness,
  routerNamePerInterface,
} from '../../../../../nodes/scion/paths/disjointness.ts';
import { PathFinder } from '../../../../../nodes/scion/paths/finder.ts';
import {
  asSequenceOfPath,
  formatInterface,
  type Path,
  pathFingerprint,
} from '../../../../../nodes/scion/paths/path.ts';
import {
  type AsEntry,
  type PathSegment,
  segmentIdHashInput,
} from '../../../../../nodes/scion/paths/segment.ts';
import {
  compareIsdAs,
  type ScionLink,
  type ScionTopology,
} from '../../../../../nodes/scion/paths/topology.ts';
import { AS_SEQUENCE_FORM } from '../../../../../nodes/scion/trace-states.ts';
import { decodeHeader } from '../../../../../nodes/scion/wire/header.ts';
import { type IsdAs, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { isHopExpired, reverseWirePath } from '../../../../../nodes/scion/wire/path.ts';
import { GRAPHS, Graph } from '../../../../vectors/scion-graph.ts';
import { value } from '../wire/value.ts';
import {
  CORE_1,
  CORE_2,
  countingRandom,
  FAR,
  keyOf,
  LEAF_A,
  LEAF_B,
  MIDDLE,
  randomTopology,
  SMALL,
} from './small-topology.ts';
import { Walker } from './walker.ts';

const crypto = createCryptoProvider('noble');
const TIMESTAMP = 1_700_000_000;

function finderOf(topology: ScionTopology): PathFinder {
  const options = { topology, crypto, timestamp: TIMESTAMP };
  return new PathFinder({
    ...options,
    ases: topology.ases,
    segments: makeSegments({ ...options, random: countingRandom() }),
  });
}

function walkText(path: Path): string {
  return AS_SEQUENCE_FORM.write(asSequenceOfPath(path));
}

/** Walks every path between any two ASes, forward and then back on the reversed path. */
function walkAll(topology: ScionTopology): { pairs: number; reached: number; paths: number } {
  const finder = finderOf(topology);
  const walker = new Walker(topology, crypto);
  const counts = { pairs: 0, reached: 0, paths: 0 };
  for (const { isdAs: source } of topology.ases) {
    for (const { isdAs: target } of topology.ases) {
      if (source === target) continue;
      const paths = finder.paths(source, target);
      counts.pairs++;
      counts.paths += paths.length;
      if (paths.length > 0) counts.reached++;
      for (const path of paths) {
        const there = walker.walk(source, target, path.wire);
        expect([there.end, ...there.interfaces]).toEqual([
          target,
          ...path.interfaces.map(formatInterface),
        ]);
        const received = value(decodeHeader(there.packet)).header.path;
        const back = walker.walk(target, source, value(reverseWirePath(received)));
        expect([back.end, ...back.interfaces.toReversed()]).toEqual([source, ...there.interfaces]);
      }
    }
  }
  return counts;
}

describe('segments made from a topology', () => {
  const options = { topology: SMALL, crypto, timestamp: TIMESTAMP };

  it('run from core ASes to every AS below and to every other core AS', () => {
    const { cores, downs } = makeSegments({ ...options, random: countingRandom() });
    const ends = (entries: readonly { isdAs: string }[]): string =>
      `${entries[0]?.isdAs} > ${entries.at(-1)?.isdAs}`;
    expect(cores.map(({ entries }) => ends(entries))).toEqual([
      `${CORE_1} > ${CORE_2}`,
      `${CORE_1} > ${CORE_2}`,
      `${CORE_2} > ${CORE_1}`,
      `${CORE_2} > ${CORE_1}`,
    ]);
    expect(downs.map(({ entries }) => ends(entries))).toEqual([
      `${CORE_1} > ${MIDDLE}`,
      `${CORE_1} > ${LEAF_A}`,
      `${CORE_1} > ${LEAF_B}`,
      `${CORE_2} > ${FAR}`,
    ]);
  });

  it('do not depend on the order in which ASes and links are listed', () => {
    const turned = { ases: SMALL.ases.toReversed(), links: SMALL.links.toReversed() };
    const swapped = turned.links.map((link): ScionLink => {
      return link.type === 'parent-child' ? link : { ...link, a: link.b, b: link.a };
    });
    const topology = { ...turned, links: swapped };
    expect(makeSegments({ ...options, topology, random: countingRandom() })).toEqual(
      makeSegments({ ...options, random: countingRandom() }),
    );
  });

  it('are bounded in number and length', () => {
    const chain = Array.from({ length: 13 }, (_, index) => requireIsdAs(`1-${index + 1}`));
    const links = chain.slice(1).flatMap((child, index) =>
      Array.from({ length: 3 }, (_, copy): ScionLink => {
        const parent = chain[index] as (typeof chain)[0];
        const a = { isdAs: parent, ifId: 10 + copy };
        return { type: 'parent-child', a, b: { isdAs: child, ifId: 20 + copy }, mtu: 1400 };
      }),
    );
    const ases = chain.map((as, index) => {
      return { isdAs: as, core: index === 0, mtu: 1400, forwardingKey: keyOf(as) };
    });
    const { downs } = makeSegments({
      ...options,
      topology: { ases, links },
      random: countingRandom(),
    });
    const lengths = downs.map(({ entries }) => entries.length);
    expect(Math.max(...lengths)).toBe(SEGMENT_HOPS_MAX);
    const perAs = chain.map((as) => downs.filter(({ entries }) => entries.at(-1)?.isdAs === as));
    expect(perAs.map(({ length }) => length)).toEqual([
      0,
      3,
      9,
      ...Array(SEGMENT_HOPS_MAX - 3).fill(SEGMENTS_PER_ORIGIN_MAX),
      0,
      0,
      0,
    ]);
  });

  it('are the same segment after a refresh', () => {
    const first = makeSegments({ ...options, random: countingRandom() }).downs;
    const random = countingRandom();
    random.below(9);
    const second = makeSegments({ ...options, timestamp: TIMESTAMP + 5, random }).downs;
    expect(second[0]?.segmentId).not.toBe(first[0]?.segmentId);
    expect(second.map(segmentIdHashInput)).toEqual(first.map(segmentIdHashInput));
  });

  it('need every linked AS to be listed', () => {
    const topology = { ...SMALL, ases: SMALL.ases.filter((as) => as.isdAs !== FAR) };
    expect(() => makeSegments({ ...options, topology, random: countingRandom() })).toThrow(FAR);
  });
});

describe('paths in a small topology', () => {
  const finder = finderOf(SMALL);

  it('combine up, core, down, shortcut and peering, shortest first', () => {
    expect(finder.paths(LEAF_A, FAR).map(walkText)).toEqual([
      `${LEAF_A} 1>2 ${MIDDLE} 4>4 ${FAR}`,
      expect.stringMatching(
        `^${LEAF_A} 1>2 ${MIDDLE} 1>3 ${CORE_1} (1>1|2>2) ${CORE_2} 3>1 ${FAR}$`,
      ),
      expect.stringMatching(
        `^${LEAF_A} 1>2 ${MIDDLE} 1>3 ${CORE_1} (1>1|2>2) ${CORE_2} 3>1 ${FAR}$`,
      ),
    ]);
    expect(finder.paths(LEAF_A, LEAF_B).map(walkText)).toEqual([
      `${LEAF_A} 1>2 ${MIDDLE} 3>1 ${LEAF_B}`,
    ]);
    expect(finder.paths(LEAF_A, MIDDLE).map(walkText)).toEqual([`${LEAF_A} 1>2 ${MIDDLE}`]);
  });

  it('have the smallest MTU of the ASes and links they use, and no other', () => {
    expect(
      finder
        .paths(LEAF_A, FAR)
        .map(({ mtu }) => mtu)
        .sort(),
    ).toEqual([1280, 1300, 1400]);
    expect(finder.paths(LEAF_A, LEAF_B)[0]?.mtu).toBe(1430);
    expect(finder.paths(LEAF_A, MIDDLE)[0]?.mtu).toBe(1440);
  });

  it('live six hours, to the very instant', () => {
    const path = finder.paths(LEAF_A, FAR)[0] as Path;
    const end = TIMESTAMP + 6 * 3600;
    expect(isHopExpired(path.expiryHalfSeconds, { seconds: end, nanos: 0 })).toBe(false);
    expect(isHopExpired(path.expiryHalfSeconds, { seconds: end, nanos: 1 })).toBe(true);
    expect(isHopExpired(path.expiryHalfSeconds, { seconds: end - 1, nanos: 999_999_999 })).toBe(
      false,
    );
  });

  it('expire at half seconds exactly', () => {
    const half = 2 * TIMESTAMP + 675;
    const seconds = TIMESTAMP + 337;
    expect(isHopExpired(half, { seconds, nanos: 499_999_999 })).toBe(false);
    expect(isHopExpired(half, { seconds, nanos: 500_000_000 })).toBe(false);
    expect(isHopExpired(half, { seconds, nanos: 500_000_001 })).toBe(true);
  });

  it('are empty inside an AS and none to an unknown AS', () => {
    const inside = finder.paths(LEAF_A, LEAF_A);
    expect(inside).toMatchObject([
      { interfaces: [], mtu: 1472, weight: 0, wire: { kind: 'empty' } },
    ]);
    expect(finder.paths(LEAF_A, requireIsdAs('9-9'))).toEqual([]);
    expect(finder.paths(requireIsdAs('9-9'), requireIsdAs('9-9'))).toEqual([]);
  });

  it('are made of no segment that cannot take part', () => {
    const { ups, cores, downs } = finder.segmentsBetween(LEAF_A, MIDDLE);
    expect([ups.length, cores.length, downs.length]).toEqual([1, 0, 1]);
    const far = finder.segmentsBetween(LEAF_A, FAR).cores;
    expect(far.map(({ entries }) => entries.map((entry) => entry.isdAs))).toEqual([
      [CORE_2, CORE_1],
      [CORE_2, CORE_1],
    ]);
  });

  it('are remembered', () => {
    expect(finder.paths(LEAF_A, FAR)).toBe(finder.paths(LEAF_A, FAR));
  });

  it('have a fingerprint of their interfaces', () => {
    const path = finder.paths(LEAF_A, MIDDLE)[0] as Path;
    const input = '0001ff0000000112000000000000000100' + '01ff00000001110000000000000002';
    const bytes = Uint8Array.from(input.match(/../g) as string[], (pair) =>
      Number.parseInt(pair, 16),
    );
    expect(path.fingerprint).toBe(toHex(crypto.sha256(bytes)));
    expect(pathFingerprint(crypto, path.interfaces)).toBe(path.fingerprint);
  });

  it('are walked to the target and back with right MACs everywhere', () => {
    expect(walkAll(SMALL)).toMatchObject({ pairs: 30, reached: 30 });
  });
});

describe('the search for paths', () => {
  const mac = new Uint8Array(6);

  function entry(at: IsdAs, consIngress: number, consEgress: number): AsEntry {
    const hop = { consIngress, consEgress, expTime: 63, mac };
    return { isdAs: at, mtu: 1400, ingressMtu: 1400, hop, peers: [] };
  }

  /** Segments from CORE_1 to `end` over `between` ASes, each over different interfaces. */
  function parallel(end: IsdAs, count: number, between: number): PathSegment[] {
    return Array.from({ length: count }, (_, copy): PathSegment => {
      const ifId = 1 + copy + 1000 * between;
      const middle = Array.from({ length: between }, (_unused, index) =>
        entry(requireIsdAs(`1-${1 + copy + 1000 * index}`), ifId, ifId),
      );
      const entries = [entry(CORE_1, 0, ifId), ...middle, entry(end, ifId, 0)];
      return { segmentId: 0, timestamp: 0, entries };
    });
  }

  const ends = { source: LEAF_A, target: LEAF_B, cores: [], crypto };

  it('finds costlier paths while there is room', () => {
    const ups = [...parallel(LEAF_A, 3, 0), ...parallel(LEAF_A, 1, 1)];
    const paths = combineSegmentsIntoPaths({ ...ends, ups, downs: parallel(LEAF_B, 2, 0) });
    expect(paths.map(({ weight }) => weight)).toEqual([2, 2, 2, 2, 2, 2, 3, 3]);
  });

  it('ends with the cost at which there are enough', () => {
    const side = Math.ceil(Math.sqrt(CANDIDATE_PATHS_MAX));
    const ups = [...parallel(LEAF_A, side, 0), ...parallel(LEAF_A, 1, 1)];
    const paths = combineSegmentsIntoPaths({ ...ends, ups, downs: parallel(LEAF_B, side, 0) });
    expect(paths.length).toBe(side * side);
    expect(Math.max(...paths.map(({ weight }) => weight))).toBe(2);
  });

  it('finds nothing from an AS to itself', () => {
    const ups = parallel(LEAF_A, 1, 0);
    expect(combineSegmentsIntoPaths({ ...ends, target: LEAF_A, ups, downs: [] })).toEqual([]);
  });
});

describe('paths over the same interfaces', () => {
  const { downs } = makeSegments({
    topology: SMALL,
    crypto,
    timestamp: TIMESTAMP,
    random: countingRandom(),
  });
  const old = downs.filter(({ entries }) => entries.at(-1)?.isdAs === LEAF_A);
  const fresh = old.map((segment) => ({ ...segment, timestamp: TIMESTAMP + 60 }));

  it.each([
    ['the newer segment comes last', [...old, ...fresh]],
    ['the newer segment comes first', [...fresh, ...old]],
  ])('appear once with the latest expiry when %s', (_name, ups) => {
    const request = { ups, cores: [], downs: [], source: LEAF_A, target: CORE_1, crypto };
    const paths = combineSegmentsIntoPaths(request);
    expect(paths.map(({ expiryHalfSeconds }) => expiryHalfSeconds)).toEqual([
      2 * (TIMESTAMP + 60 + 6 * 3600),
    ]);
  });
});

describe('paths in random valley-free topologies', () => {
  it('reach every AS that a walk can reach, and every one of them walks', () => {
    fc.assert(
      fc.property(randomTopology, (topology) => {
        const { pairs, reached } = walkAll(topology);
        // An up segment, a core segment and a down segment connect any two ASes of these graphs.
        expect(reached).toBe(pairs);
      }),
      { numRuns: 40 },
    );
  });

  it('lose exactly the paths over a link that is removed', () => {
    fc.assert(
      fc.property(randomTopology, fc.nat(), (topology, pick) => {
        const removed = topology.links[pick % topology.links.length] as ScionLink;
        const links = topology.links.filter((link) => link !== removed);
        const before = finderOf(topology);
        const after = finderOf({ ...topology, links });
        const first = topology.ases[0]?.isdAs;
        const last = topology.ases.at(-1)?.isdAs;
        if (first === undefined || last === undefined) return;
        const gone = formatInterface(removed.a);
        const kept = before
          .paths(last, first)
          .filter((path) => !path.interfaces.map(formatInterface).includes(gone));
        const prints = (paths: readonly Path[]): string[] =>
          paths.map(({ fingerprint }) => fingerprint).sort();
        expect(prints(after.paths(last, first))).toEqual(prints(kept));
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(GRAPHS)('paths in the default graph of the reference, $set', ({ file, isWhole }) => {
  it('join all pairs of its ASes and walk both ways', () => {
    const counts = walkAll(new Graph(file).topology(keyOf));
    const pairs = isWhole ? 240 : 72;
    expect(counts).toMatchObject({ pairs, reached: pairs });
    expect(counts.paths).toBeGreaterThan(isWhole ? 1000 : 72);
  });
});

describe('disjointness', () => {
  const paths = finderOf(SMALL).paths(LEAF_A, FAR);
  const [peering, one, two] = paths as [Path, Path, Path];

  it('is nothing in common or everything in common at the ends of its range', () => {
    expect(measureDisjointness(one, one, routerNamePerInterface)).toEqual({
      links: 0,
      ases: 0,
      penalty: 1,
    });
    const [direct] = finderOf(SMALL).paths(CORE_1, CORE_2) as [Path];
    const [, other] = finderOf(SMALL).paths(CORE_1, CORE_2) as [Path, Path];
    expect(measureDisjointness(direct, other, routerNamePerInterface)).toEqual({
      links: 1,
      ases: 1,
      penalty: 0,
    });
  });

  it('counts common links, end routers and ASes of the smaller path', () => {
    // `peering` and `one` share 2 of 4: the link LEAF_A-MIDDLE and the router at its near end.
    // `one` and `two` share 5 of 6.
    expect(measureDisjointness(peering, one, routerNamePerInterface).links).toBeCloseTo(1 - 2 / 4);
    expect(measureDisjointness(one, two, routerNamePerInterface).links).toBeCloseTo(1 - 5 / 6);
    expect(measureDisjointness(peering, one, routerNamePerInterface).ases).toBe(0);
    expect(measureDisjointness(peering, one, routerNamePerInterface).penalty).toBeCloseTo(
      1 - 0.7 / 2,
    );
  });

  it('sees that two interfaces are of one router', () => {
    const [first, second] = finderOf(SMALL).paths(CORE_1, CORE_2) as [Path, Path];
    const oneRouter = measureDisjointness(first, second, ({ isdAs: as }) => as);
    expect(oneRouter.links).toBeCloseTo(1 - 2 / 3);
  });

  it('does not depend on the order of the two', () => {
    for (const left of paths) {
      for (const right of paths) {
        const there = measureDisjointness(left, right, routerNamePerInterface);
        expect(measureDisjointness(right, left, routerNamePerInterface)).toEqual(there);
      }
    }
  });
});

describe('the order of ASes', () => {
  it('is by number and not by text', () => {
    const sorted = ['2-1', '1-ff00:0:2', '1-10', '1-9', '1-ff00:0:10']
      .map(requireIsdAs)
      .sort(compareIsdAs);
    expect(sorted).toEqual(['1-9', '1-10', '1-ff00:0:2', '1-ff00:0:10', '2-1']);
  });
});
