/**
 * `npm test` runs everything that must pass, cheap checks first, and prints one closing line.
 *
 * It checks types, lint, architecture, dead code and commit messages, then runs the tests. Long
 * tests are in `npm run test:thorough`. Later steps run even if an earlier one failed, so that one
 * run reports everything.
 *
 * @module
 */
import { type Check, close, runChecks, sumOf } from './checks.ts';
import { TEST_RESULTS, WALL_RESULTS } from './requirements/last-run.ts';
import { runVitest } from './run-vitest.ts';

function npmRun(name: string, script: string): Check {
  return { name, command: ['npm', 'run', '--silent', script] };
}

// Checking types takes as long as all other checks together, so each gets one core.
const checks = await runChecks([
  [npmRun('types', 'check:types')],
  [
    npmRun('lint', 'check:lint'),
    npmRun('architecture', 'check:architecture'),
    npmRun('dead code', 'check:dead'),
    npmRun('commits', 'check:commits'),
  ],
]);
// Tests with deadlines by the wall clock mostly wait, so they run next to the others, which mostly
// compute.
const tests = await Promise.all([
  runVitest(TEST_RESULTS, ['--config', 'vitest.virtual.config.ts']),
  runVitest(WALL_RESULTS, ['--config', 'vitest.wall.config.ts']),
]);
close(sumOf([checks, ...tests]));
