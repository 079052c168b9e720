/**
 * `npm test` runs everything that must pass, and prints one closing line.
 *
 * It checks types, lint, architecture, dead code and commit messages, then runs the tests in virtual
 * time. Tests with deadlines by the wall clock, which mostly wait, run at the same time. Long tests
 * are in `npm run test:thorough`. Later steps run even if an earlier step failed, so that one run
 * reports everything.
 *
 * @module
 */
import {
  type Check,
  prepareTestPrograms,
  printTotalsAndSetExitCode,
  runChecks,
  sumTestCounts,
} from './checks.ts';
import { TEST_RESULTS_PATH, WALL_CLOCK_RESULTS_PATH } from './requirements/last-run.ts';
import { runVitest, type TestCounts } from './run-vitest.ts';

function npmRun(name: string, script: string): Check {
  return { name, command: ['nice', 'npm', 'run', '--silent', script] };
}

process.stdout.write(
  'types, lint, architecture, dead code and commits, beside the tests with deadlines\n',
);
// Both runs of tests use these programs; without this step each run would make them.
const prepared = prepareTestPrograms();
printTotalsAndSetExitCode(sumTestCounts(await Promise.all([waiting(), computing()])));

async function waiting(): Promise<TestCounts> {
  await prepared;
  return runVitest(WALL_CLOCK_RESULTS_PATH, ['--project=wall']);
}

/**
 * Runs the checks, and then the tests in virtual time, at low priority beside the tests with deadlines.
 */
async function computing(): Promise<TestCounts> {
  // Both lists of checks take about the same time, so each list gets one core.
  const checks = await runChecks([
    [npmRun('types', 'check:types'), npmRun('architecture', 'check:architecture')],
    [
      npmRun('lint', 'check:lint'),
      npmRun('dead code', 'check:dead'),
      npmRun('commits', 'check:commits'),
    ],
  ]);
  await prepared;
  const flags = ['--project=virtual', '--project=reload'];
  return sumTestCounts([checks, await runVitest(TEST_RESULTS_PATH, flags, 'background')]);
}
