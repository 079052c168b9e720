/** Workers that lie, over a real Redis: no answer of theirs is a pass, or a bug of orrery. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Job, Queue, Worker } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../reports/sweep.ts';
import { jobsQueueName } from '../../runner/fleet/fleet-executor.ts';
import type { FleetJob } from '../../runner/fleet/fleet-job.ts';
import { packResult } from '../../runner/sweep/packed-result.ts';
import { sourceState } from '../../runner/sweep/source-state.ts';
import { COMMAND_LINE } from '../command-line.ts';
import { type QueueServer, startRedis } from './queue-servers.ts';

const SWEEP = `name: small
topology: two-nodes.yaml
duration: 1500ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
sweep: { traffic.0.rate: [100/s, 200/s] }
`;
const ENVIRONMENT = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };
const NAME = `orrery-${jobsQueueName(sourceState())}`;

let folder = '';
let server: QueueServer;
const connectionOf = (): { host: string; port: number; maxRetriesPerRequest: null } => {
  const port = Number(new URL(server.address).port);
  return { host: '127.0.0.1', port, maxRetriesPerRequest: null };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-liars-'));
  writeFileSync(join(folder, 'small.yaml'), SWEEP);
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the sweep in its folder. */
async function sweep(): Promise<Ended> {
  const words = [COMMAND_LINE, 'sweep', 'small.yaml', '--fresh', '--queue', server.address];
  const child = spawn(process.execPath, words, { cwd: folder, env: ENVIRONMENT });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number>((resolve) => {
    child.once('close', resolve);
  });
  return { code, stdout, stderr };
}

const lies: readonly [string, (seed: number) => unknown][] = [
  [
    'that each run was interrupted, which was a pass of 0 combinations',
    (seed): unknown => ({
      kind: 'failed',
      failure: { kind: 'ended', ending: 'interrupted', seed, message: 'x' },
    }),
  ],
  [
    'of a failure that there is not, which was exit code 0',
    (): unknown => ({ kind: 'failed', failure: { kind: 'zzz' } }),
  ],
  [
    'of a failure that is a result, which was a bug of orrery',
    (): unknown => ({ kind: 'failed', failure: { kind: 'result' } }),
  ],
  [
    'with a result without content, which was a bug of orrery',
    (seed): unknown => {
      const shell = { seed, fingerprint: 'x', metrics: {}, packets: {} };
      return { kind: 'result', fingerprint: 'x', result: packResult(shell as never) };
    },
  ],
];

describe('an answer', () => {
  it.each(lies)('%s, breaks its combination by name', async (_, lie) => {
    const worker = new Worker(
      NAME,
      (job: Job) => Promise.resolve(lie((job.data as FleetJob).seed)),
      { connection: connectionOf(), prefix: 'orrery' },
    );
    const { code, stdout, stderr } = await sweep();
    await worker.close();
    expect(code, stderr).toBe(2);
    expect(stdout).toMatch(/^FAIL {2}small {3}0 of 2 combinations met, 2 broke/);
    expect(stderr).not.toContain('bug in orrery');
    const text = readFileSync(join(folder, 'runs/small/sweep/sweep.json'), 'utf8');
    const { rows } = JSON.parse(text) as SweepResult;
    expect(rows.map(({ pass, broke }) => [pass, broke !== undefined])).toEqual([
      [false, true],
      [false, true],
    ]);
  });
});

it('a sweep waited for jobs without end that its server had forgotten', async () => {
  const queue = new Queue(NAME, { connection: connectionOf(), prefix: 'orrery' });
  const ended = sweep();
  while ((await queue.getWaitingCount()) < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await queue.obliterate();
  await queue.close();
  const words = [COMMAND_LINE, 'worker', '--queue', server.address, '--threads', '1'];
  const worker = spawn(process.execPath, words, { cwd: folder, env: ENVIRONMENT });
  const { code, stdout } = await ended;
  worker.kill('SIGKILL');
  expect(stdout).toMatch(/^PASS {2}small {3}2 of 2 combinations met/);
  expect(code).toBe(0);
});
