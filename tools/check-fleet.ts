/**
 * `npm run test:fleet`: sweeps over a real Redis and a real PostgreSQL, whose workers and servers are
 * killed. Without Debian's redis-server and postgresql it says so in one line and fails.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { close } from './checks.ts';
import { FLEET_RESULTS } from './requirements/last-run.ts';
import { type Counts, runVitest } from './run-vitest.ts';

const SERVERS = { 'redis-server': '/usr/bin/redis-server', postgresql: '/usr/lib/postgresql' };

async function checkFleet(): Promise<Counts> {
  const missing = Object.entries(SERVERS).filter(([, path]) => !existsSync(path));
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(' ');
    process.stdout.write(`FAILED  fleet: not installed, apt-get install ${names}\n`);
    return { passed: 0, failed: 1 };
  }
  return await runVitest(FLEET_RESULTS, ['--project=fleet']);
}

close(await checkFleet());
