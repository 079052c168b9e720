/** The bytes of certificates: any that were changed are refused by name, or by the signature. @module */
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../../nodes/_kit/bytes.ts';
import { derSequence, readDer } from '../../../../../nodes/_kit/der.ts';
import { derAny, derNull, derOid } from '../../../../../nodes/_kit/der-primitives.ts';
import { derBitBytes } from '../../../../../nodes/_kit/der-strings.ts';
import {
  certificateVerdict,
  decodeCertificate,
} from '../../../../../nodes/control-service/pki/certificate.ts';
import { CERTIFICATE_BYTES_MAX } from '../../../../../nodes/control-service/pki/geometry.ts';
import { everyCurve, ISD, isdOn, readCertificate } from './samples.ts';

describe('the bytes of a certificate', () => {
  const { bytes } = ISD.as.certificate;

  it('are refused when they are cut off anywhere, or go on', () => {
    for (const length of bytes.keys()) {
      expect(decodeCertificate(bytes.subarray(0, length))).toBe('certificate-malformed');
    }
    expect(decodeCertificate(concatBytes(bytes, Uint8Array.of(0)))).toBe('certificate-malformed');
  });

  it('are refused when they are too many', () => {
    expect(decodeCertificate(new Uint8Array(CERTIFICATE_BYTES_MAX))).toBe('certificate-malformed');
    expect(decodeCertificate(new Uint8Array(CERTIFICATE_BYTES_MAX + 1))).toBe(
      'certificate-too-long',
    );
  });

  it('are refused when a byte is not what was signed, or by the signature', () => {
    let readAnyway = 0;
    for (const at of bytes.keys()) {
      const changed = decodeCertificate(bytes.with(at, (bytes[at] as number) ^ 1));
      if (typeof changed === 'string') continue;
      readAnyway += 1;
      expect(certificateVerdict(everyCurve, changed, ISD.ca.certificate.key)).toBe('invalid');
    }
    expect(readAnyway).toBeGreaterThan(100);
  });

  it('are the same when they are made again', () => {
    expect(isdOn('p256').as.certificate.bytes).toEqual(bytes);
  });

  const form = derSequence({ content: derAny, algorithm: derAny, signature: derBitBytes });
  const parts = readDer(form, bytes);
  const value = parts.kind === 'bad' ? expect.fail(parts.why) : parts.value;
  const algorithm = derSequence({ oid: derOid });

  it('are refused when the signature is by another algorithm than its content says', () => {
    const other = algorithm.write({ oid: '1.2.840.10045.4.3.3' });
    const changed = form.write({ ...value, algorithm: other });
    expect(decodeCertificate(changed)).toBe('certificate-algorithm');
  });

  it('are refused when the algorithm has parameters, or is not ECDSA', () => {
    const withNull = derSequence({ oid: derOid, parameters: derNull });
    const oid = '1.2.840.10045.4.3.2';
    const withParameters = form.write({
      ...value,
      algorithm: withNull.write({ oid, parameters: null }),
    });
    expect(decodeCertificate(withParameters)).toBe('certificate-algorithm');
    const rsa = form.write({
      ...value,
      algorithm: algorithm.write({ oid: '1.2.840.113549.1.1.11' }),
    });
    expect(decodeCertificate(rsa)).toBe('certificate-algorithm');
  });

  it('are refused when they are of version 1', () => {
    // The version, [0] EXPLICIT 2, is left out; three lengths shrink by its five bytes.
    const at = Buffer.from(bytes).indexOf(Buffer.from('a003020102', 'hex'));
    const content = value.content;
    const shorter = concatBytes(content.subarray(0, 4), content.subarray(9));
    new DataView(shorter.buffer).setUint16(2, shorter.length - 4);
    expect(at).toBe(8);
    expect(decodeCertificate(form.write({ ...value, content: shorter }))).toBe(
      'certificate-version',
    );
  });

  it.each([
    ['an extension twice', '551d0e', '551d23'],
    ['a critical extension that nobody knows', '551d0f', '551d1e'],
    ['an extension that is not what it must be', '551d23', '551d13'],
  ])('are refused when they have %s', (_, from, to) => {
    const hex = Buffer.from(bytes).toString('hex');
    expect(hex.split(`0603${from}`)).toHaveLength(2);
    const changed = Buffer.from(hex.replace(`0603${from}`, `0603${to}`), 'hex');
    expect(decodeCertificate(new Uint8Array(changed))).toBe('certificate-extension');
  });

  it('are read though they have an extension more that may be ignored', () => {
    const hex = Buffer.from(bytes).toString('hex');
    // Authority key identifier becomes private key usage period: then it is missed.
    const changed = Buffer.from(hex.replace('0603551d23', '0603551d10'), 'hex');
    expect(decodeCertificate(new Uint8Array(changed))).toBe('certificate-authority-key-id');
  });

  it('are the same when they are read and kept', () => {
    expect(readCertificate(bytes).bytes).toEqual(bytes);
  });
});
