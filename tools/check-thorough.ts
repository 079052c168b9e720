/**
 * `npm run test:thorough`: what takes long and CI holds beside `npm test`: theory and its mutations,
 * a defective double for every limit, whole mixnets, the browser view in chromium, a protocol made in half an hour, and the lines
 * of the gateway that its tests reach. One closing line.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { checkBrowser } from './check-browser.ts';
import { ALONE_RESULTS, THOROUGH_RESULTS } from './requirements/last-run.ts';
import { runVitest } from './run-vitest.ts';

/** It runs some tests of `npm test` again, with the instruments on. */
const COVERAGE = ['run', '--config', 'vitest.coverage.config.ts', '--coverage', '--silent'];

const counts = await runVitest(THOROUGH_RESULTS, ['--config', 'vitest.thorough.config.ts']);
const alone = await runVitest(ALONE_RESULTS, ['--config', 'vitest.alone.config.ts']);
const browser = await checkBrowser();
const coverage = spawnSync('node_modules/.bin/vitest', COVERAGE, { stdio: 'inherit' });
const isCovered = coverage.status === 0;
process.stdout.write(`${isCovered ? 'ok' : 'FAILED'}  coverage of the gateway\n`);
const passed = counts.passed + alone.passed + browser.passed + Number(isCovered);
const failed = counts.failed + alone.failed + browser.failed + Number(!isCovered);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
