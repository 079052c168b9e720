/**
 * Sweeps on a fleet, over real queue servers: workers are killed, the server is killed, and every run is in
 * the result once, as in a sweep of one process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../reports/sweep.ts';
import { COMMAND_LINE } from '../command-line.ts';
import { type QueueServer, startPostgres, startRedis } from './queue-servers.ts';

const RUNS = 2_000;
const WORKERS = 3;
/** A worker dies so often, and a new one begins. */
const KILL_MS = 6_000;
/** Twenty combinations of a hundred seeds, some milliseconds each. */
const SWEEP = `name: fleet
topology: two-nodes.yaml
duration: 1500ms
warmup: 300ms
seeds: 100
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" }, ping.rtt: { p95: "<= 12ms" } }
sweep:
  traffic.0.rate: [100/s, 200/s, 300/s, 400/s]
  traffic.0.size: [100B, 200B, 300B, 400B, 500B]
`;
const ENVIRONMENT = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };

let folder = '';
let local: SweepResult;
const processes = new Set<ChildProcess>();

interface Ended {
  readonly status: number | null;
  readonly text: string;
}

function begin(
  cwd: string,
  ...words: readonly string[]
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [COMMAND_LINE, ...words], { cwd, env: ENVIRONMENT });
  processes.add(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => {
      processes.delete(child);
      resolve({ status, text });
    });
  });
  return { child, ended };
}

const resultIn = (out: string): SweepResult =>
  JSON.parse(readFileSync(join(folder, out, 'fleet/sweep/sweep.json'), 'utf8')) as SweepResult;
const linesIn = (out: string): readonly { id: string; fingerprint: string }[] =>
  readFileSync(join(folder, out, 'fleet/sweep/results.ndjson'), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as { id: string; fingerprint: string });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-fleet-'));
  writeFileSync(join(folder, 'fleet.yaml'), SWEEP);
  const { status, text } = await begin(folder, 'sweep', 'fleet.yaml', '--out', 'local').ended;
  expect(status, text).toBe(0);
  local = resultIn('local');
  expect(linesIn('local')).toHaveLength(RUNS);
});
afterAll(() => {
  for (const child of processes) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['redis', startRedis],
  ['postgres', startPostgres],
])('a fleet over %s', (name, start) => {
  let server: QueueServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await server.stop();
  });

  const worker = (): ReturnType<typeof begin> =>
    begin(folder, 'worker', '--queue', server.address, '--threads', '1', '--lock', '3');

  it('has every run once and the results of one process, whoever is killed meanwhile', async () => {
    const crew = Array.from({ length: WORKERS }, worker);
    const sweep = begin(folder, 'sweep', 'fleet.yaml', '--queue', server.address, '--out', name);
    let kills = 0;
    const killer = setInterval(() => {
      const place = kills % WORKERS;
      crew[place]?.child.kill('SIGKILL');
      crew[place] = worker();
      kills += 1;
    }, KILL_MS);
    const restart = new Promise((resolve) => setTimeout(resolve, 2 * KILL_MS)).then(server.restart);
    const { status, text } = await sweep.ended;
    clearInterval(killer);
    await restart;
    expect(status, text).toBe(0);
    process.stdout.write(`${name}: ${RUNS} runs, ${kills} workers killed, the server once\n`);
    expect(kills).toBeGreaterThanOrEqual(2);
    const lines = linesIn(name);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(RUNS);
    expect(lines).toHaveLength(RUNS);
    const known = new Map(linesIn('local').map(({ id, fingerprint }) => [id, fingerprint]));
    for (const { id, fingerprint } of lines) expect(fingerprint).toBe(known.get(id));
    expect(resultIn(name)).toEqual(local);

    const shown = await begin(folder, 'fleet', '--queue', server.address, '--json').ended;
    const fleet = JSON.parse(shown.text) as { waiting: number; workers: readonly unknown[] };
    expect(fleet.waiting).toBe(0);
    expect(fleet.workers.length).toBeGreaterThanOrEqual(1);
    for (const { child } of crew) child.kill('SIGTERM');
    const ends = await Promise.all(crew.map(({ ended }) => ended));
    for (const end of ends) expect(end.text).not.toContain('bug in orrery');
  });
});
