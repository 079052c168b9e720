/**
 * Runs independent checks: several rows in parallel, and the checks within a row one after the
 * other.
 *
 * The output of a check is printed in one piece when it ends, so that outputs do not mix.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { TestCounts } from './run-vitest.ts';

/** A check that is one command. */
export interface Check {
  readonly name: string;
  readonly command: readonly string[];
}

/** Runs rows of checks in parallel. If a check fails, the later checks of its row still run. */
export async function runChecks(rows: readonly (readonly Check[])[]): Promise<TestCounts> {
  const results = await Promise.all(rows.map(runRow));
  const isGood = results.flat();
  const passed = isGood.filter(Boolean).length;
  return { passed, failed: isGood.length - passed };
}

/** Adds up all counts. */
export function sumTestCounts(all: readonly TestCounts[]): TestCounts {
  return all.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );
}

/** Prints the closing line with both counts, and sets exit code 1 if anything failed. */
export function printTotalsAndSetExitCode({ passed, failed }: TestCounts): void {
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Prepares the programs of threads and agents (ADR 0030) that runs of tests share. */
export function prepareTestPrograms(): Promise<void> {
  const args = ['--eval', "import('./cli/prepared-store.mjs').then((m) => m.preparedFolder())"];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  // If this fails, the tests load modules one by one.
  return new Promise((resolve) => child.on('close', () => resolve()));
}

async function runRow(checks: readonly Check[]): Promise<boolean[]> {
  const results: boolean[] = [];
  for (const check of checks) results.push(await runCheck(check));
  return results;
}

function runCheck({ name, command: [program = '', ...words] }: Check): Promise<boolean> {
  const began = Date.now();
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      process.stdout.write(Buffer.concat(said));
      process.stdout.write(`${code === 0 ? 'ok' : 'FAILED'}  ${name}  ${seconds} s\n`);
      resolve(code === 0);
    });
  });
}
