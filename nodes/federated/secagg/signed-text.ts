/**
 * The texts that identities sign in signed mode: label and session limit each signature to one use.
 *
 * @module
 */
import { concatBytes, writeUint32 } from '../../_kit/bytes.ts';
import { SUITE_LABEL_PREFIX } from './geometry.ts';
import type { ClientPublicKeys } from './messages.ts';
import { encodeClientIndices } from './wire.ts';

const encoder = new TextEncoder();
const ADVERTISE = encoder.encode(`${SUITE_LABEL_PREFIX}advertise`);
const SURVIVORS = encoder.encode(`${SUITE_LABEL_PREFIX}survivors`);

/** Text of the signature of a client's keys: label, session, index, both keys. */
export function advertisedKeysToSign(session: Uint8Array, keys: ClientPublicKeys): Uint8Array {
  const index = new Uint8Array(4);
  writeUint32(index, 0, keys.index);
  return concatBytes(ADVERTISE, session, index, keys.channelKey, keys.maskKey);
}

/** Text of the signature of a list of survivors: label, session, the list as CBOR. */
export function survivorsToSign(session: Uint8Array, survivors: readonly number[]): Uint8Array {
  return concatBytes(SURVIVORS, session, encodeClientIndices(survivors));
}
