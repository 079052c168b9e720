/**
 * Makes certificates of the five kinds, each with the content that its profile requires and nothing else.
 *
 * @module
 */
import { concatBytes } from '../../_kit/bytes.ts';
import {
  type Certificate,
  type CertificateRefusal,
  decodeCertificate,
  issueCertificate,
} from './certificate.ts';
import { type EcdsaKey, type EcdsaPublicKey, keyIdOf, type PkiCrypto } from './ecdsa.ts';
import { type CertificateExtensions, KEY_PURPOSES, KEY_USAGE } from './extensions.ts';
import { SERIAL_BYTES_MAX } from './geometry.ts';
import type { CertificateKind } from './profile.ts';
import type { Validity } from './validity.ts';

/** The owner of a certificate, with its key and the period of validity. */
export interface Subject extends Validity {
  readonly kind: CertificateKind;
  /** A name in DER. */
  readonly name: Uint8Array;
  readonly key: EcdsaPublicKey;
}

/**
 * The signer of a certificate: its key and its own certificate, which is absent when it signs that certificate itself.
 */
export interface Issuer {
  readonly key: EcdsaKey;
  readonly certificate?: Certificate;
}

const encoder = new TextEncoder();
const { sensitive, regular, root, serverAuth, clientAuth, timeStamping } = KEY_PURPOSES;

const PURPOSES: Readonly<Record<CertificateKind, readonly string[]>> = {
  sensitive: [sensitive, timeStamping],
  regular: [regular, timeStamping],
  root: [root, timeStamping],
  ca: [],
  as: [serverAuth, clientAuth, timeStamping],
};
const USAGE: Readonly<Record<CertificateKind, readonly number[]>> = {
  sensitive: [],
  regular: [],
  root: [KEY_USAGE.keyCertSign],
  ca: [KEY_USAGE.keyCertSign],
  as: [KEY_USAGE.digitalSignature],
};
const CONSTRAINTS: Readonly<
  Record<CertificateKind, CertificateExtensions['basicConstraints'] | undefined>
> = {
  sensitive: undefined,
  regular: undefined,
  root: { isCritical: true, isCa: true, pathLength: 1 },
  ca: { isCritical: true, isCa: true, pathLength: 0 },
  as: undefined,
};

/** Makes a certificate. @throws RangeError if its content does not fit the profile. */
export function makeCertificate(crypto: PkiCrypto, subject: Subject, issuer: Issuer): Certificate {
  const made = tryCertificate(crypto, subject, issuer);
  if (typeof made === 'string') throw new RangeError(`a ${subject.kind}: ${made}`);
  return made;
}

/**
 * Makes a certificate for a request of another AS. The same key, name and period give the same serial number, so that
 * making the certificate again gives the same bytes.
 * @returns the certificate, or why its content does not fit the profile.
 */
export function tryCertificate(
  crypto: PkiCrypto,
  subject: Subject,
  issuer: Issuer,
): Certificate | CertificateRefusal {
  const { kind, name, key, notBefore, notAfter } = subject;
  const bytes = issueCertificate(
    {
      serial: serialOf(crypto, subject),
      issuer: issuer.certificate?.subject.bytes ?? name,
      subject: name,
      ...{ notBefore, notAfter, key },
      extensions: {
        subjectKeyId: keyIdOf(crypto, key.point),
        authorityKeyId: issuer.certificate?.subjectKeyId,
        keyUsage: USAGE[kind],
        extendedKeyUsage: PURPOSES[kind],
        basicConstraints: CONSTRAINTS[kind],
      },
    },
    issuer.key,
  );
  return decodeCertificate(bytes);
}

/**
 * A serial number of 20 octets (RFC 5280 section 4.1.2.2), the first from 64 to 127: positive, and in the shortest
 * form.
 */
function serialOf(crypto: PkiCrypto, { kind, name, key, notBefore }: Subject): Uint8Array {
  const input = concatBytes(encoder.encode(`${kind} ${notBefore} `), name, key.point);
  const serial = crypto.digest('sha256', input).slice(0, SERIAL_BYTES_MAX);
  serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
  return serial;
}
