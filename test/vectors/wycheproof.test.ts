/**
 * A few cases of each file of Wycheproof with each provider, and with the WebAssembly while its fallback
 * is forbidden; the whole files take longer (wycheproof.slow.test.ts).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { realProviders, wasmAlone } from './providers.ts';
import { runFile, suites, wasmSuites } from './wycheproof-cases.ts';
import { figuresOf } from './wycheproof-figures.ts';

describe.each(realProviders)('Wycheproof on %s', (_, crypto) => {
  it.each(suites.map((suite) => [suite.file, suite] as const))('agrees with %s', (file, suite) => {
    expect(runFile(suite, crypto, figuresOf(file)).computed).toBeGreaterThan(0);
  });
});

describe('Wycheproof on the WebAssembly alone', () => {
  const wasm = { ...wasmAlone, hmacSha256: createCryptoProvider('noble').hmacSha256 };
  it.each(wasmSuites.map((suite) => [suite.file, suite] as const))(
    'agrees with %s',
    (file, suite) => {
      expect(runFile(suite, wasm, figuresOf(file)).computed).toBeGreaterThan(0);
    },
  );
});
