/**
 * A segment of a simulated stream on the wire: 40 bytes of header, then payload. The sizes are
 * those of TCP over IPv4 without options, the fields the model's own (docs/spec/stream-model.md).
 *
 * ```
 *  0               2               4               8               12   13   14      16
 * +---------------+---------------+---------------+---------------+----+----+-------+
 * | source port   | target port   | connection    | checksum      |kind|FIN |segment|
 * +---------------+---------------+---------------+---------------+----+----+-------+
 *  16                      22              26              30              34       38   40
 * +-----------------------+---------------+---------------+---------------+--------+----+
 * | sequence (48 bit)     | window        | transmission  | block start   | length | 0  |
 * +-----------------------+---------------+---------------+---------------+--------+----+
 * ```
 * In DATA, `sequence` is the position of the first byte and `transmission` the number of this transmission. In an ACK,
 * `sequence` is the next byte expected, `transmission` is copied from the DATA that caused the ACK, and the block
 * (relative to `sequence`) is the run of bytes around that DATA that arrived out of order. In SYN and SYN/ACK,
 * `segment` is the largest payload that their sender accepts.
 *
 * @module
 */

/** Length of a segment's header, bytes. */
export const HEADER_BYTES = 40;

/** Kind of the first segment of a handshake. */
export const SYN = 1;
/** Kind of the answer to a SYN. */
export const SYN_ACK = 2;
/** Kind of an acknowledgement. */
export const ACK = 3;
/** Kind of a segment with payload or FIN. */
export const DATA = 4;
/** Kind of a segment that ends a stream at once. */
export const RESET = 5;

const CHECKSUM = 8;
const SEQUENCE_LOW = 18;
const LOW_VALUES = 0x1_0000_0000;

/** A decoded header. The reader reuses it: copy what you keep. */
export interface Segment {
  sourcePort: number;
  targetPort: number;
  /** Number of the connection, assigned by the host that opened it. */
  connection: number;
  kind: number;
  isFin: boolean;
  segmentBytes: number;
  sequence: number;
  window: number;
  transmission: number;
  /** Absolute positions of the block's first byte and after its last byte; equal if there is no block. */
  blockStart: number;
  blockEnd: number;
}

/** Makes an all-zero header, to be filled. */
export function emptySegment(): Segment {
  return {
    sourcePort: 0,
    targetPort: 0,
    connection: 0,
    kind: 0,
    isFin: false,
    segmentBytes: 0,
    sequence: 0,
    window: 0,
    transmission: 0,
    blockStart: 0,
    blockEnd: 0,
  };
}

/** Writes header and checksum in front of the payload at `buffer[40 .. length)`. */
export function encodeSegment(segment: Segment, buffer: Uint8Array, length: number): void {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  view.setUint16(0, segment.sourcePort);
  view.setUint16(2, segment.targetPort);
  view.setUint32(4, segment.connection);
  view.setUint32(CHECKSUM, 0);
  view.setUint8(12, segment.kind);
  view.setUint8(13, segment.isFin ? 1 : 0);
  view.setUint16(14, segment.segmentBytes);
  view.setUint16(16, Math.floor(segment.sequence / LOW_VALUES));
  view.setUint32(SEQUENCE_LOW, segment.sequence % LOW_VALUES);
  view.setUint32(22, segment.window);
  view.setUint32(26, segment.transmission);
  const hasBlock = segment.blockEnd > segment.blockStart;
  view.setUint32(30, hasBlock ? segment.blockStart - segment.sequence : 0);
  view.setUint32(34, hasBlock ? segment.blockEnd - segment.blockStart : 0);
  view.setUint16(38, 0);
  view.setUint32(CHECKSUM, checksum(view, 0, length));
}

/** Reads a segment; false if it is too short, of unknown kind or damaged. */
export function decodeSegment(
  buffer: Uint8Array,
  offset: number,
  length: number,
  into: Segment,
): boolean {
  if (length < HEADER_BYTES) return false;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const stated = view.getUint32(offset + CHECKSUM);
  view.setUint32(offset + CHECKSUM, 0);
  if (checksum(view, offset, length) !== stated) return false;
  into.sourcePort = view.getUint16(offset);
  into.targetPort = view.getUint16(offset + 2);
  into.connection = view.getUint32(offset + 4);
  into.kind = view.getUint8(offset + 12);
  into.isFin = view.getUint8(offset + 13) !== 0;
  into.segmentBytes = view.getUint16(offset + 14);
  const high = view.getUint16(offset + 16);
  into.sequence = high * LOW_VALUES + view.getUint32(offset + SEQUENCE_LOW);
  into.window = view.getUint32(offset + 22);
  into.transmission = view.getUint32(offset + 26);
  into.blockStart = into.sequence + view.getUint32(offset + 30);
  into.blockEnd = into.blockStart + view.getUint32(offset + 34);
  return into.kind >= SYN && into.kind <= RESET;
}

// hot: twice per segment, word by word.
/**
 * A checksum of 32 bits over all bytes. A change within one word always changes it; any other change goes unnoticed
 * with probability 2^-32. Every step is a bijection of the state (xor, odd product, rotation).
 */
function checksum(view: DataView, offset: number, length: number): number {
  let state = length;
  const words = offset + (length & ~3);
  for (let at = offset; at < words; at += 4) {
    const product = Math.imul(state ^ view.getInt32(at), 0x9e37_79b1);
    state = (product << 13) | (product >>> 19);
  }
  for (let at = words; at < offset + length; at += 1) {
    const product = Math.imul(state ^ view.getUint8(at), 0x9e37_79b1);
    state = (product << 13) | (product >>> 19);
  }
  return state >>> 0;
}
