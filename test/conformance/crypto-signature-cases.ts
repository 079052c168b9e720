/**
 * Cases for opened keys of signatures, for every provider: published values, and the verdicts of
 * the functions that take the same keys as bytes.
 *
 * @module
 */
import { expect } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { SigningKey, VerifyingKey } from '../../engine/host/signatures.ts';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const MESSAGE = new TextEncoder().encode('sample');
/** Order of the base point of P-256 (SEC 2 section 2.4.2). */
const P256_ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

interface Algorithm {
  readonly name: 'ed25519' | 'p256';
  readonly open: (crypto: CryptoProvider, secret: Uint8Array) => SigningKey;
  readonly verifier: (crypto: CryptoProvider, publicKey: Uint8Array) => VerifyingKey;
  readonly sign: (crypto: CryptoProvider, secret: Uint8Array, message: Uint8Array) => Uint8Array;
}

const ed25519: Algorithm = {
  name: 'ed25519',
  open: (crypto, secret) => crypto.ed25519Key(secret),
  verifier: (crypto, publicKey) => crypto.ed25519Verifier(publicKey),
  sign: (crypto, secret, message) => crypto.ed25519Sign(secret, message),
};

const p256: Algorithm = {
  name: 'p256',
  open: (crypto, secret) => crypto.p256Key(secret),
  verifier: (crypto, publicKey) => crypto.p256Verifier(publicKey),
  sign: (crypto, secret, message) => crypto.p256Sign(secret, message),
};

