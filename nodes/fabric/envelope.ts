/**
 * Fabric: the envelope of a message, an array of ten items in deterministic CBOR (RFC 8949 section
 * 4.2.1):
 *
 * ```text
 * [version, id, from, to, kind, correlation | null, deadline, priority, attempt, payload]
 * ```
 *
 * @module
 */

import {
  CBOR_ARRAY,
  CBOR_BYTES,
  CBOR_SIMPLE,
  CBOR_TEXT,
  CBOR_UINT,
  CborReader,
} from '../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { readUint48, writeUint48 } from '../_kit/bytes.ts';
import {
  ENVELOPE_VERSION,
  MEMORY_NAME_BYTES,
  MESSAGE_ID_BYTES,
  NODE_NAME_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  PRIORITY_COUNT,
} from './geometry.ts';

/**
 * Kinds of messages; the index of a kind is its number on the wire. A `message` needs no answer, a
 * `call` is answered by a `reply` or a `refusal`, a `group` message goes to the machine of groups.
 */
export const MESSAGE_KINDS = ['message', 'call', 'reply', 'refusal', 'group'] as const;
/** See {@link MESSAGE_KINDS}. */
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** A message in its envelope, which names the sender, the recipient and the deadline. */
export interface Envelope {
  /**
   * 16 bytes: random name of the sender's memory (8), two zero bytes, message number (6,
   * big-endian).
   */
  readonly id: Uint8Array;
  readonly from: string;
  readonly to: string;
  readonly kind: MessageKind;
  /** The id of the call that a reply answers; null otherwise. */
  readonly correlation: Uint8Array | null;
  /** Deadline, Unix ms by the sender's clock; afterwards the message is dropped. */
  readonly deadlineMs: number;
  /** 0 (bulk) to 3 (urgent). */
  readonly priority: number;
  /** How often the sender had restarted while the message was open. */
  readonly attempt: number;
  /** A view into the decoded bytes. */
  readonly payload: Uint8Array;
}

/** Why bytes are not an envelope. */
export type EnvelopeDropReason = 'bad-envelope' | 'wrong-version' | 'unknown-kind';

const ITEMS = 10;
const CBOR_NULL = 22;
const NULL_BYTE = (CBOR_SIMPLE << 5) | CBOR_NULL;
const NUMBER_OFFSET = MESSAGE_ID_BYTES - 6;
const writer: CborWriter = new CborWriter();
const reader: CborReader = new CborReader();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Makes the id of a message from the name of its sender's memory (8 bytes) and its number. */
export function makeMessageId(memory: Uint8Array, number: number): Uint8Array {
  const id = new Uint8Array(MESSAGE_ID_BYTES);
  id.set(memory.subarray(0, MEMORY_NAME_BYTES));
  writeUint48(id, NUMBER_OFFSET, number);
  return id;
}

/** Reads the message number from a message id. */
export function readMessageNumber(id: Uint8Array): number {
  return readUint48(id, NUMBER_OFFSET);
}

/**
 * Encodes an envelope with its payload. The caller keeps all fields within their bounds; nothing is
 * checked.
 */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const { id, from, to, kind, correlation, deadlineMs, priority, attempt, payload } = envelope;
  writer.reset();
  writer.array(ITEMS);
  writer.uint(ENVELOPE_VERSION);
  writer.string(id);
  writer.text(from);
  writer.text(to);
  writer.uint(MESSAGE_KINDS.indexOf(kind));
  if (correlation === null) writer.head(CBOR_SIMPLE, CBOR_NULL);
  else writer.string(correlation);
  writer.uint(deadlineMs);
  writer.uint(priority);
  writer.uint(attempt);
  writer.string(payload);
  return writer.taken();
}

/** Reads exactly what {@link encodeEnvelope} writes; id and payload are views into `bytes`. */
export function decodeEnvelope(bytes: Uint8Array): Envelope | EnvelopeDropReason {
  reader.open(bytes, 0, bytes.length);
  if (!(reader.expect(CBOR_ARRAY) && reader.argument === ITEMS)) return 'bad-envelope';
  const version = uintOf(Number.MAX_SAFE_INTEGER);
  if (version === undefined) return 'bad-envelope';
  if (version !== ENVELOPE_VERSION) return 'wrong-version';
  const id = stringOf(MESSAGE_ID_BYTES);
  const from = nameOf();
  const to = nameOf();
  if (id === undefined || from === undefined || to === undefined) return 'bad-envelope';
  if (!reader.expect(CBOR_UINT)) return 'bad-envelope';
  const kind = (MESSAGE_KINDS as readonly MessageKind[])[reader.argument];
  if (kind === undefined) return 'unknown-kind';
  const correlation = idOrNull();
  if (correlation === undefined || (correlation !== null) !== isAnswerKind(kind))
    return 'bad-envelope';
  const rest = endOf();
  return rest === undefined ? 'bad-envelope' : { id, from, to, kind, correlation, ...rest };
}

/** True for replies and refusals, which name the call that they answer. */
export function isAnswerKind(kind: MessageKind): boolean {
  return kind === 'reply' || kind === 'refusal';
}

function endOf(): Pick<Envelope, 'deadlineMs' | 'priority' | 'attempt' | 'payload'> | undefined {
  const deadlineMs = uintOf(Number.MAX_SAFE_INTEGER);
  const priority = uintOf(PRIORITY_COUNT - 1);
  const attempt = uintOf(Number.MAX_SAFE_INTEGER);
  if (deadlineMs === undefined || priority === undefined || attempt === undefined) return undefined;
  if (!reader.string(CBOR_BYTES) || reader.argument > PAYLOAD_BYTES_MAX) return undefined;
  if (reader.at !== reader.end) return undefined;
  return { deadlineMs, priority, attempt, payload: reader.content };
}

function uintOf(most: number): number | undefined {
  return reader.expect(CBOR_UINT) && reader.argument <= most ? reader.argument : undefined;
}

function stringOf(length: number): Uint8Array | undefined {
  return reader.string(CBOR_BYTES) && reader.argument === length ? reader.content : undefined;
}

/** Reads the id of a call, or null; undefined if the bytes are neither. */
function idOrNull(): Uint8Array | null | undefined {
  if (reader.bytes[reader.at] !== NULL_BYTE) return stringOf(MESSAGE_ID_BYTES);
  return reader.head() ? null : undefined;
}

function nameOf(): string | undefined {
  if (!reader.string(CBOR_TEXT) || reader.argument > NODE_NAME_BYTES_MAX) return undefined;
  try {
    return decoder.decode(reader.content);
  } catch {
    return undefined;
  }
}
