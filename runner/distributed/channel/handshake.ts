/**
 * The handshake that opens a channel: `Noise_IK_25519_ChaChaPoly_BLAKE2s` (Noise Protocol
 * Framework, revision 34, section 7.5). The dialling side knows the listener's public key
 * beforehand, the listener the public keys of all that may dial.
 *
 * ```text
 * dialler -> e, es, s, ss   96 bytes; only the holder of an admitted secret key can make them
 * dialler <- e, ee, se      48 bytes; only after the first message has been authenticated
 * dialler -> confirm        the first sealed frame; a copy of an older first message ends here
 * ```
 *
 * `ss` in the first message authenticates the dialler, so that the listener answers nobody else.
 * Whoever steals the secret of a dialler can impersonate this dialler, but no other dialler and not the
 * listener.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import { wipe } from '../../../nodes/_kit/secrets.ts';
import {
  type Handshake,
  type HandshakeOptions,
  startInitiator,
  startResponder,
} from '../../../nodes/noise/index.ts';

/** Length of a key, secret or public, in bytes. */
export const CHANNEL_KEY_LENGTH = 32;

/**
 * Length of the first message: two public keys, one of them sealed, and the tag of an empty
 * payload.
 */
export const FIRST_MESSAGE_BYTES = 96;
/** Length of the second message in bytes: a public key and a tag. */
export const SECOND_MESSAGE_BYTES = 48;

/**
 * The prologue of the handshake. It contains the version of the frames, so that sides with different
 * versions do not connect.
 */
const PROLOGUE: Uint8Array = new TextEncoder().encode('orrery channel 2');

/** The keys of the dialling side. */
export interface DialKeys {
  /** The secret key of this side. */
  readonly key: Uint8Array;
  /** The listener's public key. */
  readonly listener: Uint8Array;
}

/**
 * Checks the length of a key.
 * @throws RangeError if the key has a wrong length; the message states only this length.
 */
export function checkChannelKey(key: Uint8Array): void {
  if (key.length === CHANNEL_KEY_LENGTH) return;
  throw new RangeError(`the key of a channel has ${CHANNEL_KEY_LENGTH} bytes, got ${key.length}`);
}

/** Makes a fresh secret key, 32 bytes from the random generator of the operating system. */
export function newChannelKey(): Uint8Array {
  return new Uint8Array(randomBytes(CHANNEL_KEY_LENGTH));
}

/** The X25519 public key of a secret key, both of 32 bytes. */
export function publicKeyOf(secret: Uint8Array): Uint8Array {
  return createCryptoProvider('node').x25519PublicKey(secret);
}

/** Makes the handshake of the connecting side. */
export function dialHandshake({ key, listener }: DialKeys): Handshake {
  return withFreshEphemeral({ staticSecret: key, remoteStatic: listener }, startInitiator);
}

/** Makes the handshake of the listening side. */
export function listenHandshake(key: Uint8Array): Handshake {
  return withFreshEphemeral({ staticSecret: key }, startResponder);
}

function withFreshEphemeral(
  keys: Pick<HandshakeOptions, 'staticSecret' | 'remoteStatic'>,
  start: (options: HandshakeOptions) => Handshake,
): Handshake {
  // Uses the random generator of the operating system, because two handshakes with the same
  // ephemeral key would share their session keys.
  const ephemeralSecret = newChannelKey();
  const handshake = start({
    crypto: createCryptoProvider('node'),
    pattern: 'IK',
    cipher: 'ChaChaPoly',
    hash: 'BLAKE2s',
    prologue: PROLOGUE,
    ephemeralSecret,
    ...keys,
  });
  wipe(ephemeralSecret);
  return handshake;
}
