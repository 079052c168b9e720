/**
 * The beacons that an AS knows, by origin: a newer beacon replaces an older one over the same interfaces
 * (reference private/storage/beacon, InsertBeacon).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { compareBytes, mapKeyOfHash } from '../../_kit/bytes.ts';
import {
  type IsdAs,
  type SignedSegment,
  segmentExpiryHalfSeconds,
  segmentIdHashInput,
} from '../../scion/index.ts';
import type { BeaconCandidate } from './selection.ts';

/** A segment or beacon, with values derived from it that are often needed. */
export interface KnownSegment extends SignedSegment, BeaconCandidate {
  /** SHA-256 over its ASes and interfaces; it does not change when the segment is renewed. */
  readonly identity: Uint8Array;
  /** When the first of its hop fields expires, half seconds since 1970. */
  readonly expiryHalfSeconds: number;
  /** The interface of this AS on which it came; 0 if it was made here. */
  readonly ingress: number;
}

/** Derives the values of {@link KnownSegment}. @param ingress The interface on which it came; 0 if it was made here. */
export function knownSegment(
  crypto: CryptoProvider,
  { segment, information, signed }: SignedSegment,
  ingress: number,
): KnownSegment {
  const identity = crypto.sha256(segmentIdHashInput(segment));
  const expiryHalfSeconds = segmentExpiryHalfSeconds(segment);
  return { segment, information, signed, identity, ingress, expiryHalfSeconds };
}

/** What became of a segment given to a store: `new` and `newer` were stored, `known` and `full` were not. */
export type InsertResult = 'new' | 'newer' | 'known' | 'full';

/** How many segments a {@link SegmentStore} keeps. */
export interface SegmentStoreLimits {
  /** Largest number of segments of one key; when there are that many, a shorter one replaces the longest. */
  readonly perKey: number;
  /** Largest number of keys. */
  readonly keys: number;
}

/** Segments by a key, such as their origin or their last AS. */
export class SegmentStore {
  readonly #limits: SegmentStoreLimits;
  readonly #byKey = new Map<IsdAs, Map<string, KnownSegment>>();
  /** No segment expires before this instant, half seconds since 1970. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  constructor(limits: SegmentStoreLimits) {
    this.#limits = limits;
  }

  /** Number of segments. */
  get size(): number {
    let size = 0;
    for (const segments of this.#byKey.values()) size += segments.size;
    return size;
  }

  /** The keys, in the order in which they were first stored. */
  keys(): readonly IsdAs[] {
    return [...this.#byKey.keys()];
  }

  /** Stores a segment, unless the same segment is already stored and is at least as new. */
  insert(key: IsdAs, segment: KnownSegment): InsertResult {
    const identity = mapKeyOfHash(segment.identity);
    const segments = this.#byKey.get(key) ?? new Map<string, KnownSegment>();
    this.#nextExpiry = Math.min(this.#nextExpiry, segment.expiryHalfSeconds);
    const known = segments.get(identity);
    if (known !== undefined) {
      if (known.segment.timestamp >= segment.segment.timestamp) return 'known';
      segments.set(identity, segment);
      return 'newer';
    }
    if (!this.#hasRoom(segments, segment)) return 'full';
    this.#byKey.set(key, segments);
    segments.set(identity, segment);
    return 'new';
  }

  /** The valid segments of a key: the shortest first, then the newest, then by identity. */
  of(key: IsdAs, nowHalfSeconds: number): readonly KnownSegment[] {
    const all = [...(this.#byKey.get(key)?.values() ?? [])];
    return all.filter((one) => one.expiryHalfSeconds >= nowHalfSeconds).sort(inOrder);
  }

  /** All valid segments, key by key. */
  all(nowHalfSeconds: number): readonly KnownSegment[] {
    return [...this.#byKey.keys()].flatMap((key) => this.of(key, nowHalfSeconds));
  }

  /** Removes all segments. */
  clear(): void {
    this.#byKey.clear();
  }

  /** Removes expired segments. @returns how many. */
  removeExpired(nowHalfSeconds: number): number {
    // Returns early in most calls: this is called at every tick, and segments are valid for hours.
    if (this.#nextExpiry >= nowHalfSeconds) return 0;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    let count = 0;
    for (const [key, segments] of this.#byKey) {
      for (const [identity, { expiryHalfSeconds }] of segments) {
        if (expiryHalfSeconds >= nowHalfSeconds) {
          this.#nextExpiry = Math.min(this.#nextExpiry, expiryHalfSeconds);
          continue;
        }
        segments.delete(identity);
        count += 1;
      }
      if (segments.size === 0) this.#byKey.delete(key);
    }
    return count;
  }

  /** True if there is room; a longer segment is removed to make room. */
  #hasRoom(segments: Map<string, KnownSegment>, { segment }: KnownSegment): boolean {
    if (segments.size === 0) return this.#byKey.size < this.#limits.keys;
    if (segments.size < this.#limits.perKey) return true;
    let longest: [string, KnownSegment] | undefined;
    for (const one of segments) {
      const length = longest?.[1].segment.entries.length ?? 0;
      if (one[1].segment.entries.length >= length) longest = one;
    }
    if (longest === undefined) return false;
    if (longest[1].segment.entries.length <= segment.entries.length) return false;
    segments.delete(longest[0]);
    return true;
  }
}

/**
 * Orders segments, the shortest first. The reference leaves the order of equally long segments to its database; here
 * the newer one comes first, then the one with the lower identity.
 */
function inOrder(left: KnownSegment, right: KnownSegment): number {
  return (
    left.segment.entries.length - right.segment.entries.length ||
    right.segment.timestamp - left.segment.timestamp ||
    compareBytes(left.identity, right.identity)
  );
}
