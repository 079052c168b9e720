import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoTiming } from '../../../../engine/crypto/node.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { cryptoCases } from '../../../conformance/crypto-cases.ts';
import { hostileCases, mistakes } from '../../../conformance/crypto-hostile-cases.ts';
import { randomCases } from '../../../conformance/crypto-random.ts';
import { spongeCases, spongeMistakes } from '../../../conformance/crypto-sponge-cases.ts';
import { stateCases, stateMistakes } from '../../../conformance/crypto-state-cases.ts';

/**
 * The functions that the provider computes in WebAssembly if it is available, by the ids of the
 * shared suite.
 */
const REPLACED = /chacha20-poly1305|aesCmac|aez|blake2xb|polyval|x25519/i;

const noble = createCryptoProvider('noble');
const aeadKind = (crypto: CryptoProvider): string =>
  crypto.aead('chacha20-poly1305', new Uint8Array(32)).constructor.name;
/** Read before WebAssembly is removed below. */
const KIND_WITH_VECTORS = aeadKind(createCryptoProvider('node'));

const timings: readonly CryptoTiming[] = ['constant', 'simulation'];

describe.each(timings)('the provider node without WebAssembly, timing %s', (timing) => {
  let crypto: CryptoProvider;

  beforeAll(async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const fresh = await import('../../../../engine/crypto/node.ts');
    crypto = fresh.createNodeCrypto(timing);
  });

  afterAll(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('seals with a cipher object of OpenSSL', () => {
    expect([aeadKind(crypto), KIND_WITH_VECTORS]).toEqual(['Object', 'FastAead']);
  });

  it.each(
    [...cryptoCases, ...spongeCases, ...stateCases, ...hostileCases].filter(({ id }) =>
      REPLACED.test(id),
    ),
  )('passes $id', ({ check }) => check(crypto));

  it.each(randomCases.filter(({ id }) => REPLACED.test(id)))('passes $id', (one) => {
    fc.assert(
      fc.property(one.input, (input) => {
        expect(one.result(crypto, input)).toEqual(one.result(noble, input));
      }),
      { numRuns: one.runs },
    );
  });

  it.each([...mistakes, ...spongeMistakes, ...stateMistakes])(
    'throws a RangeError for %s',
    (_, call) => {
      expect(() => call(crypto)).toThrow(RangeError);
    },
  );
});
