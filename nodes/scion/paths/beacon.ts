/**
 * Creates all segments of a topology at once, as beaconing would have found them.
 *
 * SCION control plane "Path Exploration": core ASes originate beacons on core and child links;
 * beacons on core links spread over core links, all others down to children; no beacon passes an AS
 * twice. The number of segments for each pair of origin and AS is limited to that of the
 * reference's best set; shorter segments are preferred. All segments are made before the run and
 * without messages.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Random } from '../../../engine/host/random.ts';
import { EXP_TIME_DEFAULT, SEGMENT_ID_VALUES } from '../geometry.ts';
import { HopAuthenticator } from '../mac.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import { extendSegment, type PathSegment, type SegmentExtension } from './segment.ts';
import {
  type Adjacencies,
  type Adjacency,
  compareIsdAs,
  listAdjacencies,
  type ScionAs,
  type ScionTopology,
} from './topology.ts';

/**
 * Largest number of AS entries in a segment (reference control/beacon/policy.go, MaxHopsLength).
 */
export const SEGMENT_HOPS_MAX = 10;
/**
 * Largest number of segments kept per origin and AS (reference control/beacon/policy.go,
 * BestSetSize).
 */
export const SEGMENTS_PER_ORIGIN_MAX = 20;

/** The input from which the segments of a topology are made. */
export interface BeaconOptions {
  readonly topology: ScionTopology;
  readonly crypto: CryptoProvider;
  /** Random stream from which segment ids are drawn. */
  readonly random: Random;
  /**
   * Creation time of all segments, seconds since 1970; hop fields are valid for 6 h from then on.
   */
  readonly timestamp: number;
}

/** All segments of a topology, sorted by AS numbers and then by length. */
export interface TopologySegments {
  /** Segments from one core AS to another. */
  readonly cores: readonly PathSegment[];
  /** Segments from a core AS down to another AS of its ISD; reversed, they are up segments. */
  readonly downs: readonly PathSegment[];
}

/** A beacon under way: a segment to which the last AS has not yet added its entry. */
interface Beacon {
  readonly segment: PathSegment;
  readonly at: IsdAs;
  readonly ingress: number;
  readonly ingressMtu: number;
}

/** Makes all core and down segments; the same input gives the same segments. */
export function makeSegments(options: BeaconOptions): TopologySegments {
  const origins = options.topology.ases.filter((as) => as.core).map((as) => as.isdAs);
  origins.sort(compareIsdAs);
  const beaconing = new Beaconing(options);
  return {
    cores: origins.flatMap((origin) => beaconing.spread(origin, 'core')),
    downs: origins.flatMap((origin) => beaconing.spread(origin, 'child')),
  };
}

class Beaconing {
  readonly #adjacencies: Adjacencies;
  readonly #ases = new Map<IsdAs, ScionAs>();
  readonly #authenticators = new Map<IsdAs, HopAuthenticator>();
  readonly #options: BeaconOptions;

  constructor(options: BeaconOptions) {
    this.#options = options;
    this.#adjacencies = listAdjacencies(options.topology);
    for (const as of options.topology.ases) {
      this.#ases.set(as.isdAs, as);
      const key = options.crypto.aesCmac(as.forwardingKey);
      this.#authenticators.set(as.isdAs, new HopAuthenticator(key));
    }
  }

  /**
   * Makes all segments from one origin over one kind of link, breadth first, so that shorter
   * segments come first.
   */
  spread(origin: IsdAs, over: 'core' | 'child'): readonly PathSegment[] {
    const kept = new Map<IsdAs, PathSegment[]>();
    let beacons = this.#originate(origin, over);
    for (let hops = 2; hops <= SEGMENT_HOPS_MAX && beacons.length > 0; hops++) {
      const next: Beacon[] = [];
      for (const beacon of beacons) {
        const segments = kept.get(beacon.at) ?? [];
        if (segments.length === SEGMENTS_PER_ORIGIN_MAX) continue;
        kept.set(beacon.at, segments);
        segments.push(this.#extend(beacon, 0));
        for (const one of this.#propagate(beacon, over)) next.push(one);
      }
      beacons = next;
    }
    const reached = [...kept.keys()].sort(compareIsdAs);
    return reached.flatMap((isdAs) => kept.get(isdAs) ?? []);
  }

  #originate(origin: IsdAs, over: 'core' | 'child'): Beacon[] {
    const beacons: Beacon[] = [];
    for (const link of this.#linksOf(origin, over)) {
      // Each originated beacon has its own random segment id, the first beta of its MAC chain.
      const segmentId = this.#options.random.below(SEGMENT_ID_VALUES);
      const segment = { segmentId, timestamp: this.#options.timestamp, entries: [] };
      beacons.push(this.#send({ segment, at: origin, ingress: 0, ingressMtu: 0 }, link));
    }
    return beacons;
  }

  #propagate(beacon: Beacon, over: 'core' | 'child'): Beacon[] {
    const beacons: Beacon[] = [];
    for (const link of this.#linksOf(beacon.at, over)) {
      const { isdAs } = link.neighbour;
      const isLoop = beacon.segment.entries.some((entry) => entry.isdAs === isdAs);
      if (!isLoop) beacons.push(this.#send(beacon, link));
    }
    return beacons;
  }

  #send(beacon: Beacon, link: Adjacency): Beacon {
    const segment = this.#extend(beacon, link.ifId);
    const { isdAs, ifId } = link.neighbour;
    return { segment, at: isdAs, ingress: ifId, ingressMtu: link.mtu };
  }

  #extend(beacon: Beacon, egress: number): PathSegment {
    const as = this.#ases.get(beacon.at);
    const authenticator = this.#authenticators.get(beacon.at);
    if (as === undefined || authenticator === undefined) {
      throw new RangeError(`a link leads to ${beacon.at}, which is not in the topology`);
    }
    const extension: SegmentExtension = {
      isdAs: beacon.at,
      mtu: as.mtu,
      ingress: beacon.ingress,
      ingressMtu: beacon.ingressMtu,
      egress,
      expTime: EXP_TIME_DEFAULT,
      peerLinks: this.#linksOf(beacon.at, 'peer').map(({ ifId, neighbour, mtu }) => {
        return { ifId, peer: neighbour.isdAs, peerIfId: neighbour.ifId, mtu };
      }),
      authenticator,
    };
    return extendSegment(beacon.segment, extension);
  }

  #linksOf(isdAs: IsdAs, neighbourIs: Adjacency['neighbourIs']): readonly Adjacency[] {
    const links = this.#adjacencies.get(isdAs) ?? [];
    return links.filter((link) => link.neighbourIs === neighbourIs);
  }
}
