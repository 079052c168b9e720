/**
 * Published modes of operation composed of single primitives, so that their vectors test these:
 * AES-GCM-SIV of blocks and POLYVAL, AES-GCM of blocks, POLYVAL and a key stream.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes } from '../../nodes/_kit/bytes.ts';

/** What is sealed, and how. */
interface Message {
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly associatedData: Uint8Array;
}

const BLOCK = 16;
const LITTLE_ENDIAN = true;

const padded = (bytes: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  whole.set(bytes);
  return whole;
};
const added = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  left.map((byte, index) => byte ^ (right[index] ?? 0));

/** The block with both lengths in bits that ends what is authenticated. */
function lengths({ plaintext, associatedData }: Message, isLittleEndian: boolean): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const view = new DataView(block.buffer);
  view.setBigUint64(0, BigInt(8 * associatedData.length), isLittleEndian);
  view.setBigUint64(8, BigInt(8 * plaintext.length), isLittleEndian);
  return block;
}

/** AES-GCM-SIV (RFC 8452 section 4). @returns ciphertext and tag. */
export function gcmSivSeal(crypto: CryptoProvider, message: Message): Uint8Array {
  const { key, nonce, plaintext, associatedData } = message;
  const generator = crypto.aesBlock(key);
  const derived = (from: number, count: number): Uint8Array =>
    concatBytes(
      ...Array.from({ length: count }, (_, index) => {
        const block = Uint8Array.of(from + index, 0, 0, 0, ...nonce);
        generator.encrypt(block);
        return block.slice(0, 8);
      }),
    );
  const authentication = derived(0, 2);
  const cipher = crypto.aesBlock(derived(2, key.length / 8));
  const blocks = [padded(associatedData), padded(plaintext), lengths(message, LITTLE_ENDIAN)];
  const tag = added(crypto.polyval(authentication, concatBytes(...blocks)), nonce);
  tag[15] = (tag[15] ?? 0) & 0x7f;
  cipher.encrypt(tag);
  const counter = tag.with(15, (tag[15] ?? 0) | 0x80);
  const view = new DataView(counter.buffer);
  const ciphertext = plaintext.slice();
  for (let at = 0; at < plaintext.length; at += BLOCK) {
    const block = counter.slice();
    cipher.encrypt(block);
    ciphertext.set(added(plaintext.subarray(at, at + BLOCK), block), at);
    view.setUint32(0, view.getUint32(0, LITTLE_ENDIAN) + 1, LITTLE_ENDIAN);
  }
  return concatBytes(ciphertext, tag);
}

/** AES-GCM (SP 800-38D section 7.1) with a nonce of 96 bits. @returns ciphertext and tag. */
export function gcmSeal(crypto: CryptoProvider, message: Message): Uint8Array {
  const { key, nonce, plaintext, associatedData } = message;
  const cipher = crypto.aesBlock(key);
  const hashKey = new Uint8Array(BLOCK);
  cipher.encrypt(hashKey);
  const ciphertext = plaintext.slice();
  crypto
    .aesCtrStream(key, Uint8Array.of(...nonce, 0, 0, 0, 2))
    .apply(ciphertext, 0, ciphertext.length);
  const tag = Uint8Array.of(...nonce, 0, 0, 0, 1);
  cipher.encrypt(tag);
  const blocks = [padded(associatedData), padded(ciphertext), lengths(message, !LITTLE_ENDIAN)];
  return concatBytes(ciphertext, added(tag, ghash(crypto, hashKey, concatBytes(...blocks))));
}

/** RFC 8452 appendix A: GHASH by POLYVAL over reversed blocks with a doubled key. */
function ghash(crypto: CryptoProvider, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const reversed = blocks.slice();
  for (let at = 0; at < blocks.length; at += BLOCK) reversed.subarray(at, at + BLOCK).reverse();
  return crypto.polyval(doubled(key.toReversed()), reversed).reverse();
}

/** mulX_POLYVAL of RFC 8452 appendix A. */
function doubled(element: Uint8Array): Uint8Array {
  const result = element.map((byte, index) => (byte << 1) | ((element[index - 1] ?? 0) >> 7));
  if ((element[15] ?? 0) >> 7 === 0) return result;
  return result.with(0, (result[0] ?? 0) ^ 0x01).with(15, (result[15] ?? 0) ^ 0xc2);
}
