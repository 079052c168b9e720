/**
 * Finds the session to which an input belongs, so that an input to an earlier round is recognised as
 * late.
 *
 * @module
 */
import { SECAGG_MESSAGE_TYPES } from '../secagg/messages.ts';
import type { FederatedMessage } from '../wire.ts';

/**
 * Offsets of the session id in a message of a secure sum: it stands after the head of the array, the
 * type, and its own head.
 */
const SESSION_FROM = 4;
const SESSION_TO = 36;

/**
 * The id of the session to which a message is an input; undefined for messages that are not inputs.
 */
export function sessionOfInput(message: FederatedMessage): Uint8Array | undefined {
  const isBare = ['update', 'packed', 'sparse'].includes(message.kind);
  if (isBare && 'session' in message) return message.session;
  if (message.kind !== 'sum' || message.bytes[1] !== SECAGG_MESSAGE_TYPES.maskedInput)
    return undefined;
  return message.bytes.subarray(SESSION_FROM, SESSION_TO);
}
