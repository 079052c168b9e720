/** Texts that others write into the queue: what workers and sweeps print of them, no terminal obeys. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobsQueueName, SWEEP_HEADER_QUEUE_NAME } from '../../runner/fleet/fleet-executor.ts';
import { WORKERS_QUEUE_NAME } from '../../runner/fleet/fleet-worker.ts';
import { sourceState } from '../../runner/sweep/source-state.ts';
import { COMMAND_LINE } from '../command-line.ts';
import { type QueueServer, startRedis } from './queue-servers.ts';

const ENVIRONMENT = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };
/** Renames the window, and clears it. */
const ESCAPES = '\u001b]0;pwned\u0007\u001b[2J';
const SWEEP = `name: small
topology: two-nodes.yaml
duration: 1500ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
seeds: 1
sweep: { traffic.0.rate: [100/s, 200/s] }
`;

let folder = '';
let server: QueueServer;
const connection = (): { host: string; port: number; maxRetriesPerRequest: null } => {
  const { port } = new URL(server.address);
  return { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
};
const prefix = 'orrery';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-texts-'));
  writeFileSync(join(folder, 'small.yaml'), SWEEP);
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A command, and what it has said so far. */
function begun(...words: readonly string[]): { child: ChildProcess; said: () => string } {
  let said = '';
  const all = [COMMAND_LINE, ...words, '--queue', server.address];
  const child = spawn(process.execPath, all, { cwd: folder, env: ENVIRONMENT });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  return { child, said: () => said };
}

async function ended({ child, said }: ReturnType<typeof begun>): Promise<string> {
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  return said();
}

it('a worker printed the commit of a job as it was', async () => {
  const jobs = new Queue(`orrery-${jobsQueueName(sourceState())}`, {
    connection: connection(),
    prefix,
  });
  const worker = begun('worker', '--threads', '1');
  const job = {
    ...{ version: 1, id: `run-${'0'.repeat(32)}`, commit: `${ESCAPES}\nfalse line` },
    ...{ file: 'hello.yaml', files: {}, parameters: {}, seed: 1, isKept: true },
  };
  await jobs.add('run', job, { jobId: `lie-${ESCAPES}`, attempts: 1 });
  await waitUntil(() => worker.said().includes('a job of commit'));
  worker.child.kill('SIGKILL');
  await jobs.obliterate({ force: true });
  await jobs.close();
  expect(worker.said()).toContain('pwned');
  expect(worker.said()).not.toContain('\u001b');
  expect(worker.said()).not.toMatch(/^false line/m);
});

async function waitUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}

it('a sweep printed what a lying worker answers, and two fingerprints, as they were', async () => {
  const name = `orrery-${jobsQueueName(sourceState())}`;
  const failure = { kind: 'broken', message: `no ${ESCAPES}`, stack: '' };
  const liar = new Worker(
    name,
    async (job) => {
      await job.log(`one ${ESCAPES}`);
      await job.log(`two ${ESCAPES}`);
      return { kind: 'failed', failure };
    },
    { connection: connection(), prefix },
  );
  const said = await ended(begun('sweep', 'small.yaml'));
  await liar.close();
  expect(said).toContain('pwned');
  expect(said).toContain('has the fingerprints one');
  expect(said).not.toContain('\u001b');
});

it('fleet printed the names of workers and the commit as they were', async () => {
  const options = { connection: connection(), prefix };
  const heads = new Queue(`orrery-${SWEEP_HEADER_QUEUE_NAME}`, options);
  const workers = new Queue(`orrery-${WORKERS_QUEUE_NAME}`, options);
  const before = await heads.getJob('head');
  await before?.remove();
  await heads.add('head', { version: 1, commit: `head ${ESCAPES}` }, { jobId: 'head' });
  const state = { pid: 1, threads: 1, done: 0, atMs: Date.now() + 60_000 };
  const lie = { ...state, host: `host ${ESCAPES}`, commit: `${ESCAPES}\nfalse line` };
  await workers.add('worker', lie, { jobId: 'liar' });
  const said = await ended(begun('fleet'));
  await heads.obliterate({ force: true });
  await workers.obliterate({ force: true });
  await heads.close();
  await workers.close();
  expect(said).toContain('commit head');
  expect(said).toContain('host ');
  expect(said).not.toContain('\u001b');
  expect(said).not.toMatch(/^false line/m);
});
