/**
 * The most bytes that a round will send and receive, before it begins: the messages of a session by the
 * layout of docs/spec/secure-aggregation.md#messages, with nobody lost before the shares are out.
 *
 * @module
 */
import { BOX_BYTES, KEY_BYTES, SESSION_ID_BYTES, SIGNATURE_BYTES } from '../secagg/geometry.ts';
import type { SecaggConfig } from '../secagg/session-config.ts';

/** Bytes of the heads of array and type, and of the session with its head. */
const HEAD = 4 + SESSION_ID_BYTES;
/** Most bytes of the head of a list, or of a byte string of any length. */
const LIST = 5;
/** Bytes of the head of an array of up to 23 items, and of a byte string of up to 255 bytes. */
const ITEM = 1;
const TEXT = 2;
/** Most bytes of a client's messages that it is ready, and that it is not, after the round. */
const READINESS = 2 * (HEAD + LIST);
/** Most bytes of array head, type, agreement, index, and heads of the names and the model. */
const TASK_HEAD = 128;
const BYTES_PER_ELEMENT = 4;

/** Parameters of a session that decide how long its messages are. */
export type SessionSizeParameters = Pick<SecaggConfig, 'n' | 'k' | 'm' | 'bits' | 'mode'>;

/** Most bytes of one client's messages after its task, both ways. */
export function secureRoundBytesMax({ n, k, m, bits, mode }: SessionSizeParameters): number {
  const index = uintBytes(n - 1);
  const signature = mode === 'signed' ? TEXT + SIGNATURE_BYTES : 0;
  const keys = index + 2 * (TEXT + KEY_BYTES) + signature;
  const boxes = HEAD + LIST + k * (ITEM + index + TEXT + BOX_BYTES);
  const holders = k + 1;
  const up = [
    HEAD + keys,
    boxes,
    HEAD + LIST + Math.ceil((m * bits) / 8),
    signature === 0 ? 0 : HEAD + signature,
    HEAD + LIST + holders * (ITEM + index + 1 + TEXT + KEY_BYTES),
  ];
  const down = [
    HEAD + LIST + holders * (ITEM + keys),
    boxes,
    HEAD + 2 * LIST + holders * index,
    signature === 0 ? 0 : HEAD + LIST + holders * (ITEM + index + signature),
    HEAD + 1 + uintBytes(n),
  ];
  return [READINESS, ...up, ...down].reduce((sum, bytes) => sum + bytes, 0);
}

/** Most bytes of a task with a model of so many numbers, and so many bytes of names. */
export function taskBytesMax(parameters: number, nameBytes: number): number {
  return TASK_HEAD + BYTES_PER_ELEMENT * parameters + nameBytes;
}

/** Most bytes of one client's messages after its task if nobody hides the update. */
export function plainRoundBytesMax(length: number): number {
  return READINESS + HEAD + LIST + BYTES_PER_ELEMENT * length;
}

/** Bytes of a number in CBOR (RFC 8949 section 3). */
function uintBytes(value: number): number {
  if (value < 24) return 1;
  if (value < 256) return 2;
  return value < 65_536 ? 3 : 5;
}
