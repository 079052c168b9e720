/**
 * Runs the suite over crypto providers, and Wycheproof, with the provider of a tab; in a worker, as the engine does.
 *
 * @module
 */
import { tabCrypto } from '../../engine/crypto/tab.ts';
import { allCryptoCases, allMistakes } from '../conformance/all-crypto-cases.ts';
import { runFile, suites, type WycheproofFile } from '../vectors/wycheproof-cases.ts';
import { figuresOf } from '../vectors/wycheproof-figures.ts';

/** What the worker gets: whole files of Wycheproof by name; a few cases of each stand in for those that are missing. */
export type WycheproofFiles = Readonly<Record<string, WycheproofFile>>;

/** What it answers. */
export interface CryptoOutcome {
  readonly passed: number;
  readonly failed: readonly string[];
}

self.onmessage = ({ data }: MessageEvent<WycheproofFiles>): void => {
  const failed: string[] = [];
  let passed = 0;
  const attempt = (id: string, check: () => void): void => {
    try {
      check();
      passed += 1;
    } catch (error) {
      failed.push(`${id}: ${String(error)}`);
    }
  };
  for (const { id, check } of allCryptoCases) attempt(id, () => void check(tabCrypto));
  for (const [id, call] of allMistakes) attempt(id, () => mustRefuse(() => call(tabCrypto)));
  for (const suite of suites) {
    const whole = data[suite.file];
    attempt(suite.file, () => {
      const { computed, refused } = runFile(suite, tabCrypto, whole ?? figuresOf(suite.file));
      if (whole === undefined ? computed > 0 : computed === suite.computed) return;
      throw new Error(`${computed} computed, ${refused} refused`);
    });
  }
  self.postMessage({ passed, failed } satisfies CryptoOutcome);
};

function mustRefuse(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  throw new Error('no RangeError');
}
