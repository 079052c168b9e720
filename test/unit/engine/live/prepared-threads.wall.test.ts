/** Threads that run jobs start with the bundled program, and store its compiled code. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ComputeResult } from '../../../../engine/host/compute.ts';
import { ByteJobRunner } from '../../../../engine/live/byte-compute.ts';
import { ComputePool } from '../../../../engine/live/compute-pool.ts';
import { shippedProtocols } from '../../../../scenarios/open/registry.ts';

const STORE = new URL('../../../../cli/prepared-store.mjs', import.meta.url).href;
const FOLDER = 'orrery.prepared';
const folder = mkdtempSync(join(tmpdir(), 'orrery-prepared-'));
const withJobs = shippedProtocols().filter(({ jobs }) => Object.keys(jobs).length > 0);
const before = getEnvironmentData(FOLDER);

beforeAll(async () => {
  const { preparedFolder } = (await import(STORE)) as { preparedFolder: () => string | undefined };
  const ready = preparedFolder() ?? expect.fail('there is no store');
  cpSync(ready, folder, { recursive: true, filter: (path) => !path.endsWith('.cache') });
  setEnvironmentData(FOLDER, folder);
});
afterAll(() => {
  setEnvironmentData(FOLDER, before);
  rmSync(folder, { recursive: true, force: true });
});

const caches = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.cache'))
    .sort();

it('compute workers: with the jobs of every shipped protocol in the same program', async () => {
  const pool = new ComputePool(1);
  expect(withJobs.map(({ name }) => name)).toEqual(['federated', 'gateway', 'mixnet']);
  for (const { moduleUrl } of withJobs) {
    const call = { moduleUrl, job: 'no such job' };
    const result = await new Promise<ComputeResult>((done) => {
      pool.submit({ call, transfer: [], lane: 'data', isWanted: () => true, done });
    });
    expect(result).toEqual({ kind: 'failed', message: 'no job no such job' });
  }
  expect(caches()).toEqual(['compute-worker.cache']);
  await pool.close();
});

it('pipelines', async () => {
  const compute = new ByteJobRunner(1);
  await compute.warm(withJobs.map(({ moduleUrl }) => moduleUrl));
  await compute.close();
  expect(caches()).toEqual(['compute-worker.cache', 'pipeline-worker.cache']);
});
