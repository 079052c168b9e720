/**
 * `npm test`: everything that must hold, cheap checks first, one closing line.
 *
 * Types, lint, architecture, dead code, then all tests. Later steps run although an earlier one
 * failed, so that one run tells everything.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { TEST_RESULTS } from './requirements/last-run.ts';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const BIN = 'node_modules/.bin';
const FOLDERS = [
  'engine',
  'nodes',
  'topologies',
  'scenarios',
  'reports',
  'services',
  'viz',
  'cli',
  'bench',
];
const STEPS: readonly Step[] = [
  { name: 'types', command: [`${BIN}/tsc`, '-p', '.'] },
  { name: 'lint', command: [`${BIN}/biome`, 'check', '--error-on-warnings', '.'] },
  {
    name: 'architecture',
    command: [
      `${BIN}/depcruise`,
      '--config',
      '.dependency-cruiser.cjs',
      ...FOLDERS,
      'tools',
      'test',
    ],
  },
  { name: 'dead code', command: [`${BIN}/knip`] },
];

/** After the tests: it runs some of them again, with the instruments on. */
const COVERAGE: Step = {
  name: 'coverage of the gateway',
  command: [
    `${BIN}/vitest`,
    'run',
    '--config',
    'vitest.coverage.config.ts',
    '--coverage',
    '--silent',
  ],
};

let passed = 0;
let failed = 0;

STEPS.forEach(perform);
const counts = runTests();
passed += counts.passed;
failed += counts.failed;
perform(COVERAGE);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function perform({ name, command }: Step): void {
  const began = Date.now();
  const isGood = run(command) === 0;
  if (isGood) passed += 1;
  else failed += 1;
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${isGood ? 'ok' : 'FAILED'}  ${name}  ${seconds} s\n`);
}

function run([program = '', ...parts]: readonly string[]): number {
  return spawnSync(program, parts, { stdio: 'inherit' }).status ?? 1;
}

/** Runs vitest; a runner that dies before it has counted anything is a failure. */
function runTests(): { readonly passed: number; readonly failed: number } {
  // `npm run requirements` reads the results later; those of an earlier run must not survive.
  mkdirSync(dirname(TEST_RESULTS), { recursive: true });
  rmSync(TEST_RESULTS, { force: true });
  const status = run([
    `${BIN}/vitest`,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${TEST_RESULTS}`,
  ]);
  try {
    const results = JSON.parse(readFileSync(TEST_RESULTS, 'utf8')) as {
      readonly numPassedTests: number;
      readonly numFailedTests: number;
      readonly success: boolean;
    };
    const { numPassedTests, numFailedTests, success } = results;
    // A file that does not load fails without a test of its own.
    const hidden = !success && numFailedTests === 0 ? 1 : 0;
    const none = numPassedTests === 0 ? 1 : 0;
    return { passed: numPassedTests, failed: numFailedTests + hidden + none };
  } catch (error) {
    process.stderr.write(`the test runner left no result (exit ${status}): ${String(error)}\n`);
    return { passed: 0, failed: 1 };
  }
}
