/**
 * `npm run test:thorough [-- --all]` runs the long checks that CI runs next to `npm test`: comparison with
 * queueing theory, with mutations that it must detect; defective implementations that limits must find;
 * whole mixnets; the browser view in chromium; a protocol written by `npm run new:protocol`; and the test
 * coverage of the gateway. It prints one closing line.
 *
 * The longest tests take turns: each commit runs a third of them, `--all` runs all. Tests that only compute
 * run in the background of those with deadlines by the wall clock. Tests that need the machine to themselves
 * come last.
 *
 * @module
 */
import { checkBrowser } from './check-browser.ts';
import { printTotalsAndSetExitCode, runChecks, sumTestCounts } from './checks.ts';
import { restingTests } from './long-tests.ts';
import {
  ALONE_RESULTS_PATH,
  THOROUGH_RESULTS_PATH,
  THOROUGH_WALL_RESULTS_PATH,
} from './requirements/last-run.ts';
import { currentCommit } from './requirements/source-state.ts';
import { runVitest, type TestCounts } from './run-vitest.ts';
import { toolOptions } from './tool-options.ts';

/** Arguments of vitest for the coverage of the gateway; some tests of `npm test` run again for it. */
const COVERAGE = ['run', '--coverage', '--silent'];

const HELP = `npm run test:thorough [-- --all]: the tests that take too long for npm test

  --all   all long tests; without it, those whose turn it is at this commit
`;

const isWhole = toolOptions(HELP, ['--all']).has('--all');
const resting = isWhole ? [] : restingTests(currentCommit('.'));
const left = resting.map((file) => `--exclude=${file}`);
const beside = await Promise.all([computing(), waiting()]);
const alone = await runVitest(ALONE_RESULTS_PATH, ['--project=alone']);
printTotalsAndSetExitCode(sumTestCounts([...beside, alone]));

async function computing(): Promise<TestCounts> {
  const flags = ['--project=slow', ...left];
  const tests = await runVitest(THOROUGH_RESULTS_PATH, flags, 'background');
  const command = ['nice', 'node_modules/.bin/vitest', ...COVERAGE];
  return sumTestCounts([tests, await runChecks([[{ name: 'coverage of the gateway', command }]])]);
}

async function waiting(): Promise<TestCounts> {
  const browser = await checkBrowser();
  const flags = ['--project=slow-wall', ...left];
  return sumTestCounts([browser, await runVitest(THOROUGH_WALL_RESULTS_PATH, flags)]);
}
