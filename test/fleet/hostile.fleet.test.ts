/** Jobs that lie, workers of another commit, passwords, servers that are not there; over a real Redis. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Job, Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { jobsQueueName } from '../../runner/fleet/fleet-executor.ts';
import type { FleetJob } from '../../runner/fleet/fleet-job.ts';
import { sourceState } from '../../runner/sweep/source-state.ts';
import { COMMAND_LINE } from '../command-line.ts';
import { type QueueServer, startRedis } from './queue-servers.ts';

const ENVIRONMENT = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };
const SWEEP = `name: small
topology: two-nodes.yaml
duration: 1500ms
warmup: 300ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
sweep: { traffic.0.rate: [100/s, 200/s] }
`;
const PASSWORD = 'correct-horse-battery';

let folder = '';
let server: QueueServer;
let worker: ChildProcess;
let said = '';
let jobs: Queue;
/** A job as a sweep makes it. */
let honest: FleetJob;

const orrery = (...words: readonly string[]): { status: number | null; text: string } => {
  const options = { cwd: folder, encoding: 'utf8', env: ENVIRONMENT, timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...words], options);
  return { status, text: `${stdout}${stderr}` };
};
const sweepWords = (): readonly string[] => ['sweep', 'small.yaml', '--queue', server.address];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-hostile-'));
  writeFileSync(join(folder, 'small.yaml'), SWEEP);
  writeFileSync(join(folder, 'evil.mjs'), "throw new Error('it was loaded');\n");
  // Exists everywhere, and is below no folder of a worker.
  symlinkSync('/etc/passwd', join(folder, 'link.yaml'));
  server = await startRedis();
  const words = [COMMAND_LINE, 'worker', '--queue', server.address, '--threads', '1'];
  worker = spawn(process.execPath, words, { cwd: folder, env: ENVIRONMENT });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const { port } = new URL(server.address);
  const connection = { host: '127.0.0.1', port: Number(port) };
  jobs = new Queue(`orrery-${jobsQueueName(sourceState())}`, { connection, prefix: 'orrery' });
  const seen = new Promise<FleetJob>((resolve) => {
    const timer = setInterval(async () => {
      const [job] = await jobs.getJobs(['completed', 'wait', 'active']);
      if (job === undefined) return;
      clearInterval(timer);
      resolve(job.data as FleetJob);
    }, 5);
  });
  const child = spawn(process.execPath, [COMMAND_LINE, ...sweepWords()], {
    cwd: folder,
    env: ENVIRONMENT,
  });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  honest = await seen;
  expect(await ended).toBe(0);
});
afterAll(async () => {
  worker.kill('SIGKILL');
  await jobs.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** How a job ended. */
async function endOf(job: object, id: string): Promise<Job> {
  await jobs.add('run', job, { jobId: id, attempts: 1 });
  for (;;) {
    const now = await jobs.getJob(id);
    if (now?.finishedOn !== undefined) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a worker', () => {
  it.each<[string, object, RegExp]>([
    ['of another version', { version: 2 }, /none of this version/],
    ['with more than it may have', { code: 'process.exit()' }, /none of this version/],
    ['of another commit', { commit: '0000000' }, /a job of commit 0000000/],
    ['with an absolute file', { file: '/etc/passwd' }, /outside the folder/],
    ['with a way upwards', { file: '../small.yaml' }, /outside the folder/],
    ['for a file that is not there', { file: 'none.yaml' }, /none\.yaml/],
    ['with another file', { files: { scenario: 'aa' } }, /differs from that of the job/],
    [
      'with a topology elsewhere',
      { parameters: { topology: '/etc/passwd' } },
      /leads outside the folder/,
    ],
    [
      'with a path inside a value',
      { parameters: { topology: '{ name: x, nodes: [{ name: a, run: /tmp/evil.mjs }] }' } },
      /leads outside the folder/,
    ],
    [
      'with a path that is written with escapes',
      { parameters: { topology: '"\\x2fetc/passwd"' } },
      /leads outside the folder/,
    ],
    [
      'with a way upwards inside a value',
      { parameters: { topology: '{ import: { file: a/../../b } }' } },
      /leads outside the folder/,
    ],
    [
      'with a module that it does not name',
      { parameters: { 'topology.nodes.0.run': './load.ts' } },
      /load\.ts is no module that the scenario of the job names itself/,
    ],
    [
      'with a topology that is a link',
      { parameters: { topology: 'link.yaml' } },
      /"link\.yaml" is outside the folders of this run$/,
    ],
    ['for a file that is a link', { file: 'link.yaml' }, /is outside the folders of this run$/],
    ['under another name', { seed: 99 }, /a job of another name/],
  ])('refuses a job %s', async (what, lie, why) => {
    const job = await endOf({ ...honest, ...lie }, `lie-${what.replaceAll(/[^a-z]/g, '-')}`);
    expect(job.failedReason).toMatch(why);
    expect(`${job.failedReason}${job.stacktrace}`).not.toMatch(/it was loaded|root:/);
    expect(job.returnvalue ?? null).toBeNull();
  });

  it('still works after all of that', () => {
    expect(worker.exitCode).toBeNull();
    const { status, text } = orrery(...sweepWords(), '--fresh');
    expect(status, text).toBe(0);
    expect(said).not.toContain('bug in orrery');
  });

  it('of another commit is refused before its first job', async () => {
    const { port } = new URL(server.address);
    const connection = { host: '127.0.0.1', port: Number(port) };
    const heads = new Queue('orrery-head', { connection, prefix: 'orrery' });
    const head = await heads.getJob('head');
    await head?.updateData({ version: 1, commit: '0000000' });
    const { status, text } = orrery('worker', '--queue', server.address);
    await head?.updateData({ version: 1, commit: sourceState() });
    await heads.close();
    expect(status).toBe(2);
    expect(text).toContain(`the fleet runs commit 0000000, and this worker is ${sourceState()}`);
  });
});

it('the seeds of a scenario and its twin give the report of one process', () => {
  const twin = 'twin={ set: { topology.links.0.delay: 5.5ms } }';
  const set = ['--set', 'duration=3s', '--set', twin];
  const words = ['scenario', 'hello.yaml', '--seeds', '4', ...set];
  expect(orrery(...words, '--out', 'here').status).toBe(0);
  const { status, text } = orrery(...words, '--out', 'there', '--queue', server.address);
  expect(status, text).toBe(0);
  const [here, there] = ['here', 'there'].map((out) => {
    const [name = ''] = readdirSync(join(folder, out, 'hello')).filter((one) => one !== 'latest');
    return JSON.parse(
      readFileSync(join(folder, out, 'hello', name, 'report.json'), 'utf8'),
    ) as Report;
  });
  expect(there?.fingerprint).toBe(here?.fingerprint);
  expect(there?.kpis).toEqual(here?.kpis);
  expect(there?.metrics).toEqual(here?.metrics);
  expect(there?.twin?.perSeed).toHaveLength(4);
  expect(there?.twin).toEqual(here?.twin);
  const recorded = orrery(...words, '--queue', server.address, '--pcap');
  expect([recorded.status, recorded.text]).toEqual([2, expect.stringContaining('no recordings')]);
});

describe('two results of one run', () => {
  it.each([
    ['a sweep', (): readonly string[] => [...sweepWords(), '--fresh']],
    [
      'a scenario, which called it a bug of orrery',
      (): readonly string[] => [
        ...['scenario', 'hello.yaml', '--seeds', '8', '--queue', server.address],
      ],
    ],
  ])('are told by %s, with exit code 4', async (_, words) => {
    const held = new Queue(jobs.name, {
      connection: { host: '127.0.0.1', port: Number(new URL(server.address).port) },
      prefix: 'orrery',
    });
    // The fingerprint that a worker wrote down that was too slow to end its job.
    const child = spawn(process.execPath, [COMMAND_LINE, ...words()], {
      cwd: folder,
      env: ENVIRONMENT,
    });
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    const told = new Set<string>();
    const timer = setInterval(async () => {
      for (const job of await held.getJobs(['wait', 'active'])) {
        if (job.id === undefined || told.has(job.id)) continue;
        told.add(job.id);
        await held.addJobLog(job.id, 'another fingerprint');
      }
    }, 1);
    const code = await ended;
    clearInterval(timer);
    await held.close();
    expect(told.size).toBeGreaterThan(0);
    expect(code).toBe(4);
    expect(text).toMatch(
      /not deterministic: run-[0-9a-f]{32} has the fingerprints another fingerprint, /,
    );
  });
});

describe('an address', () => {
  it('where nobody answers fails at once, without its password', () => {
    const began = performance.now();
    for (const scheme of ['redis', 'postgres']) {
      const { status, text } = orrery(
        'worker',
        '--queue',
        `${scheme}://me:${PASSWORD}@127.0.0.1:1/db`,
      );
      expect(status, text).toBe(2);
      expect(text).toContain('does not answer: connect ECONNREFUSED');
      expect(text).not.toContain(PASSWORD);
    }
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('where nobody answers put the results of the last sweep aside', () => {
    const sweeps = join(folder, 'runs/small');
    const listed = (): readonly string[] => readdirSync(sweeps, { recursive: true }).map(String);
    const before = listed();
    expect(before).toContain(join('sweep', 'sweep.json'));
    expect(orrery('sweep', 'small.yaml', '--queue', 'redis://127.0.0.1:1').status).toBe(2);
    expect(listed()).toEqual(before);
  });

  it('that is none is not repeated', () => {
    const { status, text } = orrery('fleet', '--queue', `mysql://me:${PASSWORD}@host`);
    expect(status).toBe(2);
    expect(text).toContain('no address of a queue');
  });

  it('with a password is in no file of a sweep, and in no output', () => {
    const { port } = new URL(server.address);
    const set = spawnSync('redis-cli', ['-p', port, 'config', 'set', 'requirepass', PASSWORD]);
    expect(set.status).toBe(0);
    const wrong = orrery('fleet', '--queue', `redis://:wrong-${PASSWORD}@127.0.0.1:${port}`);
    expect(wrong.status).toBe(2);
    // It was 'does not answer: Connection is closed.', whatever was wrong.
    expect(wrong.text).toContain('lets nobody in: WRONGPASS');
    expect(orrery('fleet', '--queue', server.address).text).toContain('lets nobody in: NOAUTH');
    expect(wrong.text).not.toContain(PASSWORD);
    const shown = orrery('fleet', '--queue', `redis://:${PASSWORD}@127.0.0.1:${port}`);
    expect(shown.status, shown.text).toBe(0);
    expect(shown.text).not.toContain(PASSWORD);
    spawnSync('redis-cli', ['-p', port, '-a', PASSWORD, 'config', 'set', 'requirepass', '']);
    for (const name of ['results.ndjson', 'sweep.json', 'sweep.md', 'sweep.html']) {
      expect(readFileSync(join(folder, 'runs/small/sweep', name), 'utf8')).not.toContain(
        'redis://',
      );
    }
  });
});
