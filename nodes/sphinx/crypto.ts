/**
 * Key schedule and primitives of Sphinx (katzenpost, core/sphinx/internal/crypto/crypto.go).
 *
 * Takes bytes and returns bytes; packets are built and read elsewhere.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import {
  BLINDING_SEED_LENGTH,
  IV_LENGTH,
  MAC_LENGTH,
  SPRP_KEY_LENGTH,
  STREAM_KEY_LENGTH,
} from './geometry.ts';

/** A key of the payload cipher and its nonce. */
export interface PayloadKey {
  readonly key: Uint8Array;
  /** The nonce of the payload cipher, and the initial value of the same hop's header stream. */
  readonly iv: Uint8Array;
}

/** Key material of one hop: views of the 160 derived bytes for a NIKE, or of 128 for a KEM. */
export interface HopKeys extends PayloadKey {
  readonly macKey: Uint8Array;
  readonly streamKey: Uint8Array;
  /** Seed of the factor that blinds the element; empty for a KEM, which blinds no element. */
  readonly blindingSeed: Uint8Array;
}

/** HKDF label of Sphinx keys: ASCII, 29 bytes. */
const KDF_INFO = Uint8Array.from('katzenpost-kdf-v0-hkdf-sha256', (character) =>
  character.charCodeAt(0),
);

/** Length of header MAC key, stream key, stream IV and payload key together: 128 bytes. */
const KEM_KEYS_LENGTH: number = MAC_LENGTH + STREAM_KEY_LENGTH + IV_LENGTH + SPRP_KEY_LENGTH;

/** Derives the keys of a hop for a NIKE, including the blinding seed. */
export function deriveNikeKeys(crypto: CryptoProvider, secret: Uint8Array): HopKeys {
  return splitKeys(expand(crypto, secret, KEM_KEYS_LENGTH + BLINDING_SEED_LENGTH));
}

/**
 * Derives the keys of a hop for a KEM. The first 128 bytes of HKDF-Expand do not depend on the number of
 * bytes after them, so the blinding seed, which a KEM ignores, is not computed.
 */
export function deriveKemKeys(crypto: CryptoProvider, secret: Uint8Array): HopKeys {
  return splitKeys(expand(crypto, secret, KEM_KEYS_LENGTH));
}

/** Derives keys under the HKDF label `info`, for other packet formats. */
export function deriveKeysWithLabel(
  crypto: CryptoProvider,
  secret: Uint8Array,
  info: Uint8Array,
): HopKeys {
  return splitKeys(crypto.hkdfExpandSha256({ key: secret, info, length: KEM_KEYS_LENGTH }));
}

/** HKDF-Expand without Extract: the secret itself serves as pseudo-random key. */
function expand(crypto: CryptoProvider, secret: Uint8Array, length: number): Uint8Array {
  return crypto.hkdfExpandSha256({ key: secret, info: KDF_INFO, length });
}

function splitKeys(okm: Uint8Array): HopKeys {
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return okm.subarray(at - length, at);
  };
  return {
    macKey: take(MAC_LENGTH),
    streamKey: take(STREAM_KEY_LENGTH),
    iv: take(IV_LENGTH),
    key: take(SPRP_KEY_LENGTH),
    blindingSeed: okm.subarray(KEM_KEYS_LENGTH),
  };
}

/**
 * The scalar that blinds an element: 32 bytes of ChaCha20 keyed with the seed, not reduced modulo
 * the group order. With nonce 0 and counter 0, the original ChaCha20 and the ChaCha20 of RFC 8439
 * give the same bytes.
 */
export function blindingFactor(crypto: CryptoProvider, seed: Uint8Array): Uint8Array {
  return crypto.chacha20(seed, new Uint8Array(12), 0, new Uint8Array(BLINDING_SEED_LENGTH));
}

/** Adds one layer of encryption to a payload, in place. */
export function encipherPayload(
  crypto: CryptoProvider,
  { key, iv }: PayloadKey,
  payload: Uint8Array,
): void {
  const cipher = crypto.aez(key);
  cipher.encipher(iv, payload);
  cipher.wipe();
}

/** Removes one layer of encryption from a payload, in place. */
export function decipherPayload(
  crypto: CryptoProvider,
  { key, iv }: PayloadKey,
  payload: Uint8Array,
): void {
  const cipher = crypto.aez(key);
  cipher.decipher(iv, payload);
  cipher.wipe();
}
