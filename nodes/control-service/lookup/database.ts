/**
 * The segments that a control service has, and the queries that it answers from them (reference private/pathdb).
 *
 * @module
 */
import {
  findFirstAs,
  findLastAs,
  type IsdAs,
  isWildcard,
  readIsd,
  type SegmentsByRole,
  type SegmentsRequest,
} from '../../scion/index.ts';
import { type InsertResult, type KnownSegment, SegmentStore } from '../beacons/store.ts';
import { ASES_KEPT_MAX, CANDIDATES_MAX } from '../geometry.ts';
import { isExpired, NO_SEGMENTS } from './segment-sets.ts';

const LIMITS = { perKey: CANDIDATES_MAX, keys: ASES_KEPT_MAX };

/** The AS and the clock of a {@link SegmentDatabase}. */
export interface SegmentDatabaseParts {
  readonly own: IsdAs;
  readonly isCore: boolean;
  /** Calendar time, half seconds since 1970. */
  readonly halfSeconds: () => number;
}

/** The segments that a control service has, by the ASes where they begin or end. */
export class SegmentDatabase {
  readonly isCore: boolean;
  readonly #parts: SegmentDatabaseParts;
  /** Segments that end in this AS, by the core AS where they begin. */
  readonly #ending = new SegmentStore(LIMITS);
  /** Segments that begin in this core AS, by the AS where they end. */
  readonly #registered = new SegmentStore(LIMITS);

  constructor(parts: SegmentDatabaseParts) {
    this.#parts = parts;
    this.isCore = parts.isCore;
  }

  /** Numbers of segments, for the status. */
  get sizes(): { readonly ending: number; readonly registered: number } {
    return { ending: this.#ending.size, registered: this.#registered.size };
  }

  /** Number of ASes where the segments that end here begin, and number of ASes that have registered segments. */
  get ases(): { readonly origins: number; readonly registrants: number } {
    return { origins: this.#ending.keys().length, registrants: this.#registered.keys().length };
  }

  /** Stores a segment that ends here. */
  keep(segment: KnownSegment): InsertResult {
    return this.#ending.insert(findFirstAs(segment.segment), segment);
  }

  /** Stores a down segment that another AS registers. */
  register(segment: KnownSegment): InsertResult {
    return this.#registered.insert(findLastAs(segment.segment), segment);
  }

  /** Removes all segments. */
  clear(): void {
    this.#ending.clear();
    this.#registered.clear();
  }

  removeExpired(): void {
    const now = this.#parts.halfSeconds();
    this.#ending.removeExpired(now);
    this.#registered.removeExpired(now);
  }

  /** The up segments of a non-core AS. */
  ups(): readonly KnownSegment[] {
    return this.isCore ? [] : this.#ending.all(this.#parts.halfSeconds());
  }

  /** The core segments that begin in an ISD and end here. */
  coresTo(isd: number): readonly KnownSegment[] {
    if (!this.isCore) return [];
    const origins = this.#ending.keys().filter((origin) => readIsd(origin) === isd);
    return origins.flatMap((origin) => this.#ending.of(origin, this.#parts.halfSeconds()));
  }

  /** The segments with which a core AS answers another control service; none unless `source` is this AS. */
  answerTo({ source, target }: SegmentsRequest): SegmentsByRole {
    const { own, halfSeconds } = this.#parts;
    if (!this.isCore || source !== own) return NO_SEGMENTS;
    if (isWildcard(target)) return { ...NO_SEGMENTS, cores: this.coresTo(readIsd(target)) };
    const cores = this.#ending.of(target, halfSeconds());
    return { ...NO_SEGMENTS, downs: this.#registered.of(target, halfSeconds()), cores };
  }

  /** The given segments without those that have expired, or will have in `laterSeconds`. */
  stillValid({ ups, downs, cores }: SegmentsByRole, laterSeconds = 0): SegmentsByRole {
    const seconds = this.#parts.halfSeconds() / 2 + laterSeconds;
    const valid = (all: SegmentsByRole['ups']): SegmentsByRole['ups'] =>
      all.filter((segment) => !isExpired(segment, seconds));
    return { ups: valid(ups), downs: valid(downs), cores: valid(cores) };
  }
}
