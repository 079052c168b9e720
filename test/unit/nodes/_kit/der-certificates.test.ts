/** Certificates, signed lists and signatures of other implementations. @module */
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { p256 } from '@noble/curves/nist.js';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { type DerCodec, derSequence, readDer } from '../../../../nodes/_kit/der.ts';
import { derUnsigned } from '../../../../nodes/_kit/der-primitives.ts';
import { derNamedBits, derOctets } from '../../../../nodes/_kit/der-strings.ts';
import {
  anything,
  certificate,
  RFC_7468,
  SIGNED_TRC,
  seconds,
  signedData,
  trc,
  valueIn,
} from './der-samples.ts';

const signature = derSequence({ r: derUnsigned(32), s: derUnsigned(32) });
describe('certificates of others', () => {
  const roots = rootCertificates.map((pem) => new X509Certificate(pem));

  it('are the same bytes when they are written again', () => {
    expect(roots.length).toBeGreaterThan(100);
    for (const { raw, subject } of [...roots, new X509Certificate(RFC_7468)]) {
      const bytes = Uint8Array.from(raw);
      const { form, value } = valueIn(readDer(anything, bytes));
      expect(toHex(form.write(value)), subject).toBe(toHex(bytes));
    }
  });

  it('say what Node reads in them', () => {
    let read = 0;
    for (const one of roots) {
      const found = readDer(certificate, Uint8Array.from(one.raw));
      // Some roots write years before 2050 as GeneralizedTime.
      if (found.kind === 'bad' && found.why === 'bad-time') continue;
      const { serial, validity, key, version } = valueIn(found).body.value;
      expect(BigInt(`0x${toHex(serial)}`)).toBe(BigInt(`0x${one.serialNumber}`));
      expect(validity.from).toBe(seconds(one.validFrom));
      expect(validity.until).toBe(seconds(one.validTo));
      const spki = one.publicKey.export({ type: 'spki', format: 'der' });
      expect(toHex(spki)).toContain(toHex(key.bits));
      expect([0, 2]).toContain(version);
      read += 1;
    }
    expect(read).toBeGreaterThan(0.9 * roots.length);
  });

  it('keep the exact bytes that are signed', () => {
    const { body, signature: signed } = valueIn(readDer(certificate, RFC_7468));
    const { r, s } = valueIn(readDer(signature, signed));
    const key = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', ...coordinates(body.value.key.bits) },
      format: 'jwk',
    });
    expect(body.bytes.buffer).toBe(RFC_7468.buffer);
    const raw = { key, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', body.bytes, raw, Buffer.concat([r, s]))).toBe(true);
    expect(certificate.write(valueIn(readDer(certificate, RFC_7468)))).toEqual(RFC_7468);
    // X.690 11.2.2: this key usage is not DER.
    const usage = body.value.extensions?.find(({ id }) => id === '2.5.29.15');
    expect(readDer(derNamedBits, usage!.value)).toMatchObject({ why: 'bad-bits' });
  });
});

describe('a signed TRC', () => {
  it('is read down to the certificates in it, and is the same bytes when written again', () => {
    const signed = valueIn(readDer(signedData, SIGNED_TRC));
    const { inner, signers } = signed.content;
    const payload = valueIn(readDer(trc, inner.content));
    expect(payload).toMatchObject({
      id: { isd: 1, serial: 1, base: 1 },
      validity: { from: seconds('2026-08-01'), until: seconds('2056-08-01') },
      ...{ isNoReset: false, votes: [], quorum: 1, core: ['ff00:0:110', 'ff00:0:111'] },
      description: 'Test ISD Zürich',
    });
    expect(trc.write(payload)).toEqual(inner.content);
    expect(signedData.write(signed)).toEqual(SIGNED_TRC);

    const [{ value: own, bytes }] = payload.certificates as [(typeof payload.certificates)[0]];
    const { publicKey } = new X509Certificate(bytes);
    const [signer] = signers as [(typeof signers)[0]];
    expect(signer.by).toEqual({ issuer: own.body.value.issuer, serial: own.body.value.serial });
    // RFC 5652 section 5.4: the attributes are signed as a SET OF, not with their implicit tag.
    const attributes = Uint8Array.of(0x31, ...signer.attributes.bytes.subarray(1));
    expect(verify('sha256', attributes, publicKey, signer.signature)).toBe(true);
    const digest = signer.attributes.value.find(({ type }) => type === '1.2.840.113549.1.9.4');
    const hash = createHash('sha256').update(inner.content).digest();
    expect(valueIn(readDer(derOctets, digest!.values[0]!))).toEqual(Uint8Array.from(hash));
  });

  it('gives nothing when it is cut off anywhere', () => {
    for (const [form, bytes] of [
      [signedData, SIGNED_TRC],
      [certificate, RFC_7468],
    ] as readonly (readonly [DerCodec<unknown>, Uint8Array])[]) {
      for (let length = 0; length < bytes.length; length += 1) {
        const read = readDer(form, bytes.subarray(0, length));
        expect(read).toMatchObject({ kind: 'bad', why: length === 0 ? 'missing' : 'truncated' });
      }
    }
  });
});

describe('an ECDSA signature', () => {
  it('has the bytes that another implementation writes', () => {
    const secret = new Uint8Array(32).fill(7);
    const lengths = new Set<number>();
    for (let number = 0; number < 60; number += 1) {
      const message = Uint8Array.of(number);
      const raw = p256.sign(message, secret, { lowS: false });
      const der = signature.write({ r: raw.subarray(0, 32), s: raw.subarray(32) });
      expect(toHex(der)).toBe(toHex(p256.Signature.fromBytes(raw).toBytes('der')));
      expect(valueIn(readDer(signature, der)).r).toEqual(raw.slice(0, 32));
      lengths.add(der.length);
    }
    expect(lengths.size).toBeGreaterThan(2);
  });
});

function coordinates(point: Uint8Array): { readonly x: string; readonly y: string } {
  const part = (from: number): string =>
    Buffer.from(point.subarray(from, from + 32)).toString('base64url');
  return { x: part(1), y: part(33) };
}
