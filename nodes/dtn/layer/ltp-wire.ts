/**
 * Segments of the Licklider Transmission Protocol (RFC 5326 section 3):
 *
 * ```
 *  0               1 …              …               …
 * +-------+-------+--------+---------+-------+-------+------------+---------+----------+
 * | 0     | type  | engine | session | heads | tails | extensions | content | trailers |
 * +-------+-------+--------+---------+-------+-------+------------+---------+----------+
 *   4 bits  4 bits   SDNV     SDNV    4 bits  4 bits
 *
 * 0 to 4, 7  data         service, offset, length (SDNVs), [1 to 3: checkpoint, report], data
 * 8          report       report, checkpoint, upper, lower, count, count x (offset, length)
 * 9          its receipt  report
 * 12, 14     cancel       reason (octet)
 * 13, 15     its receipt
 * ```
 *
 * Received extensions are skipped, and none is written.
 *
 * @module
 */
import { SdnvReader, sdnvLength, writeSdnv } from './sdnv.ts';

/** Types of data segments (RFC 5326 section 3.1.1). */
export const LTP_DATA_TYPE = {
  red: 0,
  redCheckpoint: 1,
  redEnd: 2,
  redEndOfBlock: 3,
  green: 4,
  greenEndOfBlock: 7,
} as const;

const REPORT = 8;
const REPORT_RECEIPT = 9;
const CANCEL_BY_SENDER = 12;
const CANCEL_BY_RECEIVER = 14;
const NIBBLE = 16;

/** Client service of bundles (IANA registry "LTP Client Service Identifiers"). */
export const LTP_BUNDLE_SERVICE = 1;

/** Why a session is cancelled (RFC 5326 section 3.2.4). */
export const LTP_CANCEL_REASON = {
  user: 0,
  unreachable: 1,
  retransmissions: 2,
  miscoloured: 3,
  system: 4,
  cycles: 5,
} as const;

/** A data segment: a part of a block. */
export interface LtpData {
  readonly kind: 'data';
  /** One of {@link LTP_DATA_TYPE}. */
  readonly type: number;
  readonly service: number;
  readonly offset: number;
  /**
   * `checkpoint`: serial number, if the segment is a checkpoint. `report`: serial number of the report
   * that the checkpoint answers. 0 for none.
   */
  readonly checkpoint: number;
  readonly report: number;
  /** A view into the segment's bytes. */
  readonly data: Uint8Array;
}

/** A report segment: which bytes of the block from `lower` to before `upper` have arrived. */
export interface LtpReport {
  readonly kind: 'report';
  readonly report: number;
  readonly checkpoint: number;
  readonly upper: number;
  readonly lower: number;
  /** Ranges of bytes that have arrived, in order and disjoint; offsets in the block. */
  readonly claims: readonly { readonly start: number; readonly end: number }[];
}

/** The content of an LTP segment, by its type. */
export type LtpContent =
  | LtpData
  | LtpReport
  | { readonly kind: 'report-receipt'; readonly report: number }
  | { readonly kind: 'cancel'; readonly by: 'sender' | 'receiver'; readonly reason: number }
  | { readonly kind: 'cancel-receipt'; readonly to: 'sender' | 'receiver' };

/** An LTP segment (RFC 5326 section 3). `engine` is the number of the engine that sends the block. */
export interface LtpSegment {
  readonly engine: number;
  readonly session: number;
  readonly content: LtpContent;
}

/** True if the segment belongs to the red part of a block, which is acknowledged. */
export function isRed({ type }: LtpData): boolean {
  return type < LTP_DATA_TYPE.green;
}

/** True if the segment is a checkpoint: the receiver has to report which bytes it has. */
export function isCheckpoint({ type }: LtpData): boolean {
  return type > LTP_DATA_TYPE.red && type < LTP_DATA_TYPE.green;
}

/** True if the red part ends with this segment. */
export function isEndOfRedPart({ type }: LtpData): boolean {
  return type === LTP_DATA_TYPE.redEnd || type === LTP_DATA_TYPE.redEndOfBlock;
}

/** True if the block ends with this segment. */
export function isEndOfBlock({ type }: LtpData): boolean {
  return type === LTP_DATA_TYPE.redEndOfBlock || type === LTP_DATA_TYPE.greenEndOfBlock;
}

/** Largest number of octets of a data segment from this engine beside its data. */
export function ltpOverheadBytesMax(engine: number): number {
  const most = sdnvLength(2 ** 32);
  return 1 + sdnvLength(engine) + most + 1 + 1 + most + most + most + most;
}

/** Encodes an LTP segment. */
export function encodeLtpSegment({ engine, session, content }: LtpSegment): Uint8Array {
  const numbers = numbersOf(content);
  const tail = content.kind === 'data' ? content.data.length : content.kind === 'cancel' ? 1 : 0;
  const head = 2 + sdnvLength(engine) + sdnvLength(session);
  const length = numbers.reduce((sum, number) => sum + sdnvLength(number), head + tail);
  const bytes = new Uint8Array(length);
  bytes[0] = typeOf(content);
  // The octet after the session counts extensions: there are none.
  let at = 1 + writeSdnv(bytes, writeSdnv(bytes, 1, engine), session);
  for (const number of numbers) at = writeSdnv(bytes, at, number);
  if (content.kind === 'data') bytes.set(content.data, at);
  if (content.kind === 'cancel') bytes[at] = content.reason;
  return bytes;
}

