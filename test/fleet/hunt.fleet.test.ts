/** A hunt whose attempts are tried by a fleet knows what one on threads of its own does. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WORKER_ALIVE_INTERVAL_MS } from '../../runner/fleet/fleet-worker.ts';
import { COMMAND_LINE } from '../command-line.ts';
import { type QueueServer, startRedis } from './queue-servers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ATTEMPTS = 16;
/** Each attempt, the first of two batches again, and the run without faults. */
const JOBS_MAX = ATTEMPTS + 2 + 1;
/** Two equal attempts that are asked for at the same time are one job. */
const EQUAL_MAX = 4;
const out = mkdtempSync(join(tmpdir(), 'orrery-fleet-hunt-'));
let server: QueueServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
  rmSync(out, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function begin(...words: readonly string[]): {
  readonly end: () => void;
  readonly ended: Promise<Ended>;
} {
  const env = { ...process.env, CI: '', NO_COLOR: '1' };
  const child = spawn(process.execPath, [COMMAND_LINE, ...words], { cwd: ROOT, env });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (text) => {
      texts[name] += String(text);
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, ...texts }));
  });
  return { end: () => void child.kill('SIGTERM'), ended };
}

const hunt = async (folder: string, ...flags: readonly string[]): Promise<string> => {
  const how = ['--attempts', String(ATTEMPTS), '--out', join(out, folder), ...flags];
  const { status, stdout, stderr } = await begin('hunt', 'fabric-outage', ...how).ended;
  expect(status, stderr).toBe(0);
  return stdout;
};
const fleetNow = async (): Promise<{ readonly waiting: number; readonly done: number }> => {
  const { stdout } = await begin('fleet', '--queue', server.address, '--json').ended;
  const { waiting, workers } = JSON.parse(stdout) as {
    readonly waiting: number;
    readonly workers: readonly { readonly done: number }[];
  };
  return { waiting, done: workers[0]?.done ?? 0 };
};
const stateIn = (folder: string): unknown =>
  JSON.parse(readFileSync(join(out, folder, 'fabric-outage/hunt.json'), 'utf8'));

it('reaches the same on a fleet as on threads of its own', async () => {
  const worker = begin('worker', '--queue', server.address, '--threads', '2');
  const near = await hunt('near');
  const far = await hunt('far', '--queue', server.address);
  expect(far).toBe(near);
  expect(stateIn('far')).toEqual(stateIn('near'));
  // A worker says at intervals what it has done.
  await expect
    .poll(async () => (await fleetNow()).done, {
      timeout: 3 * WORKER_ALIVE_INTERVAL_MS,
      interval: 500,
    })
    .toBeGreaterThan(JOBS_MAX - EQUAL_MAX);
  const { waiting, done } = await fleetNow();
  expect({ waiting, isWithin: done <= JOBS_MAX }).toEqual({ waiting: 0, isWithin: true });
  worker.end();
  const { status, stderr } = await worker.ended;
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('bug in orrery')]);
});
