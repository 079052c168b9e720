/**
 * X.509 certificates for tests of TLS (RFC 5280), with P-256 keys.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  derExplicit,
  derOptional,
  derSequence,
  derSequenceOf,
  derSetOf,
} from '../nodes/_kit/der.ts';
import {
  derAny,
  derBoolean,
  derInteger,
  derIntegerBytes,
  derOid,
} from '../nodes/_kit/der-primitives.ts';
import { derBitBytes, derOctets, derTime, derUtf8 } from '../nodes/_kit/der-strings.ts';

/** A certificate with its key. */
export interface CertifiedKey {
  readonly name: string;
  readonly secret: KeyObject;
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const YEAR_S = 365 * 86_400;

const ALGORITHM = derSequence({ oid: derOid });
const NAME = derSequenceOf(derSetOf(derSequence({ type: derOid, value: derUtf8 })));
const EXTENSION = derSequence({ oid: derOid, isCritical: derBoolean, value: derOctets });
const CONSTRAINTS = derSequence({ isCa: derBoolean });
const CONTENT = derSequence({
  version: derExplicit(0, derInteger),
  serial: derIntegerBytes,
  algorithm: ALGORITHM,
  issuer: NAME,
  validity: derSequence({ notBefore: derTime, notAfter: derTime }),
  subject: NAME,
  key: derAny,
  extensions: derOptional(derExplicit(3, derSequenceOf(EXTENSION))),
});
const CERTIFICATE = derSequence({ content: derAny, algorithm: ALGORITHM, signature: derBitBytes });

/** Makes a certificate of an authority, signed by itself. */
export function makeCertificateAuthority(name: string): CertifiedKey {
  return make(name);
}

/** Makes a certificate that the authority has signed. */
export function makeCertificateOf(
  name: string,
  issuer: CertifiedKey,
  { endsInS = YEAR_S } = {},
): CertifiedKey {
  return make(name, issuer, endsInS);
}

function make(name: string, issuer?: CertifiedKey, endsInS = YEAR_S): CertifiedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = { oid: ECDSA_SHA256 };
  const now = Math.floor(Date.now() / 1_000);
  const serial = randomBytes(16);
  serial[0] = 0x40;
  const constraints = CONSTRAINTS.write({ isCa: true });
  const content = CONTENT.write({
    ...{ version: 2, serial, algorithm, issuer: nameOf(issuer?.name ?? name) },
    validity: { notBefore: now - YEAR_S, notAfter: now + endsInS },
    subject: nameOf(name),
    key: publicKey.export({ type: 'spki', format: 'der' }),
    extensions:
      issuer === undefined
        ? [{ oid: BASIC_CONSTRAINTS, isCritical: true, value: constraints }]
        : undefined,
  });
  const signature = sign('sha256', content, issuer?.secret ?? privateKey);
  const der = Buffer.from(CERTIFICATE.write({ content, algorithm, signature }));
  return {
    ...{ name, secret: privateKey },
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function nameOf(name: string): { type: string; value: string }[][] {
  return [[{ type: COMMON_NAME, value: name }]];
}
