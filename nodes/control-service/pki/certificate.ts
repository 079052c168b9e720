/**
 * Certificates of the control-plane PKI: X.509 version 3 (RFC 5280) in the profile of draft-dekater-scion-pki.
 *
 * Decoding checks the form and the profile. The signer of a certificate, and whether it is valid now, are checked for
 * chains (chain.ts) and TRCs (trc.ts).
 *
 * @module
 */
import {
  derDefault,
  derExplicit,
  derOptional,
  derSequence,
  derWithBytes,
  readDer,
} from '../../_kit/der.ts';
import { derInteger, derIntegerBytes } from '../../_kit/der-primitives.ts';
import { derBitBytes, derTime } from '../../_kit/der-strings.ts';
import {
  ALGORITHM_CODEC,
  type EcdsaKey,
  type EcdsaPublicKey,
  type HashName,
  hashOfCurve,
  hashOfSignature,
  type PkiCrypto,
  PUBLIC_KEY_CODEC,
  publicKeyInfo,
  publicKeyOf,
  type SignatureVerdict,
  signatureAlgorithm,
  signEcdsa,
  verifyEcdsa,
} from './ecdsa.ts';
import {
  type CertificateExtensions,
  EXTENSIONS_CODEC,
  extensionList,
  readExtensions,
} from './extensions.ts';
import { CERTIFICATE_BYTES_MAX, SERIAL_BYTES_MAX } from './geometry.ts';
import { isdAsOfName, NAME_CODEC, type Name } from './name.ts';
import { type CertificateKind, kindOf, type ProfileRefusal, profileRefusal } from './profile.ts';
import type { Validity } from './validity.ts';

/** Why bytes are refused as a certificate, in the order of the checks. */
export type CertificateRefusal =
  | 'certificate-too-long'
  | 'certificate-malformed'
  | 'certificate-version'
  | 'certificate-serial'
  | 'certificate-algorithm'
  | 'certificate-key'
  | 'certificate-validity'
  | 'certificate-extension'
  | ProfileRefusal;

/** A certificate that has passed the checks of {@link decodeCertificate}. */
export interface Certificate extends Validity, CertificateExtensions {
  readonly kind: CertificateKind;
  /** The whole certificate, in DER. */
  readonly bytes: Uint8Array;
  /** Serial number: a positive big-endian integer in its shortest form. */
  readonly serial: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** The AS in the subject; it may be absent in the certificate of a voter. */
  readonly isdAs: ReturnType<typeof isdAsOfName>;
  readonly subjectKeyId: Uint8Array;
  readonly key: EcdsaPublicKey;
  /** The bytes that the signature covers. */
  readonly signed: Uint8Array;
  readonly hash: HashName;
  /** Ecdsa-Sig-Value in DER. */
  readonly signature: Uint8Array;
}

/** The content of a certificate that an issuer signs. */
export interface CertificateContent extends Validity {
  /** Serial number: 1 to 20 octets, the first below 128 and not 0. */
  readonly serial: Uint8Array;
  /** Names in DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly key: EcdsaPublicKey;
  readonly extensions: CertificateExtensions;
}

/** The encoding of version 3 (RFC 5280 section 4.1.2.1). */
const VERSION = 2;

const TO_BE_SIGNED = derSequence({
  version: derDefault(derExplicit(0, derInteger), 0),
  serial: derIntegerBytes,
  algorithm: ALGORITHM_CODEC,
  issuer: NAME_CODEC,
  validity: derSequence({ notBefore: derTime, notAfter: derTime }),
  subject: NAME_CODEC,
  key: PUBLIC_KEY_CODEC,
  extensions: derOptional(derExplicit(3, EXTENSIONS_CODEC)),
});
const CERTIFICATE = derSequence({
  content: derWithBytes(TO_BE_SIGNED),
  algorithm: ALGORITHM_CODEC,
  signature: derBitBytes,
});

/** Reads a certificate that fills `bytes` exactly. */
export function decodeCertificate(bytes: Uint8Array): Certificate | CertificateRefusal {
  if (bytes.length > CERTIFICATE_BYTES_MAX) return 'certificate-too-long';
  const read = readDer(CERTIFICATE, bytes);
  if (read.kind === 'bad') return 'certificate-malformed';
  const { content, algorithm, signature } = read.value;
  const { version, serial, issuer, subject, validity, extensions } = content.value;
  if (version !== VERSION) return 'certificate-version';
  if (!isSerial(serial)) return 'certificate-serial';
  const hash = hashOfSignature(algorithm);
  // RFC 5280 section 4.1.1.2: both fields have the same algorithm.
  if (hash === undefined || hashOfSignature(content.value.algorithm) !== hash) {
    return 'certificate-algorithm';
  }
  const key = publicKeyOf(content.value.key);
  if (key === undefined) return 'certificate-key';
  if (validity.notAfter <= validity.notBefore) return 'certificate-validity';
  const known = readExtensions(extensions ?? []);
  if (known === undefined) return 'certificate-extension';
  const profiled = { ...known, issuer, subject };
  const kind = kindOf(profiled);
  if (kind === undefined) return 'certificate-kind';
  const refusal = profileRefusal(kind, profiled);
  if (refusal !== undefined) return refusal;
  return {
    ...{ ...profiled, ...validity, kind, bytes, serial, key, hash, signature },
    subjectKeyId: known.subjectKeyId as Uint8Array,
    isdAs: isdAsOfName(subject),
    signed: content.bytes,
  };
}

/** Makes a certificate, signed with the issuer's key. @returns the certificate in DER. */
export function issueCertificate(content: CertificateContent, issuerKey: EcdsaKey): Uint8Array {
  const { serial, issuer, subject, notBefore, notAfter, key, extensions } = content;
  const algorithm = signatureAlgorithm(hashOfCurve(issuerKey.curve));
  const signed = TO_BE_SIGNED.write({
    version: VERSION,
    ...{ serial, algorithm },
    issuer: { bytes: issuer, value: [] },
    validity: { notBefore, notAfter },
    subject: { bytes: subject, value: [] },
    key: publicKeyInfo(key),
    extensions: extensionList(extensions),
  });
  const signature = signEcdsa(issuerKey, signed);
  return encodeCertificate(signed, signature, algorithm);
}

/** Checks whether the owner of a key signed a certificate. */
export function certificateVerdict(
  crypto: PkiCrypto,
  { hash, signed, signature }: Certificate,
  issuerKey: EcdsaPublicKey,
): SignatureVerdict {
  return verifyEcdsa(crypto, issuerKey, { hash, message: signed, signature });
}

function encodeCertificate(
  signed: Uint8Array,
  signature: Uint8Array,
  algorithm: ReturnType<typeof signatureAlgorithm>,
): Uint8Array {
  const content = { bytes: signed } as Parameters<typeof CERTIFICATE.write>[0]['content'];
  return CERTIFICATE.write({ content, algorithm, signature });
}

/**
 * RFC 5280 section 4.1.2.2: positive, and at most 20 octets. The octet of zeros before a first bit of 1 (X.690 section
 * 8.3) is not counted: CAs of the reference draw 20 octets (pkg/scrypto/cppki/ca.go, CreateChain).
 */
function isSerial(serial: Uint8Array): boolean {
  const isPositive = (serial[0] as number) < 0x80 && serial.some((byte) => byte !== 0);
  const octets = serial[0] === 0 ? serial.length - 1 : serial.length;
  return isPositive && octets <= SERIAL_BYTES_MAX;
}
