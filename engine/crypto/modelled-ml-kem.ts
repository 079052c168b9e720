/**
 * ML-KEM-768 without its arithmetic, for `crypto: modelled`.
 *
 * Lengths, and the inputs that give undefined, are those of the real functions. Both ends get the same secret, and a
 * changed key or ciphertext gives another secret. But anyone can compute the secret from the ciphertext.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { wipe } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import type { MlKem768, MlKemKey } from '../host/crypto-groups.ts';
import { isSameBytes } from '../pure/same-bytes.ts';
import {
  ML_KEM_CIPHERTEXT_LENGTH,
  ML_KEM_COINS_LENGTH,
  ML_KEM_PUBLIC_KEY_LENGTH,
  ML_KEM_SEED_LENGTH,
} from './ml-kem.ts';

const DIGEST_LENGTH = 32;
/** Coefficients of 12 bits, two in three bytes (FIPS 203 section 4.2.1). */
const KEM_POLYNOMIALS_LENGTH = ML_KEM_PUBLIC_KEY_LENGTH - DIGEST_LENGTH;
const KEM_PRIME = 3_329;

type Hashes = Pick<CryptoProvider, 'sha256' | 'sha512'>;

/** Makes a model of ML-KEM-768 with its sizes, but without its security. */
export function createModelledMlKem(hash: Hashes): MlKem768 {
  return {
    openKey: (seed) => openKey(hash, seed),
    encapsulate: (publicKey, coins) => encapsulate(hash, publicKey, coins),
  };
}

/** The public key is zeros in place of the coefficients, then a digest of the seed in place of the real key's rho. */
function openKey(hash: Hashes, seed: Uint8Array): MlKemKey | undefined {
  if (seed.length !== ML_KEM_SEED_LENGTH) return undefined;
  const own = new Uint8Array(seed);
  const publicKey = new Uint8Array(ML_KEM_PUBLIC_KEY_LENGTH);
  publicKey.set(hash.sha256(own), KEM_POLYNOMIALS_LENGTH);
  let isOpen = true;
  return {
    publicKey,
    decapsulate(ciphertext): Uint8Array | undefined {
      if (!isOpen || ciphertext.length !== ML_KEM_CIPHERTEXT_LENGTH) return undefined;
      const made = encapsulateTo(hash, publicKey, ciphertext.subarray(0, ML_KEM_COINS_LENGTH));
      if (isSameBytes(made.ciphertext, ciphertext)) return made.secret;
      // FIPS 203 algorithm 18: implicit rejection.
      return hash.sha256(concatBytes(own, ciphertext));
    },
    wipe(): void {
      isOpen = false;
      wipe(own);
    },
  };
}

type Encapsulation = NonNullable<ReturnType<MlKem768['encapsulate']>>;

function encapsulate(
  hash: Hashes,
  publicKey: Uint8Array,
  coins: Uint8Array,
): Encapsulation | undefined {
  if (publicKey.length !== ML_KEM_PUBLIC_KEY_LENGTH) return undefined;
  if (coins.length !== ML_KEM_COINS_LENGTH || !isReduced(publicKey)) return undefined;
  return encapsulateTo(hash, publicKey, coins);
}

/** The ciphertext is the coins in plain text, followed by a digest of coins and key. */
function encapsulateTo(hash: Hashes, publicKey: Uint8Array, coins: Uint8Array): Encapsulation {
  const digest = hash.sha512(concatBytes(publicKey, coins));
  const ciphertext = new Uint8Array(ML_KEM_CIPHERTEXT_LENGTH);
  ciphertext.set(coins);
  ciphertext.set(digest.subarray(0, DIGEST_LENGTH), ML_KEM_COINS_LENGTH);
  return { secret: digest.slice(DIGEST_LENGTH), ciphertext };
}

/** The modulus check: true if all coefficients of the key are below the prime (FIPS 203 section 7.2). */
function isReduced(publicKey: Uint8Array): boolean {
  for (let at = 0; at < KEM_POLYNOMIALS_LENGTH; at += 3) {
    const middle = publicKey[at + 1] as number;
    if (((publicKey[at] as number) | ((middle & 15) << 8)) >= KEM_PRIME) return false;
    if (((middle >> 4) | ((publicKey[at + 2] as number) << 4)) >= KEM_PRIME) return false;
  }
  return true;
}
