/**
 * Cases for the group of edwards25519 and for ML-KEM-768, for every provider: published values,
 * hostile input, and algebraic laws.
 *
 * @module
 */
import { expect } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const IDENTITY = `01${'00'.repeat(31)}`;
/** A point of order 8, and y = 2, which is not the coordinate of any point. */
const ORDER_8 = fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
const NO_POINT = fromHex(`02${'00'.repeat(31)}`);
/** y = p + 1 instead of 1, and x = 0 with the sign bit set: RFC 8032 section 5.1.3 rejects both. */
const NOT_CANONICAL = [
  `ee${'ff'.repeat(30)}7f`,
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(30)}ff`,
].map(fromHex);
/** The order of the base point, little-endian. */
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

const text = (letters: string): Uint8Array => new TextEncoder().encode(letters);
const hex = (bytes: Uint8Array | undefined): string => (bytes === undefined ? '' : toHex(bytes));
const scalar = (value: number): Uint8Array => {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

/**
 * RFC 9381 B.3 example 16 and B.4 example 19: the same secret with two ways of hashing to the
 * curve.
 */
const EXAMPLES = [
  {
    id: 'RFC 9381 example 16',
    x: '307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f',
    y: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    h: '91bbed02a99461df1ad4c6564a5f5d829d0b90cfc7903e7a5797bd658abf3318',
    k: '8a49edbd1492a8ee09766befe50a7d563051bf3406cbffc20a88def030730f0f',
    u: 'aef27c725be964c6a9bf4c45ca8e35df258c1878b838f37d9975523f09034071',
    v: '5016572f71466c646c119443455d6cb9b952f07d060ec8286d678615d55f954f',
    gamma: '8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f',
    c: '26f8a57ccaed74ee1b190bed1f479d97',
    s: '27d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805',
  },
  {
    id: 'RFC 9381 example 19',
    x: '307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f',
    y: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    h: 'b8066ebbb706c72b64390324e4a3276f129569eab100c26b9f05011200c1bad9',
    k: '55cbb247af9b8372259a97b2cfec656d78868deb33b203d51b9961c364522400',
    u: '762f5c178b68f0cddcc1157918edf45ec334ac8e8286601a3256c3bbf858edd9',
    v: '4652eba1c4612e6fce762977a59420b451e12964adbe4fbecd58a7aeff5860af',
    gamma: '7d9c633ffeee27349264cf5c667579fc583b4bda63ab71d001f89c10003ab46f',
    c: '14adf9a3cd8b8412d9038531e865c341',
    s: 'cafa73589b023d14311c331a9ad15ff2fb37831e00f0acaa6d73bc9997b06501',
  },
] as const;

const groupCases: readonly CryptoCase[] = [
  ...EXAMPLES.map(
    (example): CryptoCase => ({
      id: `edwards25519/${example.id}`,
      check: ({ edwards25519: group }): void => {
        const [x, k, s] = [fromHex(example.x), fromHex(example.k), fromHex(example.s)];
        const [h, y, gamma] = [fromHex(example.h), fromHex(example.y), fromHex(example.gamma)];
        const c = fromHex(example.c.padEnd(64, '0'));
        expect(hex(group.scalarMultBase(x))).toBe(example.y);
        expect(hex(group.scalarMultBase(k))).toBe(example.u);
        expect(hex(group.scalarMult(h, x))).toBe(example.gamma);
        expect(hex(group.scalarMult(h, k))).toBe(example.v);
        expect(hex(group.multiplyAdd(c, x, k))).toBe(example.s);
        // A verifier computes the same two points as s * B - c * Y and s * H - c * Gamma.
        const cy = group.scalarMult(y, c) as Uint8Array;
        expect(hex(group.subtract(group.scalarMultBase(s), cy))).toBe(example.u);
        const sh = group.scalarMult(h, s) as Uint8Array;
        const cg = group.scalarMult(gamma, c) as Uint8Array;
        expect(hex(group.subtract(sh, cg))).toBe(example.v);
      },
    }),
  ),
  {
    id: 'edwards25519/RFC 9380 J.5.2 edwards25519_XMD:SHA-512_ELL2_NU_',
    check: ({ edwards25519 }): void => {
      const domain = text('QUUX-V01-CS02-with-edwards25519_XMD:SHA-512_ELL2_NU_');
      // The coordinate y of the point, little-endian; the top bit is the parity of x.
      for (const [message, x, y] of [
        [
          '',
          '1ff2b70ecf862799e11b7ae744e3489aa058ce805dd323a936375a84695e76da',
          '222e314d04a4d5725e9f2aff9fb2a6b69ef375a1214eb19021ceab2d687f0f9b',
        ],
        [
          'abc',
          '5f13cc69c891d86927eb37bd4afc6672360007c63f68a33ab423a3aa040fd2a8',
          '67732d50f9a26f73111dd1ed5dba225614e538599db58ba30aaea1f5c827fa42',
        ],
      ] as const) {
        const point = fromHex(y).reverse();
        point[31]! |= (Number.parseInt(x.slice(-2), 16) & 1) << 7;
        expect(hex(edwards25519.encodeToCurve(text(message), domain))).toBe(toHex(point));
      }
    },
  },
  {
    id: 'edwards25519/points of small order are points, exact under any scalar',
    check: ({ edwards25519: group }): void => {
      expect(group.isPoint(ORDER_8)).toBe(true);
      expect(hex(group.clearCofactor(ORDER_8))).toBe(IDENTITY);
      expect(hex(group.scalarMult(ORDER_8, scalar(8)))).toBe(IDENTITY);
      expect(hex(group.scalarMult(ORDER_8, scalar(9)))).toBe(toHex(ORDER_8));
      // The order is 5 modulo 8, so a scalar that was reduced would give the identity.
      expect(hex(group.scalarMult(ORDER_8, ORDER))).toBe(hex(group.scalarMult(ORDER_8, scalar(5))));
    },
  },
  {
    id: 'edwards25519/no points, and encodings that are not canonical',
    check: ({ edwards25519: group }): void => {
      for (const bytes of [NO_POINT, ...NOT_CANONICAL]) {
        expect(group.isPoint(bytes)).toBe(false);
        expect(group.scalarMult(bytes, scalar(1))).toBeUndefined();
        expect(group.clearCofactor(bytes)).toBeUndefined();
        expect(group.add(bytes, ORDER_8)).toBeUndefined();
        expect(group.subtract(ORDER_8, bytes)).toBeUndefined();
      }
    },
  },
  {
    id: 'group/laws: sums, differences, the identity and scalars around the order',
    check: ({ edwards25519: group }): void => {
      const base = group.scalarMultBase(scalar(1));
      const seven = group.scalarMultBase(scalar(7));
      expect(group.scalarMult(base, scalar(7))).toEqual(seven);
      expect(group.add(group.scalarMultBase(scalar(3)), group.scalarMultBase(scalar(4)))).toEqual(
        seven,
      );
      expect(group.subtract(seven, group.scalarMultBase(scalar(4)))).toEqual(
        group.scalarMultBase(scalar(3)),
      );
      expect(group.clearCofactor(base)).toEqual(group.scalarMultBase(scalar(8)));
      expect(hex(group.scalarMultBase(scalar(0)))).toBe(IDENTITY);
      expect(hex(group.scalarMult(base, ORDER))).toBe(IDENTITY);
      expect(hex(group.subtract(seven, seven))).toBe(IDENTITY);
      expect(group.add(seven, fromHex(IDENTITY))).toEqual(seven);
      expect(group.isPoint(fromHex(IDENTITY))).toBe(true);
      const large = new Uint8Array(32).fill(0xff);
      expect(group.scalarMult(seven, large)).toEqual(
        group.scalarMult(seven, group.reduceScalar(large)),
      );
    },
  },
  {
    id: 'group/scalars: reduced or not, and numbers of up to 64 bytes',
    check: ({ edwards25519: group }): void => {
      expect(group.isReducedScalar(ORDER)).toBe(false);
      const below = ORDER.slice();
      below[0]! -= 1;
      expect(group.isReducedScalar(below)).toBe(true);
      expect(group.isReducedScalar(below.subarray(1))).toBe(false);
      expect(hex(group.reduceScalar(ORDER))).toBe('00'.repeat(32));
      expect(hex(group.reduceScalar(Uint8Array.of(5)))).toBe(hex(scalar(5)));
      // 2^256 and the largest number of 64 bytes, both modulo the order (computed with Python).
      const shifted = new Uint8Array(33);
      shifted[32] = 1;
      expect(hex(group.reduceScalar(shifted))).toBe(
        '1d95988d7431ecd670cf7d73f45befc6feffffffffffffffffffffffffffff0f',
      );
      expect(hex(group.reduceScalar(new Uint8Array(64).fill(0xff)))).toBe(
        '000f9c44e31106a447938568a71b0ed065bef517d273ecce3d9a307c1b419903',
      );
      expect(group.multiplyAdd(scalar(6), scalar(7), scalar(8))).toEqual(scalar(50));
    },
  },
  {
    id: 'group/wrong lengths of points are undefined',
    check: ({ edwards25519: group }): void => {
      const point = group.scalarMultBase(scalar(3));
      for (const length of [0, 1, 31, 33, 64]) {
        const wrong = new Uint8Array(length);
        expect(group.isPoint(wrong)).toBe(false);
        expect(group.scalarMult(wrong, scalar(2))).toBeUndefined();
        expect(group.add(wrong, point)).toBeUndefined();
        expect(group.add(point, wrong)).toBeUndefined();
        expect(group.clearCofactor(wrong)).toBeUndefined();
      }
    },
  },
];

/**
 * From Wycheproof: ML-KEM-768 key generation from a seed, test 1, and encapsulation to that key,
 * test 14.
 */
const KEM_SEED =
  '7c9935a0b07694aa0c6d10e4db6b1add2fd81a25ccb148032dcd739936737f2d' +
  '8626ed79d451140800e03b59b956f8210e556067407d13dc90fa9e8b872bfb8f';

const KEM_COINS = '147c03f7a5bebba406c8fae1874d7f13c80efe79a3a9a874cc09fe76f6997615';
const KEM_SECRET = 'e7184a0975ee3470878d2d159ec83129c8aec253d4ee17b4810311d198cd0368';
/** SHA-256 of the published key and of the ciphertext, which are too long to list. */
const KEM_PUBLIC_KEY_SHA256 = '86adbca81f4fee893e2fb58fb98aa2fe188f501fed268d7f4056f8c05c4e53c4';
const KEM_CIPHERTEXT_SHA256 = '36829a2f35cbf4deb62c0a12a15c22dae9f8d2c252566fc24f88abe805cb575e';

const kemCases: readonly CryptoCase[] = [
  {
    id: 'mlKem768/Wycheproof key generation 1 and encapsulation 14',
    check: (crypto): void => {
      const key = crypto.mlKem768.openKey(fromHex(KEM_SEED))!;
      expect(toHex(crypto.sha256(key.publicKey))).toBe(KEM_PUBLIC_KEY_SHA256);
      const { secret, ciphertext } = crypto.mlKem768.encapsulate(
        key.publicKey,
        fromHex(KEM_COINS),
      )!;
      expect(toHex(crypto.sha256(ciphertext))).toBe(KEM_CIPHERTEXT_SHA256);
      expect(toHex(secret)).toBe(KEM_SECRET);
      expect(hex(key.decapsulate(ciphertext))).toBe(KEM_SECRET);
    },
  },
  {
    id: 'mlKem768/a changed ciphertext gives another secret, always the same',
    check: (crypto): void => {
      const key = crypto.mlKem768.openKey(fromHex(KEM_SEED))!;
      const coins = new Uint8Array(32).fill(1);
      const { secret, ciphertext } = crypto.mlKem768.encapsulate(key.publicKey, coins)!;
      const rejected = key.decapsulate(ciphertext.with(1087, ciphertext[1087]! ^ 1))!;
      expect(rejected).toHaveLength(32);
      expect(rejected).not.toEqual(secret);
      expect(key.decapsulate(ciphertext.with(1087, ciphertext[1087]! ^ 1))).toEqual(rejected);
      expect(key.decapsulate(new Uint8Array(1088))).toHaveLength(32);
    },
  },
  {
    id: 'mlKem768/wrong lengths, coefficients that are not reduced and wiped keys are undefined',
    check: ({ mlKem768 }): void => {
      const key = mlKem768.openKey(fromHex(KEM_SEED))!;
      const coins = new Uint8Array(32);
      for (const length of [0, 32, 63, 65]) {
        expect(mlKem768.openKey(new Uint8Array(length))).toBeUndefined();
      }
      for (const length of [0, 1087, 1089]) {
        expect(key.decapsulate(new Uint8Array(length))).toBeUndefined();
      }
      for (const length of [0, 1183, 1185]) {
        expect(mlKem768.encapsulate(new Uint8Array(length), coins)).toBeUndefined();
      }
      expect(mlKem768.encapsulate(key.publicKey, coins.subarray(1))).toBeUndefined();
      const unreduced = key.publicKey.slice().fill(0xff, 0, 2);
      expect(mlKem768.encapsulate(unreduced, coins)).toBeUndefined();
      // A key with the same first bytes: a cache that compares only those would confuse the two
      // keys.
      const other = key.publicKey.slice().fill(7, 1152);
      const made = mlKem768.encapsulate(key.publicKey, coins)!;
      expect(mlKem768.encapsulate(other, coins)!.ciphertext).not.toEqual(made.ciphertext);
      key.wipe();
      expect(key.decapsulate(made.ciphertext)).toBeUndefined();
    },
  },
];

const x25519KeyCases: readonly CryptoCase[] = [
  {
    id: 'x25519Key/RFC 7748 6.1, many exchanges with one key, and none after wiping',
    check: (crypto): void => {
      const alice = fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
      const bob = fromHex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
      const secret = alice.slice();
      const key = crypto.x25519Key(secret);
      // The provider must have copied the caller's array.
      secret.fill(0);
      expect(hex(key.publicKey)).toBe(
        '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
      );
      expect(hex(key.sharedSecret(bob))).toBe(
        '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
      );
      for (const byte of [9, 33, 9, 77]) {
        const other = crypto.x25519PublicKey(new Uint8Array(32).fill(byte));
        expect(key.sharedSecret(other)).toEqual(crypto.x25519(alice, other));
        // The caller may overwrite the bytes of an element after an exchange.
        other.set(crypto.x25519PublicKey(new Uint8Array(32).fill(byte + 1)));
        expect(key.sharedSecret(other)).toEqual(crypto.x25519(alice, other));
      }
      expect(key.sharedSecret(new Uint8Array(32))).toBeUndefined();
      expect(key.sharedSecret(new Uint8Array(31))).toBeUndefined();
      key.wipe();
      expect(key.sharedSecret(bob)).toBeUndefined();
    },
  },
];

/** The order of the field, 2^255 - 19, little-endian. */
const FIELD = fromHex(`ed${'ff'.repeat(30)}7f`);

const agreementCases: readonly CryptoCase[] = [
  {
    id: 'agreement/x25519: both ends agree, with keys opened or in bytes, and nobody else does',
    check: (crypto): void => {
      const secrets = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
      const [a, b, c] = secrets.map((secret) => crypto.x25519Key(secret));
      const shared = a!.sharedSecret(b!.publicKey)!;
      expect(shared).toHaveLength(32);
      expect(b!.sharedSecret(a!.publicKey)).toEqual(shared);
      expect(crypto.x25519(secrets[0]!, crypto.x25519PublicKey(secrets[1]!))).toEqual(shared);
      expect(c!.sharedSecret(a!.publicKey)).not.toEqual(shared);
      for (const at of [0, 31]) {
        const changed = b!.publicKey.with(at, b!.publicKey[at]! ^ 4);
        expect(a!.sharedSecret(changed)).not.toEqual(shared);
      }
      a!.wipe();
      expect(a!.sharedSecret(b!.publicKey)).toBeUndefined();
    },
  },
  {
    id: 'agreement/x25519: RFC 7748 section 5, the top bit is ignored and u is reduced',
    check: (crypto): void => {
      const secret = new Uint8Array(32).fill(1);
      const [u, above] = [scalar(9), FIELD.slice()];
      const shared = crypto.x25519(secret, u)!;
      expect(shared).toEqual(crypto.x25519PublicKey(secret));
      u[31] = 0x80;
      expect(crypto.x25519(secret, u)).toEqual(shared);
      // 2^255 - 19 + 9.
      above[0]! += 9;
      expect(crypto.x25519(secret, above)).toEqual(shared);
      expect(crypto.x25519(secret, FIELD)).toBeUndefined();
      // The bits that section 5 sets or clears in a secret.
      const same = secret.with(0, 7).with(31, 0x81);
      expect(crypto.x25519PublicKey(same)).toEqual(
        crypto.x25519PublicKey(same.with(0, 0).with(31, 0x41)),
      );
    },
  },
];

/** All cases for the group and the key encapsulation. */
export const cryptoGroupCases: readonly CryptoCase[] = [
  ...groupCases,
  ...kemCases,
  ...x25519KeyCases,
  ...agreementCases,
];

/** A scalar of the wrong length is a mistake of the caller. */
export const groupMistakes: readonly (readonly [string, (crypto: CryptoProvider) => unknown])[] = [
  [
    'an X25519 secret of 31 bytes to open',
    (crypto): unknown => crypto.x25519Key(new Uint8Array(31)),
  ],
  ['an AEZ key of 32 bytes', (crypto): unknown => crypto.aez(new Uint8Array(32))],
  [
    'a pseudo-random key of 31 bytes',
    (crypto): unknown => crypto.hkdfExpandSha256({ key: new Uint8Array(31), length: 32 }),
  ],
  [
    'more than 255 blocks of HKDF-Expand',
    (crypto): unknown => crypto.hkdfExpandSha256({ key: ORDER_8, length: 255 * 32 + 1 }),
  ],
  [
    'a scalar of 31 bytes',
    (crypto): unknown => crypto.edwards25519.scalarMultBase(new Uint8Array(31)),
  ],
  [
    'a scalar of 33 bytes',
    (crypto): unknown => crypto.edwards25519.scalarMult(ORDER_8, new Uint8Array(33)),
  ],
  [
    'a number of 65 bytes to reduce',
    (crypto): unknown => crypto.edwards25519.reduceScalar(new Uint8Array(65)),
  ],
];
