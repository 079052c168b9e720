/**
 * Header of a SIG frame; its layout is drawn in `geometry.ts`.
 *
 * @module
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import type { SigDropReason } from './drops.ts';
import {
  SIG_HEADER_BYTES,
  SIG_NO_PACKET_STARTS,
  SIG_STREAM_NUMBER_MAX,
  SIG_VERSION,
} from './geometry.ts';

const SESSION_AT = 1;
const INDEX_AT = 2;
const STREAM_AT = 4;
const SEQUENCE_AT = 8;
const UINT32_VALUES = 0x1_0000_0000;

/** The fields of a frame's header. */
export interface SigHeader {
  /** 0..255. Between two gateways, a session carries the packets of one traffic class. */
  readonly session: number;
  /** 0..1,048,575; within a session, the frames of a stream are numbered. */
  readonly stream: number;
  /** 0..2^53 - 1; each frame of a stream has the next number. */
  readonly sequence: number;
  /**
   * Offset, from the end of the header, of the first packet that starts in the frame; or {@link
   * SIG_NO_PACKET_STARTS}.
   */
  readonly index: number;
}

/**
 * Decodes the header of a frame and checks it against the frame's length. As in the reference, the reserved bits
 * are ignored (worker.go, `processFrame`).
 * @param frame The whole frame.
 * @returns the header, or why the frame is dropped.
 */
export function decodeSigHeader(frame: Uint8Array): SigHeader | SigDropReason {
  if (frame.length < SIG_HEADER_BYTES) return 'sig-truncated';
  if (frame[0] !== SIG_VERSION) return 'sig-version';
  // Before this could happen, a stream would have to send a million frames a second for 285 years.
  const sequence =
    readUint32(frame, SEQUENCE_AT) * UINT32_VALUES + readUint32(frame, SEQUENCE_AT + 4);
  if (sequence > Number.MAX_SAFE_INTEGER) return 'sig-sequence';
  const payload = frame.length - SIG_HEADER_BYTES;
  if (payload === 0) return 'sig-empty';
  const index = readUint16(frame, INDEX_AT);
  if (index !== SIG_NO_PACKET_STARTS && index >= payload) return 'sig-index';
  const session = frame[SESSION_AT] as number;
  return { session, stream: readUint32(frame, STREAM_AT) & SIG_STREAM_NUMBER_MAX, sequence, index };
}

/** Writes a header into the first 16 bytes of `frame`. */
export function encodeSigHeader(header: SigHeader, frame: Uint8Array): void {
  frame[0] = SIG_VERSION;
  frame[SESSION_AT] = header.session;
  writeUint16(frame, INDEX_AT, header.index);
  // The 12 bits before the stream are reserved and MUST be zero.
  writeUint32(frame, STREAM_AT, header.stream & SIG_STREAM_NUMBER_MAX);
  writeUint32(frame, SEQUENCE_AT, Math.floor(header.sequence / UINT32_VALUES));
  writeUint32(frame, SEQUENCE_AT + 4, header.sequence % UINT32_VALUES);
}
