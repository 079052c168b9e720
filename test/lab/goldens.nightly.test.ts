/** All golden runs with all their seeds in browsers of two makers, beside Node. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_RUNS } from '../../tools/golden/golden-runs.ts';
import { ROOT } from '../architecture/files.ts';
import type { NamedTask } from './golden-entry.ts';
import type { NodeReport } from './node-reports.ts';
import { CHROMIUM, pageText } from './support.ts';

const FIREFOX = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';
const golden = JSON.parse(
  readFileSync(join(ROOT, 'test/scenarios/golden.json'), 'utf8'),
) as Readonly<Record<string, readonly object[]>>;
const only = process.env['GOLDEN']?.split(',');
const TASKS = Object.entries(GOLDEN_RUNS)
  .filter(([name]) => only?.includes(name) ?? true)
  .map(([name, { scenario, set, seeds }]): NamedTask => {
    return { name, scenario, seeds, set: Object.entries(set).map((one) => one.join('=')) };
  });

/** Programs and the arguments before the address of the page. */
const BROWSERS: Readonly<Record<string, (profile: string) => readonly string[]>> = {
  [CHROMIUM]: (profile) => [
    ...['--headless=new', '--no-first-run', `--user-data-dir=${profile}`],
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
  [FIREFOX]: (profile) => ['--headless', '--no-remote', '--profile', profile],
};

/** What a browser says of each task, by the name of the task. */
async function outcomesIn(program: string): Promise<ReadonlyMap<string, unknown>> {
  const outcomes = new Map<string, unknown>();
  const page = await pageText('test/lab/golden-entry.ts');
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const pages: Readonly<Record<string, (body: string) => string>> = {
    '/': () => page,
    '/tasks': () => JSON.stringify(TASKS),
    '/done': (body) => {
      const { name, said } = JSON.parse(body) as { readonly name: string; readonly said: unknown };
      outcomes.set(name, said);
      return '';
    },
    '/end': (body) => {
      process.stdout.write(`${body}\n`);
      end();
      return '';
    },
  };
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.setHeader('content-type', request.url === '/' ? 'text/html' : 'text/plain');
      response.end(pages[request.url ?? '']?.(body) ?? '');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const profile = mkdtempSync(join(tmpdir(), 'orrery-browser-'));
  const args = BROWSERS[program]?.(profile) ?? [];
  // A group of its own: its children write to the profile after its end.
  const browser = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
  const lost = new Promise<never>((_resolve, reject) => {
    browser.on('error', reject);
    browser.on('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  try {
    await Promise.race([ended, lost]);
    return outcomes;
  } finally {
    lost.catch(() => undefined);
    const { pid, exitCode } = browser;
    if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

let nodes: Readonly<Record<string, NodeReport>> = {};
beforeAll(() => {
  const program = ['--import', 'tsx', 'test/lab/node-reports.ts', 'all', ...(only ?? [])];
  const { stdout } = spawnSync(process.execPath, program, { cwd: ROOT, maxBuffer: 1e9 });
  nodes = JSON.parse(stdout.toString()) as typeof nodes;
}, 1_800_000);

describe.each(Object.keys(BROWSERS))('%s', (program) => {
  it('has the fingerprint, the events and the KPIs of every golden run', async () => {
    const outcomes = await outcomesIn(program);
    for (const { name } of TASKS) {
      const seeds = golden[name]?.map((seed) => ({ ...seed, trace: null }));
      const kpis = JSON.stringify(nodes[name]?.report.kpis);
      expect.soft(outcomes.get(name), name).toEqual({ seeds, kpis });
    }
    expect(outcomes.size).toBe(TASKS.length);
  });
});
