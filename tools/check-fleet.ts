/**
 * `npm run test:fleet`: sweeps over a real Redis and a real PostgreSQL, whose workers and servers are
 * killed. Without Debian's redis-server and postgresql it says so in one line and fails.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { printTotalsAndSetExitCode } from './checks.ts';
import { FLEET_RESULTS_PATH } from './requirements/last-run.ts';
import { runVitest, type TestCounts } from './run-vitest.ts';

const SERVERS = { 'redis-server': '/usr/bin/redis-server', postgresql: '/usr/lib/postgresql' };

async function checkFleet(): Promise<TestCounts> {
  const missing = Object.entries(SERVERS).filter(([, path]) => !existsSync(path));
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(' ');
    process.stdout.write(`FAILED  fleet: not installed, apt-get install ${names}\n`);
    return { passed: 0, failed: 1 };
  }
  return await runVitest(FLEET_RESULTS_PATH, ['--project=fleet']);
}

printTotalsAndSetExitCode(await checkFleet());
