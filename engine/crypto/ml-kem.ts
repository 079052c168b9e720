/**
 * ML-KEM-768 (FIPS 203) by @noble/post-quantum, for every provider; Node 20 has none of its own.
 *
 * The public matrices of opened keys, and of public keys that are used repeatedly, are kept expanded, which
 * halves the time of an operation. Secrets are kept only in opened keys.
 *
 * @module
 */

import { bytesToHex } from '@noble/hashes/utils.js';
import { type KEMPrepared, ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { wipe } from '../core/secrets.ts';
import type { MlKem768, MlKemKey } from '../host/crypto-groups.ts';
import { isSameBytes } from '../pure/same-bytes.ts';

/** Length of d and z together, in bytes, 32 each (FIPS 203 section 7.1). */
export const ML_KEM_SEED_LENGTH = 64;
/** Length of an encapsulation key (FIPS 203 table 3), in bytes. */
export const ML_KEM_PUBLIC_KEY_LENGTH = 1184;
/** Length of a ciphertext (FIPS 203 table 3), in bytes. */
export const ML_KEM_CIPHERTEXT_LENGTH = 1088;
/** Length of the message m of section 7.2, in bytes. */
export const ML_KEM_COINS_LENGTH = 32;

/** Largest number of public keys kept expanded, 10 kB each: enough for a network of a few hundred nodes. */
const PREPARED_MAX = 512;
/**
 * Expanded public keys that were used at least twice, so that one-time keys take no memory; the most recently used is
 * last.
 */
const preparedKeys = new Map<string, KEMPrepared>();
/**
 * Largest number of keys that were used once and are remembered by their first 16 bytes; the oldest is
 * forgotten first.
 */
const SEEN_MAX = 8_192;
const seenOnce = new Set<string>();

/** The key encapsulation mechanism ML-KEM-768. */
export const mlKem768: MlKem768 = {
  openKey: (seed) => (seed.length === ML_KEM_SEED_LENGTH ? openKey(seed) : undefined),
  encapsulate(publicKey, coins): ReturnType<MlKem768['encapsulate']> {
    if (publicKey.length !== ML_KEM_PUBLIC_KEY_LENGTH || coins.length !== ML_KEM_COINS_LENGTH)
      return undefined;
    const { sharedSecret, cipherText } = prepare(publicKey)?.encapsulate(coins) ?? {};
    if (sharedSecret === undefined || cipherText === undefined) return undefined;
    return { secret: fresh(sharedSecret), ciphertext: cipherText };
  },
};

function openKey(seed: Uint8Array): MlKemKey {
  const { secretKey, publicKey } = ml_kem768.keygen(seed);
  const prepared = ml_kem768.prepare(publicKey);
  let isOpen = true;
  return {
    publicKey,
    decapsulate: (ciphertext) =>
      isOpen && ciphertext.length === ML_KEM_CIPHERTEXT_LENGTH
        ? fresh(prepared.decapsulate(ciphertext, secretKey))
        : undefined,
    wipe(): void {
      isOpen = false;
      wipe(secretKey);
    },
  };
}

/** Expands a public key. @returns undefined when a coefficient is not reduced (section 7.2, modulus check). */
function prepare(publicKey: Uint8Array): KEMPrepared | undefined {
  const name = bytesToHex(publicKey.subarray(0, 16));
  const known = preparedKeys.get(name);
  if (known !== undefined && isSameBytes(known.publicKey, publicKey)) {
    keep(name, known);
    return known;
  }
  try {
    const prepared = ml_kem768.prepare(publicKey);
    if (seenOnce.delete(name)) keep(name, prepared);
    else seenOnce.add(name);
    forgetOldest(seenOnce, SEEN_MAX);
    return prepared;
  } catch {
    // The caller has checked the length, so noble can only have thrown because of the modulus check.
    return undefined;
  }
}

/** Keeps an expanded key as the last one used, and forgets the one that was not used for the longest time. */
function keep(name: string, prepared: KEMPrepared): void {
  preparedKeys.delete(name);
  preparedKeys.set(name, prepared);
  forgetOldest(preparedKeys, PREPARED_MAX);
}

function forgetOldest(names: Set<string> | Map<string, KEMPrepared>, max: number): void {
  if (names.size <= max) return;
  const [oldest] = names.keys();
  if (oldest !== undefined) names.delete(oldest);
}

/** Returns a copy with memory of its own, because noble returns views of longer arrays. */
function fresh(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);
}
