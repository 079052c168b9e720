/**
 * Properties of sets of segments and of single segments.
 *
 * @module
 */
import {
  findFirstAs,
  type IsdAs,
  type SegmentsByRole,
  type SignedSegment,
  segmentExpiryHalfSeconds,
} from '../../scion/index.ts';

const HALF_SECONDS_PER_S = 2;

/** The empty set of segments. */
export const NO_SEGMENTS: SegmentsByRole = { ups: [], downs: [], cores: [] };

/** The number of segments. */
export function countSegments({ ups, downs, cores }: SegmentsByRole): number {
  return ups.length + downs.length + cores.length;
}

/** True if there are no segments. */
export function isEmpty(segments: SegmentsByRole): boolean {
  return countSegments(segments) === 0;
}

/** True if the segment passes an AS twice. */
export function hasLoop({ segment: { entries } }: Pick<SignedSegment, 'segment'>): boolean {
  return new Set(entries.map(({ isdAs }) => isdAs)).size < entries.length;
}

/** True if the segment ends in its last AS, so that it is not a beacon that goes on. */
export function isEnded({ segment, signed }: SignedSegment): boolean {
  return signed.at(-1)?.next === '0-0' && segment.entries.at(-1)?.hop.consEgress === 0;
}

/** The requirements on a segment that is registered. */
export interface SegmentLimits {
  readonly origin: IsdAs;
  /** Largest number of ASes. */
  readonly maxHops: number;
  /** Calendar time, seconds since 1970. */
  readonly seconds: number;
}

/** True if the segment begins in `origin`, has an end, passes no AS twice, is short enough and has not expired. */
export function isWholeSegment(one: SignedSegment, limits: SegmentLimits): boolean {
  const { origin, maxHops, seconds } = limits;
  const isShort = one.segment.entries.length <= maxHops && findFirstAs(one.segment) === origin;
  return isShort && isEnded(one) && !hasLoop(one) && !isExpired(one, seconds);
}

/** True if a hop field of the segment has expired. @param seconds Calendar time, seconds since 1970. */
export function isExpired({ segment }: Pick<SignedSegment, 'segment'>, seconds: number): boolean {
  return segmentExpiryHalfSeconds(segment) < HALF_SECONDS_PER_S * seconds;
}
