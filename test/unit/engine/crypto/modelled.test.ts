import { describe, expect, it } from 'vitest';
import { modelled } from '../../../../engine/crypto/modelled.ts';
import type { CtrStream } from '../../../../engine/host/crypto-states.ts';

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

  it('has a key stream that differs at every place, for every key and counter', () => {
    const streamOf = (key: Uint8Array, counter: Uint8Array): Int32Array => {
      const bytes = new Uint8Array(40_000);
      modelled.aesCtrStream(key, counter).apply(bytes, 0, bytes.length);
      return new Int32Array(bytes.buffer);
    };
    const [key, counter] = [KEY.subarray(0, 16), new Uint8Array(16)];
    const words = streamOf(key, counter);
    // Of 10,000 random words, two are equal with a probability of 1 %.
    expect(new Set(words).size).toBeGreaterThan(words.length - 3);
    for (let value = 1; value < 64; value++) {
      for (const other of [
        streamOf(key.with(value % 16, 128 + value), counter),
        streamOf(key, counter.with(value % 16, value)),
      ]) {
        expect(other.filter((word, index) => word === words[index]).length).toBeLessThan(3);
        // A stream that is only further on would contain the words of this one.
        const known = new Set(words.subarray(0, 100));
        expect(other.filter((word) => known.has(word)).length).toBeLessThan(3);
      }
    }
  });

  it('passes a cell of a circuit through layers of streams, and none with one bit changed', () => {
    const keys = [1, 2, 3].map((value) => new Uint8Array(16).fill(value));
    const open = (): CtrStream[] =>
      keys.map((key) => modelled.aesCtrStream(key, new Uint8Array(16)));
    const [client, relays] = [open(), open()];
    const [sent, arrived] = [modelled.legacy.sha1(), modelled.legacy.sha1()];
    for (let cell = 0; cell < 20; cell++) {
      const body = new Uint8Array(509).fill(cell);
      sent.update(body);
      for (const stream of client.toReversed()) stream.apply(body, 0, body.length);
      const isChanged = cell === 19;
      if (isChanged) body[300]! ^= 2;
      for (const stream of relays) stream.apply(body, 0, body.length);
      arrived.update(body);
      expect(modelled.equal(sent.digest(), arrived.digest())).toBe(!isChanged);
    }
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
