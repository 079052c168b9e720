/** Certificates: what other implementations read in them, and by which name each defect is refused. @module */
import { X509Certificate } from 'node:crypto';
import { fromBER } from 'asn1js';
import { Certificate as PkijsCertificate } from 'pkijs';
import { describe, expect, it } from 'vitest';
import { derSequence, derSequenceOf, derSetOf } from '../../../../../nodes/_kit/der.ts';
import { derAny, derInteger, derOid } from '../../../../../nodes/_kit/der-primitives.ts';
import { derPrintable, derUtf8 } from '../../../../../nodes/_kit/der-strings.ts';
import {
  type CertificateContent,
  certificateVerdict,
  decodeCertificate,
  issueCertificate,
} from '../../../../../nodes/control-service/pki/certificate.ts';
import { type CurveName, pkiCryptoOf } from '../../../../../nodes/control-service/pki/ecdsa.ts';
import { KEY_PURPOSES, KEY_USAGE } from '../../../../../nodes/control-service/pki/extensions.ts';
import { encodeName } from '../../../../../nodes/control-service/pki/name.ts';
import { requireIsdAs } from '../../../../../nodes/scion/index.ts';
import { crypto } from '../small-network.ts';
import {
  CORE,
  DAY_S,
  everyCurve,
  ISD,
  isdOn,
  keyOf,
  membersOf,
  NOW_S,
  type Owned,
} from './samples.ts';

