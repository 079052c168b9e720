/**
 * Tells to which session an input belongs, to recognise one that comes after its round has closed.
 *
 * @module
 */
import { SECAGG_MESSAGE_TYPES } from '../secagg/messages.ts';
import type { FederatedMessage } from '../wire.ts';

/** Bytes of a secure sum's message that name the session: behind heads of array, type and session. */
const SESSION_FROM = 4;
const SESSION_TO = 36;

/** The session that a message is an input to; undefined for all others. */
export function sessionOfInput(message: FederatedMessage): Uint8Array | undefined {
  const isBare = ['update', 'packed', 'sparse'].includes(message.kind);
  if (isBare && 'session' in message) return message.session;
  if (message.kind !== 'sum' || message.bytes[1] !== SECAGG_MESSAGE_TYPES.maskedInput)
    return undefined;
  return message.bytes.subarray(SESSION_FROM, SESSION_TO);
}
