/**
 * Signatures without their arithmetic, for `crypto: modelled`.
 *
 * Lengths, and the inputs that throw a RangeError, are those of the real functions. Here, too, a signature does not
 * verify with a changed message, context, key or signature, or with bytes that are no key. But anyone can forge a
 * signature.
 * Real P-256 accepts a second signature (r, order - s) for each one; this model does not. P-384 and P-521 are verified
 * by OpenSSL: only others sign with them.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import type { CryptoProvider } from '../host/crypto.ts';
import type { MlDsaInput, MlDsaKey, VerifyingKey } from '../host/signatures.ts';
import {
  CURVE_KEY_LENGTH,
  checkLength,
  checkMlDsaContext,
  isUncompressedPoint,
} from './lengths.ts';
import { ML_DSA_PUBLIC_KEY_LENGTH, ML_DSA_SEED_LENGTH, ML_DSA_SIGNATURE_LENGTH } from './ml-dsa.ts';
import { hashMessage } from './one-shot.ts';
import { openEcdsaVerifier } from './openssl-ecdsa.ts';
import { checkP256Secret, P256_ORDER, readBigEndian, writeBigEndian } from './p256-scalar.ts';
import { openSigningKey, rejectingVerifyingKey, wipedKeyError } from './signing-key.ts';

/** Models of P-256 and ML-DSA-65 signatures with their sizes, but without their security. */
export const modelledSignatures: Pick<
  CryptoProvider,
  | 'p256PublicKey'
  | 'p256Sign'
  | 'p256Verify'
  | 'p256Key'
  | 'p256Verifier'
  | 'p384Verifier'
  | 'p521Verifier'
  | 'mlDsa65'
> = {
  p256PublicKey,
  p256Sign: signP256,
  p256Verify: (publicKey, message, signature) => openP256(publicKey).verify(message, signature),
  p256Key: (secret) => openSigningKey({ publicKey: p256PublicKey, sign: signP256 }, secret),
  p256Verifier: openP256,
  p384Verifier: (publicKey) => openEcdsaVerifier('p384', publicKey),
  p521Verifier: (publicKey) => openEcdsaVerifier('p521', publicKey),
  mlDsa65: { openKey: openMlDsa, verify: verifyMlDsa },
};

/** A model of a public key; its second half depends on the first, so that random bytes are no key. */
function p256PublicKey(secret: Uint8Array): Uint8Array {
  checkP256Secret(secret);
  const x = hashMessage('sha256', secret);
  return concatBytes(Uint8Array.of(4), x, hashMessage('sha256', x));
}

function signP256(secret: Uint8Array, message: Uint8Array): Uint8Array {
  return p256SignatureOf(p256PublicKey(secret), message);
}

function p256SignatureOf(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const digest = hashMessage('sha512', concatBytes(publicKey, message));
  for (const at of [0, CURVE_KEY_LENGTH]) {
    writeBigEndian(readBigEndian(digest.subarray(at)) % P256_ORDER, digest, at);
  }
  return digest;
}

function openP256(publicKey: Uint8Array): VerifyingKey {
  if (!isUncompressedPoint('p256', publicKey)) return rejectingVerifyingKey;
  const own = new Uint8Array(publicKey);
  if (!isSame(hashMessage('sha256', own.subarray(1, 33)), own.subarray(33)))
    return rejectingVerifyingKey;
  return { verify: (message, signature) => isSame(p256SignatureOf(own, message), signature) };
}

function openMlDsa(seed: Uint8Array): MlDsaKey {
  checkLength('a seed of ML-DSA-65', seed, ML_DSA_SEED_LENGTH);
  const publicKey = new Uint8Array(ML_DSA_PUBLIC_KEY_LENGTH);
  publicKey.set(hashMessage('sha256', seed));
  let isOpen = true;
  return {
    publicKey,
    sign(input, coins): Uint8Array {
      if (!isOpen) throw wipedKeyError();
      checkLength('the coins of ML-DSA-65', coins, ML_DSA_SEED_LENGTH);
      return mlDsaSignatureOf(publicKey, input, coins);
    },
    wipe(): void {
      isOpen = false;
    },
  };
}

function verifyMlDsa(publicKey: Uint8Array, input: MlDsaInput, signature: Uint8Array): boolean {
  if (input.context !== undefined) checkMlDsaContext(input.context);
  if (publicKey.length !== ML_DSA_PUBLIC_KEY_LENGTH) return false;
  if (signature.length !== ML_DSA_SIGNATURE_LENGTH) return false;
  const coins = signature.subarray(0, ML_DSA_SEED_LENGTH);
  return isSame(mlDsaSignatureOf(publicKey, input, coins), signature);
}

/** The signature is the coins in plain text, followed by a digest of everything that was signed. */
function mlDsaSignatureOf(
  publicKey: Uint8Array,
  { message, context = new Uint8Array(0) }: MlDsaInput,
  coins: Uint8Array,
): Uint8Array {
  checkMlDsaContext(context);
  const length = Uint8Array.of(context.length);
  const signature = new Uint8Array(ML_DSA_SIGNATURE_LENGTH);
  signature.set(coins);
  const digest = hashMessage('sha512', concatBytes(publicKey, coins, length, context, message));
  signature.set(digest, ML_DSA_SEED_LENGTH);
  return signature;
}

/** Compares public bytes, so it may stop early. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
