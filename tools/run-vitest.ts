/**
 * Runs vitest and counts the results; keeps its output for `npm run requirements`.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { recordResultsOrigin } from './requirements/last-run.ts';

/** Numbers of passed and failed tests. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/** The priority of a test run; in the background, it leaves the processor to others. */
export type Priority = 'normal' | 'background';

/** A reporter that names the tests that needed a second attempt. */
const OWN = './tools/second-attempts.ts';

/** Runs vitest. If it dies before it has counted anything, that counts as a failure. */
export async function runVitest(
  results: string,
  flags: readonly string[] = [],
  priority: Priority = 'normal',
): Promise<TestCounts> {
  // Removes the results of earlier runs, because `npm run requirements` reads this file later.
  mkdirSync(dirname(results), { recursive: true });
  rmSync(results, { force: true });
  recordResultsOrigin(results, '.');
  const args = ['run', ...flags, '--reporter=default', `--reporter=${OWN}`, '--reporter=json'];
  const status = await start([...args, `--outputFile.json=${results}`], priority);
  try {
    const counted = JSON.parse(readFileSync(results, 'utf8')) as {
      readonly numPassedTests: number;
      readonly numFailedTests: number;
      readonly success: boolean;
    };
    const { numPassedTests, numFailedTests, success } = counted;
    // A test file that cannot be loaded fails without any failed test.
    const hidden = !success && numFailedTests === 0 ? 1 : 0;
    const none = numPassedTests === 0 ? 1 : 0;
    return { passed: numPassedTests, failed: numFailedTests + hidden + none };
  } catch (error) {
    process.stderr.write(`the test runner left no result (exit ${status}): ${String(error)}\n`);
    return { passed: 0, failed: 1 };
  }
}

function start(args: readonly string[], priority: Priority): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('node_modules/.bin/vitest', args, { stdio: 'inherit' });
    if (priority === 'background' && child.pid !== undefined) {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    }
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
