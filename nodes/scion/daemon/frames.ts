/**
 * Frames on a stream between a host and the control service of its AS: requests and answers, each
 * with its length, the number of the request, and a message (paths/segment-messages.ts). They are
 * used inside the AS only.
 *
 * @module
 */
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import type { FrameLayout } from '../../_kit/frame-reader.ts';

const HEADER_BYTES = 8;
/** Longest request, bytes: more than any of the kinds of requests takes. */
const REQUEST_BYTES_MAX = 64;
/**
 * Longest answer, bytes: 200 segments of each of three roles, each segment of some 2 kB, with a
 * margin.
 */
export const ANSWER_BYTES_MAX = 2_097_152;

/**
 * Encodes a frame with a message.
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

/** Decodes a frame: the number of the request, and the message as a view of the bytes. */
export function decodeSegmentFrame(
  buffer: Uint8Array,
  offset: number,
  length: number,
): { readonly request: number; readonly message: Uint8Array } {
  const message = buffer.subarray(offset + HEADER_BYTES, offset + length);
  return { request: readUint32(buffer, offset + 4), message };
}

/** Layout of the frames that a control service receives from hosts. */
export const REQUEST_FRAME_LAYOUT: FrameLayout = layout(REQUEST_BYTES_MAX);
/** Layout of the frames that a host receives. */
export const ANSWER_FRAME_LAYOUT: FrameLayout = layout(ANSWER_BYTES_MAX);

function layout(most: number): FrameLayout {
  return {
    headerBytes: HEADER_BYTES,
    bodyBytes: (buffer, offset): number | undefined => {
      const length = readUint32(buffer, offset);
      return length <= most ? length : undefined;
    },
  };
}