function typeOf(content: LtpContent): number {
  switch (content.kind) {
    case 'data':
      return content.type;
    case 'report':
      return REPORT;
    case 'report-receipt':
      return REPORT_RECEIPT;
    case 'cancel':
      return content.by === 'sender' ? CANCEL_BY_SENDER : CANCEL_BY_RECEIVER;
    case 'cancel-receipt':
      return 1 + (content.to === 'sender' ? CANCEL_BY_SENDER : CANCEL_BY_RECEIVER);
  }
}

function numbersOf(content: LtpContent): readonly number[] {
  switch (content.kind) {
    case 'data': {
      const { service, offset, data, checkpoint, report } = content;
      const serials = isCheckpoint(content) ? [checkpoint, report] : [];
      return [service, offset, data.length, ...serials];
    }
    case 'report': {
      const { report, checkpoint, upper, lower, claims } = content;
      const places = claims.flatMap(({ start, end }) => [start - lower, end - start]);
      return [report, checkpoint, upper, lower, claims.length, ...places];
    }
    case 'report-receipt':
      return [content.report];
    case 'cancel':
    case 'cancel-receipt':
      return [];
  }
}

/** Reads a segment; its data is a part of `bytes`. Undefined if it is malformed, or of no known type. */
export function decodeLtpSegment(bytes: Uint8Array): LtpSegment | undefined {
  // The upper half of the first octet is the version, which is 0 (RFC 5326 section 3.1).
  const type = bytes[0] ?? NIBBLE;
  if (type >= NIBBLE) return undefined;
  const reader = new SdnvReader(bytes, 1, bytes.length);
  if (!reader.next()) return undefined;
  const engine = reader.value;
  if (!reader.next()) return undefined;
  const session = reader.value;
  const extensions = bytes[reader.at] ?? 0;
  if (reader.at >= bytes.length) return undefined;
  reader.at += 1;
  if (!skipExtensions(reader, Math.floor(extensions / NIBBLE))) return undefined;
  const content = contentOf(type, reader);
  if (content === undefined) return undefined;
  const isWhole = skipExtensions(reader, extensions % NIBBLE) && reader.at === bytes.length;
  return isWhole ? { engine, session, content } : undefined;
}

function contentOf(type: number, reader: SdnvReader): LtpContent | undefined {
  if (type === LTP_DATA_TYPE.greenEndOfBlock || type <= LTP_DATA_TYPE.green)
    return dataOf(type, reader);
  switch (type) {
    case REPORT:
      return reportOf(reader);
    case REPORT_RECEIPT:
      return reader.next() ? { kind: 'report-receipt', report: reader.value } : undefined;
    case CANCEL_BY_SENDER:
    case CANCEL_BY_RECEIVER: {
      const by = type === CANCEL_BY_SENDER ? 'sender' : 'receiver';
      const reason = reader.bytes[reader.at];
      reader.at += 1;
      return reason === undefined ? undefined : { kind: 'cancel', by, reason };
    }
    case CANCEL_BY_SENDER + 1:
      return { kind: 'cancel-receipt', to: 'sender' };
    case CANCEL_BY_RECEIVER + 1:
      return { kind: 'cancel-receipt', to: 'receiver' };
    default:
      return undefined;
  }
}

function dataOf(type: number, reader: SdnvReader): LtpData | undefined {
  const [service, offset, length] = valuesOf(reader, 3);
  if (service === undefined || offset === undefined || length === undefined) return undefined;
  const isChecked = type > LTP_DATA_TYPE.red && type < LTP_DATA_TYPE.green;
  const [checkpoint, report] = isChecked ? valuesOf(reader, 2) : [0, 0];
  if (checkpoint === undefined || report === undefined) return undefined;
  // RFC 5326 section 3.2.1: a checkpoint has a serial number, which is not 0.
  if (isChecked && checkpoint === 0) return undefined;
  if (length > reader.end - reader.at) return undefined;
  const data = reader.bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  return { kind: 'data', type, service, offset, checkpoint, report, data };
}

/** RFC 5326 section 3.2.2: claims are in order, not empty, and between the bounds. */
function reportOf(reader: SdnvReader): LtpReport | undefined {
  const [report, checkpoint, upper, lower, count] = valuesOf(reader, 5);
  if (report === undefined || checkpoint === undefined || upper === undefined) return undefined;
  if (lower === undefined || count === undefined || lower >= upper || report === 0) {
    return undefined;
  }
  // Each claim takes at least two octets, so the segment cannot contain more claims than this.
  if (2 * count > reader.end - reader.at) return undefined;
  const claims: { readonly start: number; readonly end: number }[] = [];
  let after = lower;
  for (let rest = count; rest > 0; rest -= 1) {
    const [offset, length] = valuesOf(reader, 2);
    if (offset === undefined || length === undefined || length === 0) return undefined;
    const start = lower + offset;
    if (start < after || start + length > upper) return undefined;
    after = start + length;
    claims.push({ start, end: after });
  }
  return { kind: 'report', report, checkpoint, upper, lower, claims };
}

/** The next `count` values; fewer if the segment ends before. */
function valuesOf(reader: SdnvReader, count: number): readonly number[] {
  const values: number[] = [];
  while (values.length < count && reader.next()) values.push(reader.value);
  return values;
}

/** An extension is a tag octet, a length and a value (RFC 5326 section 3.1.4). */
function skipExtensions(reader: SdnvReader, count: number): boolean {
  for (let rest = count; rest > 0; rest -= 1) {
    reader.at += 1;
    if (!reader.next() || reader.value > reader.end - reader.at) return false;
    reader.at += reader.value;
  }
  return true;
}
