/**
 * ECVRF beyond the published vectors: changed input fails, random bytes give undefined, and the
 * three ways of computing an output agree, even in a modelled run.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { fromHex } from '../../../../nodes/_kit/bytes.ts';
import {
  isVrfPublicKey,
  openVrfSecretKey,
  PROOF_LENGTH,
  proofToOutput,
  type VrfSuite,
  verifyVrf,
} from '../../../../nodes/vrf/index.ts';
import { providers } from '../sphinx/support.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const SUITES: readonly VrfSuite[] = ['tai', 'ell2'];
const secret = Uint8Array.from({ length: 32 }, (_, index) => 3 * index);
const alpha = Uint8Array.of(1, 2, 3);

/** All eight points of small order; RFC 9381 section 5.4.5 rejects each of them as a key. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
];
/**
 * y = p + 1, x = 0 with the sign bit, and y = 2: non-canonical encodings, and an encoding of no
 * point.
 */
const NO_POINTS = [
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000080',
  '0200000000000000000000000000000000000000000000000000000000000000',
];

describe.each(SUITES)('ECVRF %s', (suite) => {
  const key = openVrfSecretKey(crypto, suite, secret);
  const proved = key.prove(alpha)!;

  it('fails for every changed byte of a proof, whichever bit', () => {
    // Flips one bit of each of the 80 bytes; the two suites together cover two bits per byte.
    const offset = suite === 'tai' ? 0 : 4;
    for (let byte = 0; byte < PROOF_LENGTH; byte++) {
      const bit = 8 * byte + ((byte + offset) % 8);
      const changed = proved.proof.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(verifyVrf(crypto, key, alpha, changed), `bit ${bit}`).toBeUndefined();
    }
  });

  it('fails for another text, key, suite and length', () => {
    const other = openVrfSecretKey(
      crypto,
      suite,
      secret.map((byte) => byte ^ 1),
    );
    expect(verifyVrf(crypto, other, alpha, proved.proof)).toBeUndefined();
    expect(verifyVrf(crypto, key, alpha.subarray(1), proved.proof)).toBeUndefined();
    const { publicKey } = key;
    const otherSuite = { publicKey, suite: suite === 'tai' ? 'ell2' : 'tai' } as const;
    expect(verifyVrf(crypto, otherSuite, alpha, proved.proof)).toBeUndefined();
    expect(verifyVrf(crypto, key, alpha, proved.proof.subarray(1))).toBeUndefined();
    expect(verifyVrf(crypto, key, alpha, new Uint8Array([...proved.proof, 0]))).toBeUndefined();
  });

  it('agrees on the output whether proved, verified, read or computed alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (text) => {
        const { proof, output } = key.prove(text)!;
        expect(key.output(text)).toEqual(output);
        expect(proofToOutput(crypto, suite, proof)).toEqual(output);
        expect(verifyVrf(crypto, key, text, proof)).toEqual(output);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses all keys of small order and all that are no points', () => {
    for (const hex of [...SMALL_ORDER, ...NO_POINTS]) {
      const publicKey = fromHex(hex);
      expect(isVrfPublicKey(crypto, publicKey), hex).toBe(false);
      expect(verifyVrf(crypto, { suite, publicKey }, alpha, proved.proof)).toBeUndefined();
    }
    expect(isVrfPublicKey(crypto, key.publicKey)).toBe(true);
  });

  it('holds in a modelled run, and a changed proof fails there too', () => {
    const modelled = createCryptoProvider('modelled', { timing: 'simulation' });
    const own = openVrfSecretKey(modelled, suite, secret);
    for (let text = 0; text < 200; text++) {
      const { proof, output } = own.prove(Uint8Array.of(text))!;
      expect(own.output(Uint8Array.of(text))).toEqual(output);
      expect(verifyVrf(modelled, own, Uint8Array.of(text), proof)).toEqual(output);
      expect(verifyVrf(modelled, own, Uint8Array.of(text + 1), proof)).toBeUndefined();
    }
  });
});

describe('ECVRF on bytes from the network', () => {
  it.each(providers)('never throws, whatever key, text and proof are: %s', (_name, each) => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 80, maxLength: 80 }),
      fc.constantFrom(...[...SMALL_ORDER, ...NO_POINTS].map(fromHex)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...SUITES),
        bytes,
        bytes,
        bytes,
        (suite, publicKey, text, proof) => {
          expect(verifyVrf(each, { suite, publicKey }, text, proof)).toBeUndefined();
          proofToOutput(each, suite, proof);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('tells a caller with a secret of another length', () => {
    expect(() => openVrfSecretKey(crypto, 'tai', new Uint8Array(31))).toThrow(RangeError);
  });
});
