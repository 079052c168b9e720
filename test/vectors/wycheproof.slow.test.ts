/**
 * Every file of Wycheproof: each case with each provider, and with the WebAssembly while its
 * fallback is forbidden. Cases are counted, so that a group without any executed case fails.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { itWhole, vectorFiles, vectors } from '../vectors-root.ts';
import { realProviders, wasmAlone } from './providers.ts';
import {
  type Outcome,
  runFile,
  suites,
  type WasmSubject,
  type WycheproofFile,
  type WycheproofSuite,
  wasmSuites,
} from './wycheproof-cases.ts';

const noble = createCryptoProvider('noble');
const wasm: WasmSubject = { ...wasmAlone, hmacSha256: noble.hmacSha256 };
let checks = 0;

/** Runs a whole file. @returns the number of cases by outcome. */
function run<P>(suite: WycheproofSuite<P>, crypto: P): Record<Outcome, number> {
  const outcomes = runFile(suite, crypto, vectors<WycheproofFile>(`wycheproof/${suite.file}`));
  checks += outcomes.computed + outcomes.refused;
  return outcomes;
}

describe.each(realProviders)('Wycheproof on %s', (_, crypto) => {
  itWhole.each(suites.map((suite, index) => [suite.file, index, suite] as const))(
    'agrees with every case of %s (%i)',
    (_file, _index, suite) => {
      expect(run(suite, crypto)).toEqual({ computed: suite.computed, refused: suite.refused });
    },
  );
});

describe('Wycheproof on the WebAssembly alone', () => {
  itWhole.each(wasmSuites.map((suite) => [suite.file, suite] as const))(
    'agrees with every case of %s',
    (_file, suite) => {
      expect(run(suite, wasm)).toEqual({ computed: suite.computed, refused: suite.refused });
    },
  );

  it('forbids the fallback: what the WebAssembly does not take throws', () => {
    const long = new Uint8Array(1_000_000);
    expect(() => wasm.hkdfExpandSha256({ key: long, length: 32 })).toThrow('to its fallback');
    const key = wasm.aead('chacha20-poly1305', long.subarray(0, 32));
    const target = new Uint8Array(long.length + 16);
    expect(() => key.seal(long.subarray(0, 12), long, long, target)).toThrow('to its fallback');
  });
});

describe('the files of Wycheproof', () => {
  itWhole('are all run', () => {
    const named = suites.map(({ file }) => file);
    expect([...new Set(named)].sort()).toEqual(vectorFiles('wycheproof'));
  });
});

afterAll(() => {
  if (checks > 0) process.stdout.write(`Wycheproof: ${checks} checks\n`);
});
