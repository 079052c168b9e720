/**
 * Published test vectors of the primitives with their origin, as cases for every provider.
 *
 * @module
 */
import { expect } from 'vitest';
import type { AeadName, CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';

/** One case. Its id names the primitive and the origin; `check` fails by a vitest expectation. */
export interface CryptoCase {
  readonly id: string;
  readonly check: (crypto: CryptoProvider) => void;
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const same = (bytes: Uint8Array | undefined, hex: string): void => {
  expect(bytes).toBeDefined();
  expect(toHex(bytes!)).toBe(hex);
};

const NIST_PLAINTEXT =
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
  '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';
const SUNSCREEN = ascii(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " +
    'sunscreen would be it.',
);

const hashes: readonly CryptoCase[] = [
  {
    id: 'sha256/FIPS 180-4 abc',
    check: (crypto) =>
      same(
        crypto.sha256(ascii('abc')),
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      ),
  },
  {
    id: 'sha384/FIPS 180-4 abc',
    check: (crypto) =>
      same(
        crypto.sha384(ascii('abc')),
        'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163' +
          '1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
      ),
  },
  {
    id: 'sha512/FIPS 180-4 abc',
    check: (crypto) =>
      same(
        crypto.sha512(ascii('abc')),
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
          '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      ),
  },
  {
    id: 'blake2b/RFC 7693 appendix A',
    check: (crypto) =>
      same(
        crypto.blake2b(ascii('abc'), 64),
        'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1' +
          '7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
      ),
  },
  {
    id: 'blake2s/RFC 7693 appendix B',
    check: (crypto) =>
      same(
        crypto.blake2s(ascii('abc')),
        '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982',
      ),
  },
  {
    id: 'blake3/official test_vectors.json, input_len 0 and 1',
    check: (crypto): void => {
      same(
        crypto.blake3(new Uint8Array(0), 64),
        'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262' +
          'e00f03e7b69af26b7faaf09fcd333050338ddfe085b8cc869ca98b206c08243a',
      );
      same(
        crypto.blake3(Uint8Array.of(0), 32),
        '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213',
      );
    },
  },
  {
    id: 'blake3DeriveKey/official test_vectors.json, input_len 0 and 1',
    check: (crypto): void => {
      const context = 'BLAKE3 2019-12-27 16:29:52 test vectors context';
      same(
        crypto.blake3DeriveKey(context, new Uint8Array(0), 32),
        '2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d',
      );
      same(
        crypto.blake3DeriveKey(context, Uint8Array.of(0), 32),
        'b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c',
      );
    },
  },
];

interface HmacVector {
  readonly id: string;
  readonly key: Uint8Array;
  readonly data: Uint8Array;
  readonly sha256: string;
  readonly sha384: string;
  readonly sha512: string;
}

const hmacVectors: readonly HmacVector[] = [
  {
    id: 'RFC 4231 4.2',
    key: new Uint8Array(20).fill(0x0b),
    data: ascii('Hi There'),
    sha256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    sha384:
      'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec6' +
      '82aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
    sha512:
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde' +
      'daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  },
  {
    id: 'RFC 4231 4.3',
    key: ascii('Jefe'),
    data: ascii('what do ya want for nothing?'),
    sha256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    sha384:
      'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47' +
      'e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
    sha512:
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554' +
      '9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  },
  {
    id: 'RFC 4231 4.7, key longer than a block',
    key: new Uint8Array(131).fill(0xaa),
    data: ascii('Test Using Larger Than Block-Size Key - Hash Key First'),
    sha256: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    sha384:
      '4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f' +
      '3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952',
    sha512:
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352' +
      '6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
  },
];

const keyed: readonly CryptoCase[] = [
  ...hmacVectors.map(
    (vector): CryptoCase => ({
      id: `hmac/${vector.id}`,
      check: (crypto): void => {
        same(crypto.hmacSha256(vector.key, vector.data), vector.sha256);
        same(crypto.hmacSha384(vector.key, vector.data), vector.sha384);
        same(crypto.hmacSha512(vector.key, vector.data), vector.sha512);
      },
    }),
  ),
  {
    id: 'hkdf/RFC 5869 A.1',
    check: (crypto) =>
      same(
        crypto.hkdfSha256({
          key: new Uint8Array(22).fill(0x0b),
          salt: fromHex('000102030405060708090a0b0c'),
          info: fromHex('f0f1f2f3f4f5f6f7f8f9'),
          length: 42,
        }),
        '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
      ),
  },
  {
    id: 'hkdf/RFC 5869 A.3, no salt, no info',
    check: (crypto) =>
      same(
        crypto.hkdfSha256({ key: new Uint8Array(22).fill(0x0b), length: 42 }),
        '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
      ),
  },
  {
    id: 'pbkdf2/RFC 7914 11, two blocks',
    check: (crypto) =>
      same(
        crypto.pbkdf2Sha256({
          password: new TextEncoder().encode('passwd'),
          salt: new TextEncoder().encode('salt'),
          iterations: 1,
          length: 64,
        }),
        '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc' +
          '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
      ),
  },
];

const CMAC_KEY = '2b7e151628aed2a6abf7158809cf4f3c';

const cmacCases: readonly CryptoCase[] = (
  [
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ] as const
).map(([length, tag]) => ({
  id: `aesCmac/RFC 4493 4, ${length} bytes`,
  check: (crypto): void => {
    const out = new Uint8Array(16);
    crypto.aesCmac(fromHex(CMAC_KEY)).tag(fromHex(NIST_PLAINTEXT).subarray(0, length), out);
    same(out, tag);
  },
}));

const streams: readonly CryptoCase[] = [
  {
    id: 'aesCtr/NIST SP 800-38A F.5.1',
    check: (crypto) =>
      same(
        crypto.aesCtr(
          fromHex(CMAC_KEY),
          fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
          fromHex(NIST_PLAINTEXT),
        ),
        '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff' +
          '5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee',
      ),
  },
  {
    id: 'aesCtr/NIST SP 800-38A F.5.5, 256-bit key',
    check: (crypto) =>
      same(
        crypto.aesCtr(
          fromHex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'),
          fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
          fromHex(NIST_PLAINTEXT),
        ),
        '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5' +
          '2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6',
      ),
  },
  {
    id: 'chacha20/RFC 8439 2.4.2',
    check: (crypto) =>
      same(
        crypto.chacha20(
          fromHex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'),
          fromHex('000000000000004a00000000'),
          1,
          SUNSCREEN,
        ),
        '6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b' +
          'f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8' +
          '07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736' +
          '5af90bbf74a35be6b40b8eedf2785e42874d',
      ),
  },
];

interface AeadVector {
  readonly id: string;
  readonly name: AeadName;
  readonly key: string;
  readonly nonce: string;
  readonly associated: string;
  readonly plaintext: string;
  readonly sealed: string;
}

const GCM_KEY = 'feffe9928665731c6d6a8f9467308308';
const GCM_MESSAGE = {
  nonce: 'cafebabefacedbaddecaf888',
  associated: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  plaintext:
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
    '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
};

const aeadVectors: readonly AeadVector[] = [
  {
    id: 'RFC 8439 2.8.2',
    name: 'chacha20-poly1305',
    key: '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f',
    nonce: '070000004041424344454647',
    associated: '50515253c0c1c2c3c4c5c6c7',
    plaintext: toHex(SUNSCREEN),
    sealed:
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6' +
      '3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36' +
      '92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc' +
      '3ff4def08e4b7a9de576d26586cec64b6116' +
      '1ae10b594f09e26a7e902ecbd0600691',
  },
  {
    id: 'GCM specification (NIST submission) test case 2',
    name: 'aes-128-gcm',
    key: '00'.repeat(16),
    nonce: '00'.repeat(12),
    associated: '',
    plaintext: '00'.repeat(16),
    sealed: '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf',
  },
  {
    id: 'GCM specification (NIST submission) test case 4',
    name: 'aes-128-gcm',
    key: GCM_KEY,
    ...GCM_MESSAGE,
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e' +
      '21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091' +
      '5bc94fbc3221a5db94fae95ae7121a47',
  },
  {
    id: 'GCM specification (NIST submission) test case 14',
    name: 'aes-256-gcm',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    associated: '',
    plaintext: '00'.repeat(16),
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    id: 'GCM specification (NIST submission) test case 16',
    name: 'aes-256-gcm',
    key: GCM_KEY + GCM_KEY,
    ...GCM_MESSAGE,
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa' +
      '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662' +
      '76fc6ece0f4e1768cddf8853bb2d551b',
  },
];

const aeadCases: readonly CryptoCase[] = aeadVectors.map((vector) => ({
  id: `aead/${vector.name} ${vector.id}`,
  check: (crypto): void => {
    const key = crypto.aead(vector.name, fromHex(vector.key));
    const [nonce, associated] = [fromHex(vector.nonce), fromHex(vector.associated)];
    const [plaintext, sealed] = [fromHex(vector.plaintext), fromHex(vector.sealed)];
    const target = new Uint8Array(sealed.length + 3);
    expect(key.seal(nonce, associated, plaintext, target)).toBe(sealed.length);
    same(target, `${vector.sealed}000000`);
    expect(key.open(nonce, associated, sealed, target)).toBe(plaintext.length);
    same(target.subarray(0, plaintext.length), vector.plaintext);
  },
}));

const curves: readonly CryptoCase[] = [
  {
    id: 'x25519/RFC 7748 5.2',
    check: (crypto): void => {
      same(
        crypto.x25519(
          fromHex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
          fromHex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
        ),
        'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
      );
      // In the second vector, the unused top bit of u is set.
      same(
        crypto.x25519(
          fromHex('4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d'),
          fromHex('e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493'),
        ),
        '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
      );
    },
  },
  {
    id: 'x25519/RFC 7748 6.1',
    check: (crypto): void => {
      const alice = fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
      const bob = fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
      const alicePublic = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
      const bobPublic = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
      const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
      same(crypto.x25519PublicKey(alice), alicePublic);
      same(crypto.x25519PublicKey(bob), bobPublic);
      same(crypto.x25519(alice, fromHex(bobPublic)), shared);
      same(crypto.x25519(bob, fromHex(alicePublic)), shared);
    },
  },
];

const ED25519_VECTORS = [
  {
    id: 'RFC 8032 7.1 TEST 1',
    secret: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    id: 'RFC 8032 7.1 TEST 2',
    secret: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    id: 'RFC 8032 7.1 TEST 3',
    secret: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
] as const;

const ed25519Cases: readonly CryptoCase[] = ED25519_VECTORS.map((vector) => ({
  id: `ed25519/${vector.id}`,
  check: (crypto): void => {
    const [secret, publicKey] = [fromHex(vector.secret), fromHex(vector.publicKey)];
    const [message, signature] = [fromHex(vector.message), fromHex(vector.signature)];
    same(crypto.ed25519PublicKey(secret), vector.publicKey);
    same(crypto.ed25519Sign(secret, message), vector.signature);
    expect(crypto.ed25519Verify(publicKey, message, signature)).toBe(true);
    signature[0]! ^= 1;
    expect(crypto.ed25519Verify(publicKey, message, signature)).toBe(false);
  },
}));

/** All cases from published vectors. */
export const cryptoCases: readonly CryptoCase[] = [
  ...hashes,
  ...keyed,
  ...cmacCases,
  ...streams,
  ...aeadCases,
  ...curves,
  ...ed25519Cases,
];
