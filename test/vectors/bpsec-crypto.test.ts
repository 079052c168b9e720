/**
 * The primitives of RFC 9173 (BPSec default security contexts) over the values of its appendix A,
 * and the XOF of VDAF over TurboSHAKE128, with every provider: neither protocol is needed for them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';
import { RFC_9173 } from './rfc9173-examples.ts';

interface XofFile {
  readonly seed: string;
  readonly dst: string;
  readonly binder: string;
  readonly derived_seed: string;
  readonly expanded_vec_field128: string;
  readonly length: number;
}

const EXAMPLES = onProviders(realProviders, vectorSets('dtn/bpsec-rfc9173.json', RFC_9173));

describe.each(EXAMPLES)(
  'appendix A of RFC 9173 on $provider, $set',
  ({ crypto, file, isWhole }) => {
    it('computes every integrity result', () => {
      // RFC 9173 section 3.3.1; no published example has variant 6, HMAC-SHA-384.
      const hmacs = new Map([
        [5, crypto.hmacSha256],
        [6, crypto.hmacSha384],
        [7, crypto.hmacSha512],
      ]);
      const blocks = file.examples.map(({ bib, ...own }) => bib ?? own);
      const macs = blocks.flatMap(({ key, shaVariant, ippt = [], mac = [] }) =>
        ippt.map((text, index) => {
          const made = hmacs.get(shaVariant!)!(fromHex(key!), fromHex(text));
          expect(toHex(made)).toBe(mac[index]);
          return shaVariant;
        }),
      );
      expect(macs).toEqual([7, 5, 5, ...(isWhole ? [7] : [])]);
    });

    it('unwraps the content key of A.2, wraps it again, and decrypts the payload with it', () => {
      const { payloadText } = file;
      const example = file.examples.find(({ wrappedKey: wrapped }) => wrapped !== undefined)!;
      const { keyEncryptionKey, wrappedKey, contentKey, iv, aad, ciphertext, tag } =
        example as Required<typeof example>;
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
  },
);

/** From `test_vec/XofTurboShake128.json` of cfrg/draft-irtf-cfrg-vdaf, cut after three elements. */
const XOF: XofFile = {
  seed: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  dst: '646f6d61696e2073657061726174696f6e20746167',
  binder: '62696e64657220737472696e67',
  derived_seed: 'b62ef0a2778190792d4d42d8c167ba20e0c37a3f319ba79645829c427d70eea5',
  expanded_vec_field128:
    'b62ef0a2778190792d4d42d8c167ba20e0c37a3f319ba79645829c427d70eea56d92fef65a07b17a0438e254' +
    '52cdc7f1',
  length: 3,
};
const XOFS = onProviders(realProviders, vectorSets('federated/prio3/XofTurboShake128.json', XOF));

describe.each(XOFS)('XofTurboShake128 of VDAF on $provider, $set', ({ crypto, file, isWhole }) => {
  it('derives the seed and the field elements of the published vector', () => {
    const [seed, dst, binder] = [file.seed, file.dst, file.binder].map(fromHex);
    // VDAF (draft-irtf-cfrg-vdaf), section 6.2.1: lengths, then domain byte 1.
    const lengths = [Uint8Array.of(dst!.length & 255, dst!.length >> 8), dst!];
    const message = concatBytes(...lengths, Uint8Array.of(seed!.length), seed!, binder!);
    const expand = (length: number): string =>
      toHex(crypto.turboShake128(message, { domain: 1, length }));
    expect(expand(32)).toBe(file.derived_seed);
    expect(file.length).toBe(isWhole ? 40 : 3);
    // No element of this vector exceeds the modulus, so none was drawn again.
    expect(expand(16 * file.length)).toBe(file.expanded_vec_field128);
  });
});
