/**
 * The primitives of RFC 9173 (BPSec default security contexts) over the values of its appendix A, with
 * every provider: the protocol is not needed for them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';
import { RFC_9173 } from './rfc9173-examples.ts';

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
