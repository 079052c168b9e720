/**
 * Signatures without their arithmetic, for `crypto: modelled`.
 *
 * Lengths, and the inputs that throw a RangeError, are those of the real functions. Here, too, a signature does not
 * verify with a changed message, context, key or signature, or with bytes that are not a key. But anyone can forge a
 * signature.
 * Real P-256 accepts a second signature (r, order - s) for each one; this model does not. P-384 and P-521 stay real: only
 * others sign with them.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import type { CryptoProvider } from '../host/crypto.ts';
import type { MlDsaInput, MlDsaKey, VerifyingKey } from '../host/signatures.ts';
import { isSameBytes } from '../pure/same-bytes.ts';
import {
  CURVE_KEY_LENGTH,
  checkLength,
  checkMlDsaContext,
  isUncompressedPoint,
} from './lengths.ts';
import { ML_DSA_PUBLIC_KEY_LENGTH, ML_DSA_SEED_LENGTH, ML_DSA_SIGNATURE_LENGTH } from './ml-dsa.ts';
import { checkP256Secret, P256_ORDER, readBigEndian, writeBigEndian } from './p256-scalar.ts';
import { openSigningKey, rejectingVerifyingKey, wipedKeyError } from './signing-key.ts';

type Hashes = Pick<CryptoProvider, 'sha256' | 'sha512'>;
/** The signatures that are modelled. */
type Modelled = Pick<
  CryptoProvider,
  'p256PublicKey' | 'p256Sign' | 'p256Verify' | 'p256Key' | 'p256Verifier' | 'mlDsa65'
>;

/** Makes models of P-256 and ML-DSA-65 signatures with their sizes, but without their security. */
export function createModelledSignatures(hash: Hashes): Modelled {
  const publicKey: Modelled['p256PublicKey'] = (secret) => p256PublicKey(hash, secret);
  const sign: Modelled['p256Sign'] = (secret, message) =>
    p256SignatureOf(hash, publicKey(secret), message);
  return {
    p256PublicKey: publicKey,
    p256Sign: sign,
    p256Verify: (key, message, signature) => openP256(hash, key).verify(message, signature),
    p256Key: (secret) => openSigningKey({ publicKey, sign }, secret),
    p256Verifier: (key) => openP256(hash, key),
    mlDsa65: {
      openKey: (seed) => openMlDsa(hash, seed),
      verify: (key, input, signature) => verifyMlDsa(hash, { key, input }, signature),
    },
  };
}

/** A model of a public key; its second half depends on the first, so that random bytes are not a key. */
function p256PublicKey(hash: Hashes, secret: Uint8Array): Uint8Array {
  checkP256Secret(secret);
  const x = hash.sha256(secret);
  return concatBytes(Uint8Array.of(4), x, hash.sha256(x));
}

function p256SignatureOf(hash: Hashes, publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const digest = hash.sha512(concatBytes(publicKey, message));
  for (const at of [0, CURVE_KEY_LENGTH]) {
    writeBigEndian(readBigEndian(digest.subarray(at)) % P256_ORDER, digest, at);
  }
  return digest;
}

function openP256(hash: Hashes, publicKey: Uint8Array): VerifyingKey {
  if (!isUncompressedPoint('p256', publicKey)) return rejectingVerifyingKey;
  const own = new Uint8Array(publicKey);
  if (!isSameBytes(hash.sha256(own.subarray(1, 33)), own.subarray(33)))
    return rejectingVerifyingKey;
  return {
    verify: (message, signature) => isSameBytes(p256SignatureOf(hash, own, message), signature),
  };
}

function openMlDsa(hash: Hashes, seed: Uint8Array): MlDsaKey {
  checkLength('a seed of ML-DSA-65', seed, ML_DSA_SEED_LENGTH);
  const publicKey = new Uint8Array(ML_DSA_PUBLIC_KEY_LENGTH);
  publicKey.set(hash.sha256(seed));
  let isOpen = true;
  return {
    publicKey,
    sign(input, coins): Uint8Array {
      if (!isOpen) throw wipedKeyError();
      checkLength('the coins of ML-DSA-65', coins, ML_DSA_SEED_LENGTH);
      return mlDsaSignatureOf(hash, publicKey, input, coins);
    },
    wipe(): void {
      isOpen = false;
    },
  };
}

function verifyMlDsa(
  hash: Hashes,
  { key: publicKey, input }: { readonly key: Uint8Array; readonly input: MlDsaInput },
  signature: Uint8Array,
): boolean {
  if (input.context !== undefined) checkMlDsaContext(input.context);
  if (publicKey.length !== ML_DSA_PUBLIC_KEY_LENGTH) return false;
  if (signature.length !== ML_DSA_SIGNATURE_LENGTH) return false;
  const coins = signature.subarray(0, ML_DSA_SEED_LENGTH);
  return isSameBytes(mlDsaSignatureOf(hash, publicKey, input, coins), signature);
}

/** The signature is the coins in plain text, followed by a digest of everything that was signed. */
function mlDsaSignatureOf(
  hash: Hashes,
  publicKey: Uint8Array,
  { message, context = new Uint8Array(0) }: MlDsaInput,
  coins: Uint8Array,
): Uint8Array {
  checkMlDsaContext(context);
  const length = Uint8Array.of(context.length);
  const signature = new Uint8Array(ML_DSA_SIGNATURE_LENGTH);
  signature.set(coins);
  const digest = hash.sha512(concatBytes(publicKey, coins, length, context, message));
  signature.set(digest, ML_DSA_SEED_LENGTH);
  return signature;
}
