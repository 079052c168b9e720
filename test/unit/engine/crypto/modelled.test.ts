import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { createNodeCrypto } from '../../../../engine/crypto/node.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import type { CtrStream } from '../../../../engine/host/crypto-states.ts';
import { concatBytes } from '../../../../nodes/_kit/bytes.ts';

const modelledCrypto = createCryptoProvider('modelled');
const NONCE = new Uint8Array(12).fill(1);
const KEY = new Uint8Array(32).fill(2);
const EMPTY = new Uint8Array(0);

function seal(plaintext: Uint8Array, nonce = NONCE, key = KEY): Uint8Array {
  const sealed = new Uint8Array(plaintext.length + 16);
  modelledCrypto.aead('chacha20-poly1305', key).seal(nonce, EMPTY, plaintext, sealed);
  return sealed;
}

describe('the modelled provider', () => {
  it('says that it is modelled', () => {
    expect(modelledCrypto.name).toBe('modelled');
  });

  it('copies the plaintext and adds 16 bytes', () => {
    const plaintext = Uint8Array.from({ length: 100 }, (_, index) => index);
    expect(seal(plaintext).subarray(0, 100)).toEqual(plaintext);
  });

  it('refuses a flip of any bit of a packet of 1,000 bytes', () => {
    const key = modelledCrypto.aead('aes-256-gcm', KEY);
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
    const key = modelledCrypto.aead('chacha20-poly1305', KEY);
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
    modelledCrypto.aead('aes-256-gcm', KEY).seal(NONCE, EMPTY, EMPTY, sealed);
    add(sealed);
    // NONCE.with(1, 1) and KEY.with(23, 2) change nothing, so one tag occurs twice.
    expect(tags.size).toBe(count - 1);
  });

  it('has a key stream that differs at every place, for every key and counter', () => {
    const streamOf = (key: Uint8Array, counter: Uint8Array): Int32Array => {
      const bytes = new Uint8Array(40_000);
      modelledCrypto.aesCtrStream(key, counter).apply(bytes, 0, bytes.length);
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
      keys.map((key) => modelledCrypto.aesCtrStream(key, new Uint8Array(16)));
    const [client, relays] = [open(), open()];
    const [sent, arrived] = [modelledCrypto.legacy.sha1(), modelledCrypto.legacy.sha1()];
    for (let cell = 0; cell < 20; cell++) {
      const body = new Uint8Array(509).fill(cell);
      sent.update(body);
      for (const stream of client.toReversed()) stream.apply(body, 0, body.length);
      const isChanged = cell === 19;
      if (isChanged) body[300]! ^= 2;
      for (const stream of relays) stream.apply(body, 0, body.length);
      arrived.update(body);
      expect(modelledCrypto.equal(sent.digest(), arrived.digest())).toBe(!isChanged);
    }
  });

  it('takes packets longer than its memory of words', () => {
    const long = new Uint8Array(100_000).fill(7);
    const sealed = seal(long);
    const key = modelledCrypto.aead('chacha20-poly1305', KEY);
    const target = new Uint8Array(100_000);
    expect(key.open(NONCE, EMPTY, sealed, target)).toBe(100_000);
    sealed[99_999]! ^= 1;
    expect(key.open(NONCE, EMPTY, sealed, target)).toBe(-1);
  });
});

const MESSAGE = new Uint8Array(100).fill(3);
const SEED = new Uint8Array(64).fill(4);

/** Everything that keys make, by name. */
function madeWithKeys(crypto: CryptoProvider): Readonly<Record<string, Uint8Array>> {
  const kem = crypto.mlKem768.openKey(SEED)!;
  const made = crypto.mlKem768.encapsulate(kem.publicKey, KEY)!;
  const dsa = crypto.mlDsa65.openKey(KEY);
  return {
    p256: crypto.p256PublicKey(KEY),
    p256Signature: crypto.p256Sign(KEY, MESSAGE),
    kem: kem.publicKey,
    ciphertext: made.ciphertext,
    secret: made.secret,
    decapsulated: kem.decapsulate(made.ciphertext)!,
    rejected: kem.decapsulate(new Uint8Array(1088))!,
    dsa: dsa.publicKey,
    dsaSignature: dsa.sign({ message: MESSAGE }, KEY),
  };
}

const lengths = (made: Readonly<Record<string, Uint8Array>>): unknown =>
  Object.entries(made).map(([name, bytes]) => [name, bytes.length]);

/** Copies with one bit flipped, for every seventh bit. */
function* flipped(bytes: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit += 7) {
    yield bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
  }
}

