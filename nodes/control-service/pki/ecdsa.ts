/**
 * ECDSA as certificates, TRCs and AS entries use it: curves, hashes, and how keys and signatures are written
 * (RFC 5480, RFC 5758).
 *
 * Signatures are computed and verified by the {@link PkiCrypto} that the caller passes. That of the port
 * ({@link pkiCryptoOf}) verifies on all three curves, each with its own hash; keys that sign are on P-256.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { SigningKey, VerifyingKey } from '../../../engine/host/signatures.ts';
import { concatBytes } from '../../_kit/bytes.ts';
import { type DerCodec, derOptional, derSequence, readDer } from '../../_kit/der.ts';
import { derAny, derOid, derUnsigned } from '../../_kit/der-primitives.ts';
import { derBitBytes } from '../../_kit/der-strings.ts';
import { KEY_ID_BYTES } from './geometry.ts';

/** The curves of certificates (draft-dekater-scion-pki, "Signature Algorithm"). */
export type CurveName = 'p256' | 'p384' | 'p521';
/** The hashes of the signatures in certificates. */
export type HashName = 'sha256' | 'sha384' | 'sha512';

/** A public key: an uncompressed point. */
export interface EcdsaPublicKey {
  readonly curve: CurveName;
  readonly point: Uint8Array;
}

/** A public key that is ready to verify signatures made with the hash function that belongs to its curve. */
export interface OpenedEcdsaKey extends VerifyingKey {
  readonly curve: CurveName;
}

/** A key that signs, and the curve that it is on. */
export interface EcdsaKey {
  readonly curve: CurveName;
  readonly key: SigningKey;
}

/** A signature to verify, with its key, hash and message. */
export interface EcdsaVerification {
  readonly key: EcdsaPublicKey;
  readonly hash: HashName;
  readonly message: Uint8Array;
  /** r and then s, each as long as a coordinate. */
  readonly signature: Uint8Array;
}

/** The cryptographic primitives that certificates need. */
export interface PkiCrypto {
  digest(hash: HashName, data: Uint8Array): Uint8Array;
  /** Verifies a signature; undefined if this curve or hash is not available. */
  verify(verification: EcdsaVerification): boolean | undefined;
}

/** Whether a signature is valid; `unsupported` if its curve or hash is not available. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unsupported';

/** Number of bytes of a coordinate of a point, and of each of the numbers r and s of a signature. */
const COORDINATE_BYTES: Readonly<Record<CurveName, number>> = { p256: 32, p384: 48, p521: 66 };
/** The hash over which keys of a curve sign (draft-dekater-scion-pki, "Signature Algorithm"). */
const OWN_HASH: Readonly<Record<CurveName, HashName>> = {
  p256: 'sha256',
  p384: 'sha384',
  p521: 'sha512',
};
// RFC 5480 sections 2.1.1 and 2.1.1.1.
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const CURVE_OIDS: Readonly<Record<CurveName, string>> = {
  p256: '1.2.840.10045.3.1.7',
  p384: '1.3.132.0.34',
  p521: '1.3.132.0.35',
};
// RFC 5758 section 3.2.
const SIGNATURE_OIDS: Readonly<Record<HashName, string>> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};
// RFC 5754 section 2.
const DIGEST_OIDS: Readonly<Record<HashName, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const CURVES = Object.keys(CURVE_OIDS) as CurveName[];
const HASHES = Object.keys(SIGNATURE_OIDS) as HashName[];
const UNCOMPRESSED = 4;

/** AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export const ALGORITHM_CODEC = derSequence({ oid: derOid, parameters: derOptional(derAny) });
/** SubjectPublicKeyInfo (RFC 5280 section 4.1). */
export const PUBLIC_KEY_CODEC = derSequence({ algorithm: ALGORITHM_CODEC, point: derBitBytes });

type Algorithm = Parameters<typeof ALGORITHM_CODEC.write>[0];
type PublicKey = Parameters<typeof PUBLIC_KEY_CODEC.write>[0];

/** Returns the hash over which keys of a curve sign. */
export function hashOfCurve(curve: CurveName): HashName {
  return OWN_HASH[curve];
}

/** The algorithm of signatures over a hash; it has no parameters (RFC 5758 section 3.2). */
export function signatureAlgorithm(hash: HashName): Algorithm {
  return { oid: SIGNATURE_OIDS[hash], parameters: undefined };
}

/** The hash of a signature algorithm; undefined for any other algorithm. */
export function hashOfSignature({ oid, parameters }: Algorithm): HashName | undefined {
  return parameters === undefined ? HASHES.find((hash) => SIGNATURE_OIDS[hash] === oid) : undefined;
}

/**
 * True for id-ecPublicKey without parameters: the identifier of a kind of key, which older versions of the reference
 * write in SignedData where the algorithm of the signature belongs.
 */
