/**
 * Requests of hosts to the control service of their AS, and its answers, on a stream: a frame is a length, the
 * number of the request, and a message (paths/segment-messages.ts). Nothing of it leaves the AS.
 *
 * @module
 */
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import type { FrameLayout } from '../../_kit/frame-reader.ts';

const HEADER_BYTES = 8;
/** Longest request: two ISD-AS numbers. */
const REQUEST_BYTES_MAX = 64;
/** Longest answer: three roles of 200 segments, each of some 2 kB. */
export const ANSWER_BYTES_MAX = 2_097_152;

/**
 * Encodes a frame with path segments for the daemon's stream.
 *
 *     |                            Length                             |
 *     |                            Request                            |
 *     |                           message …                           |
 */
export function encodeSegmentFrame(request: number, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + message.length);
  writeUint32(bytes, 0, message.length);
  writeUint32(bytes, 4, request);
  bytes.set(message, HEADER_BYTES);
  return bytes;
}

/** The number of the request and the message of a frame; a view. */
export function decodeSegmentFrame(
  buffer: Uint8Array,
  offset: number,
  length: number,
): { readonly request: number; readonly message: Uint8Array } {
  const message = buffer.subarray(offset + HEADER_BYTES, offset + length);
  return { request: readUint32(buffer, offset + 4), message };
}

/** Frames as a control service reads them. */
export const REQUEST_FRAMES: FrameLayout = layout(REQUEST_BYTES_MAX);
/** Frames as a host reads them. */
export const ANSWER_FRAMES: FrameLayout = layout(ANSWER_BYTES_MAX);

function layout(most: number): FrameLayout {
  return {
    headerBytes: HEADER_BYTES,
    bodyBytes: (buffer, offset): number | undefined => {
      const length = readUint32(buffer, offset);
      return length <= most ? length : undefined;
    },
  };
}
