/**
 * Verifies ECDSA (FIPS 186-5 section 6.4.2) by OpenSSL: over P-256 with SHA-256, P-384 with SHA-384, and P-521 with
 * SHA-512.
 *
 * @module
 */
import { createPublicKey, verify } from 'node:crypto';
import type { VerifyingKey } from '../host/signatures.ts';
import { ECDSA_NUMBER_LENGTH, type EcdsaCurve, isUncompressedPoint } from './lengths.ts';
import { rejectingVerifyingKey } from './signing-key.ts';

/** Names of the curves in JSON Web Keys (RFC 7518 section 6.2.1.1), and their hashes in OpenSSL. */
const CURVES = {
  p256: { crv: 'P-256', hash: 'sha256' },
  p384: { crv: 'P-384', hash: 'sha384' },
  p521: { crv: 'P-521', hash: 'sha512' },
} as const;

/** Imports a public key, which costs as much as verifying a signature. */
export function openEcdsaVerifier(curve: EcdsaCurve, publicKey: Uint8Array): VerifyingKey {
  if (!isUncompressedPoint(curve, publicKey)) return rejectingVerifyingKey;
  const length = ECDSA_NUMBER_LENGTH[curve];
  const { crv, hash } = CURVES[curve];
  const [x, y] = [
    textOf(publicKey.subarray(1, 1 + length)),
    textOf(publicKey.subarray(1 + length)),
  ];
  try {
    const imported = createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
    const key = { key: imported, dsaEncoding: 'ieee-p1363' } as const;
    return {
      verify: (message, signature) =>
        signature.length === 2 * length && verify(hash, message, key, signature),
    };
  } catch {
    // The key is not a point of the curve.
    return rejectingVerifyingKey;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
