/**
 * Messages of the TCP convergence layer, version 4 (RFC 9174): both ends begin with a contact header, and
 * then send messages, whose first octet is their type. In parentheses: length in octets; for flags, their
 * values.
 *
 * ```
 * contact header  "dtn!", version 4, flags (1: can use TLS)
 * 1 segment       flags (1 end, 2 start), transfer (8), [start: length of extensions (4), extensions],
 *                 length (8), data
 * 2 receipt       flags of the segment, transfer (8), octets received so far (8)
 * 3 refusal       reason, transfer (8)
 * 4 keep-alive
 * 5 termination   flags (1 reply), reason
 * 6 rejection     reason, type of the rejected message
 * 7 session       keep-alive in s (2), segment MRU (8), transfer MRU (8), length of node ID (2), node ID,
 *                 length of extensions (4), extensions
 *
 * extension       flags (1 critical), type (2), length (2), value
 * ```
 *
 * @module
 */
import {
  readUint16,
  readUint32,
  readUint64,
  writeUint16,
  writeUint32,
  writeUint64,
} from '../../_kit/bytes.ts';

/** Length of the contact header, octets. */
export const TCPCL_CONTACT_HEADER_BYTES = 6;
const MAGIC = Uint8Array.of(0x64, 0x74, 0x6e, 0x21);
const VERSION = 4;
const CAN_TLS = 1;

const TYPE = {
  segment: 1,
  receipt: 2,
  refusal: 3,
  keepAlive: 4,
  termination: 5,
  rejection: 6,
  session: 7,
} as const;
const END = 1;
const START = 2;
const REPLY = 1;
const CRITICAL = 1;
/**
 * Type of the transfer extension that states the total length of a transfer (RFC 9174 section 5.2.5.1).
 */
const TRANSFER_LENGTH = 1;
const TRANSFER_LENGTH_BYTES = 8;

const SEGMENT_HEAD = 10;
const NUMBER = 8;
const EXTENSIONS_HEAD = 4;
const ITEM_HEAD = 5;
const SESSION_HEAD = 21;
const RECEIPT_BYTES = 18;
const REFUSAL_BYTES = 10;
const TERMINATION_BYTES = 3;
const REJECTION_BYTES = 3;

/** Longest list of extensions that is read, octets; a list of the only known extension takes 13. */
const EXTENSIONS_MAX = 4_096;
/** Longest node ID that is read, octets; the node ID of a host in a topology has at most 70. */
const NODE_ID_MAX = 1_024;

/** Why a session ends (RFC 9174 section 6.1). */
export const TCPCL_TERMINATION_REASON = {
  unknown: 0,
  idle: 1,
  version: 2,
  busy: 3,
  contactFailure: 4,
  exhausted: 5,
} as const;
/** Why a transfer is refused (RFC 9174 section 5.2.4). */
export const TCPCL_REFUSAL_REASON = {
  unknown: 0,
  completed: 1,
  noResources: 2,
  retransmit: 3,
  notAcceptable: 4,
  extensionFailure: 5,
  terminating: 6,
} as const;
/** Why a message is rejected (RFC 9174 section 5.1.2). */
export const TCPCL_REJECTION_REASON = { unknownType: 1, unsupported: 2, unexpected: 3 } as const;

/** A TCPCL message (RFC 9174). Numbers above 2^53 - 1 are read as 2^53 - 1. */
export type TcpclMessage =
  | {
      readonly kind: 'segment';
      readonly isStart: boolean;
      readonly isEnd: boolean;
      readonly transfer: number;
      /** Length of the whole transfer, if its first segment states it. */
      readonly total?: number;
      /** True if the segment has an extension that is critical and of unknown type. */
      readonly isForeign: boolean;
      /** The segment's data, a view of the received bytes. */
      readonly data: Uint8Array;
    }
  | {
      readonly kind: 'receipt';
      readonly isStart: boolean;
      readonly isEnd: boolean;
      readonly transfer: number;
      readonly received: number;
    }
  | { readonly kind: 'refusal'; readonly reason: number; readonly transfer: number }
  | { readonly kind: 'keep-alive' }
  | { readonly kind: 'termination'; readonly isReply: boolean; readonly reason: number }
  | { readonly kind: 'rejection'; readonly reason: number; readonly type: number }
  | {
      readonly kind: 'session';
      readonly keepAliveS: number;
      readonly segmentMru: number;
      readonly transferMru: number;
      readonly nodeId: string;
      readonly isForeign: boolean;
    };

/** The length of a message, as far as the octets that have arrived determine it. */
export type MessageLength =
  | { readonly kind: 'whole'; readonly bytes: number }
  /**
   * The message is incomplete: at least `bytes` of its octets are needed to know its length or to read
   * it.
   */
  | { readonly kind: 'part'; readonly bytes: number }
  | { readonly kind: 'unknown-type' }
  | { readonly kind: 'too-long' };

/** The bytes of the contact header with which a session begins (RFC 9174 section 4.2). */
export function encodeContactHeader(canTls: boolean): Uint8Array {
  return Uint8Array.from([...MAGIC, VERSION, canTls ? CAN_TLS : 0]);
}

