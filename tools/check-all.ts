/**
 * `npm test` runs everything that must pass, and prints one closing line.
 *
 * It checks types, lint, architecture, dead code and commit messages, then runs the tests in virtual
 * time; beside both run the tests with deadlines by the wall clock, which mostly wait. Long tests
 * are in `npm run test:thorough`. Later steps run even if an earlier one failed, so that one run
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

/** In the background of the tests with deadlines. */
async function computing(): Promise<TestCounts> {
  // The two rows take about as long as each other, so each gets one core.
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
