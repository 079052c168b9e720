/**
 * `npm test`: everything that must hold, cheap checks first, one closing line.
 *
 * Types, lint, architecture, dead code, then the tests; those that take long are
 * `npm run test:thorough`. Later steps run although an earlier one failed, so that one run tells
 * everything.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { TEST_RESULTS, WALL_RESULTS } from './requirements/last-run.ts';
import { runVitest } from './run-vitest.ts';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const STEPS: readonly Step[] = [
  { name: 'types', command: ['npm', 'run', '--silent', 'check:types'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'check:lint'] },
  { name: 'architecture', command: ['npm', 'run', '--silent', 'check:architecture'] },
  { name: 'dead code', command: ['npm', 'run', '--silent', 'check:dead'] },
];

let passed = 0;
let failed = 0;

STEPS.forEach(perform);
// Tests of the wall clock mostly wait: they run beside the others, which mostly compute.
const both = [
  runVitest(TEST_RESULTS, ['--config', 'vitest.virtual.config.ts']),
  runVitest(WALL_RESULTS, ['--config', 'vitest.wall.config.ts']),
];
for (const counts of await Promise.all(both)) {
  passed += counts.passed;
  failed += counts.failed;
}
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
