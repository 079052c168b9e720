/**
 * Hostile input from the network: every provider answers with false, undefined or -1, and never
 * throws.
 *
 * @module
 */
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { expect } from 'vitest';
import type { AeadName, CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const SECRET = new Uint8Array(32).fill(0x42);
const MESSAGE = Uint8Array.of(1, 2, 3);

/** Points of low order, and their non-canonical encodings (Curve25519 page, RFC 7748). */
const LOW_ORDER: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/** Ed25519 keys of small order (y = 1, -1, 0 and one of order 8), and two non-canonical ones. */
const SMALL_ORDER: readonly string[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

const WRONG_LENGTHS = [0, 1, 31, 33, 63, 65, 1_000];

function withTopBit(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed[31]! |= 0x80;
  return changed;
}

function checkEd25519(crypto: CryptoProvider): void {
  const publicKey = crypto.ed25519PublicKey(SECRET);
  const signature = crypto.ed25519Sign(SECRET, MESSAGE);
  expect(crypto.ed25519Verify(publicKey, MESSAGE, signature)).toBe(true);
  for (const length of WRONG_LENGTHS) {
    expect(crypto.ed25519Verify(publicKey, MESSAGE, new Uint8Array(length))).toBe(false);
    expect(crypto.ed25519Verify(new Uint8Array(length), MESSAGE, signature)).toBe(false);
  }
  expect(crypto.ed25519Verify(publicKey, MESSAGE.subarray(1), signature)).toBe(false);
  // y = 2 is not the coordinate of any point.
  const noPoint = new Uint8Array(32);
  noPoint[0] = 2;
  expect(crypto.ed25519Verify(noPoint, MESSAGE, signature)).toBe(false);
  // S + L instead of S: a second, malleable form of the signature (RFC 8032 5.1.7).
  expect(crypto.ed25519Verify(publicKey, MESSAGE, withAddedOrder(signature))).toBe(false);
}

/** The order of the base point, little-endian. */
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

function withAddedOrder(signature: Uint8Array): Uint8Array {
  const changed = signature.slice();
  let carry = 0;
  for (let index = 0; index < 32; index++) {
    const sum = changed[32 + index]! + ORDER[index]! + carry;
    changed[32 + index] = sum & 0xff;
    carry = sum >> 8;
  }
  return changed;
}

function checkP256(crypto: CryptoProvider): void {
  const publicKey = crypto.p256PublicKey(SECRET);
  const signature = crypto.p256Sign(SECRET, MESSAGE);
  expect(crypto.p256Verify(publicKey, MESSAGE, signature)).toBe(true);
  for (const length of WRONG_LENGTHS) {
    expect(crypto.p256Verify(publicKey, MESSAGE, new Uint8Array(length))).toBe(false);
    expect(crypto.p256Verify(new Uint8Array(length), MESSAGE, signature)).toBe(false);
  }
  expect(crypto.p256Verify(publicKey, MESSAGE, new Uint8Array(64))).toBe(false);
  expect(crypto.p256Verify(publicKey, MESSAGE, new Uint8Array(64).fill(0xff))).toBe(false);
  const offCurve = publicKey.slice();
  offCurve[64]! ^= 1;
  expect(crypto.p256Verify(offCurve, MESSAGE, signature)).toBe(false);
  for (const prefix of [0, 2, 3, 5, 6, 7]) {
    const mislabelled = publicKey.slice();
    mislabelled[0] = prefix;
    expect(crypto.p256Verify(mislabelled, MESSAGE, signature)).toBe(false);
  }
}

/** Flips every byte in turn, and tries other keys, nonces and associated data. */
function checkAead(crypto: CryptoProvider, name: AeadName): void {
  const keyBytes = new Uint8Array(name === 'aes-128-gcm' ? 16 : 32).fill(3);
  const key = crypto.aead(name, keyBytes);
  const nonce = new Uint8Array(12).fill(4);
  const associated = Uint8Array.of(9, 8, 7);
  const plaintext = Uint8Array.from({ length: 70 }, (_, index) => index);
  const sealed = new Uint8Array(plaintext.length + 16);
  const target = new Uint8Array(plaintext.length);
  expect(key.seal(nonce, associated, plaintext, sealed)).toBe(sealed.length);
  expect(key.open(nonce, associated, sealed, target)).toBe(plaintext.length);
  expect(target).toEqual(plaintext);
  for (let index = 0; index < sealed.length; index++) {
    const forged = sealed.slice();
    forged[index]! ^= 1 << (index % 8);
    expect(key.open(nonce, associated, forged, target)).toBe(-1);
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(key.open(nonce, associated, sealed.subarray(0, length), target)).toBe(-1);
  }
  expect(key.open(nonce.with(0, 5), associated, sealed, target)).toBe(-1);
  expect(key.open(nonce, associated.with(2, 0), sealed, target)).toBe(-1);
  expect(key.open(nonce, associated.subarray(1), sealed, target)).toBe(-1);
  const other = crypto.aead(name, keyBytes.with(0, 0));
  expect(other.open(nonce, associated, sealed, target)).toBe(-1);
  expect(key.open(nonce, associated, sealed, target)).toBe(plaintext.length);
}

/** The input of {@link madeSignature}. */
interface SignatureParts {
  /** Discrete logarithm of R without its component of small order. */
  readonly r: bigint;
  readonly message: Uint8Array;
  /** Points of small order to add to R and to the key. */
  readonly torsion?: Uint8Array;
  readonly keyTorsion?: Uint8Array;
}

/**
 * Signs with a chosen R, which only the owner of a key can do (RFC 8032 section 5.1.6 uses a hash
 * for R).
 */
function madeSignature(
  crypto: CryptoProvider,
  { r, message, torsion, keyTorsion }: SignatureParts,
): { readonly publicKey: Uint8Array; readonly signature: Uint8Array; readonly k: bigint } {
  const { BASE, ZERO, Fn } = ed25519.Point;
  const plus = (point: typeof BASE, small: Uint8Array | undefined): Uint8Array =>
    (small === undefined ? point : point.add(ed25519.Point.fromBytes(small))).toBytes();
  const secret = 0x1234_5678_9abc_def1n;
  const publicKey = plus(BASE.multiply(secret), keyTorsion);
  const point = plus(r === 0n ? ZERO : BASE.multiply(r), torsion);
  const k = Fn.create(toInteger(crypto.sha512(concatBytes(point, publicKey, message))));
  const s = Fn.create(r + k * secret);
  const signature = new Uint8Array(64);
  signature.set(point);
  for (let index = 0; index < 32; index++) {
    signature[32 + index] = Number((s >> BigInt(8 * index)) & 0xffn);
  }
  return { publicKey, signature, k };
}

function toInteger(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${toHex(littleEndian.toReversed())}`);
}

/** Generates a key stream block by block. */
function blocksOf(
  crypto: CryptoProvider,
  parts: {
    readonly key: Uint8Array;
    readonly nonce: Uint8Array;
    readonly from: number;
    readonly length: number;
  },
): Uint8Array {
  const { key, nonce, from, length } = parts;
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, index) =>
    crypto.chacha20(key, nonce, from + index, new Uint8Array(64)),
  );
  return concatBytes(...blocks).subarray(0, length);
}

/** Cases that every provider must pass. */
export const hostileCases: readonly CryptoCase[] = [
  {
    id: 'hostile/x25519 gives undefined for points of low order',
    check: (crypto): void => {
      for (const point of LOW_ORDER.map(fromHex)) {
        expect(crypto.x25519(SECRET, point)).toBeUndefined();
        expect(crypto.x25519(SECRET, withTopBit(point))).toBeUndefined();
      }
    },
  },
  {
    id: 'hostile/x25519 gives undefined for keys of a wrong length',
    check: (crypto): void => {
      for (const length of WRONG_LENGTHS) {
        expect(crypto.x25519(SECRET, new Uint8Array(length).fill(9))).toBeUndefined();
      }
    },
  },
  { id: 'hostile/ed25519Verify refuses malformed input', check: checkEd25519 },
  {
    id: 'hostile/ed25519Verify refuses keys of small order and keys that are not canonical',
    check: (crypto): void => {
      // With R = the identity and S = 0, the equation holds if h times the key is the identity.
      for (const key of SMALL_ORDER.map(fromHex)) {
        for (const publicKey of [key, withTopBit(key)]) {
          const signature = new Uint8Array(64);
          signature[0] = 1;
          for (let byte = 0; byte < 16; byte++) {
            expect(crypto.ed25519Verify(publicKey, Uint8Array.of(byte), signature)).toBe(false);
          }
        }
      }
    },
  },
  {
    id: 'hostile/ed25519Verify refuses an R of small order, although the equation holds',
    check: (crypto): void => {
      for (const point of ED25519_TORSION_SUBGROUP.map(fromHex)) {
        const made = madeSignature(crypto, { r: 0n, torsion: point, message: MESSAGE });
        expect(crypto.ed25519Verify(made.publicKey, MESSAGE, made.signature)).toBe(false);
      }
    },
  },
  {
    id: 'hostile/ed25519Verify refuses an R with a part of small order (no cofactor)',
    check: (crypto): void => {
      const [identity, ...torsion] = ED25519_TORSION_SUBGROUP.map(fromHex);
      const honest = madeSignature(crypto, { r: 77n, torsion: identity!, message: MESSAGE });
      expect(crypto.ed25519Verify(honest.publicKey, MESSAGE, honest.signature)).toBe(true);
      expect(torsion).toHaveLength(7);
      for (const point of torsion) {
        const made = madeSignature(crypto, { r: 77n, torsion: point, message: MESSAGE });
        expect(crypto.ed25519Verify(made.publicKey, MESSAGE, made.signature)).toBe(false);
      }
    },
  },
  {
    id: 'hostile/ed25519Verify judges keys with a part of small order by the bytes of R',
    check: (crypto): void => {
      // The equation times 8 would hold for all of these messages; the equation itself holds only
      // if 8 divides k.
      const torsion = fromHex(ED25519_TORSION_SUBGROUP[1]!);
      let accepted = 0;
      for (let byte = 0; byte < 64; byte++) {
        const message = Uint8Array.of(byte);
        const made = madeSignature(crypto, { r: 77n, keyTorsion: torsion, message });
        const isDivisible = made.k % 8n === 0n;
        expect(crypto.ed25519Verify(made.publicKey, message, made.signature)).toBe(isDivisible);
        accepted += isDivisible ? 1 : 0;
      }
      expect(accepted).toBeGreaterThan(0);
    },
  },
  {
    id: 'hostile/ed25519Verify refuses an R that is not canonical',
    check: (crypto): void => {
      const { publicKey, signature } = madeSignature(crypto, { r: 77n, message: MESSAGE });
      // y = p + 3, and p + 1, which means the identity: encodings that decode modulo p to a point
      // of the curve.
      for (const first of [0xf0, 0xee]) {
        const changed = signature.slice();
        changed.fill(0xff, 0, 32);
        changed[0] = first;
        for (const last of [0x7f, 0xff]) {
          changed[31] = last;
          expect(crypto.ed25519Verify(publicKey, MESSAGE, changed)).toBe(false);
        }
      }
    },
  },
  {
    id: 'hostile/chacha20 gives the same bytes up to the last counter, 2^32-2',
    check: (crypto): void => {
      const [key, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(12).fill(2)];
      // Whole and partial blocks; 1,100 bytes exceed the limit up to which WebAssembly is used.
      for (const length of [0, 1, 64, 65, 128, 1_024, 1_100]) {
        const blocks = Math.ceil(length / 64);
        const from = 0xffff_ffff - Math.max(1, blocks);
        const stream = crypto.chacha20(key, nonce, from, new Uint8Array(length));
        expect(stream).toEqual(blocksOf(crypto, { key, nonce, from, length }));
        expect(() => crypto.chacha20(key, nonce, from + 1, new Uint8Array(length || 64))).toThrow(
          RangeError,
        );
      }
    },
  },
  ...(['chacha20-poly1305', 'aes-128-gcm', 'aes-256-gcm'] as const).map(
    (name): CryptoCase => ({
      id: `hostile/${name}: a wiped key opens nothing that it sealed`,
      check: (crypto): void => {
        const own = new Uint8Array(name === 'aes-128-gcm' ? 16 : 32).fill(3);
        const key = crypto.aead(name, own);
        const [nonce, sealed] = [new Uint8Array(12), new Uint8Array(MESSAGE.length + 16)];
        key.seal(nonce, MESSAGE, MESSAGE, sealed);
        expect(key.open(nonce, MESSAGE, sealed, new Uint8Array(3))).toBe(3);
        key.wipe();
        expect(key.open(nonce, MESSAGE, sealed, new Uint8Array(3))).toBe(-1);
        // The provider wipes only its own copy, not the caller's bytes.
        expect(own).toEqual(new Uint8Array(own.length).fill(3));
      },
    }),
  ),
  { id: 'hostile/p256Verify refuses malformed input', check: checkP256 },
  ...(['chacha20-poly1305', 'aes-128-gcm', 'aes-256-gcm'] as const).map(
    (name): CryptoCase => ({
      id: `hostile/${name} opens nothing but what was sealed`,
      check: (crypto) => checkAead(crypto, name),
    }),
  ),
  {
    id: 'hostile/aesCmac tells keys and messages apart',
    check: (crypto): void => {
      const [first, second] = [new Uint8Array(16), new Uint8Array(16)];
      const message = new Uint8Array(16).fill(1);
      crypto.aesCmac(new Uint8Array(16).fill(1)).tag(message, first);
      crypto.aesCmac(new Uint8Array(16).fill(2)).tag(message, second);
      expect(first).not.toEqual(second);
      crypto.aesCmac(new Uint8Array(16).fill(1)).tag(message.with(15, 0), second);
      expect(first).not.toEqual(second);
      crypto.aesCmac(new Uint8Array(16).fill(1)).tag(message, second);
      expect(first).toEqual(second);
    },
  },
  {
    id: 'hostile/equal compares content and length',
    check: (crypto): void => {
      expect(crypto.equal(new Uint8Array(0), new Uint8Array(0))).toBe(true);
      expect(crypto.equal(MESSAGE, MESSAGE.slice())).toBe(true);
      expect(crypto.equal(MESSAGE, MESSAGE.with(2, 0))).toBe(false);
      expect(crypto.equal(MESSAGE, MESSAGE.subarray(1))).toBe(false);
      expect(crypto.equal(MESSAGE, new Uint8Array(0))).toBe(false);
    },
  },
];

/** Mistakes of the caller, for which every provider throws a RangeError. */
export const mistakes: readonly (readonly [string, (crypto: CryptoProvider) => unknown])[] = [
  ['an X25519 secret of 31 bytes', (crypto): unknown => crypto.x25519PublicKey(new Uint8Array(31))],
  [
    'an Ed25519 secret of 33 bytes',
    (crypto): unknown => crypto.ed25519PublicKey(new Uint8Array(33)),
  ],
  ['a P-256 secret of 16 bytes', (crypto): unknown => crypto.p256PublicKey(new Uint8Array(16))],
  ['an AEAD key of 31 bytes', (crypto): unknown => crypto.aead('aes-256-gcm', new Uint8Array(31))],
  ['a CMAC key of 32 bytes', (crypto): unknown => crypto.aesCmac(new Uint8Array(32))],
  [
    'a nonce of 8 bytes',
    (crypto): unknown =>
      crypto
        .aead('chacha20-poly1305', new Uint8Array(32))
        .seal(new Uint8Array(8), MESSAGE, MESSAGE, new Uint8Array(19)),
  ],
  [
    'a target too short for the tag',
    (crypto): unknown =>
      crypto
        .aead('chacha20-poly1305', new Uint8Array(32))
        .seal(new Uint8Array(12), MESSAGE, MESSAGE, new Uint8Array(18)),
  ],
  [
    'an AES-CTR key of 24 bytes',
    (crypto): unknown => crypto.aesCtr(new Uint8Array(24), new Uint8Array(16), MESSAGE),
  ],
  ...(
    [
      ['wraps', 0xffff_ffff, 65],
      ['is the last one', 0xffff_ffff, 64],
      ['is the last one, of no bytes', 0xffff_ffff, 0],
      ['reaches the last one', 0xffff_fffe, 65],
      ['has 33 bits', 0x1_0000_0000, 1],
    ] as const
  ).map(
    ([what, counter, length]) =>
      [
        `a ChaCha20 counter that ${what}`,
        (crypto: CryptoProvider): unknown =>
          crypto.chacha20(new Uint8Array(32), new Uint8Array(12), counter, new Uint8Array(length)),
      ] as const,
  ),
  [
    'more than 255 blocks of HKDF',
    (crypto): unknown => crypto.hkdfSha256({ key: MESSAGE, length: 255 * 32 + 1 }),
  ],
  [
    'no iteration of PBKDF2',
    (crypto): unknown =>
      crypto.pbkdf2Sha256({ password: MESSAGE, salt: MESSAGE, iterations: 0, length: 32 }),
  ],
];
