/**
 * Encodes and decodes requests for segments and their answers (reference
 * proto/control_plane/v1/seg.proto), between control services, and between a host and the control
 * service of its AS.
 *
 * @module
 */
import {
  decodeProtobuf,
  encodeProtobuf,
  field,
  map,
  message,
  repeated,
} from '../../_kit/protobuf.ts';
import { int32, uint64 } from '../../_kit/protobuf-scalars.ts';
import { type IsdAs, isdAsOfWords, isdAsWords } from '../wire/isd-as.ts';
import type { SegmentSet } from './edges.ts';
import type { PathSegment } from './segment.ts';
import {
  decodeSignedSegment,
  makeEncodedSegment,
  PATH_SEGMENT,
  type SignedSegment,
} from './segment-wire.ts';

/** Largest number of segments of one role in a message. */
export const SEGMENTS_PER_ROLE_MAX = 200;

/** Signed segments by their role on a path; all in the direction of beaconing. */
export interface SegmentsByRole {
  readonly ups: readonly SignedSegment[];
  readonly downs: readonly SignedSegment[];
  readonly cores: readonly SignedSegment[];
}

/** Numbers of the roles (seg.proto, SegmentType). */
const TYPE = { ups: 1, downs: 2, cores: 3 } as const;
const ROLES = ['ups', 'downs', 'cores'] as const;

const SEGMENTS_REQUEST = message({ source: field(1, uint64), target: field(2, uint64) });
const SEGMENTS = message({
  segments: repeated(1, PATH_SEGMENT, { most: SEGMENTS_PER_ROLE_MAX }),
});
/** Layout of the messages SegmentsResponse and SegmentsRegistrationRequest. */
const SEGMENTS_BY_TYPE = message({ byType: map(1, int32, SEGMENTS, { most: 8 }) });

/** The ends of the requested segments; an AS number of 0 stands for any core AS of the ISD. */
export interface SegmentsRequest {
  readonly source: IsdAs;
  readonly target: IsdAs;
}

/** Encodes a SegmentsRequest. */
export function encodeSegmentsRequest({ source, target }: SegmentsRequest): Uint8Array {
  const words = { source: isdAsWords(source), target: isdAsWords(target) };
  return encodeProtobuf(SEGMENTS_REQUEST, words);
}

/** Decodes a SegmentsRequest; undefined for any other bytes. */
export function decodeSegmentsRequest(bytes: Uint8Array): SegmentsRequest | undefined {
  const read = decodeProtobuf(SEGMENTS_REQUEST, bytes);
  if (typeof read === 'string') return undefined;
  return { source: isdAsOfWords(read.source), target: isdAsOfWords(read.target) };
}

/** Encodes segments by their role, of each role at most the first {@link SEGMENTS_PER_ROLE_MAX}. */
export function encodeSegments(all: SegmentsByRole): Uint8Array {
  const byType = new Map(
    ROLES.filter((role) => all[role].length > 0).map((role) => [
      TYPE[role] as number,
      { segments: all[role].slice(0, SEGMENTS_PER_ROLE_MAX).map(makeEncodedSegment) },
    ]),
  );
  return encodeProtobuf(SEGMENTS_BY_TYPE, { byType });
}

/**
 * Decodes segments by their role; undefined if any of them is invalid. Signatures are not verified.
 */
export function decodeSegments(bytes: Uint8Array): SegmentsByRole | undefined {
  const read = decodeProtobuf(SEGMENTS_BY_TYPE, bytes);
  if (typeof read === 'string') return undefined;
  const of = (role: (typeof ROLES)[number]): readonly SignedSegment[] | undefined => {
    const decoded = read.byType.get(TYPE[role])?.segments.map(decodeSignedSegment) ?? [];
    return decoded.every((one) => typeof one !== 'string') ? decoded : undefined;
  };
  const [ups, downs, cores] = ROLES.map(of);
  if (ups === undefined || downs === undefined || cores === undefined) return undefined;
  return { ups, downs, cores };
}

/** Returns the segments without their signatures. */
export function plainSegments({ ups, cores, downs }: SegmentsByRole): SegmentSet {
  const plain = (all: readonly SignedSegment[]): readonly PathSegment[] =>
    all.map(({ segment }) => segment);
  return { ups: plain(ups), cores: plain(cores), downs: plain(downs) };
}
