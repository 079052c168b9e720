/**
 * The answer of a control service to a host of its AS: a SegmentsResponse of the reference with one
 * more field for the interfaces that are believed to be down. Readers that do not know this field
 * skip it.
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

/** Largest number of interfaces in an answer that are believed to be down. */
const REVOKED_MAX = 1_000;
/** Largest number of bytes that an interface takes in an answer, tags and lengths included. */
const INTERFACE_BYTES_MAX = 20;
/** Largest number of bytes that the segments of an answer may take. */
export const ANSWER_SEGMENTS_BYTES_MAX = ANSWER_BYTES_MAX - INTERFACE_BYTES_MAX * (REVOKED_MAX + 1);

/** Path segments, and the interfaces that are believed to be down. */
export interface HostAnswer {
  readonly segments: SegmentsByRole;
  readonly revoked: readonly PathInterface[];
}

/** The message PathInterface of daemon.proto. */
const INTERFACE = message({ isdAs: field(1, uint64), ifId: field(2, uint32) });
const REVOKED = message({ interfaces: repeated(1, INTERFACE, { most: REVOKED_MAX }) });
/** The reference numbers its own fields from 1, so the additional field has a high number. */
const REVOKED_ONLY = message({ revoked: optional(2_047, REVOKED) });

/**
 * Encodes an answer.
 * @param answer Its encoded segments take at most {@link ANSWER_SEGMENTS_BYTES_MAX} bytes.
 */
export function encodeHostAnswer({ segments, revoked }: HostAnswer): Uint8Array {
  const bytes = encodeSegments(segments);
  return revoked.length === 0 ? bytes : concatBytes(bytes, encodeRevokedInterfaces(revoked));
}

/**
 * Decodes an answer; undefined if the bytes are malformed. The segments in the result are views of
 * `bytes`.
 */
export function decodeHostAnswer(bytes: Uint8Array): HostAnswer | undefined {
  const segments = decodeSegments(bytes);
  const revoked = decodeRevokedInterfaces(bytes);
  return segments && revoked && { segments, revoked };
}

/**
 * Encodes the additional field with interfaces that are believed to be down, at most the first
 * {@link REVOKED_MAX}.
 */
export function encodeRevokedInterfaces(revoked: readonly PathInterface[]): Uint8Array {
  const interfaces = revoked
    .slice(0, REVOKED_MAX)
    .map(({ isdAs, ifId }) => ({ isdAs: isdAsWords(isdAs), ifId }));
  return encodeProtobuf(REVOKED_ONLY, { revoked: { interfaces } });
}

/** Decodes the interfaces in the additional field; undefined if the bytes are malformed. */
export function decodeRevokedInterfaces(bytes: Uint8Array): readonly PathInterface[] | undefined {
  const read = decodeProtobuf(REVOKED_ONLY, bytes);
  if (typeof read === 'string') return undefined;
  const interfaces = read.revoked?.interfaces ?? [];
  return interfaces.map(({ isdAs, ifId }) => ({ isdAs: isdAsOfWords(isdAs), ifId }));
}
