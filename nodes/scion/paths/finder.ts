/**
 * Finds the paths from one AS to another: selects the segments and combines them.
 *
 * SCION control plane "Segment Lookup": up segments of the source, down segments of the target, and
 * the core segments between their origins. Results are cached, because combining takes milliseconds
 * and segments do not change until the next refresh.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import { EMPTY_PATH, encodePath } from '../wire/path.ts';
import type { TopologySegments } from './beacon.ts';
import { combineSegmentsIntoPaths } from './combinator.ts';
import type { SegmentSet } from './edges.ts';
import { type Path, pathFingerprint } from './path.ts';
import { findFirstAs, findLastAs, type PathSegment } from './segment.ts';
import type { ScionAs } from './topology.ts';

/** Lifetime of the path within one AS, half seconds: 24 h, as in the reference daemon. */
const LOCAL_PATH_HALF_SECONDS = 2 * 24 * 3600;

/**
 * The data from which {@link PathFinder} makes paths: the ASes of a network, and their segments.
 */
export interface PathFinderOptions {
  readonly ases: readonly Pick<ScionAs, 'isdAs' | 'mtu'>[];
  readonly segments: TopologySegments;
  readonly crypto: CryptoProvider;
  /** When the segments were made, seconds since 1970. */
  readonly timestamp: number;
}

/** Finds the paths between any two ASes of one network. */
export class PathFinder {
  readonly #options: PathFinderOptions;
  readonly #downsByEnd: ReadonlyMap<string, readonly PathSegment[]>;
  readonly #coresByEnd: ReadonlyMap<string, readonly PathSegment[]>;
  readonly #answers = new Map<string, readonly Path[]>();

  constructor(options: PathFinderOptions) {
    this.#options = options;
    this.#downsByEnd = byLastAs(options.segments.downs);
    this.#coresByEnd = byLastAs(options.segments.cores);
  }

  /** Returns all paths, best first: fewest AS hops, then fewest segments. */
  paths(source: IsdAs, target: IsdAs): readonly Path[] {
    const key = `${source}>${target}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const paths = source === target ? this.#inside(source) : this.#between(source, target);
    this.#answers.set(key, paths);
    return paths;
  }

  /** Returns the segments that may be part of a path from source to target. */
  segmentsBetween(source: IsdAs, target: IsdAs): SegmentSet {
    const ups = this.#downsByEnd.get(source) ?? [];
    const downs = this.#downsByEnd.get(target) ?? [];
    const nearSource = new Set(ups.map(findFirstAs).concat(source));
    const nearTarget = new Set(downs.map(findFirstAs).concat(target));
    const cores: PathSegment[] = [];
    // Core segments are used against the direction of beaconing: their last AS is where the up
    // segment begins, or the source.
    for (const end of nearSource) {
      if (end === undefined) continue;
      for (const segment of this.#coresByEnd.get(end) ?? []) {
        if (nearTarget.has(findFirstAs(segment))) cores.push(segment);
      }
    }
    return { ups, cores, downs };
  }

  #between(source: IsdAs, target: IsdAs): readonly Path[] {
    const { crypto } = this.#options;
    return combineSegmentsIntoPaths({
      ...this.segmentsBetween(source, target),
      source,
      target,
      crypto,
    });
  }

  #inside(isdAs: IsdAs): readonly Path[] {
    const { ases, crypto, timestamp: seconds } = this.#options;
    const as = ases.find((candidate) => candidate.isdAs === isdAs);
    return as === undefined ? [] : [makePathInside(as, crypto, seconds)];
  }
}

/**
 * Makes the path between two hosts of an AS.
 * @param seconds Time at which the path is made, seconds since 1970.
 */
export function makePathInside(
  { isdAs, mtu }: Pick<ScionAs, 'isdAs' | 'mtu'>,
  crypto: CryptoProvider,
  seconds: number,
): Path {
  return {
    source: isdAs,
    target: isdAs,
    wire: EMPTY_PATH,
    raw: encodePath(EMPTY_PATH),
    interfaces: [],
    mtu,
    expiryHalfSeconds: 2 * seconds + LOCAL_PATH_HALF_SECONDS,
    fingerprint: pathFingerprint(crypto, []),
    weight: 0,
  };
}

function byLastAs(segments: readonly PathSegment[]): ReadonlyMap<string, readonly PathSegment[]> {
  const byEnd = new Map<string, PathSegment[]>();
  for (const segment of segments) {
    const end = findLastAs(segment);
    const list = byEnd.get(end);
    if (list === undefined) byEnd.set(end, [segment]);
    else list.push(segment);
  }
  return byEnd;
}
