/**
 * CMS SignedData (RFC 5652) in the form of signed TRCs: with the payload and signed attributes, without certificates,
 * and with signers named by issuer and serial number (draft-dekater-scion-pki, section "TRC Signature Syntax").
 *
 * @module
 */
import { equalBytes } from '../../_kit/bytes.ts';
import {
  derExplicit,
  derImplicit,
  derSequence,
  derSetOf,
  derUnsortedSetOf,
  derWithBytes,
  readDer,
} from '../../_kit/der.ts';
import { contextTag, DER_CONSTRUCTED_BIT, DER_SET } from '../../_kit/der-element.ts';
import { derAny, derInteger, derIntegerBytes, derOid } from '../../_kit/der-primitives.ts';
import { derOctets, derTime } from '../../_kit/der-strings.ts';
import type { Certificate } from './certificate.ts';
import {
  ALGORITHM_CODEC,
  digestAlgorithm,
  type EcdsaKey,
  type HashName,
  hashOfCurve,
  hashOfDigest,
  hashOfSignature,
  isBareKeyAlgorithm,
  type PkiCrypto,
  signatureAlgorithm,
  signEcdsa,
  verifyEcdsa,
} from './ecdsa.ts';
import { TRC_BYTES_MAX, TRC_SIGNERS_MAX } from './geometry.ts';
import { NAME_CODEC } from './name.ts';

// RFC 5652 sections 4, 5.1, 11.1, 11.2 and 11.3.
const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
/**
 * Version of SignedData that has data and no certificates, and of SignerInfo with an issuer (RFC 5652 sections 5.1 and
 * 5.3).
 */
const VERSION = 1;

const ATTRIBUTE = derSequence({ type: derOid, values: derSetOf(derAny) });
const ATTRIBUTES = derSetOf(ATTRIBUTE);
const SIGNER_INFO = derSequence({
  version: derInteger,
  signer: derSequence({ issuer: NAME_CODEC, serial: derIntegerBytes }),
  digestAlgorithm: ALGORITHM_CODEC,
  attributes: derWithBytes(derImplicit(0, derUnsortedSetOf(ATTRIBUTE))),
  signatureAlgorithm: ALGORITHM_CODEC,
  signature: derOctets,
});
const CONTENT_INFO = derSequence({
  type: derOid,
  content: derExplicit(
    0,
    derSequence({
      version: derInteger,
      digestAlgorithms: derUnsortedSetOf(ALGORITHM_CODEC),
      content: derSequence({ type: derOid, payload: derExplicit(0, derOctets) }),
      signers: derUnsortedSetOf(SIGNER_INFO),
    }),
  ),
});

/** A signature of a payload. */
export type SignerInfo = Parameters<typeof SIGNER_INFO.write>[0];

/** A payload with its signatures. */
export interface SignedPayload {
  readonly payload: Uint8Array;
  readonly signers: readonly SignerInfo[];
}

/** Why bytes are refused as a signed payload. */
export type SignedDataRefusal =
  | 'signed-data-too-long'
  | 'signed-data-malformed'
  | 'signed-data-type';

/** Why a signature is refused. */
export type SignerRefusal =
  | 'signer-algorithm'
  | 'signer-attributes'
  | 'signer-digest'
  | 'signer-signature';

/** Writes ContentInfo with SignedData. */
export function encodeSignedData({ payload, signers }: SignedPayload): Uint8Array {
  const used = new Map(signers.map(({ digestAlgorithm: one }) => [one.oid, one]));
  return CONTENT_INFO.write({
    type: SIGNED_DATA,
    content: {
      version: VERSION,
      digestAlgorithms: [...used.values()],
      content: { type: DATA, payload },
      signers,
    },
  });
}

/** Reads ContentInfo with SignedData; no signature is verified. */
export function decodeSignedData(bytes: Uint8Array): SignedPayload | SignedDataRefusal {
  if (bytes.length > TRC_BYTES_MAX) return 'signed-data-too-long';
  const read = readDer(CONTENT_INFO, bytes);
  if (read.kind === 'bad') return 'signed-data-malformed';
  const { type, content } = read.value;
  if (type !== SIGNED_DATA || content.content.type !== DATA) return 'signed-data-type';
  if (content.version !== VERSION) return 'signed-data-type';
  const { signers } = content;
  if (signers.length > TRC_SIGNERS_MAX) return 'signed-data-too-long';
  if (signers.some(({ version }) => version !== VERSION)) return 'signed-data-type';
  return { payload: content.content.payload, signers };
}

