/** Passwords from the environment, with real servers that ask for one: no process has them among its words. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_LINE } from '../command-line.ts';
import { type QueueServer, startPostgres, startRedis } from './queue-servers.ts';

const SWEEP = `name: small
topology: two-nodes.yaml
duration: 1500ms
warmup: 300ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
sweep: { traffic.0.rate: [100/s, 200/s] }
`;
/** With all signs that an address would have to escape. */
const PASSWORD = "p%40 /?#@:'s";

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-password-'));
  writeFileSync(join(folder, 'small.yaml'), SWEEP);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (password: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ...{ CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '', PGPASSWORD: undefined },
  ORRERY_QUEUE_PASSWORD: password,
});

function orrery(
  password: string,
  ...words: readonly string[]
): { status: number | null; text: string } {
  const env = environment(password);
  const options = { cwd: folder, encoding: 'utf8', env, timeout: 120_000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...words], options);
  return { status, text: `${stdout}${stderr}` };
}

function lockRedis({ address }: QueueServer): void {
  const { port } = new URL(address);
  const words = ['-p', port, 'config', 'set', 'requirepass', PASSWORD];
  expect(spawnSync('redis-cli', words).status).toBe(0);
}

async function lockPostgres({ address }: QueueServer): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query(`alter user orrery password '${PASSWORD.replaceAll("'", "''")}'`);
  const { rows } = await client.query<{ hba_file: string }>('show hba_file');
  writeFileSync(rows[0]?.hba_file ?? '', 'host all all 127.0.0.1/32 scram-sha-256\n');
  await client.query('select pg_reload_conf()');
  await client.end();
}

describe.each<[string, () => Promise<QueueServer>, (server: QueueServer) => void | Promise<void>]>([
  ['Redis', startRedis, lockRedis],
  ['PostgreSQL', startPostgres, lockPostgres],
])('over %s, `ps` showed the password of every worker and sweep', (_name, start, lock) => {
  let server: QueueServer;
  let worker: ChildProcess;
  let said = '';
  beforeAll(async () => {
    server = await start();
    await lock(server);
    const words = [COMMAND_LINE, 'worker', '--queue', server.address, '--threads', '1'];
    worker = spawn(process.execPath, words, { cwd: folder, env: environment(PASSWORD) });
    for (const stream of [worker.stdout, worker.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
  });
  afterAll(async () => {
    worker.kill('SIGKILL');
    await server.stop();
  });

  it('none or a wrong one is refused, and in no text', () => {
    const none = orrery('', 'fleet', '--queue', server.address);
    expect([none.status, none.text]).toEqual([2, expect.stringContaining('lets nobody in')]);
    const wrong = orrery(`${PASSWORD}-wrong`, 'fleet', '--queue', server.address);
    expect([wrong.status, wrong.text]).toEqual([2, expect.stringContaining('lets nobody in')]);
    expect(wrong.text).not.toContain('-wrong');
  });

  it('that of an address counts before the other', () => {
    const url = new URL(server.address);
    url.password = encodeURIComponent(PASSWORD);
    const { status, text } = orrery('another', 'fleet', '--queue', url.href);
    expect(status, text).toBe(0);
  });

  it('sweep, scenario and fleet use it, and a worker', () => {
    const queue = ['--queue', server.address];
    const runs = [
      orrery(PASSWORD, 'sweep', 'small.yaml', '--fresh', ...queue),
      orrery(PASSWORD, 'scenario', 'hello.yaml', '--seeds', '2', '--set', 'duration=3s', ...queue),
      orrery(PASSWORD, 'fleet', ...queue),
    ];
    for (const { status, text } of runs) {
      expect(status, `${text}${said}`).toBe(0);
      expect(text).not.toContain(PASSWORD);
    }
    expect(runs[2]?.text).toContain('1 worker, 1 thread');
    const shown = readFileSync(`/proc/${worker.pid}/cmdline`, 'utf8');
    expect(shown).toContain(server.address);
    expect(`${shown}${said}`).not.toContain(PASSWORD);
    const results = readFileSync(join(folder, 'runs/small/sweep/results.ndjson'), 'utf8');
    expect(results).not.toContain(PASSWORD);
  });
});
