/**
 * The texts that identities sign in signed mode: label and session limit each signature to one use.
 *
 * @module
 */
import { concatBytes, writeUint32 } from '../../_kit/bytes.ts';
import { SUITE_LABEL } from './geometry.ts';
import type { PublicKeys } from './messages.ts';
import { encodeIndices } from './wire.ts';

const encoder = new TextEncoder();
const ADVERTISE = encoder.encode(`${SUITE_LABEL}advertise`);
const SURVIVORS = encoder.encode(`${SUITE_LABEL}survivors`);

/** Text of the signature of a client's keys: label, session, index, both keys. */
export function advertiseText(session: Uint8Array, keys: PublicKeys): Uint8Array {
  const index = new Uint8Array(4);
  writeUint32(index, 0, keys.index);
  return concatBytes(ADVERTISE, session, index, keys.channelKey, keys.maskKey);
}

/** Text of the signature of a list of survivors: label, session, the list as CBOR. */
export function survivorsText(session: Uint8Array, survivors: readonly number[]): Uint8Array {
  return concatBytes(SURVIVORS, session, encodeIndices(survivors));
}
