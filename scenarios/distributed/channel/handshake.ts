/**
 * The handshake that opens a channel: `Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s` (revision 34,
 * sections 7.5 and 9) with the deployment key as the pre-shared key.
 *
 * ```text
 * dialler -> psk, e      48 bytes; who lacks the key cannot make them
 * dialler <- e, ee       48 bytes; only after the first message has been authenticated
 * dialler -> confirm     the first sealed frame; a copy of an older first message ends here
 * ```
 *
 * psk0 rather than psk2: the listener answers nobody who does not hold the key. Everybody who holds
 * it is equal; it tells deployments apart, not the nodes inside one.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { provider } from '../../../engine/crypto/index.ts';
import { wipe } from '../../../nodes/_kit/secrets.ts';
import {
  type Handshake,
  type HandshakeOptions,
  initiate,
  respond,
} from '../../../nodes/noise/index.ts';

/** Length of a deployment key, in bytes. */
export const DEPLOYMENT_KEY_LENGTH = 32;

/** Length of both messages: an ephemeral key and the tag of an empty payload, in bytes. */
export const HANDSHAKE_LENGTH = 48;

/** Both sides must speak this version of the frames; a change of them changes the number. */
const PROLOGUE: Uint8Array = new TextEncoder().encode('orrery channel 1');

/** @throws RangeError when the key has another length; the message tells the length alone. */
export function checkDeploymentKey(key: Uint8Array): void {
  if (key.length === DEPLOYMENT_KEY_LENGTH) return;
  throw new RangeError(`a deployment key has ${DEPLOYMENT_KEY_LENGTH} bytes, got ${key.length}`);
}

/** The side that dials. */
export function dialHandshake(key: Uint8Array): Handshake {
  return withFreshEphemeral(key, initiate);
}

/** The side that listens. */
export function listenHandshake(key: Uint8Array): Handshake {
  return withFreshEphemeral(key, respond);
}

function withFreshEphemeral(
  key: Uint8Array,
  start: (options: HandshakeOptions) => Handshake,
): Handshake {
  // The system's generator: two handshakes with one ephemeral key would share their session.
  const ephemeralSecret = new Uint8Array(randomBytes(32));
  const handshake = start({
    crypto: provider('node'),
    pattern: 'NNpsk0',
    cipher: 'ChaChaPoly',
    hash: 'BLAKE2s',
    prologue: PROLOGUE,
    ephemeralSecret,
    preSharedKeys: [key],
  });
  wipe(ephemeralSecret);
  return handshake;
}