/** RFC 8032 section 7.1, TEST 2, and RFC 6979 appendix A.2.5, SHA-256. */
const PUBLISHED = [
  {
    id: 'RFC 8032 7.1 TEST 2',
    algorithm: ed25519,
    secret: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: Uint8Array.of(0x72),
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    id: 'RFC 6979 A.2.5 SHA-256 sample',
    algorithm: p256,
    secret: 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
    publicKey:
      '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
      '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
    message: MESSAGE,
    signature:
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716' +
      'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  },
] as const;

const published: readonly CryptoCase[] = PUBLISHED.map(({ id, algorithm, ...one }) => ({
  id: `${algorithm.name}/opened keys, ${id}`,
  check: (crypto): void => {
    const key = algorithm.open(crypto, fromHex(one.secret));
    expect(toHex(key.publicKey)).toBe(one.publicKey);
    expect(toHex(key.sign(one.message))).toBe(one.signature);
    expect(toHex(key.sign(one.message))).toBe(one.signature);
    const publicKey = algorithm.verifier(crypto, fromHex(one.publicKey));
    expect(publicKey.verify(one.message, fromHex(one.signature))).toBe(true);
  },
}));

function life({ name, open, verifier, sign }: Algorithm): CryptoCase {
  return {
    id: `signing/${name}: opened keys keep copies, sign as their bytes do, and nothing when wiped`,
    check: (crypto): void => {
      const own = new Uint8Array(32).fill(5);
      const secret = own.slice();
      const key = open(crypto, secret);
      const publicKey = key.publicKey.slice();
      const opened = verifier(crypto, publicKey);
      // The caller may overwrite what it opened.
      secret.fill(1);
      publicKey.fill(0);
      for (const length of [0, 1, 100, 5_000]) {
        const message = new Uint8Array(length).fill(length);
        const signature = key.sign(message);
        expect(signature).toEqual(sign(crypto, own, message));
        expect(opened.verify(message, signature)).toBe(true);
        expect(opened.verify(message, signature)).toBe(true);
        expect(opened.verify(Uint8Array.of(9), signature)).toBe(false);
        for (const at of [0, 31, 32, 63]) {
          const changed = signature.with(at, signature[at]! ^ 1);
          expect(opened.verify(message, changed)).toBe(false);
        }
      }
      const signature = key.sign(MESSAGE);
      key.wipe();
      expect(() => key.sign(MESSAGE)).toThrow(RangeError);
      expect(own).toEqual(new Uint8Array(32).fill(5));
      expect(opened.verify(MESSAGE, signature)).toBe(true);
      expect(verifier(crypto, open(crypto, new Uint8Array(32).fill(6)).publicKey)).toBeDefined();
    },
  };
}

function hostile({ name, open, verifier }: Algorithm): CryptoCase {
  return {
    id: `signing/${name}: an opened key of malformed bytes verifies nothing, and never throws`,
    check: (crypto): void => {
      const key = open(crypto, new Uint8Array(32).fill(5));
      const signature = key.sign(MESSAGE);
      const good = verifier(crypto, key.publicKey);
      for (const length of [0, 1, 31, 33, 63, 65, 66, 1_000]) {
        if (length !== key.publicKey.length) {
          const bad = verifier(crypto, new Uint8Array(length));
          expect(bad.verify(MESSAGE, signature)).toBe(false);
        }
        expect(good.verify(MESSAGE, new Uint8Array(length))).toBe(false);
      }
      for (const filler of [0, 2, 0xff]) {
        const bad = verifier(crypto, new Uint8Array(key.publicKey.length).fill(filler));
        expect(bad.verify(MESSAGE, signature)).toBe(false);
        expect(bad.verify(MESSAGE, new Uint8Array(64))).toBe(false);
        expect(good.verify(MESSAGE, new Uint8Array(64).fill(filler))).toBe(false);
      }
      for (const at of [0, 1, key.publicKey.length - 1]) {
        const changed = key.publicKey.with(at, key.publicKey[at]! ^ 2);
        expect(verifier(crypto, changed).verify(MESSAGE, signature)).toBe(false);
      }
    },
  };
}

/** The secret scalar of a seed (RFC 8032 section 5.1.5). */
function scalarOf(crypto: CryptoProvider, seed: Uint8Array): Uint8Array {
  const scalar = crypto.sha512(seed).slice(0, 32);
  scalar[0]! &= 248;
  scalar[31] = (scalar[31]! & 127) | 64;
  return scalar;
}

/**
 * Signs with a scalar that was multiplied by a factor (Tor specification rend-spec-v3, "Key
 * blinding"); the nonce is any number that depends on the secret.
 */
function signBlinded(
  crypto: CryptoProvider,
  { seed, factor, message }: { seed: Uint8Array; factor: Uint8Array; message: Uint8Array },
): { readonly publicKey: Uint8Array; readonly signature: Uint8Array } {
  const { edwards25519: group } = crypto;
  const scalar = group.multiplyAdd(factor, scalarOf(crypto, seed), new Uint8Array(32));
  const publicKey = group.scalarMultBase(scalar);
  const nonce = group.reduceScalar(crypto.sha512(concatBytes(seed, message)));
  const point = group.scalarMultBase(nonce);
  const k = group.reduceScalar(crypto.sha512(concatBytes(point, publicKey, message)));
  return { publicKey, signature: concatBytes(point, group.multiplyAdd(k, scalar, nonce)) };
}

const blinding: CryptoCase = {
  id: 'signing/ed25519: a signature with a blinded secret verifies with the blinded public key',
  check: (crypto): void => {
    const [seed, factor] = [new Uint8Array(32).fill(5), new Uint8Array(32).fill(0x48)];
    const { publicKey, signature } = signBlinded(crypto, { seed, factor, message: MESSAGE });
    const own = crypto.ed25519PublicKey(seed);
    expect(crypto.edwards25519.scalarMult(own, factor)).toEqual(publicKey);
    expect(crypto.ed25519Verify(publicKey, MESSAGE, signature)).toBe(true);
    expect(crypto.ed25519Verifier(publicKey).verify(MESSAGE, signature)).toBe(true);
    expect(crypto.ed25519Verify(own, MESSAGE, signature)).toBe(false);
    const other = crypto.edwards25519.scalarMult(own, factor.with(0, 0x50))!;
    expect(crypto.ed25519Verify(other, MESSAGE, signature)).toBe(false);
    expect(crypto.ed25519Verify(publicKey, Uint8Array.of(1), signature)).toBe(false);
  },
};

/**
 * From `mldsa_65_sign_seed_test.json` of C2SP/wycheproof, cases 1, 3 and 109; SHA-256 of the key and
 * of the signatures, which are too long to list.
 */
const ML_DSA_SEED = new Uint8Array(32).fill(0x2a);
const ML_DSA_PUBLIC_KEY_SHA256 = 'b7acce2ddb11f8cc1aa46e2bafac6eacfa2b732ef192bd636ad8d3a56d649c66';
const ML_DSA_MESSAGE = new TextEncoder().encode('Hello world');
const ML_DSA_SIGNATURES = [
  {
    coins: '00'.repeat(32),
    input: { message: ML_DSA_MESSAGE },
    signatureSha256: '39fbbb0d97a52c79844213b325af823a7f16a174e00a5b3daeb3e6e6d1c89681',
  },
  {
    coins: '00'.repeat(32),
    input: { message: ML_DSA_MESSAGE, context: new TextEncoder().encode('Context') },
    signatureSha256: 'c32dd9c1fdb53c049ebb75d98604d27593e32f5da2b1201c9289692de6ebea2e',
  },
  {
    coins: '60879ebd4f33a5d8e6238983cca4b03abfafa716d836f2ab3f500cde36b3b1e3',
    input: { message: ML_DSA_MESSAGE },
    signatureSha256: 'efa771a2cdd3df8c9867722c9d40bd43e297bc324d8e31919661e493b1ab4007',
  },
] as const;
/** Bytes of the hint at the end of a signature: omega = 55 positions and 6 counts (FIPS 204 table 1). */
const HINT_AT = 3_309 - 61;

const mlDsaCases: readonly CryptoCase[] = [
  {
    id: 'mlDsa65/Wycheproof signatures 1, 3 and 109',
    check: (crypto): void => {
      const key = crypto.mlDsa65.openKey(ML_DSA_SEED);
      expect(toHex(crypto.sha256(key.publicKey))).toBe(ML_DSA_PUBLIC_KEY_SHA256);
      for (const { coins, input, signatureSha256 } of ML_DSA_SIGNATURES) {
        const signature = key.sign(input, fromHex(coins));
        expect(toHex(crypto.sha256(signature))).toBe(signatureSha256);
        expect(crypto.mlDsa65.verify(key.publicKey, input, signature)).toBe(true);
      }
    },
  },
  {
    id: 'mlDsa65/verifies only the message, context, key and signature that belong together',
    check: ({ mlDsa65 }): void => {
      const key = mlDsa65.openKey(ML_DSA_SEED);
      const [message, context] = [MESSAGE, Uint8Array.of(1)];
      const signature = key.sign({ message, context }, new Uint8Array(32).fill(1));
      expect(mlDsa65.verify(key.publicKey, { message, context }, signature)).toBe(true);
      // The same bytes after the length of the context.
      const joined = Uint8Array.of(1, ...MESSAGE);
      expect(mlDsa65.verify(key.publicKey, { message: joined }, signature)).toBe(false);
      expect(mlDsa65.verify(key.publicKey, { message }, signature)).toBe(false);
      const other = mlDsa65.openKey(new Uint8Array(32));
      expect(mlDsa65.verify(other.publicKey, { message, context }, signature)).toBe(false);
      for (const at of [0, 47, 48, 2_000, HINT_AT, HINT_AT + 54, 3_308]) {
        const changed = signature.with(at, signature[at]! ^ 1);
        expect(mlDsa65.verify(key.publicKey, { message, context }, changed)).toBe(false);
      }
      for (const at of [0, 31, 32, 1_951]) {
        const changed = key.publicKey.with(at, key.publicKey[at]! ^ 1);
        expect(mlDsa65.verify(changed, { message, context }, signature)).toBe(false);
      }
    },
  },
  {
    id: 'mlDsa65/malformed bytes verify nothing, and never throw',
    check: ({ mlDsa65 }): void => {
      const [key, input] = [mlDsa65.openKey(ML_DSA_SEED), { message: MESSAGE }];
      const signature = key.sign(input, new Uint8Array(32));
      for (const length of [0, 1, 3_308, 3_310]) {
        expect(mlDsa65.verify(key.publicKey, input, new Uint8Array(length))).toBe(false);
        expect(mlDsa65.verify(new Uint8Array(length), input, signature)).toBe(false);
      }
      for (const filler of [0, 0xff]) {
        const filled = new Uint8Array(3_309).fill(filler);
        expect(mlDsa65.verify(key.publicKey, input, filled)).toBe(false);
        expect(mlDsa65.verify(new Uint8Array(1_952).fill(filler), input, filled)).toBe(false);
      }
    },
  },
  {
    id: 'mlDsa65/FIPS 204 algorithm 21: positions of a hint ascend, so that they are written in one way',
    check: ({ mlDsa65 }): void => {
      const [key, input] = [mlDsa65.openKey(ML_DSA_SEED), { message: MESSAGE }];
      const swapped = key.sign(input, new Uint8Array(32));
      swapped.subarray(HINT_AT, HINT_AT + 2).reverse();
      expect(mlDsa65.verify(key.publicKey, input, swapped)).toBe(false);
    },
  },
  {
    id: 'mlDsa65/coins decide between valid signatures, and a wiped key signs nothing',
    check: ({ mlDsa65 }): void => {
      const seed = ML_DSA_SEED.slice();
      const [key, input] = [mlDsa65.openKey(seed), { message: MESSAGE }];
      seed.fill(0);
      const [first, second] = [1, 2].map((byte) => key.sign(input, new Uint8Array(32).fill(byte)));
      expect(first).not.toEqual(second);
      expect(first).toEqual(key.sign(input, new Uint8Array(32).fill(1)));
      expect([first, second].map((one) => one!.length)).toEqual([3_309, 3_309]);
      for (const signature of [first!, second!]) {
        expect(mlDsa65.verify(key.publicKey, input, signature)).toBe(true);
      }
      key.wipe();
      expect(() => key.sign(input, new Uint8Array(32))).toThrow(RangeError);
      expect(mlDsa65.verify(key.publicKey, input, first!)).toBe(true);
    },
  },
];

/** Cases that every provider must pass. */
export const signatureCases: readonly CryptoCase[] = [
  ...published,
  life(ed25519),
  life(p256),
  hostile(ed25519),
  hostile(p256),
  blinding,
  ...mlDsaCases,
  {
    // The message is that of Wycheproof 90: SHA-256 gives ffffffff293886d3… The signature was computed
    // with Python's integers.
    id: 'p256/a digest above the order is reduced before the nonce is derived from it',
    check: (crypto): void => {
      const message = new TextEncoder().encode('3610672442');
      const signature = crypto.p256Sign(new Uint8Array(32).fill(5), message);
      expect(toHex(signature)).toBe(
        'a7c79a5f9d04cce13dceec0931864fb00d4e0988062a02a780a7ada5fe8d474c' +
          '47a06d23e3595b0301041f1daf56a522b29173698a87c1cf61c60675f2c3a57c',
      );
    },
  },
  {
    id: 'p256/r and s as computed: a high s is signed and accepted, and so is its twin',
    check: (crypto): void => {
      const order = BigInt(`0x${P256_ORDER}`);
      const key = crypto.p256Key(new Uint8Array(32).fill(5));
      const opened = crypto.p256Verifier(key.publicKey);
      let high = 0;
      for (let byte = 0; byte < 16; byte++) {
        const signature = key.sign(Uint8Array.of(byte));
        const s = BigInt(`0x${toHex(signature.subarray(32))}`);
        high += s > order / 2n ? 1 : 0;
        const twin = signature.slice();
        twin.set(fromHex((order - s).toString(16).padStart(64, '0')), 32);
        expect(opened.verify(Uint8Array.of(byte), signature)).toBe(true);
        expect(opened.verify(Uint8Array.of(byte), twin)).toBe(true);
      }
      expect(high).toBeGreaterThan(0);
      expect(high).toBeLessThan(16);
    },
  },
];

const LONG_CONTEXT = { message: MESSAGE, context: new Uint8Array(256) };

/** Mistakes of the caller, for which every provider throws a RangeError. */
export const signatureMistakes: readonly (readonly [
  string,
  (crypto: CryptoProvider) => unknown,
])[] = [
  [
    'an Ed25519 secret of 31 bytes to open',
    (crypto): unknown => crypto.ed25519Key(new Uint8Array(31)),
  ],
  ['a P-256 secret of 33 bytes to open', (crypto): unknown => crypto.p256Key(new Uint8Array(33))],
  ...[`${'00'.repeat(32)}`, P256_ORDER, 'ff'.repeat(32)].flatMap((secret) =>
    (['p256PublicKey', 'p256Key'] as const).map(
      (member) =>
        [
          `${member} of the secret ${secret}`,
          (crypto: CryptoProvider): unknown => crypto[member](fromHex(secret)),
        ] as const,
    ),
  ),
  ...[31, 33].flatMap((length) => [
    [
      `a seed of ML-DSA-65 of ${length} bytes`,
      (crypto: CryptoProvider): unknown => crypto.mlDsa65.openKey(new Uint8Array(length)),
    ] as const,
    [
      `coins of ML-DSA-65 of ${length} bytes`,
      ({ mlDsa65 }: CryptoProvider): unknown =>
        mlDsa65.openKey(ML_DSA_SEED).sign({ message: MESSAGE }, new Uint8Array(length)),
    ] as const,
  ]),
  [
    'signing with a context of 256 bytes',
    ({ mlDsa65 }): unknown => mlDsa65.openKey(ML_DSA_SEED).sign(LONG_CONTEXT, new Uint8Array(32)),
  ],
  [
    'verifying with a context of 256 bytes',
    ({ mlDsa65 }): unknown => mlDsa65.verify(new Uint8Array(0), LONG_CONTEXT, new Uint8Array(0)),
  ],
  [
    'a signature with the secret 0',
    (crypto): unknown => crypto.p256Sign(new Uint8Array(32), MESSAGE),
  ],
];