/** The inputs from which a SignerInfo is made (RFC 5652 section 5.3). */
export interface SignerParts {
  readonly crypto: PkiCrypto;
  readonly certificate: Certificate;
  readonly key: EcdsaKey;
  /** Time of the signature, seconds since 1970. */
  readonly seconds: number;
}

/** Signs a payload with the key of a certificate. */
export function signPayload(
  payload: Uint8Array,
  { crypto, certificate, key, seconds }: SignerParts,
): SignerInfo {
  const hash = hashOfCurve(key.curve);
  const digest = crypto.digest(hash, payload);
  const signed = ATTRIBUTES.write([
    { type: CONTENT_TYPE, values: [derOid.write(DATA)] },
    { type: SIGNING_TIME, values: [derTime.write(seconds)] },
    { type: MESSAGE_DIGEST, values: [derOctets.write(digest)] },
  ]);
  // RFC 5652 section 5.4: the attributes are signed with the tag of a SET, and written with the tag [0].
  return {
    version: VERSION,
    signer: { issuer: certificate.issuer, serial: certificate.serial },
    digestAlgorithm: digestAlgorithm(hash),
    attributes: { bytes: withTag(signed, contextTag(0, DER_CONSTRUCTED_BIT)), value: [] },
    signatureAlgorithm: signatureAlgorithm(hash),
    signature: signEcdsa(key, signed),
  };
}

/** True if a signature names this certificate as its signer's. */
export function isSignerOf({ signer }: SignerInfo, { issuer, serial }: Certificate): boolean {
  return equalBytes(signer.issuer.bytes, issuer.bytes) && equalBytes(signer.serial, serial);
}

/** Verifies a signature of a payload. @returns why it is refused; undefined if it is valid. */
export function signerRefusal(
  crypto: PkiCrypto,
  info: SignerInfo,
  payload: Uint8Array,
  { key }: Certificate,
): SignerRefusal | undefined {
  const hash = hashOfDigest(info.digestAlgorithm);
  if (hash === undefined || !signsWith(info, hash)) return 'signer-algorithm';
  const digest = digestOf(info);
  if (digest === undefined) return 'signer-attributes';
  if (!equalBytes(digest, crypto.digest(hash, payload))) return 'signer-digest';
  const message = withTag(info.attributes.bytes, DER_SET);
  const verdict = verifyEcdsa(crypto, key, { hash, message, signature: info.signature });
  if (verdict === 'unsupported') return 'signer-algorithm';
  return verdict === 'valid' ? undefined : 'signer-signature';
}

/**
 * True if the signature's algorithm has the hash of the digest (RFC 5754 section 3.3), or if it names only the kind of
 * key, as in older versions of the reference (pkg/scrypto/cms/protocol, X509SignatureAlgorithm).
 */
function signsWith({ signatureAlgorithm: own }: SignerInfo, hash: HashName): boolean {
  return hashOfSignature(own) === hash || isBareKeyAlgorithm(own);
}

/** The signing time in a signature (RFC 5652 section 11.3), seconds since 1970; undefined if there is none. */
export function signingTimeOf(info: SignerInfo): number | undefined {
  const time = onlyValue(info, SIGNING_TIME);
  const read = time && readDer(derTime, time);
  return read === undefined || read.kind === 'bad' ? undefined : read.value;
}

/** The value of an attribute; undefined unless the attribute occurs once, with one value. */
function onlyValue({ attributes }: SignerInfo, type: string): Uint8Array | undefined {
  const [one, ...more] = attributes.value.filter((attribute) => attribute.type === type);
  return one?.values.length === 1 && more.length === 0 ? one.values[0] : undefined;
}

/** The digest that a signature covers; undefined unless it has the attributes of RFC 5652 sections 11.1 and 11.2. */
function digestOf(info: SignerInfo): Uint8Array | undefined {
  const [type, digest] = [onlyValue(info, CONTENT_TYPE), onlyValue(info, MESSAGE_DIGEST)];
  if (type === undefined || digest === undefined) return undefined;
  const readType = readDer(derOid, type);
  const readDigest = readDer(derOctets, digest);
  if (readType.kind === 'bad' || readType.value !== DATA) return undefined;
  return readDigest.kind === 'bad' ? undefined : readDigest.value;
}

/** A copy of a DER element with another tag. */
function withTag(element: Uint8Array, tag: number): Uint8Array {
  const tagged = element.slice();
  tagged[0] = tag;
  return tagged;
}
