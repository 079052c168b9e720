/**
 * Agreements and encapsulation without their arithmetic, for `crypto: modelled`.
 *
 * Lengths, and what is undefined or a RangeError, are those of the real functions. Both ends agree
 * on a secret, a changed element or ciphertext gives another one, and points of low order are
 * refused. But anyone can read everything.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { wipe } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import type { MlKem768, MlKemKey } from '../host/crypto-groups.ts';
import { littleEndianBytesOf, littleEndianNumberOf } from './edwards25519.ts';
import { CURVE_KEY_LENGTH, checkLength } from './lengths.ts';
import {
  ML_KEM_CIPHERTEXT_LENGTH,
  ML_KEM_COINS_LENGTH,
  ML_KEM_PUBLIC_KEY_LENGTH,
  ML_KEM_SEED_LENGTH,
} from './ml-kem.ts';
import { digestOf } from './one-shot.ts';
import { openX25519 } from './x25519-key.ts';

/** RFC 7748 section 4.1: the order of the field. */
const FIELD = 2n ** 255n - 19n;
/** The u-coordinate of the base point (RFC 7748 section 4.1). */
const BASE = 9n;
/** The u-coordinates of low order; their shared secrets are zero (RFC 7748 section 6.1). */
const LOW_ORDER: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);
const DIGEST_LENGTH = 32;
/** Coefficients of 12 bits, two in three bytes (FIPS 203 section 4.2.1). */
const KEM_POLYNOMIALS_LENGTH = ML_KEM_PUBLIC_KEY_LENGTH - DIGEST_LENGTH;
const KEM_PRIME = 3_329;

/** The modelled functions. */
export const modelledAgreements: Pick<
  CryptoProvider,
  'x25519PublicKey' | 'x25519' | 'x25519Key' | 'mlKem768'
> = {
  x25519PublicKey: (secret) => multiply(secret, BASE),
  x25519,
  x25519Key: (secret) => openX25519(modelledAgreements, secret),
  mlKem768: { openKey, encapsulate },
};

/** The product of a clamped secret (RFC 7748 section 5) and an element of the field. */
function multiply(secret: Uint8Array, element: bigint): Uint8Array {
  checkLength('a secret key', secret, CURVE_KEY_LENGTH);
  const low = littleEndianNumberOf(secret) % 2n ** 254n;
  const clamped = low - (low % 8n) + 2n ** 254n;
  return littleEndianBytesOf((clamped * element) % FIELD);
}

function x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  checkLength('a secret key', secret, CURVE_KEY_LENGTH);
  if (publicKey.length !== CURVE_KEY_LENGTH) return undefined;
  // RFC 7748 section 5: the top bit is ignored, and u is reduced.
  const u = (littleEndianNumberOf(publicKey) % 2n ** 255n) % FIELD;
  return LOW_ORDER.has(u) ? undefined : multiply(secret, u);
}

/** The key is zeros and a digest of the seed, the bytes after them in a real one. */
function openKey(seed: Uint8Array): MlKemKey | undefined {
  if (seed.length !== ML_KEM_SEED_LENGTH) return undefined;
  const own = new Uint8Array(seed);
  const publicKey = new Uint8Array(ML_KEM_PUBLIC_KEY_LENGTH);
  publicKey.set(digestOf('sha256', own), KEM_POLYNOMIALS_LENGTH);
  let isOpen = true;
  return {
    publicKey,
    decapsulate(ciphertext): Uint8Array | undefined {
      if (!isOpen || ciphertext.length !== ML_KEM_CIPHERTEXT_LENGTH) return undefined;
      const made = encapsulateTo(publicKey, ciphertext.subarray(0, ML_KEM_COINS_LENGTH));
      if (isSame(made.ciphertext, ciphertext)) return made.secret;
      // FIPS 203 algorithm 18: implicit rejection.
      return digestOf('sha256', concatBytes(own, ciphertext));
    },
    wipe(): void {
      isOpen = false;
      wipe(own);
    },
  };
}

type Encapsulation = NonNullable<ReturnType<MlKem768['encapsulate']>>;

function encapsulate(publicKey: Uint8Array, coins: Uint8Array): Encapsulation | undefined {
  if (publicKey.length !== ML_KEM_PUBLIC_KEY_LENGTH) return undefined;
  if (coins.length !== ML_KEM_COINS_LENGTH || !isReduced(publicKey)) return undefined;
  return encapsulateTo(publicKey, coins);
}

/** The ciphertext shows its coins, followed by a digest of coins and key. */
function encapsulateTo(publicKey: Uint8Array, coins: Uint8Array): Encapsulation {
  const digest = digestOf('sha512', concatBytes(publicKey, coins));
  const ciphertext = new Uint8Array(ML_KEM_CIPHERTEXT_LENGTH);
  ciphertext.set(coins);
  ciphertext.set(digest.subarray(0, DIGEST_LENGTH), ML_KEM_COINS_LENGTH);
  return { secret: digest.slice(DIGEST_LENGTH), ciphertext };
}

/** FIPS 203 section 7.2: the modulus check. */
function isReduced(publicKey: Uint8Array): boolean {
  for (let at = 0; at < KEM_POLYNOMIALS_LENGTH; at += 3) {
    const middle = publicKey[at + 1] as number;
    if (((publicKey[at] as number) | ((middle & 15) << 8)) >= KEM_PRIME) return false;
    if (((middle >> 4) | ((publicKey[at + 2] as number) << 4)) >= KEM_PRIME) return false;
  }
  return true;
}

/** Compares public bytes, so it may stop early. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
