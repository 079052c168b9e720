/**
 * ECVRF on edwards25519 (RFC 9381 section 5): a hash that only the holder of a secret can compute
 * and everyone can check.
 *
 * Nothing throws on bytes from the network: invalid input gives undefined. Secret and public key
 * are as in Ed25519. The code is only as constant-time as the provider's group operations.
 *
 * @module
 */

import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { expandEd25519Key } from '../_kit/blinded-ed25519.ts';
import { concatBytes, equalBytes } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import { CHALLENGE_LENGTH, POINT_LENGTH, PROOF_LENGTH, SCALAR_LENGTH } from './geometry.ts';
import {
  createVrfSuiteFunctions,
  isIdentityPoint,
  type VrfSuite,
  type VrfSuiteFunctions,
} from './suite.ts';

/** The output of the function for an input, with its proof. */
export interface VrfProof {
  /** The proof `pi`, 80 bytes. */
  readonly proof: Uint8Array;
  /** The output `beta`, 64 bytes. */
  readonly output: Uint8Array;
}

/** A secret key, loaded once and used for every input. */
export interface VrfSecretKey {
  readonly suite: VrfSuite;
  /** The public key, 32 bytes; equal to the Ed25519 public key of the same secret. */
  readonly publicKey: Uint8Array;
  /**
   * Computes the output alone, which costs one scalar multiplication; a proof costs three.
   * @returns 64 bytes; undefined for one input in 2^256 (`tai`).
   */
  output(alpha: Uint8Array): Uint8Array | undefined;
  /** Computes the output and its proof. */
  prove(alpha: Uint8Array): VrfProof | undefined;
  /** Overwrites the secret; the key must not be used afterwards. */
  wipe(): void;
}

/** The public key and the suite by which the proofs of another party are checked. */
export interface VrfPublicKey {
  readonly suite: VrfSuite;
  /** The public key, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** The parts of a proof (RFC 9381 section 5.4.4). */
interface ProofParts {
  readonly gamma: Uint8Array;
  /** The challenge, 16 bytes, padded to a scalar of 32 bytes. */
  readonly challenge: Uint8Array;
  readonly response: Uint8Array;
}

/**
 * Loads a secret key.
 * @param secret 32 bytes.
 * @throws RangeError when the secret has another length.
 */
export function openVrfSecretKey(
  crypto: CryptoProvider,
  suite: VrfSuite,
  secret: Uint8Array,
): VrfSecretKey {
  if (secret.length !== SCALAR_LENGTH) throw new RangeError('a VRF secret has 32 bytes');
  const group = crypto.edwards25519;
  const hashes = createVrfSuiteFunctions(crypto, suite);
  const { scalar, prefix, publicKey } = expandEd25519Key(crypto, secret);
  // This scalar multiplies only points of prime order, so reducing it changes no product.
  const x = group.reduceScalar(scalar);
  wipe(scalar);
  return {
    suite,
    publicKey,
    output(alpha): Uint8Array | undefined {
      const input = hashes.encodeToCurve(publicKey, alpha);
      const gamma = input && group.scalarMult(input, x);
      return gamma && hashes.output(gamma);
    },
    prove(alpha): VrfProof | undefined {
      const input = hashes.encodeToCurve(publicKey, alpha);
      const gamma = input && group.scalarMult(input, x);
      if (input === undefined || gamma === undefined) return undefined;
      const output = hashes.output(gamma);
      // RFC 9381 section 5.4.2.2: the nonce is made as in Ed25519, with the point as message.
      const nonce = group.reduceScalar(crypto.sha512(concatBytes(prefix, input)));
      const u = group.scalarMultBase(nonce);
      const v = group.scalarMult(input, nonce);
      if (output === undefined || v === undefined) return undefined;
      const challenge = hashes.challenge({ publicKey, input, gamma, u, v });
      const response = group.multiplyAdd(padded(challenge), x, nonce);
      wipe(nonce);
      return { proof: concatBytes(gamma, challenge, response), output };
    },
    wipe(): void {
      wipe(prefix, x);
    },
  };
}

/**
 * Checks a proof (RFC 9381 section 5.3, with key validation).
 * @returns the output, 64 bytes, or undefined when key, proof and input do not match.
 */
export function verifyVrf(
  crypto: CryptoProvider,
  verifier: VrfPublicKey,
  alpha: Uint8Array,
  proof: Uint8Array,
): Uint8Array | undefined {
  const { publicKey, suite } = verifier;
  const parts = proofParts(crypto, proof);
  if (parts === undefined || !isVrfPublicKey(crypto, publicKey)) return undefined;
  const hashes = createVrfSuiteFunctions(crypto, suite);
  const expected = expectedChallenge({ crypto, hashes, publicKey }, parts, alpha);
  if (expected === undefined) return undefined;
  if (!equalBytes(expected, parts.challenge.subarray(0, CHALLENGE_LENGTH))) return undefined;
  return hashes.output(parts.gamma);
}

/**
 * The output that a proof contains. It is not authenticated: the proof is not verified.
 * @returns 64 bytes, or undefined when the bytes are not a proof.
 */
export function proofToOutput(
  crypto: CryptoProvider,
  suite: VrfSuite,
  proof: Uint8Array,
): Uint8Array | undefined {
  const parts = proofParts(crypto, proof);
  return parts && createVrfSuiteFunctions(crypto, suite).output(parts.gamma);
}

/** True for a point of large order (RFC 9381 section 5.4.5). */
export function isVrfPublicKey(crypto: CryptoProvider, publicKey: Uint8Array): boolean {
  const cleared = crypto.edwards25519.clearCofactor(publicKey);
  return cleared !== undefined && !isIdentityPoint(cleared);
}

function expectedChallenge(
  {
    crypto,
    hashes,
    publicKey,
  }: {
    readonly crypto: CryptoProvider;
    readonly hashes: VrfSuiteFunctions;
    readonly publicKey: Uint8Array;
  },
  { gamma, challenge, response }: ProofParts,
  alpha: Uint8Array,
): Uint8Array | undefined {
  const group = crypto.edwards25519;
  const input = hashes.encodeToCurve(publicKey, alpha);
  if (input === undefined) return undefined;
  const fromKey = group.scalarMult(publicKey, challenge);
  const fromInput = group.scalarMult(input, response);
  const fromGamma = group.scalarMult(gamma, challenge);
  // RFC 9381 section 5.3: U = s*B - c*Y, V = s*H - c*Gamma.
  const u = fromKey && group.subtract(group.scalarMultBase(response), fromKey);
  const v = fromInput && fromGamma && group.subtract(fromInput, fromGamma);
  return u && v && hashes.challenge({ publicKey, input, gamma, u, v });
}

/**
 * Decodes a proof (RFC 9381 section 5.4.4). A response not below the group order is refused, since
 * it would be a second proof of the same statement.
 */
function proofParts(crypto: CryptoProvider, proof: Uint8Array): ProofParts | undefined {
  if (proof.length !== PROOF_LENGTH) return undefined;
  const gamma = proof.subarray(0, POINT_LENGTH);
  const response = proof.subarray(POINT_LENGTH + CHALLENGE_LENGTH);
  if (!crypto.edwards25519.isReducedScalar(response)) return undefined;
  if (!crypto.edwards25519.isPoint(gamma)) return undefined;
  const challenge = proof.subarray(POINT_LENGTH, POINT_LENGTH + CHALLENGE_LENGTH);
  return { gamma, challenge: padded(challenge), response };
}

function padded(challenge: Uint8Array): Uint8Array {
  return concatBytes(challenge, new Uint8Array(SCALAR_LENGTH - CHALLENGE_LENGTH));
}