/** Reads a contact header of six octets; undefined if they are not a contact header. */
export function decodeContactHeader(
  bytes: Uint8Array,
): { readonly version: number; readonly canTls: boolean } | undefined {
  if (MAGIC.some((octet, index) => bytes[index] !== octet)) return undefined;
  return { version: bytes[4] as number, canTls: ((bytes[5] as number) & CAN_TLS) !== 0 };
}

/** True if a contact header has version 4. */
export function isTcpclVersion4({ version }: { readonly version: number }): boolean {
  return version === VERSION;
}

/**
 * Determines the length of the message that begins at offset 0.
 * @param length Number of octets in `bytes` that have arrived.
 * @param dataMax Longest data of a segment that is acceptable, octets.
 */
export function messageLength(bytes: Uint8Array, length: number, dataMax: number): MessageLength {
  switch (bytes[0]) {
    case TYPE.segment:
      return segmentLength(bytes, length, dataMax);
    case TYPE.receipt:
      return fixed(RECEIPT_BYTES, length);
    case TYPE.refusal:
      return fixed(REFUSAL_BYTES, length);
    case TYPE.keepAlive:
      return fixed(1, length);
    case TYPE.termination:
      return fixed(TERMINATION_BYTES, length);
    case TYPE.rejection:
      return fixed(REJECTION_BYTES, length);
    case TYPE.session:
      return sessionLength(bytes, length);
    default:
      return { kind: 'unknown-type' };
  }
}

function fixed(bytes: number, length: number): MessageLength {
  return length < bytes ? { kind: 'part', bytes } : { kind: 'whole', bytes };
}

function segmentLength(bytes: Uint8Array, length: number, dataMax: number): MessageLength {
  if (length < SEGMENT_HEAD) return { kind: 'part', bytes: SEGMENT_HEAD };
  let head = SEGMENT_HEAD;
  if (((bytes[1] as number) & START) !== 0) {
    head += EXTENSIONS_HEAD;
    if (length < head) return { kind: 'part', bytes: head };
    const extensions = readUint32(bytes, SEGMENT_HEAD);
    if (extensions > EXTENSIONS_MAX) return { kind: 'too-long' };
    head += extensions;
  }
  if (length < head + NUMBER) return { kind: 'part', bytes: head + NUMBER };
  const data = numberAt(bytes, head);
  return data > dataMax ? { kind: 'too-long' } : fixed(head + NUMBER + data, length);
}

function sessionLength(bytes: Uint8Array, length: number): MessageLength {
  if (length < SESSION_HEAD) return { kind: 'part', bytes: SESSION_HEAD };
  const nodeId = readUint16(bytes, SESSION_HEAD - 2);
  if (nodeId > NODE_ID_MAX) return { kind: 'too-long' };
  const head = SESSION_HEAD + nodeId + EXTENSIONS_HEAD;
  if (length < head) return { kind: 'part', bytes: head };
  const extensions = readUint32(bytes, SESSION_HEAD + nodeId);
  return extensions > EXTENSIONS_MAX ? { kind: 'too-long' } : fixed(head + extensions, length);
}

/** Reads a whole message, as {@link messageLength} found it; undefined if it is malformed. */
export function decodeTcpclMessage(bytes: Uint8Array): TcpclMessage | undefined {
  const flags = bytes[1] as number;
  switch (bytes[0]) {
    case TYPE.segment:
      return decodeSegment(bytes);
    case TYPE.receipt: {
      const parts = { isStart: (flags & START) !== 0, isEnd: (flags & END) !== 0 };
      const received = numberAt(bytes, 2 + NUMBER);
      return { kind: 'receipt', ...parts, transfer: numberAt(bytes, 2), received };
    }
    case TYPE.refusal:
      return { kind: 'refusal', reason: flags, transfer: numberAt(bytes, 2) };
    case TYPE.keepAlive:
      return { kind: 'keep-alive' };
    case TYPE.termination:
      return {
        kind: 'termination',
        isReply: (flags & REPLY) !== 0,
        reason: bytes[2] as number,
      };
    case TYPE.rejection:
      return { kind: 'rejection', reason: flags, type: bytes[2] as number };
    case TYPE.session:
      return decodeSession(bytes);
    default:
      return undefined;
  }
}

function decodeSegment(bytes: Uint8Array): TcpclMessage | undefined {
  const flags = bytes[1] as number;
  const isStart = (flags & START) !== 0;
  const listAt = SEGMENT_HEAD + EXTENSIONS_HEAD;
  const extensions = isStart ? readUint32(bytes, SEGMENT_HEAD) : 0;
  const found = isStart ? readExtensions(bytes, listAt, listAt + extensions) : NOTHING;
  if (found === undefined) return undefined;
  const dataAt = (isStart ? listAt + extensions : SEGMENT_HEAD) + NUMBER;
  return {
    kind: 'segment',
    isStart,
    isEnd: (flags & END) !== 0,
    transfer: numberAt(bytes, 2),
    ...(found.total !== undefined && { total: found.total }),
    isForeign: found.isForeign,
    data: bytes.subarray(dataAt),
  };
}

