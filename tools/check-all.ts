/**
 * `npm test`: everything that must hold, cheap checks first, one closing line.
 *
 * Types, lint, architecture, dead code, commit messages, then the tests; long ones are in `npm run
 * test:thorough`. Later steps run even if an earlier one failed, so that one run reports
 * everything.
 *
 * @module
 */
import { type Check, close, runChecks, sumOf } from './checks.ts';
import { TEST_RESULTS, WALL_RESULTS } from './requirements/last-run.ts';
import { runVitest } from './run-vitest.ts';

function npmRun(name: string, script: string): Check {
  return { name, command: ['npm', 'run', '--silent', script] };
}

// Types take as long as all other checks together, on one core.
const checks = await runChecks([
  [npmRun('types', 'check:types')],
  [
    npmRun('lint', 'check:lint'),
    npmRun('architecture', 'check:architecture'),
    npmRun('dead code', 'check:dead'),
    npmRun('commits', 'check:commits'),
  ],
]);
// Tests that follow the wall clock mostly wait: they run next to the others, which mostly compute.
const tests = await Promise.all([
  runVitest(TEST_RESULTS, ['--config', 'vitest.virtual.config.ts']),
  runVitest(WALL_RESULTS, ['--config', 'vitest.wall.config.ts']),
]);
close(sumOf([checks, ...tests]));