describe('modelled keys', () => {
  it('have the lengths of the real ones, and so has what they make', () => {
    expect(lengths(madeWithKeys(modelledCrypto))).toEqual(
      lengths(madeWithKeys(createNodeCrypto('simulation'))),
    );
  });

  it('do nothing of the real ones: no bytes are the same', () => {
    const [made, real] = [
      madeWithKeys(modelledCrypto),
      madeWithKeys(createNodeCrypto('simulation')),
    ];
    for (const name of Object.keys(made)) expect(made[name], name).not.toEqual(real[name]);
  });

  it.each([
    {
      name: 'P-256',
      publicKey: modelledCrypto.p256PublicKey(KEY),
      signature: modelledCrypto.p256Sign(KEY, MESSAGE),
      verify: modelledCrypto.p256Verify,
    },
    {
      name: 'ML-DSA-65',
      publicKey: modelledCrypto.mlDsa65.openKey(KEY).publicKey,
      signature: modelledCrypto.mlDsa65.openKey(KEY).sign({ message: MESSAGE }, KEY),
      verify: (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
        modelledCrypto.mlDsa65.verify(key, { message }, signature),
    },
  ])('verify no signature after a flip of a bit, $name', ({ publicKey, signature, verify }) => {
    expect(verify(publicKey, MESSAGE, signature)).toBe(true);
    for (const other of flipped(signature)) expect(verify(publicKey, MESSAGE, other)).toBe(false);
    for (const other of flipped(MESSAGE)) expect(verify(publicKey, other, signature)).toBe(false);
    for (const other of flipped(publicKey)) expect(verify(other, MESSAGE, signature)).toBe(false);
  });

  it('of P-256 have a second half that depends on the first, or verify nothing', () => {
    // Anyone can forge: a signature is SHA-512 of key and message, whose halves are below the order.
    const forge = (key: Uint8Array): Uint8Array => modelledCrypto.sha512(concatBytes(key, MESSAGE));
    const key = modelledCrypto.p256PublicKey(KEY);
    expect(modelledCrypto.p256Verify(key, MESSAGE, forge(key))).toBe(true);
    for (const at of [1, 32, 33, 64]) {
      const noKey = key.with(at, key[at]! ^ 1);
      expect(modelledCrypto.p256Verify(noKey, MESSAGE, forge(noKey))).toBe(false);
    }
  });

  it('encapsulate to nobody else: a flip of a bit in key or ciphertext gives another secret', () => {
    const { mlKem768 } = modelledCrypto;
    const key = mlKem768.openKey(SEED)!;
    const { secret, ciphertext } = mlKem768.encapsulate(key.publicKey, KEY)!;
    expect(key.decapsulate(ciphertext)).toEqual(secret);
    for (const other of flipped(ciphertext)) expect(key.decapsulate(other)).not.toEqual(secret);
    for (const other of flipped(key.publicKey)) {
      // FIPS 203 section 7.2: a coefficient of 12 bits is refused from 3,329 on.
      const made = mlKem768.encapsulate(other, KEY);
      if (made === undefined) continue;
      expect(key.decapsulate(made.ciphertext)).not.toEqual(made.secret);
    }
    const stranger = mlKem768.openKey(SEED.with(0, 5))!;
    expect(stranger.decapsulate(ciphertext)).not.toEqual(secret);
  });

  it('refuse exactly the coefficients of ML-KEM that the real one refuses', () => {
    const real = createNodeCrypto('simulation').mlKem768;
    for (const index of [0, 1, 2, 255, 766, 767]) {
      for (const coefficient of [1, 255, 256, 3_328, 3_329, 3_344, 3_840, 4_095]) {
        const publicKey = new Uint8Array(1184);
        const at = 3 * (index >> 1);
        // FIPS 203 section 4.2.1: two coefficients in three bytes.
        const word = coefficient << (12 * (index & 1));
        publicKey.set([word & 255, (word >> 8) & 255, word >> 16], at);
        const isAccepted = real.encapsulate(publicKey, KEY) !== undefined;
        expect(isAccepted).toBe(coefficient < 3_329);
        expect(modelledCrypto.mlKem768.encapsulate(publicKey, KEY) !== undefined).toBe(isAccepted);
      }
    }
    // The last 32 bytes are no coefficients.
    const seed = new Uint8Array(1184).fill(255, 1152);
    expect(modelledCrypto.mlKem768.encapsulate(seed, KEY)).toBeDefined();
  });
});