const CURVES = ['p256', 'p384', 'p521'] as const;
const OPENSSL_CURVES = { p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' } as const;

function everyoneOn(curve: CurveName): readonly Owned[] {
  const isd = isdOn(curve);
  return [...membersOf(isd), isd.ca, isd.as];
}

describe.each(CURVES)('a certificate on %s', (curve) => {
  const everyone = everyoneOn(curve);

  it('says to Node what it says here', () => {
    for (const { certificate } of everyone) {
      const oracle = new X509Certificate(certificate.bytes);
      expect(oracle.ca).toBe(certificate.kind === 'ca' || certificate.kind === 'root');
      expect(Date.parse(oracle.validFrom) / 1_000).toBe(certificate.notBefore);
      expect(Date.parse(oracle.validTo) / 1_000).toBe(certificate.notAfter);
      expect(oracle.subject).toContain(`1.3.6.1.4.1.55324.1.2.1=${certificate.isdAs}`);
      expect(oracle.serialNumber).toBe(
        Buffer.from(certificate.serial).toString('hex').toUpperCase(),
      );
      expect(oracle.publicKey.asymmetricKeyDetails?.namedCurve).toBe(OPENSSL_CURVES[curve]);
      expect(oracle.keyUsage ?? []).toEqual(
        certificate.extendedKeyUsage.length === 0 ? [] : [...certificate.extendedKeyUsage],
      );
    }
  });

  it('is signed by its issuer in the eyes of OpenSSL', () => {
    const isd = isdOn(curve);
    const x509 = ({ certificate }: Owned): X509Certificate =>
      new X509Certificate(certificate.bytes);
    expect(x509(isd.as).verify(x509(isd.ca).publicKey)).toBe(true);
    expect(x509(isd.ca).verify(x509(isd.roots[0]!).publicKey)).toBe(true);
    expect(x509(isd.as).checkIssued(x509(isd.ca))).toBe(true);
    for (const one of membersOf(isd)) expect(x509(one).verify(x509(one).publicKey)).toBe(true);
  });

  it('has the bytes that pkijs writes again', () => {
    for (const { certificate } of everyone) {
      const own = certificate.bytes.slice();
      const oracle = new PkijsCertificate({ schema: fromBER(own.buffer).result });
      expect(new Uint8Array(oracle.toSchema(true).toBER())).toEqual(own);
      const extensions = (oracle.extensions ?? []).map(
        ({ extnID, critical }) => `${extnID} ${critical}`,
      );
      expect(extensions).toContain('2.5.29.14 false');
      expect(extensions.includes('2.5.29.15 true')).toBe(certificate.keyUsage.length > 0);
    }
  });
});

describe('a signature of a certificate', () => {
  it('is verified with the key of its issuer alone', () => {
    const { ca, as, roots } = ISD;
    expect(certificateVerdict(everyCurve, as.certificate, ca.certificate.key)).toBe('valid');
    expect(certificateVerdict(everyCurve, as.certificate, as.certificate.key)).toBe('invalid');
    expect(certificateVerdict(everyCurve, ca.certificate, roots[0]!.certificate.key)).toBe('valid');
    expect(certificateVerdict(everyCurve, ca.certificate, roots[1]!.certificate.key)).toBe(
      'invalid',
    );
  });

  it('is verified by the port on all curves, each over its own hash alone', () => {
    const port = pkiCryptoOf(crypto);
    const verdicts = CURVES.map((curve) => {
      const { as, ca } = isdOn(curve);
      return (['sha256', 'sha384', 'sha512'] as const).map((hash) =>
        certificateVerdict(port, { ...as.certificate, hash }, ca.certificate.key),
      );
    });
    expect(verdicts).toEqual([
      ['valid', 'unsupported', 'unsupported'],
      ['unsupported', 'valid', 'unsupported'],
      ['unsupported', 'unsupported', 'valid'],
    ]);
  });

  it('is invalid when it is anything but DER of two numbers', () => {
    const { as, ca } = ISD;
    const changed = { ...as.certificate, signature: as.certificate.signature.subarray(1) };
    expect(certificateVerdict(everyCurve, changed, ca.certificate.key)).toBe('invalid');
  });
});

type Change = (content: CertificateContent) => CertificateContent;

function contentOf({ certificate }: Owned): CertificateContent {
  const { serial, issuer, subject, notBefore, notAfter, key } = certificate;
  const { subjectKeyId, authorityKeyId, keyUsage, extendedKeyUsage, basicConstraints } =
    certificate;
  return {
    ...{ serial, issuer: issuer.bytes, subject: subject.bytes, notBefore, notAfter, key },
    extensions: { subjectKeyId, authorityKeyId, keyUsage, extendedKeyUsage, basicConstraints },
  };
}

function extended(change: Partial<CertificateContent['extensions']>): Change {
  return (content) => ({ ...content, extensions: { ...content.extensions, ...change } });
}

function put(change: Partial<CertificateContent>): Change {
  return (content) => ({ ...content, ...change });
}

function named(name: Uint8Array): Change {
  return put({ subject: name });
}

function keyed(change: Partial<CertificateContent['key']>): Change {
  return (content) => ({ ...content, key: { ...content.key, ...change } });
}

/** A name with these values of the number of an AS. */
function nameWith(...values: readonly Uint8Array[]): Uint8Array {
  const attribute = derSequence({ type: derOid, value: derAny });
  const form = derSequenceOf(derSetOf(attribute));
  return form.write(values.map((value) => [{ type: '1.3.6.1.4.1.55324.1.2.1', value }]));
}

const { digitalSignature, keyCertSign } = KEY_USAGE;
const { sensitive, regular, root, clientAuth, serverAuth, timeStamping } = KEY_PURPOSES;
const NONE = undefined;
const CA = { isCritical: true, isCa: true, pathLength: 0 };

describe('a certificate with a long serial number', () => {
  it('is read with 20 octets whose first bit is 1, which CAs of the reference draw every other time', () => {
    const { as, ca } = ISD;
    // X.690 section 8.3: an octet of zeros says that the number is positive.
    const serial = Uint8Array.of(0, ...new Uint8Array(20).fill(0xff));
    const read = decodeCertificate(issueCertificate({ ...contentOf(as), serial }, ca.key));
    expect(read).toMatchObject({ kind: 'as', serial });
    const longer = Uint8Array.of(0, ...new Uint8Array(21).fill(0xff));
    const refused = issueCertificate({ ...contentOf(as), serial: longer }, ca.key);
    expect(decodeCertificate(refused)).toBe('certificate-serial');
  });
});

describe('a certificate that its issuer made wrong', () => {
  const { sensitive: sensitives, regular: regulars, roots, ca, as } = ISD;
  const [voter, regularVoter, rootOne] = [sensitives[0]!, regulars[0]!, roots[0]!];
  const rows: readonly (readonly [string, Owned, string, Change])[] = [
    ['has a serial number of 0', as, 'certificate-serial', put({ serial: Uint8Array.of(0) })],
    [
      'has a negative serial number',
      as,
      'certificate-serial',
      put({ serial: Uint8Array.of(0x80) }),
    ],
    [
      'has a serial number of 21 octets',
      as,
      'certificate-serial',
      put({ serial: new Uint8Array(21).fill(1) }),
    ],
    [
      'ends before it begins',
      as,
      'certificate-validity',
      put({ notAfter: as.certificate.notBefore }),
    ],
    [
      'has a point that is cut',
      as,
      'certificate-key',
      keyed({ point: as.certificate.key.point.subarray(0, 33) }),
    ],
    ['has a point of another curve', as, 'certificate-key', keyed({ curve: 'p384' })],
    [
      'has a compressed point',
      as,
      'certificate-key',
      keyed({ point: as.certificate.key.point.with(0, 3) }),
    ],
    ['has no identifier of its key', as, 'certificate-key-id', extended({ subjectKeyId: NONE })],
    [
      'has an empty identifier of its key',
      voter,
      'certificate-key-id',
      extended({ subjectKeyId: new Uint8Array(0) }),
    ],
    ['is for nothing', as, 'certificate-kind', extended({ keyUsage: [], extendedKeyUsage: [] })],
    [
      'of an AS signs certificates',
      as,
      'certificate-purpose',
      extended({ keyUsage: [keyCertSign] }),
    ],
    ['of an AS is a CA', as, 'certificate-constraints', extended({ basicConstraints: CA })],
    [
      'of an AS has no time stamping',
      as,
      'certificate-purpose',
      extended({ extendedKeyUsage: [serverAuth] }),
    ],
    [
      'of an AS does not say who signed it',
      as,
      'certificate-authority-key-id',
      extended({ authorityKeyId: NONE }),
    ],
    ['of an AS has no number', as, 'certificate-name', named(nameWith())],
    [
      'of an AS has two numbers',
      as,
      'certificate-name',
      named(nameWith(derUtf8.write('1-1'), derUtf8.write('1-1'))),
    ],
    [
      'of an AS has a number that is no text',
      as,
      'certificate-name',
      named(nameWith(derInteger.write(1))),
    ],
    [
      'of an AS has a number that is not canonical',
      as,
      'certificate-name',
      named(nameWith(derUtf8.write('1-FF00:0:110'))),
    ],
    [
      'of an AS has a number that is none',
      as,
      'certificate-name',
      named(nameWith(derUtf8.write('1-2-3'))),
    ],
    [
      'of an AS has a wildcard',
      as,
      'certificate-name',
      named(encodeName('any', requireIsdAs('1-0'))),
    ],
    [
      'of an AS has any ISD',
      as,
      'certificate-name',
      named(encodeName('any', requireIsdAs('0-ff00:0:110'))),
    ],
    [
      'of an AS has an issuer without a number',
      as,
      'certificate-name',
      put({ issuer: nameWith() }),
    ],
    [
      'of a CA also signs messages',
      ca,
      'certificate-key-usage',
      extended({ keyUsage: [digitalSignature, keyCertSign] }),
    ],
    ['of a CA is for TLS', ca, 'certificate-purpose', extended({ extendedKeyUsage: [clientAuth] })],
    [
      'of a CA has no constraints',
      ca,
      'certificate-constraints',
      extended({ basicConstraints: NONE }),
    ],
    [
      'of a CA has constraints that may be ignored',
      ca,
      'certificate-constraints',
      extended({ basicConstraints: { ...CA, isCritical: false } }),
    ],
    [
      'of a CA is none',
      ca,
      'certificate-constraints',
      extended({ basicConstraints: { ...CA, isCa: false } }),
    ],
    [
      'of a CA has CAs below',
      ca,
      'certificate-constraints',
      extended({ basicConstraints: { ...CA, pathLength: 1 } }),
    ],
    [
      'of a CA has any number of CAs below',
      ca,
      'certificate-constraints',
      extended({ basicConstraints: { ...CA, pathLength: NONE } }),
    ],
    [
      'of a CA does not say who signed it',
      ca,
      'certificate-authority-key-id',
      extended({ authorityKeyId: NONE }),
    ],
    ['of a CA has no number', ca, 'certificate-name', named(nameWith())],
    [
      'of a root signs no certificates',
      rootOne,
      'certificate-key-usage',
      extended({ keyUsage: [] }),
    ],
    [
      'of a root has no CAs below',
      rootOne,
      'certificate-constraints',
      extended({ basicConstraints: CA }),
    ],
    [
      'of a root says that another signed it',
      rootOne,
      'certificate-authority-key-id',
      extended({ authorityKeyId: Uint8Array.of(1) }),
    ],
    [
      'of a root is for TLS',
      rootOne,
      'certificate-purpose',
      extended({ extendedKeyUsage: [root, serverAuth] }),
    ],
    [
      'of a voter signs certificates',
      voter,
      'certificate-key-usage',
      extended({ keyUsage: [keyCertSign] }),
    ],
    [
      'of a voter signs messages',
      voter,
      'certificate-key-usage',
      extended({ keyUsage: [digitalSignature] }),
    ],
    [
      'of a voter has no time stamping',
      voter,
      'certificate-purpose',
      extended({ extendedKeyUsage: [sensitive] }),
    ],
    [
      'of a voter is for TLS',
      voter,
      'certificate-purpose',
      extended({ extendedKeyUsage: [sensitive, timeStamping, clientAuth] }),
    ],
    [
      'of a voter is for both votes',
      regularVoter,
      'certificate-purpose',
      extended({ extendedKeyUsage: [regular, sensitive, timeStamping] }),
    ],
    ['of a voter is a CA', voter, 'certificate-constraints', extended({ basicConstraints: CA })],
    [
      'of a voter says that another signed it',
      voter,
      'certificate-authority-key-id',
      extended({ authorityKeyId: Uint8Array.of(1) }),
    ],
    [
      'of a voter has a number that is none',
      voter,
      'certificate-name',
      named(nameWith(derUtf8.write('x'))),
    ],
  ];

  it.each(rows)('%s', (_, base, why, change) => {
    const key = keyOf('some issuer');
    expect(decodeCertificate(issueCertificate(contentOf(base), key))).toMatchObject({
      kind: base.certificate.kind,
    });
    expect(decodeCertificate(issueCertificate(change(contentOf(base)), key))).toBe(why);
  });
});

describe('a certificate that is right though it is not as usual', () => {
  const read = (base: Owned, change: Change): unknown =>
    decodeCertificate(issueCertificate(change(contentOf(base)), keyOf('some issuer')));

  it('is one of a voter that is no AS', () => {
    const voter = ISD.sensitive[0]!;
    const change: Change = put({ subject: nameWith(), issuer: nameWith() });
    expect(read(voter, change)).toMatchObject({ kind: 'sensitive', isdAs: undefined });
  });

  it('has the number of its AS as PrintableString', () => {
    const name = nameWith(derPrintable.write('1-ff00:0:110'));
    expect(read(ISD.as, named(name))).toMatchObject({ isdAs: CORE });
  });

  it('says that it was signed by itself', () => {
    const root_ = ISD.roots[0]!;
    const { subjectKeyId } = root_.certificate;
    expect(read(root_, extended({ authorityKeyId: subjectKeyId }))).toMatchObject({ kind: 'root' });
  });

  it('begins after 2049, in the other form of time', () => {
    const notBefore = Date.UTC(2050, 0, 1) / 1_000;
    const change: Change = put({ notBefore, notAfter: notBefore + DAY_S });
    expect(read(ISD.as, change)).toMatchObject({ notBefore });
    expect(NOW_S).toBeLessThan(notBefore);
  });
});
