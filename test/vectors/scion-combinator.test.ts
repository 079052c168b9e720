/**
 * Path combination, compared with the reference's golden outputs (combinator.json); and segments
 * and combined paths with real MACs, compared with packets that walk over them (walks.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { HopAuthenticator } from '../../nodes/scion/mac.ts';
import { combineSegmentsIntoPaths } from '../../nodes/scion/paths/combinator.ts';
import { formatInterface, type Path } from '../../nodes/scion/paths/path.ts';
import {
  type AsEntry,
  extendSegment,
  type PathSegment,
  segmentIdAt,
} from '../../nodes/scion/paths/segment.ts';
import { decodeHeader } from '../../nodes/scion/wire/header.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { encodePath, type SegmentedPath } from '../../nodes/scion/wire/path.ts';
import { value } from '../unit/nodes/scion/wire/value.ts';
import { vectorSets } from '../vectors-root.ts';
import { Graph, type GraphChange, graphFor } from './scion-graph.ts';
import { UP_ONLY } from './scion-walk.ts';

interface GoldenPath {
  readonly weight: number;
  readonly segments: readonly {
    readonly consDir: boolean;
    readonly peer: boolean;
    readonly hops: readonly (readonly [number, number])[];
  }[];
  readonly interfaces: readonly string[];
  readonly mtu: number;
  readonly from: readonly { readonly segment: number; readonly betaIndex: number }[];
}
interface CombinatorFile {
  readonly cases: readonly {
    readonly name: string;
    readonly graphChanges: readonly GraphChange[];
    readonly source: string;
    readonly target: string;
    readonly ups: readonly (readonly number[])[];
    readonly cores: readonly (readonly number[])[];
    readonly downs: readonly (readonly number[])[];
    readonly paths: readonly GoldenPath[];
  }[];
  readonly mtu: {
    readonly setup: {
      readonly removeLink: number;
      readonly up: readonly number[];
      readonly down: readonly number[];
      readonly allMtusFirst: number;
      readonly exceptIngressMtuOfEntry0: number;
    };
    readonly cases: readonly {
      readonly name: string;
      readonly set: Readonly<Record<string, number>>;
      readonly useDown: boolean;
      readonly source: string;
      readonly target: string;
      readonly mtu: number;
    }[];
  };
}
interface WalkSegment {
  readonly type: 'up' | 'core' | 'down';
  readonly segmentId: number;
  readonly timestamp: number;
  readonly entries: readonly {
    readonly isdAs: string;
    readonly ingress: number;
    readonly egress: number;
    readonly expTime: number;
    readonly beta: number;
    readonly mac: string;
    readonly peers: readonly {
      readonly peer: string;
      readonly peerInterface: number;
      readonly ingress: number;
      readonly mac: string;
    }[];
  }[];
}
interface WalkFile {
  readonly keys: { readonly hopFieldKey: Readonly<Record<string, string>> };
  readonly walks: readonly {
    readonly name: string;
    readonly source: string;
    readonly target: string;
    readonly segments: readonly WalkSegment[];
    readonly interfaces: readonly string[];
    readonly forward: readonly { readonly packet: string }[];
  }[];
}

/** From `private/path/combinator/combinator_test.go` of scionproto/scion. */
const FIGURES: CombinatorFile = {
  cases: [
    {
      name: 'non-core ases share same core as direct upstream',
      graphChanges: [],
      source: '1-ff00:0:131',
      target: '1-ff00:0:112',
      ups: [[1316]],
      cores: [],
      downs: [[1317]],
      paths: [
        {
          weight: 2,
          segments: [
            {
              consDir: false,
              peer: false,
              hops: [
                [1613, 0],
                [0, 1316],
              ],
            },
            {
              consDir: true,
              peer: false,
              hops: [
                [0, 1317],
                [1713, 0],
              ],
            },
          ],
          interfaces: [
            '1-ff00:0:131#1613',
            '1-ff00:0:130#1316',
            '1-ff00:0:130#1317',
            '1-ff00:0:112#1713',
          ],
          mtu: 1280,
          from: [
            { segment: 0, betaIndex: 1 },
            { segment: 1, betaIndex: 0 },
          ],
        },
      ],
    },
  ],
  mtu: {
    setup: {
      removeLink: 2327,
      up: [3214, 1417],
      down: [2123, 2325],
      allMtusFirst: 1000,
      exceptIngressMtuOfEntry0: 1280,
    },
    cases: [],
  },
};

const crypto = createCryptoProvider('noble');

function summary(path: Path, segments: readonly PathSegment[]): GoldenPath {
  const wire = path.wire as SegmentedPath;
  let start = 0;
  const parts = wire.infos.map((info, index) => {
    const length = wire.segmentLengths[index] as number;
    const hops = wire.hops.slice(start, start + length);
    start += length;
    return { info, hops };
  });
  return {
    weight: path.weight,
    segments: parts.map(({ info, hops }) => {
      return {
        consDir: info.isConsDir,
        peer: info.isPeering,
        hops: hops.map((hop): [number, number] => [hop.consIngress, hop.consEgress]),
      };
    }),
    interfaces: path.interfaces.map(formatInterface),
    mtu: path.mtu,
    // Finds the segment and the beta by the value of SegID.
    from: parts.map(({ info }) => locate(info.segmentId, segments)),
  };
}

function locate(
  segmentId: number,
  segments: readonly PathSegment[],
): { segment: number; betaIndex: number } {
  for (const [segment, candidate] of segments.entries()) {
    for (let betaIndex = 0; betaIndex <= candidate.entries.length; betaIndex++) {
      if (segmentIdAt(candidate, betaIndex) === segmentId) return { segment, betaIndex };
    }
  }
  throw new Error(`SegID ${segmentId} is none of the segments'`);
}

