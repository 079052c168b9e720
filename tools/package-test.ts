/**
 * `npm run test:package`: packs the repository, installs the package in an empty folder, and tries
 * the commands of docs/how-to/package.md there. Separate from `npm test`, because it takes half a
 * minute; `.ci/run` calls both.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import { PACKAGE_RESULTS_PATH } from './requirements/last-run.ts';
import { runVitest } from './run-vitest.ts';

const began = performance.now();
const { passed, failed } = await runVitest(PACKAGE_RESULTS_PATH, ['--project=package']);
const seconds = ((performance.now() - began) / 1000).toFixed(1);
process.stdout.write(`\n${seconds} s\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
