import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { ROOT } from '../architecture/files.ts';
import type { NodeReport } from './node-reports.ts';
import type { PageRun, PlainTask } from './page-entry.ts';
import { LabPage, openChromium } from './support.ts';

/** One of each kind of protocol; the others run each night. */
const SHORT = ['hello', 'failover', 'mixnet', 'dtn-mesh', 'fabric-hello', 'vault-hello'];
const HELLO_MS_MAX = 1_000;
const STOP_MS_MAX = 500;

const golden = JSON.parse(
  readFileSync(join(ROOT, 'test/scenarios/golden.json'), 'utf8'),
) as Readonly<Record<string, readonly object[]>>;
let nodes: Readonly<Record<string, NodeReport>> = {};
let browser: Browser;
let lab: LabPage;

beforeAll(async () => {
  browser = await openChromium();
  lab = await LabPage.open(browser);
  const program = ['--import', 'tsx', 'test/lab/node-reports.ts', 'first', ...SHORT];
  const { stdout } = spawnSync(process.execPath, program, { cwd: ROOT, maxBuffer: 1e8 });
  nodes = JSON.parse(stdout.toString()) as typeof nodes;
});

afterAll(async () => {
  await browser.close();
  lab.close();
});

type Verdict = Extract<PageRun['outcome'], { kind: 'done' }>;

async function verdictOf(task: Partial<PlainTask>): Promise<Verdict & { readonly ran: PageRun }> {
  const ran = await lab.run(task);
  expect(ran.outcome).toMatchObject({ kind: 'done' });
  return { ...(ran.outcome as Verdict), ran };
}

/** What a report says of the network, without who ran it where and for how long. */
function measured(text: string): object {
  const report = JSON.parse(text, (key, value) => (/wall/i.test(key) ? null : value)) as Report;
  const { environment: _where, timing: _time, memory: _memory, reproduce: _how, ...rest } = report;
  return rest;
}

describe('a run in a tab', () => {
  it.each(SHORT)('%s has the fingerprint, the events and the report of Node', async (name) => {
    const { scenario, set, report: own } = nodes[name] as NodeReport;
    const { seeds, report } = await verdictOf({ scenario, set, seeds: [1] });
    expect(seeds).toEqual([{ ...golden[name]?.[0], trace: null }]);
    expect(JSON.stringify((JSON.parse(report) as Report).kpis)).toBe(JSON.stringify(own.kpis));
    expect(measured(report)).toEqual(measured(JSON.stringify(own)));
  });

  it('says how far it is, and gives the verdict on hello within a second', async () => {
    const { ran, isGreen, html, junit } = await verdictOf({ scenario: 'hello.yaml' });
    expect(isGreen).toBe(true);
    expect(ran.ms).toBeLessThan(HELLO_MS_MAX);
    expect(html).toContain('<title>PASS hello</title>');
    expect(junit).toContain('<testsuite');
    expect(ran.progress.at(-1)).toMatchObject({ seed: 1, ofMs: 10_000 });
  });

  it('runs all seeds of a file, and is red where a limit is missed', async () => {
    const set = ['duration=3s', 'kpis.ping.rtt.p95=<= 1ms'];
    const { seeds, isGreen } = await verdictOf({ scenario: 'hello.yaml', seeds: [3, 1, 2], set });
    expect(seeds.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    expect(isGreen).toBe(false);
  });

  it('records a trace', async () => {
    const length = await lab.page.evaluate(async () => {
      const { outcome } = await (
        globalThis as unknown as { lab: import('./page-entry.ts').TestPage }
      ).lab.run({ files: {}, scenario: 'hello.yaml', seeds: [1], set: [], traced: true });
      const trace = outcome.kind === 'done' ? outcome.seeds[0]?.trace : null;
      return trace == null ? '' : new TextDecoder().decode(trace.slice(0, 400));
    });
    expect(length).toContain('orrery-trace');
  });

  it('takes a file of the task before the shipped one, and marks its mistakes', async () => {
    const text = 'name: mine\ntopology: two-nodes.yaml\nduration: 3s\nlosss: 1\n';
    const problems = await lab.page.evaluate(
      (content) =>
        (globalThis as unknown as { lab: import('./page-entry.ts').TestPage }).lab.check({
          ...{ files: { 'hello.yaml': content }, scenario: 'hello.yaml' },
          ...{ seeds: null, set: [], traced: false },
        }),
      text,
    );
    expect(problems).toEqual([
      expect.objectContaining({ file: 'hello.yaml', line: 4, column: 1, endColumn: 6 }),
    ]);
  });

  it('stops within half a second, and can run again', async () => {
    const { outcome, ms } = await lab.run({ scenario: 'failover.yaml', seeds: [1] }, 1_500);
    expect(outcome).toEqual({ kind: 'stopped' });
    expect(ms).toBeLessThan(STOP_MS_MAX);
    await verdictOf({ scenario: 'hello.yaml', set: ['duration=3s'] });
  });

  it.each([
    [
      'a program of the user',
      { files: { 'a.ts': 'export {}' }, set: ['topology.nodes.0.run=../scenarios/a.ts'] },
      /exports no `protocol`/,
    ],
    ['files of 10 MB', { files: { big: ' '.repeat(10_000_001) } }, /10\.0 MB, the limit is 10 MB/],
    ['too many seeds', { seeds: Array.from({ length: 257 }, (_, at) => at + 1) }, /at most 256/],
    ['a value without a path', { set: ['=1'] }, /expected path=value/],
  ] as const)('refuses %s', async (_what, task, why) => {
    const { outcome } = await lab.run(task as Partial<PlainTask>);
    expect(outcome).toMatchObject({ kind: 'refused', text: expect.stringMatching(why) });
  });
});
