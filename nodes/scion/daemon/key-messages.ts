/**
 * Requests of a host to the control service of its AS for the key that another AS shares with this
 * host, and the answers: DRKeyASHost of the reference (proto/control_plane/v1/drkey.proto), for
 * SCMP.
 *
 * The request is in a field that a SegmentsRequest does not have, so that both can be sent on one
 * stream. It names no host: the key is always for the host that sends the request.
 *
 * @module
 */
import { decodeProtobuf, encodeProtobuf, field, message, optional } from '../../_kit/protobuf.ts';
import { bytes, int32, int53, uint32, uint64 } from '../../_kit/protobuf-scalars.ts';
import { DRKEY_KEY_LENGTH, DRKEY_PROTOCOL_SCMP } from '../router/drkey.ts';
import { type IsdAs, isdAsOfWords, isdAsWords } from '../wire/isd-as.ts';

/** The message google.protobuf.Timestamp. */
const TIMESTAMP = message({ seconds: field(1, int53), nanos: field(2, int32) });
const REQUEST = message({
  at: optional(1, TIMESTAMP),
  protocol: field(2, uint32),
  source: field(3, uint64),
});
const REQUEST_ONLY = message({ key: optional(2_046, REQUEST) });
const ANSWER = message({ begin: optional(1, TIMESTAMP), key: field(3, bytes) });

/** The key that a host requests. */
export interface HostKeyRequest {
  /** The AS that derives the key, whose routers sign with it. */
  readonly owner: IsdAs;
  /** A time at which the key is valid, seconds since 1970. */
  readonly seconds: number;
}

/** A key and its epoch. */
export interface EpochKey {
  /** Start of the epoch, seconds since 1970. */
  readonly epochBegin: number;
  readonly key: Uint8Array;
}

/** Encodes a request for a key. */
export function encodeHostKeyRequest({ owner, seconds }: HostKeyRequest): Uint8Array {
  const at = { seconds, nanos: 0 };
  const key = { at, protocol: DRKEY_PROTOCOL_SCMP, source: isdAsWords(owner) };
  return encodeProtobuf(REQUEST_ONLY, { key });
}

/** Decodes a request for a key; undefined if the message is of another kind. */
export function decodeHostKeyRequest(
  message: Uint8Array,
): HostKeyRequest | 'malformed' | undefined {
  const read = decodeProtobuf(REQUEST_ONLY, message);
  const key = typeof read === 'string' ? undefined : read.key;
  if (key === undefined) return undefined;
  if (key.at === undefined || key.protocol !== DRKEY_PROTOCOL_SCMP) return 'malformed';
  return { owner: isdAsOfWords(key.source), seconds: key.at.seconds };
}

/** Encodes an answer; without a key, the answer is empty. */
export function encodeHostKeyAnswer(answer: EpochKey | undefined): Uint8Array {
  if (answer === undefined) return new Uint8Array(0);
  const begin = { seconds: answer.epochBegin, nanos: 0 };
  return encodeProtobuf(ANSWER, { begin, key: answer.key });
}

/** Decodes an answer; undefined if there is no key in it. */
export function decodeHostKeyAnswer(message: Uint8Array): EpochKey | undefined {
  const read = decodeProtobuf(ANSWER, message);
  if (typeof read === 'string' || read.begin === undefined) return undefined;
  if (read.key.length !== DRKEY_KEY_LENGTH) return undefined;
  return { epochBegin: read.begin.seconds, key: read.key };
}
