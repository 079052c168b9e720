/**
 * Runs vitest and counts, keeping its output for `npm run requirements`.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { noteOrigin } from './requirements/last-run.ts';

/** The outcome of a run of tests. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** How a run of tests shares the machine: in the background it leaves the processor to others. */
export type Priority = 'normal' | 'background';

/** Names the tests that had to be tried again. */
const OWN = './tools/second-attempts.ts';

/** Runs it; a runner that dies before it has counted anything is a failure. */
export async function runVitest(
  results: string,
  flags: readonly string[] = [],
  priority: Priority = 'normal',
): Promise<Counts> {
  // `npm run requirements` reads the results later; those of an earlier run must not survive.
  mkdirSync(dirname(results), { recursive: true });
  rmSync(results, { force: true });
  noteOrigin(results, '.');
  const args = ['run', ...flags, '--reporter=default', `--reporter=${OWN}`, '--reporter=json'];
  const status = await start([...args, `--outputFile.json=${results}`], priority);
  try {
    const counted = JSON.parse(readFileSync(results, 'utf8')) as {
      readonly numPassedTests: number;
      readonly numFailedTests: number;
      readonly success: boolean;
    };
    const { numPassedTests, numFailedTests, success } = counted;
    // A file that does not load fails without a test of its own.
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
