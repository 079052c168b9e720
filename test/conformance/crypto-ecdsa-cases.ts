/**
 * Published signatures of ECDSA, and what is none, as cases for every provider (RFC 6979 appendices A.2.5 to A.2.7).
 *
 * @module
 */
import { expect } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { VerifyingKey } from '../../engine/host/signatures.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import type { CryptoCase } from './crypto-cases.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const P256_SECRET = 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721';
const P256_PUBLIC =
  '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
  '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299';

const p256Cases: readonly CryptoCase[] = (
  [
    [
      'sample',
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716' +
        'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    ],
    [
      'test',
      'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367' +
        '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
    ],
  ] as const
).map(([message, signature]) => ({
  id: `p256/RFC 6979 A.2.5 SHA-256 ${message}`,
  check: (crypto): void => {
    expect(toHex(crypto.p256PublicKey(fromHex(P256_SECRET)))).toBe(P256_PUBLIC);
    expect(toHex(crypto.p256Sign(fromHex(P256_SECRET), ascii(message)))).toBe(signature);
    const bytes = fromHex(signature);
    expect(crypto.p256Verify(fromHex(P256_PUBLIC), ascii(message), bytes)).toBe(true);
    bytes[40]! ^= 1;
    expect(crypto.p256Verify(fromHex(P256_PUBLIC), ascii(message), bytes)).toBe(false);
  },
}));

const HIGHER_CURVES = [
  {
    id: 'A.2.6 SHA-384',
    open: (crypto: CryptoProvider, key: Uint8Array): VerifyingKey => crypto.p384Verifier(key),
    publicKey:
      '04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13' +
      '8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720',
    sample:
      '94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46' +
      '99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8',
    test:
      '8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023db' +
      'ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5',
  },
  {
    id: 'A.2.7 SHA-512',
    open: (crypto: CryptoProvider, key: Uint8Array): VerifyingKey => crypto.p521Verifier(key),
    publicKey:
      '0401894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e45db6b5d5370a7f20fb633' +
      '155d38ffa16d2bd761dcac474b9a2f5023a400493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f7' +
      '46a28a0db25741b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfdfcf5',
    sample:
      '00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b5349' +
      '31d7d4e8455cc91f9b15bf05ec36e377fa00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68a' +
      'f282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a',
    test:
      '013e99020abf5cee7525d16b69b229652ab6bdf2affcaef38773b4b7d08725f10cdb93482fdcc54edcee91eca4166b2a7c' +
      '6265ef0ce2bd7051b7cef945babd47ee6d01fbd0013c674aa79cb39849527916ce301c66ea7ce8b80682786ad60f98f7e' +
      '78a19ca69eff5c57400e3b3a0ad66ce0978214d13baf4e9ac60752f7b155e2de4dce3',
  },
] as const;

const higherCurveCases: readonly CryptoCase[] = HIGHER_CURVES.flatMap((curve) =>
  (['sample', 'test'] as const).map((message) => ({
    id: `ecdsa/RFC 6979 ${curve.id} ${message}`,
    check: (crypto: CryptoProvider): void => {
      const publicKey = fromHex(curve.publicKey);
      const signature = fromHex(curve[message]);
      const key = curve.open(crypto, publicKey);
      expect(key.verify(ascii(message), signature)).toBe(true);
      expect(key.verify(ascii(`${message}s`), signature)).toBe(false);
      for (let at = 0; at < signature.length; at += 13) {
        const changed = signature.with(at, signature[at]! ^ 1);
        expect(key.verify(ascii(message), changed)).toBe(false);
      }
      for (const wrong of hostileSignatures(signature)) {
        expect(key.verify(ascii(message), wrong)).toBe(false);
      }
      for (const noKey of hostilePoints(publicKey)) {
        expect(curve.open(crypto, noKey).verify(ascii(message), signature)).toBe(false);
      }
    },
  })),
);

/** r or s out of range, and other lengths. */
function hostileSignatures(signature: Uint8Array): readonly Uint8Array[] {
  const half = signature.length / 2;
  return [
    ...[0, 64, 96, 132]
      .filter((length) => length !== signature.length)
      .map((length) => new Uint8Array(length)),
    signature.slice(0, -1),
    signature.slice().fill(0, 0, half),
    signature.slice().fill(0, half),
    signature.slice().fill(0xff),
  ];
}

/** Points in another form, off the curve, or of another curve's length. */
function hostilePoints(point: Uint8Array): readonly Uint8Array[] {
  const last = point.length - 1;
  return [
    ...[0, 2, 3, 5, 6, 7].map((form) => point.with(0, form)),
    point.with(last, point[last]! ^ 1),
    point.slice(0, -1),
    ...[0, 65, 97, 133]
      .filter((length) => length !== point.length)
      .map((length) => Uint8Array.from({ length }, (_, at) => (at === 0 ? 4 : 1))),
  ];
}

/** All of them. */
export const ecdsaCases: readonly CryptoCase[] = [...p256Cases, ...higherCurveCases];
