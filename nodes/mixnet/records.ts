/**
 * Mixnet: records on a stream to the authority, decoded and encoded (docs/spec/mixnet.md,
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
import { DESCRIPTOR_LENGTH_MAX, DOCUMENT_LENGTH_MAX, RECORD_HEADER_LENGTH } from './geometry.ts';

/** Length of an epoch number, bytes. */
const EPOCH_LENGTH = 6;
/** Largest length of the reason for a refusal. */
const REASON_LENGTH_MAX = 64;

const TYPES = {
  upload: { tag: 0x20, max: DESCRIPTOR_LENGTH_MAX },
  accepted: { tag: 0x21, max: 0 },
  refused: { tag: 0x22, max: REASON_LENGTH_MAX },
  ask: { tag: 0x12, max: EPOCH_LENGTH },
  document: { tag: 0x13, max: DOCUMENT_LENGTH_MAX },
} as const;

/** Type of a record. */
export type RecordType = keyof typeof TYPES;

const BY_TAG = new Map(
  Object.entries(TYPES).map(([type, { tag, max }]) => [tag, { type: type as RecordType, max }]),
);

/** Whether a document is available, not made yet, or no longer kept. */
export type DocumentStatus = 'here' | 'not-yet' | 'gone';
const STATUSES: readonly DocumentStatus[] = ['here', 'not-yet', 'gone'];

/** The record in a new array. */
export function encodeRecord(type: RecordType, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEADER_LENGTH + body.length);
  bytes[0] = TYPES[type].tag;
  writeUint32(bytes, 1, body.length);
  bytes.set(body, RECORD_HEADER_LENGTH);
  return bytes;
}

/** A request for the document of an epoch. */
export function encodeAsk(epoch: number): Uint8Array {
  const body = new Uint8Array(EPOCH_LENGTH);
  writeUint48(body, 0, epoch);
  return encodeRecord('ask', body);
}

/** The requested epoch, or undefined for any other body. */
export function decodeAsk(body: Uint8Array): number | undefined {
  return body.length === EPOCH_LENGTH ? readUint48(body, 0) : undefined;
}

/** Encodes an answer: the document, or the reason why there is none. */
export function encodeDocumentRecord(status: DocumentStatus, document: Uint8Array): Uint8Array {
  const body = new Uint8Array(1 + document.length);
  body[0] = STATUSES.indexOf(status);
  body.set(document, 1);
  return encodeRecord('document', body);
}

/** Reads an answer; undefined for any other body. */
export function decodeDocumentRecord(
  body: Uint8Array,
): { readonly status: DocumentStatus; readonly document: Uint8Array } | undefined {
  const status = STATUSES[body[0] ?? STATUSES.length];
  return status === undefined ? undefined : { status, document: body.subarray(1) };
}

/** Receives a record and owns its body. */
export type RecordHandler = (type: RecordType, body: Uint8Array) => void;

/** Splits a stream into records. It holds at most one, and reads nothing after a malformed one. */
export class RecordReader {
  readonly #onRecord: RecordHandler;
  readonly #allowed: readonly RecordType[];
  readonly #header = new Uint8Array(RECORD_HEADER_LENGTH);
  #headerBytes = 0;
  #type: RecordType | undefined;
  #body = new Uint8Array(0);
  #bodyBytes = 0;
  #isBroken = false;

  /**
   * @param allowed The types that this peer may send.
   * @param onRecord Called for each record, within {@link read}.
   */
  constructor(allowed: readonly RecordType[], onRecord: RecordHandler) {
    this.#allowed = allowed;
    this.#onRecord = onRecord;
  }

  /** True when the stream may end here: no record is incomplete. */
  get isBetweenRecords(): boolean {
    return this.#headerBytes === 0 && !this.#isBroken;
  }

  /** Reads the next bytes; false when they contain a record that the peer must not send. */
  read(buffer: Uint8Array, offset: number, length: number): boolean {
    const end = offset + length;
    let at = offset;
    while (at < end && !this.#isBroken) {
      at += this.#type === undefined ? this.#readHeader(buffer, at, end) : 0;
      if (this.#type !== undefined) at += this.#readBody(buffer, at, end);
    }
    return !this.#isBroken;
  }

  #readHeader(buffer: Uint8Array, at: number, end: number): number {
    const taken = Math.min(RECORD_HEADER_LENGTH - this.#headerBytes, end - at);
    this.#header.set(buffer.subarray(at, at + taken), this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes < RECORD_HEADER_LENGTH) return taken;
    const known = BY_TAG.get(this.#header[0] as never);
    const length = readUint32(this.#header, 1);
    if (known === undefined || !this.#allowed.includes(known.type) || length > known.max + 1) {
      this.#isBroken = true;
      return taken;
    }
    this.#type = known.type;
    this.#body = new Uint8Array(length);
    this.#bodyBytes = 0;
    return taken;
  }

  #readBody(buffer: Uint8Array, at: number, end: number): number {
    const taken = Math.min(this.#body.length - this.#bodyBytes, end - at);
    this.#body.set(buffer.subarray(at, at + taken), this.#bodyBytes);
    this.#bodyBytes += taken;
    if (this.#bodyBytes < this.#body.length) return taken;
    const type = this.#type as RecordType;
    this.#type = undefined;
    this.#headerBytes = 0;
    this.#onRecord(type, this.#body);
    return taken;
  }
}
