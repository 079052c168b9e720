/**
 * Ed25519 keys that can be blinded: a public key and a factor give another public key, the blinded one. Only the holder
 * of the secret key can sign for the blinded key, and nobody who does not know the factor can tell that the two keys
 * belong together (Tor's rend-spec-v3, appendix A).
 *
 * Uses only the group of edwards25519 of the crypto provider. The real group gives signatures of RFC 8032, which any
 * implementation verifies; signatures with the group of `crypto: modelled` verify only by this file.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes, equalBytes } from './bytes.ts';
import { wipe } from './secrets.ts';

const SCALAR_BYTES = 32;
const SIGNATURE_BYTES = 64;
const ZERO = new Uint8Array(SCALAR_BYTES);
/** The identity of the group. */
const IDENTITY = ZERO.with(0, 1);
const PREFIX_LABEL = new TextEncoder().encode('Derive temporary signing key hash input');

/** A secret key in the form that signing needs (RFC 8032 section 5.1.5). Its owner wipes it. */
export interface ExpandedEd25519Key {
  /** The secret scalar, 32 bytes, little-endian. */
  readonly scalar: Uint8Array;
  /** 32 secret bytes, from which the nonces come. */
  readonly prefix: Uint8Array;
  /** The public key of the scalar, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Expands a secret key of 32 bytes (RFC 8032 section 5.1.5). */
export function expandEd25519Key(crypto: CryptoProvider, secret: Uint8Array): ExpandedEd25519Key {
  const digest = crypto.sha512(secret);
  const scalar = clampScalar(digest.subarray(0, SCALAR_BYTES));
  const prefix = digest.slice(SCALAR_BYTES);
  wipe(digest);
  return { scalar, prefix, publicKey: crypto.edwards25519.scalarMultBase(scalar) };
}

/**
 * Blinds a key by a factor (rend-spec-v3, appendix A.2: a' = h a mod l).
 * @param factor 32 bytes; this function clamps them.
 */
export function blindEd25519Key(
  crypto: CryptoProvider,
  key: ExpandedEd25519Key,
  factor: Uint8Array,
): ExpandedEd25519Key {
  const group = crypto.edwards25519;
  const scalar = group.multiplyAdd(clampScalar(factor), key.scalar, ZERO);
  const digest = crypto.sha512(concatBytes(PREFIX_LABEL, key.prefix));
  const prefix = digest.slice(0, SCALAR_BYTES);
  wipe(digest);
  return { scalar, prefix, publicKey: group.scalarMultBase(scalar) };
}

/** Blinds a public key by a factor of 32 bytes; undefined if the key is not a point. */
export function blindEd25519PublicKey(
  crypto: CryptoProvider,
  publicKey: Uint8Array,
  factor: Uint8Array,
): Uint8Array | undefined {
  return crypto.edwards25519.scalarMult(publicKey, clampScalar(factor));
}

/** Signs a message (RFC 8032 section 5.1.6, steps 2 to 6). @returns 64 bytes. */
export function signExpandedEd25519(
  crypto: CryptoProvider,
  { scalar, prefix, publicKey }: ExpandedEd25519Key,
  message: Uint8Array,
): Uint8Array {
  const group = crypto.edwards25519;
  const nonce = hashToScalar(crypto, prefix, message);
  const point = group.scalarMultBase(nonce);
  const challenge = hashToScalar(crypto, point, publicKey, message);
  const signature = concatBytes(point, group.multiplyAdd(challenge, scalar, nonce));
  wipe(nonce);
  return signature;
}

/**
 * True if the signature verifies (RFC 8032 section 5.1.7, without the cofactor). Keys of small order and a response
 * that is not reduced are refused, as everywhere in Orrery.
 */
export function verifyBlindedEd25519(
  crypto: CryptoProvider,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const group = crypto.edwards25519;
  if (signature.length !== SIGNATURE_BYTES) return false;
  const point = signature.subarray(0, SCALAR_BYTES);
  const response = signature.subarray(SCALAR_BYTES);
  if (!group.isReducedScalar(response)) return false;
  const cleared = group.clearCofactor(publicKey);
  if (cleared === undefined || equalBytes(cleared, IDENTITY)) return false;
  const challenge = hashToScalar(crypto, point, publicKey, message);
  const product = group.scalarMult(publicKey, challenge);
  const expected = product && group.subtract(group.scalarMultBase(response), product);
  return expected !== undefined && equalBytes(expected, point);
}

/** Clamps 32 bytes to a multiple of 8 whose highest bit is fixed (RFC 8032 section 5.1.5, step 2). */
function clampScalar(bytes: Uint8Array): Uint8Array {
  const clamped = new Uint8Array(bytes);
  clamped[0] = (clamped[0] as number) & 248;
  clamped[31] = ((clamped[31] as number) & 63) | 64;
  return clamped;
}

function hashToScalar(crypto: CryptoProvider, ...parts: readonly Uint8Array[]): Uint8Array {
  return crypto.edwards25519.reduceScalar(crypto.sha512(concatBytes(...parts)));
}
