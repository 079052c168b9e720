/**
 * `npm run test:thorough`: long checks that CI runs next to `npm test`: theory and its mutations, a
 * defective double for every limit, whole mixnets, the browser view in chromium, a protocol made in
 * half an hour, and the test coverage of the gateway. One closing line.
 *
 * What computes runs in the background of what follows the wall clock; tests that need the machine
 * alone come last.
 *
 * @module
 */
import { checkBrowser } from './check-browser.ts';
import { close, runChecks, sumOf } from './checks.ts';
import { ALONE_RESULTS, THOROUGH_RESULTS, THOROUGH_WALL_RESULTS } from './requirements/last-run.ts';
import { type Counts, runVitest } from './run-vitest.ts';

/** It runs some tests of `npm test` again, with coverage on. */
const COVERAGE = ['run', '--config', 'vitest.coverage.config.ts', '--coverage', '--silent'];

const beside = await Promise.all([computing(), waiting()]);
const alone = await runVitest(ALONE_RESULTS, ['--config', 'vitest.alone.config.ts']);
close(sumOf([...beside, alone]));

async function computing(): Promise<Counts> {
  const flags = ['--config', 'vitest.thorough.config.ts'];
  const tests = await runVitest(THOROUGH_RESULTS, flags, 'background');
  const command = ['nice', 'node_modules/.bin/vitest', ...COVERAGE];
  return sumOf([tests, await runChecks([[{ name: 'coverage of the gateway', command }]])]);
}

async function waiting(): Promise<Counts> {
  const browser = await checkBrowser();
  const flags = ['--config', 'vitest.thorough-wall.config.ts'];
  return sumOf([browser, await runVitest(THOROUGH_WALL_RESULTS, flags)]);
}
