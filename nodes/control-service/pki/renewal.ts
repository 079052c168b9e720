/**
 * How an AS asks a CA for its next certificate. The request contains the new key and a signature with it, which proves
 * possession, and is signed (SignedData) with the key of the present certificate: the reference's ChainRenewalRequest,
 * but for a simpler payload in place of PKCS #10.
 *
 * @module
 */
import { derSequence, derWithBytes, readDer } from '../../_kit/der.ts';
import { derInteger } from '../../_kit/der-primitives.ts';
import { derOctets } from '../../_kit/der-strings.ts';
import { TIMESTAMP_TOLERANCE_S } from '../geometry.ts';
import type { Certificate } from './certificate.ts';
import {
  decodeSignedData,
  encodeSignedData,
  isSignerOf,
  signerRefusal,
  signingTimeOf,
  signPayload,
} from './cms.ts';
import {
  type EcdsaKey,
  type EcdsaPublicKey,
  hashOfCurve,
  type PkiCrypto,
  PUBLIC_KEY_CODEC,
  publicKeyInfo,
  publicKeyOf,
  signEcdsa,
  verifyEcdsa,
} from './ecdsa.ts';

/** Why a request is refused. */
export type RenewalRefusal =
  | 'renewal-malformed'
  | 'renewal-unsigned'
  | 'renewal-stale'
  | 'renewal-unproved';

/** The certificate that an AS requests. */
export interface RenewalWish {
  readonly key: EcdsaPublicKey;
  /** Requested lifetime of the certificate, s. */
  readonly lifetimeSeconds: number;
}

/** A verified request. */
export interface SignedRenewalWish extends RenewalWish {
  /** When it was signed, seconds since 1970. */
  readonly signedSeconds: number;
}

/** The inputs from which a request is made. */
export interface RenewalParts {
  readonly crypto: PkiCrypto;
  /** The present certificate, which ends soon, and its key. */
  readonly certificate: Certificate;
  readonly key: EcdsaKey;
  readonly newKey: EcdsaKey;
  readonly lifetimeSeconds: number;
  /** Time of the request, seconds since 1970. */
  readonly seconds: number;
}

const WISH = derSequence({
  key: derWithBytes(PUBLIC_KEY_CODEC),
  lifetimeSeconds: derInteger,
  proof: derOctets,
});

/** Makes the request for a renewed certificate. @returns SignedData in DER. */
export function encodeRenewal(parts: RenewalParts): Uint8Array {
  const { newKey, lifetimeSeconds } = parts;
  const value = publicKeyInfo({ curve: newKey.curve, point: newKey.key.publicKey });
  const bytes = PUBLIC_KEY_CODEC.write(value);
  const payload = WISH.write({
    ...{ key: { bytes, value }, lifetimeSeconds },
    proof: signEcdsa(newKey, bytes),
  });
  return encodeSignedData({ payload, signers: [signPayload(payload, parts)] });
}

/** Reads and verifies a request of a certificate's owner. @param seconds Now, since 1970. */
export function decodeRenewal(
  crypto: PkiCrypto,
  bytes: Uint8Array,
  certificate: Certificate,
  seconds: number,
): SignedRenewalWish | RenewalRefusal {
  const data = decodeSignedData(bytes);
  if (typeof data === 'string') return 'renewal-malformed';
  const [signer] = data.signers;
  const isOwn = signer !== undefined && isSignerOf(signer, certificate);
  if (!isOwn || signerRefusal(crypto, signer, data.payload, certificate) !== undefined) {
    return 'renewal-unsigned';
  }
  const signedSeconds = signingTimeOf(signer);
  const isRecent =
    signedSeconds !== undefined && Math.abs(seconds - signedSeconds) <= TIMESTAMP_TOLERANCE_S;
  if (!isRecent) return 'renewal-stale';
  const read = readDer(WISH, data.payload);
  if (read.kind === 'bad') return 'renewal-malformed';
  const { key: info, lifetimeSeconds, proof } = read.value;
  const key = publicKeyOf(info.value);
  if (key === undefined || lifetimeSeconds < 1) return 'renewal-malformed';
  const hash = hashOfCurve(key.curve);
  const verdict = verifyEcdsa(crypto, key, { hash, message: info.bytes, signature: proof });
  return verdict === 'valid' ? { key, lifetimeSeconds, signedSeconds } : 'renewal-unproved';
}
