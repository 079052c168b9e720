/**
 * Mixnet: decodes and encodes the records on a stream to the authority (docs/spec/mixnet.md,
 * Directory).
 *
 * ```
 * type (1) | length (4) | body
 *   0x20 upload    descriptor, signed
 *   0x21 accepted  -                      0x22 refused  reason, ASCII
 *   0x12 ask       epoch (6)              0x13 document  status (1) | document, signed
 * ```
 * The numbers of ask and document are those of GetConsensus and Consensus in Katzenpost
 * (core/wire/commands).
 *
 * @module
 */
import { readUint32, readUint48, writeUint32, writeUint48 } from '../_kit/bytes.ts';
import { FrameReader } from '../_kit/frame-reader.ts';
import {
  DESCRIPTOR_RECORD_BYTES_MAX,
  DOCUMENT_RECORD_BYTES_MAX,
  RECORD_HEADER_LENGTH,
} from './geometry.ts';

/** Length of an epoch number, bytes. */
const EPOCH_LENGTH = 6;
/** Largest length of the reason for a refusal, bytes. */
const REASON_LENGTH_MAX = 64;

const TYPES = {
  upload: { tag: 0x20, max: DESCRIPTOR_RECORD_BYTES_MAX },
  accepted: { tag: 0x21, max: 0 },
  refused: { tag: 0x22, max: REASON_LENGTH_MAX },
  ask: { tag: 0x12, max: EPOCH_LENGTH },
  document: { tag: 0x13, max: DOCUMENT_RECORD_BYTES_MAX },
} as const;

/** The type of a record on a stream to the authority. */
export type AuthorityRecordType = keyof typeof TYPES;

/**
 * Whether the authority has a document: it has it (`here`), has not made it yet, or has deleted it.
 */
export type DocumentStatus = 'here' | 'not-yet' | 'gone';
const STATUSES: readonly DocumentStatus[] = ['here', 'not-yet', 'gone'];

/** Encodes a record in a new array. */
export function encodeAuthorityRecord(type: AuthorityRecordType, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEADER_LENGTH + body.length);
  bytes[0] = TYPES[type].tag;
  writeUint32(bytes, 1, body.length);
  bytes.set(body, RECORD_HEADER_LENGTH);
  return bytes;
}

/** Encodes the request for the document of an epoch, as a whole record. */
export function encodeDocumentRequest(epoch: number): Uint8Array {
  const body = new Uint8Array(EPOCH_LENGTH);
  writeUint48(body, 0, epoch);
  return encodeAuthorityRecord('ask', body);
}

/**
 * Decodes the body of a request for a document: returns the epoch, or undefined for any other body.
 */
export function decodeDocumentRequest(body: Uint8Array): number | undefined {
  return body.length === EPOCH_LENGTH ? readUint48(body, 0) : undefined;
}

/**
 * Encodes the answer to a request for a document: a status and, if the status is `here`, the signed
 * document.
 */
export function encodeDocumentRecord(status: DocumentStatus, document: Uint8Array): Uint8Array {
  const body = new Uint8Array(1 + document.length);
  body[0] = STATUSES.indexOf(status);
  body.set(document, 1);
  return encodeAuthorityRecord('document', body);
}

/** Decodes the body of an answer to a request for a document; undefined for any other body. */
export function decodeDocumentRecord(
  body: Uint8Array,
): { readonly status: DocumentStatus; readonly document: Uint8Array } | undefined {
  const status = STATUSES[body[0] ?? STATUSES.length];
  return status === undefined ? undefined : { status, document: body.subarray(1) };
}

/** Called with the type and body of a record that arrived; may keep the body. */
export type AuthorityRecordHandler = (type: AuthorityRecordType, body: Uint8Array) => void;

/**
 * Creates a reader that splits a stream into records. The reader fails at a record whose type is
 * not in `allowed`.
 * @param allowed The types that the peer may send.
 * @param onRecord Called for each record.
 */
export function createAuthorityRecordReader(
  allowed: readonly AuthorityRecordType[],
  onRecord: AuthorityRecordHandler,
): FrameReader {
  const known = new Map(allowed.map((type) => [TYPES[type].tag as number, type]));
  return new FrameReader(
    {
      headerBytes: RECORD_HEADER_LENGTH,
      bodyBytes: (buffer, offset): number | undefined => {
        const type = known.get(buffer[offset] ?? 0);
        const length = readUint32(buffer, offset + 1);
        return type !== undefined && length <= TYPES[type].max + 1 ? length : undefined;
      },
    },
    (buffer, offset, length) => {
      const type = known.get(buffer[offset] ?? 0);
      if (type !== undefined) {
        onRecord(type, buffer.slice(offset + RECORD_HEADER_LENGTH, offset + length));
      }
    },
  );
}