function decodeSession(bytes: Uint8Array): TcpclMessage | undefined {
  const nodeIdEnd = SESSION_HEAD + readUint16(bytes, SESSION_HEAD - 2);
  const found = readExtensions(bytes, nodeIdEnd + EXTENSIONS_HEAD, bytes.length, 'session');
  if (found === undefined) return undefined;
  return {
    kind: 'session',
    keepAliveS: readUint16(bytes, 1),
    segmentMru: numberAt(bytes, 3),
    transferMru: numberAt(bytes, 3 + NUMBER),
    nodeId: new TextDecoder().decode(bytes.subarray(SESSION_HEAD, nodeIdEnd)),
    isForeign: found.isForeign,
  };
}

interface Extensions {
  readonly total?: number;
  readonly isForeign: boolean;
}
const NOTHING: Extensions = { isForeign: false };

/** Reads a list of extensions; undefined if the last one does not end at `end`. */
function readExtensions(
  bytes: Uint8Array,
  start: number,
  end: number,
  of: 'segment' | 'session' = 'segment',
): Extensions | undefined {
  let found = NOTHING;
  let at = start;
  while (at < end) {
    if (end - at < ITEM_HEAD) return undefined;
    const length = readUint16(bytes, at + 3);
    const value = at + ITEM_HEAD;
    if (length > end - value) return undefined;
    const isLength = of === 'segment' && readUint16(bytes, at + 1) === TRANSFER_LENGTH;
    if (isLength && length !== TRANSFER_LENGTH_BYTES) return undefined;
    if (isLength) found = { ...found, total: numberAt(bytes, value) };
    else if (((bytes[at] as number) & CRITICAL) !== 0) found = { ...found, isForeign: true };
    at = value + length;
  }
  return found;
}

function numberAt(bytes: Uint8Array, at: number): number {
  const value = readUint64(bytes, at);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

/** Encodes a TCPCL message. */
export function encodeTcpclMessage(message: TcpclMessage): Uint8Array {
  switch (message.kind) {
    case 'segment':
      return encodeSegment(message);
    case 'receipt': {
      const bytes = new Uint8Array(RECEIPT_BYTES);
      bytes[0] = TYPE.receipt;
      bytes[1] = (message.isStart ? START : 0) | (message.isEnd ? END : 0);
      writeUint64(bytes, 2, BigInt(message.transfer));
      writeUint64(bytes, 2 + NUMBER, BigInt(message.received));
      return bytes;
    }
    case 'refusal': {
      const bytes = new Uint8Array(REFUSAL_BYTES);
      bytes[0] = TYPE.refusal;
      bytes[1] = message.reason;
      writeUint64(bytes, 2, BigInt(message.transfer));
      return bytes;
    }
    case 'keep-alive':
      return Uint8Array.of(TYPE.keepAlive);
    case 'termination':
      return Uint8Array.of(TYPE.termination, message.isReply ? REPLY : 0, message.reason);
    case 'rejection':
      return Uint8Array.of(TYPE.rejection, message.reason, message.type);
    case 'session':
      return encodeSession(message);
  }
}

function encodeSegment(segment: Extract<TcpclMessage, { kind: 'segment' }>): Uint8Array {
  const { isStart, isEnd, transfer, total, data } = segment;
  const extensions = total === undefined ? 0 : ITEM_HEAD + TRANSFER_LENGTH_BYTES;
  const head = SEGMENT_HEAD + (isStart ? EXTENSIONS_HEAD + extensions : 0) + NUMBER;
  const bytes = new Uint8Array(head + data.length);
  bytes[0] = TYPE.segment;
  bytes[1] = (isStart ? START : 0) | (isEnd ? END : 0);
  writeUint64(bytes, 2, BigInt(transfer));
  if (isStart) writeUint32(bytes, SEGMENT_HEAD, extensions);
  if (isStart && total !== undefined) {
    const at = SEGMENT_HEAD + EXTENSIONS_HEAD;
    bytes[at] = CRITICAL;
    writeUint16(bytes, at + 1, TRANSFER_LENGTH);
    writeUint16(bytes, at + 3, TRANSFER_LENGTH_BYTES);
    writeUint64(bytes, at + ITEM_HEAD, BigInt(total));
  }
  writeUint64(bytes, head - NUMBER, BigInt(data.length));
  bytes.set(data, head);
  return bytes;
}

function encodeSession(session: Extract<TcpclMessage, { kind: 'session' }>): Uint8Array {
  const nodeId = new TextEncoder().encode(session.nodeId);
  const bytes = new Uint8Array(SESSION_HEAD + nodeId.length + EXTENSIONS_HEAD);
  bytes[0] = TYPE.session;
  writeUint16(bytes, 1, session.keepAliveS);
  writeUint64(bytes, 3, BigInt(session.segmentMru));
  writeUint64(bytes, 3 + NUMBER, BigInt(session.transferMru));
  writeUint16(bytes, SESSION_HEAD - 2, nodeId.length);
  bytes.set(nodeId, SESSION_HEAD);
  return bytes;
}
