/**
 * `npm test` runs everything that must pass, cheap checks first, and prints one closing line.
 *
 * It checks types, lint, architecture, dead code and commit messages, then runs the tests. Long
 * tests are in `npm run test:thorough`. Later steps run even if an earlier one failed, so that one
 * run reports everything.
 *
 * @module
 */
import { type Check, close, prepareTestPrograms, runChecks, sumOf } from './checks.ts';
import { TEST_RESULTS, WALL_RESULTS } from './requirements/last-run.ts';
import { runVitest } from './run-vitest.ts';

function npmRun(name: string, script: string): Check {
  return { name, command: ['npm', 'run', '--silent', script] };
}

process.stdout.write('types, lint, architecture, dead code and commits first; then the tests\n');
// The two rows take about as long as each other, so each gets one core.
const checking = runChecks([
  [npmRun('types', 'check:types'), npmRun('architecture', 'check:architecture')],
  [
    npmRun('lint', 'check:lint'),
    npmRun('dead code', 'check:dead'),
    npmRun('commits', 'check:commits'),
  ],
]);
// Both runs of tests use these programs; without this step each run would make them.
await prepareTestPrograms();
const checks = await checking;
// Tests with deadlines by the wall clock mostly wait, so the others compute in the background.
const tests = await Promise.all([
  runVitest(TEST_RESULTS, ['--config', 'vitest.virtual.config.ts'], 'background'),
  runVitest(WALL_RESULTS, ['--config', 'vitest.wall.config.ts']),
]);
close(sumOf([checks, ...tests]));
