/**
 * Upper bounds of the bytes that a client will send and receive in a round, before the round begins: the
 * total length of a session's messages by docs/spec/secure-aggregation.md#messages, if no client is lost
 * before its shares are distributed.
 *
 * @module
 */
import { BOX_BYTES, KEY_BYTES, SESSION_ID_BYTES, SIGNATURE_BYTES } from '../secagg/geometry.ts';
import type { SecaggConfig } from '../secagg/session-config.ts';

/** Bytes with which each message begins: array head, type, and session id with its head. */
const MESSAGE_HEAD = 4 + SESSION_ID_BYTES;
/** Longest head of a list, or of a byte string of any length, bytes. */
const LIST_HEAD = 5;
/** Bytes of the head of an array of up to 23 items. */
const ITEM = 1;
/** Bytes of the head of a byte string of up to 255 bytes. */
const TEXT = 2;
/**
 * Upper bound of the bytes of two messages after the round, in which the client reports that it is ready and
 * that it is not.
 */
const READINESS = 2 * (MESSAGE_HEAD + LIST_HEAD);
/** Upper bound of a task's bytes without names and model: array head, type, session, index, two heads. */
const TASK_HEAD = 128;
const BYTES_PER_ELEMENT = 4;

/** Parameters of a session that decide how long its messages are. */
export type SessionSizeParameters = Pick<SecaggConfig, 'n' | 'k' | 'm' | 'bits' | 'mode'>;

/** Upper bound of the bytes of one client's messages after its task, both ways. */
export function secureRoundBytesMax({ n, k, m, bits, mode }: SessionSizeParameters): number {
  const index = uintBytes(n - 1);
  const signature = mode === 'signed' ? TEXT + SIGNATURE_BYTES : 0;
  const keys = index + 2 * (TEXT + KEY_BYTES) + signature;
  const boxes = MESSAGE_HEAD + LIST_HEAD + k * (ITEM + index + TEXT + BOX_BYTES);
  const holders = k + 1;
  const up = [
    MESSAGE_HEAD + keys,
    boxes,
    MESSAGE_HEAD + LIST_HEAD + Math.ceil((m * bits) / 8),
    signature === 0 ? 0 : MESSAGE_HEAD + signature,
    MESSAGE_HEAD + LIST_HEAD + holders * (ITEM + index + 1 + TEXT + KEY_BYTES),
  ];
  const down = [
    MESSAGE_HEAD + LIST_HEAD + holders * (ITEM + keys),
    boxes,
    MESSAGE_HEAD + 2 * LIST_HEAD + holders * index,
    signature === 0 ? 0 : MESSAGE_HEAD + LIST_HEAD + holders * (ITEM + index + signature),
    MESSAGE_HEAD + 1 + uintBytes(n),
  ];
  return [READINESS, ...up, ...down].reduce((sum, bytes) => sum + bytes, 0);
}

/** Upper bound of the bytes of a task with `parameters` numbers of a model and `nameBytes` bytes of names. */
export function taskBytesMax(parameters: number, nameBytes: number): number {
  return TASK_HEAD + BYTES_PER_ELEMENT * parameters + nameBytes;
}

/** Upper bound of the bytes of one client's messages after its task if the update is not hidden. */
export function plainRoundBytesMax(length: number): number {
  return READINESS + MESSAGE_HEAD + LIST_HEAD + BYTES_PER_ELEMENT * length;
}

/** Bytes of a number in CBOR (RFC 8949 section 3). */
function uintBytes(value: number): number {
  if (value < 24) return 1;
  if (value < 256) return 2;
  return value < 65_536 ? 3 : 5;
}
