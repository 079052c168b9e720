/**
 * `npm run test:browser`: builds the browser view and tests it in a real browser, including its
 * speed with large traces. Part of `npm run test:thorough`. Without Debian's chromium it says so in
 * one line and fails.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { printTotalsAndSetExitCode, sumTestCounts } from './checks.ts';
import { ALONE_RESULTS_PATH, BROWSER_RESULTS_PATH } from './requirements/last-run.ts';
import { runVitest, type TestCounts } from './run-vitest.ts';

/** Path on Debian; the environment variable `CHROMIUM` names another. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Builds the browser view and tests it in a real browser. */
export async function checkBrowser(): Promise<TestCounts> {
  if (!existsSync(CHROMIUM)) {
    process.stdout.write(`FAILED  browser: ${CHROMIUM} is missing, apt-get install chromium\n`);
    return { passed: 0, failed: 1 };
  }
  const args = ['--import', 'tsx', 'tools/build-viz.ts'];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) {
    process.stdout.write('FAILED  browser: the page is not built\n');
    return { passed: 0, failed: 1 };
  }
  return await runVitest(BROWSER_RESULTS_PATH, ['--project=browser']);
}

if (process.argv[1]?.endsWith('check-browser.ts') === true) {
  const browser = await checkBrowser();
  const flags = ['--project=alone', 'test/viz'];
  printTotalsAndSetExitCode(sumTestCounts([browser, await runVitest(ALONE_RESULTS_PATH, flags)]));
}
