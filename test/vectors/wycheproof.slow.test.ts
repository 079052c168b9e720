/**
 * Every file of Wycheproof: each case with each provider, and with the WebAssembly while its
 * fallback is forbidden. Cases are counted, so that a group without any executed case fails.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import { provider } from '../../engine/crypto/index.ts';
import { hasVectors, vectorFiles, vectors } from '../vectors-root.ts';
import { realProviders, wasmAlone } from './providers.ts';
import {
  type Outcome,
  suites,
  type WasmSubject,
  type WycheproofGroup,
  type WycheproofSuite,
  wasmSuites,
} from './wycheproof-cases.ts';

interface WycheproofFile {
  readonly numberOfTests: number;
  readonly testGroups: readonly WycheproofGroup[];
}

const noble = provider('noble');
const wasm: WasmSubject = { ...wasmAlone, hmacSha256: noble.hmacSha256 };
let checks = 0;

/** Runs all cases of a file. @returns the number of cases by outcome. */
function run<P>(suite: WycheproofSuite<P>, crypto: P): Record<Outcome, number> {
  const { testGroups, numberOfTests } = vectors<WycheproofFile>(`wycheproof/${suite.file}`);
  const outcomes = { computed: 0, refused: 0 };
  for (const group of testGroups) {
    expect(group.tests.length, 'a group without cases').toBeGreaterThan(0);
    for (const one of group.tests) {
      try {
        outcomes[suite.check(crypto, group, one)] += 1;
      } catch (error) {
        throw new Error(`${suite.file} case ${one.tcId}, ${one.result}`, { cause: error });
      }
    }
  }
  checks += outcomes.computed + outcomes.refused;
  expect(outcomes.computed + outcomes.refused).toBe(numberOfTests);
  return outcomes;
}

describe.runIf(hasVectors).each(realProviders)('Wycheproof on %s', (_, crypto) => {
  it.each(suites.map((suite, index) => [suite.file, index, suite] as const))(
    'agrees with every case of %s (%i)',
    (_file, _index, suite) => {
      expect(run(suite, crypto)).toEqual({ computed: suite.computed, refused: suite.refused });
    },
  );
});

describe.runIf(hasVectors)('Wycheproof on the WebAssembly alone', () => {
  it.each(wasmSuites.map((suite) => [suite.file, suite] as const))(
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

describe.runIf(hasVectors)('the files of Wycheproof', () => {
  it('are all run', () => {
    const named = suites.map(({ file }) => file);
    expect([...new Set(named)].sort()).toEqual(vectorFiles('wycheproof'));
  });
});

afterAll(() => {
  if (hasVectors) process.stdout.write(`Wycheproof: ${checks} checks\n`);
});
