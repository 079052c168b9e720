/**
 * Certificates and TRCs of the reference (vectors/scion/pki.json) are the same bytes when they are
 * read and written again.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { type DerForm, readDer } from '../../nodes/_kit/der.ts';
import {
  anything,
  certificate,
  RFC_7468,
  SIGNED_TRC,
  signedData,
  trc,
  valueIn,
} from '../unit/nodes/_kit/der-samples.ts';
import { vectorSets } from '../vectors-root.ts';

interface PkiFile {
  readonly cases: readonly {
    readonly file: string;
    readonly kind: keyof typeof FORMS;
    readonly der: string;
  }[];
}

const FORMS = { certificate, request: anything, trc: signedData, payload: trc } as const;
const FIGURES: PkiFile = {
  cases: [
    { file: 'RFC 7468 section 5.1', kind: 'certificate', der: toHex(RFC_7468) },
    { file: 'OpenSSL', kind: 'trc', der: toHex(SIGNED_TRC) },
  ],
};

describe.each(vectorSets('scion/pki.json', FIGURES))('PKI of the reference ($set)', ({ file }) => {
  it.each(file.cases)('$file is the same bytes when it is written again', ({ kind, der }) => {
    const form = FORMS[kind] as DerForm<unknown>;
    expect(toHex(form.write(valueIn(readDer(form, fromHex(der)))))).toBe(der);
  });

  it.each(file.cases.filter(({ kind }) => kind === 'trc'))('$file has a TRC in it', ({ der }) => {
    const { inner, signers } = valueIn(readDer(signedData, fromHex(der))).content;
    const payload = valueIn(readDer(trc, inner.content));
    expect(toHex(trc.write(payload))).toBe(toHex(inner.content));
    expect(payload.certificates.length).toBeGreaterThan(0);
    expect(signers.length).toBeGreaterThan(0);
  });
});
