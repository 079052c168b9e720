import { describe, expect, it } from 'vitest';
import { modelled } from '../../../../engine/crypto/modelled.ts';

const NONCE = new Uint8Array(12).fill(1);
const KEY = new Uint8Array(32).fill(2);
const EMPTY = new Uint8Array(0);

function seal(plaintext: Uint8Array, nonce = NONCE, key = KEY): Uint8Array {
  const sealed = new Uint8Array(plaintext.length + 16);
  modelled.aead('chacha20-poly1305', key).seal(nonce, EMPTY, plaintext, sealed);
  return sealed;
}

describe('the modelled provider', () => {
  it('says that it is modelled', () => {
    expect(modelled.name).toBe('modelled');
  });

  it('copies the plaintext and adds 16 bytes', () => {
    const plaintext = Uint8Array.from({ length: 100 }, (_, index) => index);
    expect(seal(plaintext).subarray(0, 100)).toEqual(plaintext);
  });

  it('refuses a flip of any bit of a packet of 1,000 bytes', () => {
    const key = modelled.aead('aes-256-gcm', KEY);
    const sealed = new Uint8Array(1_016);
    key.seal(NONCE, KEY, new Uint8Array(1_000), sealed);
    const target = new Uint8Array(1_000);
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      sealed[bit >> 3]! ^= 1 << (bit & 7);
      expect(key.open(NONCE, KEY, sealed, target)).toBe(-1);
      sealed[bit >> 3]! ^= 1 << (bit & 7);
    }
    expect(key.open(NONCE, KEY, sealed, target)).toBe(1_000);
  });

  it('refuses a packet whose words were exchanged', () => {
    const plaintext = Uint8Array.from({ length: 64 }, (_, index) => index >> 2);
    const sealed = seal(plaintext);
    const key = modelled.aead('chacha20-poly1305', KEY);
    for (let word = 1; word < 16; word++) {
      const exchanged = sealed.slice();
      exchanged.copyWithin(0, 4 * word, 4 * word + 4);
      exchanged.set(sealed.subarray(0, 4), 4 * word);
      expect(key.open(NONCE, EMPTY, exchanged, new Uint8Array(64))).toBe(-1);
    }
  });

  it('gives every nonce, key, length and algorithm another tag', () => {
    const tags = new Set<string>();
    let count = 0;
    const add = (sealed: Uint8Array): void => {
      tags.add(sealed.subarray(-16).join());
      count++;
    };
    for (let value = 0; value < 256; value++) {
      add(seal(EMPTY, NONCE.with(value % 12, value)));
      add(seal(EMPTY, NONCE, KEY.with(value % 32, value ^ 0x55)));
      add(seal(new Uint8Array(value + 1)));
    }
    const sealed = new Uint8Array(16);
    modelled.aead('aes-256-gcm', KEY).seal(NONCE, EMPTY, EMPTY, sealed);
    add(sealed);
    // NONCE.with(1, 1) and KEY.with(23, 2) change nothing, so one tag occurs twice.
    expect(tags.size).toBe(count - 1);
  });

  it('takes packets longer than its memory of words', () => {
    const long = new Uint8Array(100_000).fill(7);
    const sealed = seal(long);
    const key = modelled.aead('chacha20-poly1305', KEY);
    const target = new Uint8Array(100_000);
    expect(key.open(NONCE, EMPTY, sealed, target)).toBe(100_000);
    sealed[99_999]! ^= 1;
    expect(key.open(NONCE, EMPTY, sealed, target)).toBe(-1);
  });
});
