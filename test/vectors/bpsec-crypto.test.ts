/**
 * The primitives of RFC 9173 (BPSec default security contexts) over the values of its appendix A,
 * and the XOF of VDAF over TurboSHAKE128, with every provider: neither protocol is needed for them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { hasVectors, vectors } from '../vectors-root.ts';
import { realProviders } from './providers.ts';

interface Integrity {
  readonly key: string;
  readonly shaVariant: number;
  readonly ippt: readonly string[];
  readonly mac: readonly string[];
}

interface Confidentiality {
  readonly contentKey: string;
  readonly keyEncryptionKey: string;
  readonly wrappedKey: string;
  readonly iv: string;
  readonly aad: readonly string[];
  readonly ciphertext: readonly string[];
  readonly tag: readonly string[];
}

interface BpsecFile {
  readonly payloadText: string;
  readonly examples: readonly (Partial<Integrity & Confidentiality> & {
    readonly name: string;
    readonly bib?: Integrity;
  })[];
}

interface XofFile {
  readonly seed: string;
  readonly dst: string;
  readonly binder: string;
  readonly derived_seed: string;
  readonly expanded_vec_field128: string;
  readonly length: number;
}

describe.runIf(hasVectors).each(realProviders)('appendix A of RFC 9173 on %s', (_, crypto) => {
  const file = hasVectors ? vectors<BpsecFile>('dtn/bpsec-rfc9173.json') : undefined;

  it('computes every integrity result', () => {
    // RFC 9173 section 3.3.1; no published example has variant 6, HMAC-SHA-384.
    const hmacs = new Map([
      [5, crypto.hmacSha256],
      [6, crypto.hmacSha384],
      [7, crypto.hmacSha512],
    ]);
    const blocks = file!.examples.map(({ bib, ...own }) => bib ?? own);
    const macs = blocks.flatMap(({ key, shaVariant, ippt = [], mac = [] }) =>
      ippt.map((text, index) => {
        const made = hmacs.get(shaVariant!)!(fromHex(key!), fromHex(text));
        expect(toHex(made)).toBe(mac[index]);
        return shaVariant;
      }),
    );
    expect(macs).toEqual([7, 5, 5, 7]);
  });

  it('unwraps the content key of A.2, wraps it again, and decrypts the payload with it', () => {
    const { payloadText } = file!;
    const example = file!.examples.find(({ wrappedKey }) => wrappedKey !== undefined)!;
    const { keyEncryptionKey, wrappedKey, contentKey, iv, aad, ciphertext, tag } =
      example as Confidentiality;
    const wrapping = fromHex(keyEncryptionKey);
    const key = crypto.aesKeyUnwrap(wrapping, fromHex(wrappedKey));
    expect(toHex(key!)).toBe(contentKey);
    expect(toHex(crypto.aesKeyWrap(wrapping, key!))).toBe(wrappedKey);
    const sealed = concatBytes(fromHex(ciphertext[0]!), fromHex(tag[0]!));
    const plain = new Uint8Array(sealed.length - 16);
    const aead = crypto.aead('aes-128-gcm', key!);
    expect(aead.open(fromHex(iv), fromHex(aad[0]!), sealed, plain)).toBe(plain.length);
    expect(new TextDecoder().decode(plain)).toBe(payloadText);
  });
});

describe.runIf(hasVectors).each(realProviders)('XofTurboShake128 of VDAF on %s', (_, crypto) => {
  it('derives the seed and the field elements of the published vector', () => {
    const file = vectors<XofFile>('federated/prio3/XofTurboShake128.json');
    const [seed, dst, binder] = [file.seed, file.dst, file.binder].map(fromHex);
    // VDAF (draft-irtf-cfrg-vdaf), section 6.2.1: lengths, then domain byte 1.
    const lengths = [Uint8Array.of(dst!.length & 255, dst!.length >> 8), dst!];
    const message = concatBytes(...lengths, Uint8Array.of(seed!.length), seed!, binder!);
    const expand = (length: number): string =>
      toHex(crypto.turboShake128(message, { domain: 1, length }));
    expect(expand(32)).toBe(file.derived_seed);
    expect(file.length).toBe(40);
    // No element of this vector exceeds the modulus, so none was drawn again.
    expect(expand(16 * file.length)).toBe(file.expanded_vec_field128);
  });
});
