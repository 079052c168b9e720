/**
 * `npm run test:browser`: builds the browser view and the Lab and tests them in a real browser, including
 * their speed with large traces. Part of `npm run test:thorough`. Without Debian's chromium it says so in
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

/** Builds the pages and tests them in a real browser. */
export async function checkBrowser(): Promise<TestCounts> {
  if (!existsSync(CHROMIUM)) {
    process.stdout.write(`FAILED  browser: ${CHROMIUM} is missing, apt-get install chromium\n`);
    return { passed: 0, failed: 1 };
  }
  for (const tool of ['tools/build-viz.ts', 'tools/build-site.ts']) {
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', tool], { stdio: 'inherit' });
    if (status === 0) continue;
    process.stdout.write(`FAILED  browser: ${tool} built no page\n`);
    return { passed: 0, failed: 1 };
  }
  return await runVitest(BROWSER_RESULTS_PATH, ['--project=browser']);
}

if (process.argv[1]?.endsWith('check-browser.ts') === true) {
  const browser = await checkBrowser();
  const flags = ['--project=alone', 'test/viz'];
  printTotalsAndSetExitCode(sumTestCounts([browser, await runVitest(ALONE_RESULTS_PATH, flags)]));
}
