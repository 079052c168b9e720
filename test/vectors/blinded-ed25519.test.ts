/**
 * Blinded Ed25519 keys with every provider, on Tor's published pairs (tor `src/test/ed25519_vectors.inc`), and
 * without arithmetic.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import {
  blindEd25519Key,
  blindEd25519PublicKey,
  expandEd25519Key,
  signExpandedEd25519,
  verifyBlindedEd25519,
} from '../../nodes/_kit/blinded-ed25519.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';

interface Pair {
  readonly index: number;
  readonly seed: string;
  readonly public: string;
  readonly param: string;
  /** Scalar and prefix. */
  readonly blindedSecret: string;
  readonly blindedPublic: string;
  /** Of the public key that is not blinded, over itself. */
  readonly selfSignature: string;
}

/** The first published pair. */
const FIRST: Pair = {
  index: 0,
  seed: '26c76712d89d906e6672dafa614c42e5cb1caac8c6568e4d2493087db51f0d36',
  public: 'c2247870536a192d142d056abefca68d6193158e7c1a59c1654c954eccaff894',
  param: '54a513898b471d1d448a2f3c55c1de2c0ef718c447b04497eeb999ed32027823',
  blindedSecret:
    '293c3acff4e902f6f63ddc5d5caa2a57e771db4f24de65d4c28df3232f47fa01' +
    '171d43f24e3f53e70ec7ac280044ac77d4942dee5d6807118a59bdf3ee647e89',
  blindedPublic: '1fc1fa4465bd9d4956fdbdc9d3acb3c7019bb8d5606b951c2e1dfe0b42eaeb41',
  selfSignature:
    'd23188eac3773a316d46006fa59c095060be8b1a23582a0dd99002a82a0662bd' +
    '246d8449e172e04c5f46ac0d1404cebe4aabd8a75a1457aa06cae41f3334f104',
};

const SETS = vectorSets('circuits/onion-address.json', { keyBlindingGivenParam: [FIRST] });
const MESSAGE = new TextEncoder().encode('a descriptor');

const pairs = onProviders(realProviders, SETS).flatMap(({ provider: name, set, crypto, file }) =>
  file.keyBlindingGivenParam.map((pair) => ({
    name: `${name}, ${set} ${pair.index}`,
    crypto,
    pair,
  })),
);

/** A key and a blinded one. */
function keys(crypto: CryptoProvider): {
  readonly key: ReturnType<typeof expandEd25519Key>;
  readonly blinded: ReturnType<typeof expandEd25519Key>;
} {
  const key = expandEd25519Key(crypto, fromHex(FIRST.seed));
  return { key, blinded: blindEd25519Key(crypto, key, fromHex(FIRST.param)) };
}

describe.each(pairs)('blinded Ed25519 on $name', ({ crypto, pair }) => {
  const key = expandEd25519Key(crypto, fromHex(pair.seed));
  const factor = fromHex(pair.param);
  const blinded = blindEd25519Key(crypto, key, factor);

  it('gives the published pair, from the secret and from the public key', () => {
    expect(toHex(key.publicKey)).toBe(pair.public);
    expect(toHex(blinded.scalar) + toHex(blinded.prefix)).toBe(pair.blindedSecret);
    expect(toHex(blinded.publicKey)).toBe(pair.blindedPublic);
    expect(toHex(blindEd25519PublicKey(crypto, key.publicKey, factor)!)).toBe(pair.blindedPublic);
  });

  it('signs as Ed25519 does, so that anybody verifies', () => {
    expect(toHex(signExpandedEd25519(crypto, key, key.publicKey))).toBe(pair.selfSignature);
    const signature = signExpandedEd25519(crypto, blinded, MESSAGE);
    expect(crypto.ed25519Verify(blinded.publicKey, MESSAGE, signature)).toBe(true);
    expect(verifyBlindedEd25519(crypto, blinded.publicKey, MESSAGE, signature)).toBe(true);
  });
});

describe.each([
  ['node', createCryptoProvider('node', { timing: 'simulation' })],
  ['modelled', createCryptoProvider('modelled')],
])('a signature by a blinded key of %s', (_name, crypto) => {
  const { key, blinded } = keys(crypto);
  const signature = signExpandedEd25519(crypto, blinded, MESSAGE);
  const verify = (publicKey: Uint8Array, message: Uint8Array, bytes: Uint8Array): boolean =>
    verifyBlindedEd25519(crypto, publicKey, message, bytes);

  it('verifies by the public key that anybody can derive', () => {
    const derived = blindEd25519PublicKey(crypto, key.publicKey, fromHex(FIRST.param))!;
    expect(verify(derived, MESSAGE, signature)).toBe(true);
  });

  it('does not verify with another key, factor, message or signature', () => {
    const other = blindEd25519Key(crypto, key, fromHex(FIRST.seed));
    expect(verify(key.publicKey, MESSAGE, signature)).toBe(false);
    expect(verify(other.publicKey, MESSAGE, signature)).toBe(false);
    expect(verify(blinded.publicKey, MESSAGE.subarray(1), signature)).toBe(false);
    expect(verify(blinded.publicKey, MESSAGE, signature.subarray(1))).toBe(false);
    for (let at = 0; at < signature.length; at++) {
      const changed = signature.slice();
      changed[at]! ^= 1;
      expect(verify(blinded.publicKey, MESSAGE, changed), `byte ${at}`).toBe(false);
    }
  });

  it('does not verify with what is no key', () => {
    const identity = new Uint8Array(32).with(0, 1);
    const zeros = new Uint8Array(64);
    zeros[0] = 1;
    // S = 0 and R = the identity satisfy the equation of the identity.
    expect(verify(identity, MESSAGE, zeros)).toBe(false);
    expect(verify(new Uint8Array(32).fill(255), MESSAGE, signature)).toBe(false);
    expect(verify(new Uint8Array(31), MESSAGE, signature)).toBe(false);
  });
});

describe('blinded Ed25519 without arithmetic', () => {
  it('costs at most a tenth', () => {
    const roundMs = (crypto: CryptoProvider): number => {
      const start = performance.now();
      const { blinded } = keys(crypto);
      verifyBlindedEd25519(
        crypto,
        blinded.publicKey,
        MESSAGE,
        signExpandedEd25519(crypto, blinded, MESSAGE),
      );
      return performance.now() - start;
    };
    const modelled = createCryptoProvider('modelled');
    const real = createCryptoProvider('node', { timing: 'simulation' });
    const times = Array.from({ length: 9 }, () => [roundMs(modelled), roundMs(real)] as const);
    const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[4]!;
    const ratio = median(times.map(([ours]) => ours)) / median(times.map(([, theirs]) => theirs));
    expect(ratio).toBeLessThan(0.1);
  });
});