/** Gives every segment betas that occur in no other. */
function numbered(segments: readonly PathSegment[], first: number): PathSegment[] {
  return segments.map((segment, index) => ({ ...segment, segmentId: first + index }));
}

const COMBINATIONS = vectorSets('scion/combinator.json', FIGURES);

describe.each(COMBINATIONS)('combined paths, $set', ({ file, isWhole }) => {
  it.each(file.cases)('$name', ({ graphChanges, source, target, paths, ...lists }) => {
    const graph = new Graph(graphFor({ isWhole }));
    for (const change of graphChanges) graph.apply(change);
    const build = (list: readonly (readonly number[])[]): PathSegment[] =>
      list.map((egresses) => graph.segment(egresses));
    const ups = numbered(build(lists.ups), 0);
    const cores = numbered(build(lists.cores), ups.length);
    const downs = numbered(build(lists.downs), ups.length + cores.length);
    const ends = { source: requireIsdAs(source), target: requireIsdAs(target), crypto };
    const found = combineSegmentsIntoPaths({ ups, cores, downs, ...ends });
    expect(found.map((path) => summary(path, [...ups, ...cores, ...downs]))).toEqual(paths);
  });

  it.each(file.mtu.cases)('MTU: $name', ({ set, useDown, source, target, mtu }) => {
    const { setup } = file.mtu;
    const graph = new Graph(graphFor({ isWhole }));
    graph.removeLink(setup.removeLink);
    const lists: Record<string, MutableEntry[]> = {
      up: uniform(graph.segment(setup.up), setup.allMtusFirst, setup.exceptIngressMtuOfEntry0),
      down: uniform(graph.segment(setup.down), setup.allMtusFirst, setup.exceptIngressMtuOfEntry0),
    };
    for (const [place, bytes] of Object.entries(set)) {
      const [list, index, field, peer] = place.split('.') as [string, string, string, string?];
      const entry = lists[list]?.[Number(index)] as MutableEntry;
      if (field === 'mtu') entry.mtu = bytes;
      else if (field === 'inMtu') entry.ingressMtu = bytes;
      else (entry.peers[Number(peer)] as { mtu: number }).mtu = bytes;
    }
    const segment = (entries: readonly AsEntry[] = []): PathSegment => {
      return { segmentId: 0, timestamp: 0, entries };
    };
    const downs = useDown ? [segment(lists['down'])] : [];
    const ends = { source: requireIsdAs(source), target: requireIsdAs(target), crypto };
    const paths = combineSegmentsIntoPaths({
      ups: [segment(lists['up'])],
      cores: [],
      downs,
      ...ends,
    });
    expect(paths[0]?.mtu).toBe(mtu);
  });
});

interface MutableEntry extends AsEntry {
  mtu: number;
  ingressMtu: number;
}

function uniform(segment: PathSegment, mtu: number, firstIngressMtu: number): MutableEntry[] {
  return segment.entries.map((entry, index) => ({
    ...entry,
    mtu,
    ingressMtu: index === 0 ? firstIngressMtu : mtu,
    peers: entry.peers.map((peer) => ({ ...peer, mtu })),
  }));
}

const WALKS = vectorSets<WalkFile>('scion/walks.json', UP_ONLY);

describe.each(WALKS)('segments and the path in the first packet, $set', ({ file }) => {
  const rebuild = (walkSegment: WalkSegment): PathSegment => {
    let segment: PathSegment = { ...walkSegment, entries: [] };
    for (const entry of walkSegment.entries) {
      const key = crypto.aesCmac(fromHex(file.keys.hopFieldKey[entry.isdAs] as string));
      segment = extendSegment(segment, {
        isdAs: requireIsdAs(entry.isdAs),
        mtu: 2000,
        ingress: entry.ingress,
        ingressMtu: 1280,
        egress: entry.egress,
        expTime: entry.expTime,
        peerLinks: entry.peers.map(({ ingress, peer, peerInterface }) => {
          return { ifId: ingress, peer: requireIsdAs(peer), peerIfId: peerInterface, mtu: 1280 };
        }),
        authenticator: new HopAuthenticator(key),
      });
    }
    return segment;
  };

  it.each(file.walks)('$name: every AS entry gets the listed beta and MACs', ({ segments }) => {
    for (const walkSegment of segments) {
      const segment = rebuild(walkSegment);
      const entries = segment.entries.map((entry, index) => ({
        beta: segmentIdAt(segment, index),
        mac: toHex(entry.hop.mac),
        peers: entry.peers.map((peer) => toHex(peer.hop.mac)),
      }));
      expect(entries).toEqual(
        walkSegment.entries.map(({ beta, mac, peers }) => {
          return { beta, mac, peers: peers.map((peer) => peer.mac) };
        }),
      );
    }
  });

  it.each(file.walks)('$name: the combined path is the one sent', (walk) => {
    const ofType = (type: string): PathSegment[] =>
      walk.segments.filter((segment) => segment.type === type).map(rebuild);
    const paths = combineSegmentsIntoPaths({
      ups: ofType('up'),
      cores: ofType('core'),
      downs: ofType('down'),
      source: requireIsdAs(walk.source),
      target: requireIsdAs(walk.target),
      crypto,
    });
    const interfaces = walk.interfaces.join();
    const path = paths.find(
      (candidate) => candidate.interfaces.map(formatInterface).join() === interfaces,
    );
    const sent = value(decodeHeader(fromHex(walk.forward[0]?.packet as string)));
    expect(path && toHex(path.raw)).toBe(toHex(encodePath(sent.header.path)));
  });
});
