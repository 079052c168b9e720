/**
 * What a control service answers a host of its AS: a SegmentsResponse of the reference with one more field, which a
 * reader that does not know it skips: the interfaces that are believed to be down.
 *
 * @module
 */
import { concatBytes } from '../../_kit/bytes.ts';
import {
  decodeProtobuf,
  encodeProtobuf,
  field,
  message,
  optional,
  repeated,
} from '../../_kit/protobuf.ts';
import { uint32, uint64 } from '../../_kit/protobuf-scalars.ts';
import type { PathInterface } from '../paths/path.ts';
import { decodeSegments, encodeSegments, type SegmentsByRole } from '../paths/segment-messages.ts';
import { isdAsOfWords, isdAsWords } from '../wire/isd-as.ts';
import { ANSWER_BYTES_MAX } from './frames.ts';

/** Most interfaces of an answer. */
const REVOKED_MAX = 1_000;
/** Tags, lengths and numbers of an interface, bytes at most. */
const INTERFACE_BYTES_MAX = 20;
/** Room for the segments of an answer, bytes. */
export const ANSWER_SEGMENTS_BYTES_MAX = ANSWER_BYTES_MAX - INTERFACE_BYTES_MAX * (REVOKED_MAX + 1);

/** Segments, and which of their interfaces are believed to be down. */
export interface HostAnswer {
  readonly segments: SegmentsByRole;
  readonly revoked: readonly PathInterface[];
}

/** As daemon.proto, PathInterface. */
const INTERFACE = message({ isdAs: field(1, uint64), ifId: field(2, uint32) });
const REVOKED = message({ interfaces: repeated(1, INTERFACE, { most: REVOKED_MAX }) });
/** The reference numbers its fields from 1: it will not get this far. */
const REVOKED_ONLY = message({ revoked: optional(2_047, REVOKED) });

/** Encodes an answer. @param answer Its segments take at most {@link ANSWER_SEGMENTS_BYTES_MAX}. */
export function encodeHostAnswer({ segments, revoked }: HostAnswer): Uint8Array {
  const bytes = encodeSegments(segments);
  return revoked.length === 0 ? bytes : concatBytes(bytes, encodeRevoked(revoked));
}

/** Decodes an answer; undefined if it is none. Its segments refer to the bytes. */
export function decodeHostAnswer(bytes: Uint8Array): HostAnswer | undefined {
  const segments = decodeSegments(bytes);
  const revoked = decodeRevoked(bytes);
  return segments && revoked && { segments, revoked };
}

/** The field with interfaces that are down: the first {@link REVOKED_MAX} of them. */
export function encodeRevoked(revoked: readonly PathInterface[]): Uint8Array {
  const interfaces = revoked
    .slice(0, REVOKED_MAX)
    .map(({ isdAs, ifId }) => ({ isdAs: isdAsWords(isdAs), ifId }));
  return encodeProtobuf(REVOKED_ONLY, { revoked: { interfaces } });
}

/** The interfaces in that field of a message; undefined if it is none. */
export function decodeRevoked(bytes: Uint8Array): readonly PathInterface[] | undefined {
  const read = decodeProtobuf(REVOKED_ONLY, bytes);
  if (typeof read === 'string') return undefined;
  const interfaces = read.revoked?.interfaces ?? [];
  return interfaces.map(({ isdAs, ifId }) => ({ isdAs: isdAsOfWords(isdAs), ifId }));
}
