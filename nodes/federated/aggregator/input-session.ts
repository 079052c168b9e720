/**
 * Inputs that come after their round has closed.
 *
 * @module
 */
import { MESSAGE } from '../secagg/messages.ts';
import type { FederatedMessage } from '../wire.ts';

/** Where the session is in a message of the sum: after the array, the type and its own head. */
const SESSION_FROM = 4;
const SESSION_TO = 36;

/** The session that a message is an input to; undefined for all others. */
export function inputSession(message: FederatedMessage): Uint8Array | undefined {
  const isBare = ['update', 'packed', 'sparse'].includes(message.kind);
  if (isBare && 'session' in message) return message.session;
  if (message.kind !== 'sum' || message.bytes[1] !== MESSAGE.maskedInput) return undefined;
  return message.bytes.subarray(SESSION_FROM, SESSION_TO);
}