export function isBareKeyAlgorithm({ oid, parameters }: Algorithm): boolean {
  return oid === EC_PUBLIC_KEY && parameters === undefined;
}

/** The algorithm identifier of a hash. */
export function digestAlgorithm(hash: HashName): Algorithm {
  return { oid: DIGEST_OIDS[hash], parameters: undefined };
}

/** The hash of a digest algorithm. NULL parameters count as absent ones (RFC 5754 section 2). */
export function hashOfDigest({ oid, parameters }: Algorithm): HashName | undefined {
  const isNull = parameters?.length === 2 && parameters[0] === 5;
  if (parameters !== undefined && !isNull) return undefined;
  return HASHES.find((hash) => DIGEST_OIDS[hash] === oid);
}

/** A public key in the form of certificates. */
export function publicKeyInfo({ curve, point }: EcdsaPublicKey): PublicKey {
  const parameters = derOid.write(CURVE_OIDS[curve]);
  return { algorithm: { oid: EC_PUBLIC_KEY, parameters }, point };
}

/** Reads what {@link publicKeyInfo} writes; undefined unless it is an uncompressed point on one of the curves. */
export function publicKeyOf({ algorithm, point }: PublicKey): EcdsaPublicKey | undefined {
  if (algorithm.oid !== EC_PUBLIC_KEY || algorithm.parameters === undefined) return undefined;
  const read = readDer(derOid, algorithm.parameters);
  const curve = CURVES.find((one) => read.kind === 'read' && CURVE_OIDS[one] === read.value);
  if (curve === undefined || point.length !== 1 + 2 * COORDINATE_BYTES[curve]) return undefined;
  return point[0] === UNCOMPRESSED ? { curve, point } : undefined;
}

/** The identifier of a key: the first 160 bits of its SHA-256 (RFC 7093 section 2, method 1). */
export function keyIdOf(crypto: PkiCrypto, point: Uint8Array): Uint8Array {
  return crypto.digest('sha256', point).subarray(0, KEY_ID_BYTES);
}

/** Signs with the hash of the key's curve. @returns Ecdsa-Sig-Value in DER (RFC 3279 section 2.2.3). */
export function signEcdsa({ curve, key }: EcdsaKey, message: Uint8Array): Uint8Array {
  const bytes = COORDINATE_BYTES[curve];
  const signature = key.sign(message);
  return signatureForm(curve).write({
    r: signature.subarray(0, bytes),
    s: signature.subarray(bytes),
  });
}

/** Verifies a signature in the form of {@link signEcdsa}, over any of the hashes. */
export function verifyEcdsa(
  crypto: PkiCrypto,
  key: EcdsaPublicKey,
  { hash, message, signature }: Omit<EcdsaVerification, 'key'>,
): SignatureVerdict {
  const numbers = readEcdsaSignature(key.curve, signature);
  if (numbers === undefined) return 'invalid';
  const isRight = crypto.verify({ key, hash, message, signature: numbers });
  if (isRight === undefined) return 'unsupported';
  return isRight ? 'valid' : 'invalid';
}

/** Reads Ecdsa-Sig-Value. @returns r and s, each as long as a coordinate; undefined if the bytes are not one. */
export function readEcdsaSignature(curve: CurveName, der: Uint8Array): Uint8Array | undefined {
  const read = readDer(signatureForm(curve), der);
  return read.kind === 'bad' ? undefined : concatBytes(read.value.r, read.value.s);
}

/** Opens a public key for signatures over the hash of its curve. */
export function openEcdsaKey(
  crypto: CryptoProvider,
  { curve, point }: EcdsaPublicKey,
): OpenedEcdsaKey {
  const { verify } = crypto[`${curve}Verifier`](point);
  return { curve, verify };
}

/** The primitives of the port: they verify signatures only over the hash of the key's curve. */
export function pkiCryptoOf(crypto: CryptoProvider): PkiCrypto {
  return {
    digest: (hash, data) => crypto[hash](data),
    verify: ({ key, hash, message, signature }): boolean | undefined => {
      if (hash !== OWN_HASH[key.curve]) return undefined;
      if (key.curve === 'p256') return crypto.p256Verify(key.point, message, signature);
      return openEcdsaKey(crypto, key).verify(message, signature);
    },
  };
}

interface EcdsaSignature {
  readonly r: Uint8Array;
  readonly s: Uint8Array;
}

const FORMS: Readonly<Record<CurveName, DerCodec<EcdsaSignature>>> = {
  p256: ecdsaSignature(COORDINATE_BYTES.p256),
  p384: ecdsaSignature(COORDINATE_BYTES.p384),
  p521: ecdsaSignature(COORDINATE_BYTES.p521),
};

function signatureForm(curve: CurveName): DerCodec<EcdsaSignature> {
  return FORMS[curve];
}

function ecdsaSignature(bytes: number): DerCodec<EcdsaSignature> {
  return derSequence({ r: derUnsigned(bytes), s: derUnsigned(bytes) });
}
