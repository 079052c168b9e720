/**
 * Options that name files of the user: nodes get what is in them, in this thread and in others, and
 * mistakes are shown where they are.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compareReports } from '../../../reports/compare.ts';
import { judgeRun } from '../../../reports/judge.ts';
import type { Report } from '../../../reports/report-schema.ts';
import { hasSameResults } from '../../../reports/same-run.ts';
import { runScenario } from '../../../runner/threads/run-scenario.ts';
import { type OpenedScenario, openScenario } from '../../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { hashScenarioFiles } from '../../../scenarios/open/run-files.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { honestJob, startWorker, type TestWorker } from '../runner/fleet/fake-queue.ts';

const PRICES = JSON.stringify(
  fileURLToPath(new URL('../../fixtures/prices/index.ts', import.meta.url)),
);
const TOPOLOGY = `name: shops
defaults: { node: { run: ./prices.mjs } }
nodes:
  - { name: alice, options: { prices: ./lists/basic.csv } }
  - { name: bob }
links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 1ms }]
`;
const SCENARIO = `name: shop
topology: ./net/shops.yaml
duration: 1s
warmup: 0s
options:
  bob: { shops: [{ note: ./notes/open.txt }, { note: ./notes/open.txt }] }
traffic: [{ from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }]
kpis: { prices.cents: { count: "== 46" } }
`;

const root = mkdtempSync(join(tmpdir(), 'orrery-option-files-'));
const folder = join(root, 'work');
const before = process.cwd();
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);

function fill(): void {
  for (const name of ['net/lists', 'notes']) mkdirSync(join(folder, name), { recursive: true });
  write('net/shops.yaml', TOPOLOGY);
  write('net/prices.mjs', `export { protocol } from ${PRICES};\n`);
  write('net/lists/basic.csv', 'bread,20\nmilk,12\n');
  write('notes/open.txt', 'until 8');
  write('shop.yaml', SCENARIO);
}

beforeAll(() => {
  mkdirSync(folder);
  process.chdir(folder);
});
beforeEach(fill);
afterAll(() => {
  process.chdir(before);
  rmSync(root, { recursive: true });
});

function open(set: Readonly<Record<string, string>> = {}): Promise<OpenedScenario> {
  return openScenario('shop.yaml', set, new ProtocolRegistry());
}

/** Runs the scenario on worker threads. */
async function run(seeds: readonly number[] = [1, 2], loaded?: OpenedScenario): Promise<Report> {
  const facts = { reproduce: '', commit: 'test', recordingsOf: (): object => ({}) };
  const end = await runScenario({ ...(loaded ?? (await open())), ...facts, seeds, threads: 2 });
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return judgeRun(end.input);
}

/** The mistakes of the scenario. */
async function mistakes(set?: Readonly<Record<string, string>>): Promise<ConfigError['issues']> {
  const error = await open(set).catch((thrown: unknown) => thrown);
  if (error instanceof ConfigError) return error.issues;
  throw new Error(`no mistake: ${String(error)}`);
}

const OPTION = 'topology.nodes.0.options.prices';

describe('a file that an option names', () => {
  it('is read beside the file that names it, and is there in worker threads', async () => {
    const report = await run();
    // 20 and 12 cents of alice, and twice the note of bob.
    expect(report.kpis[0]).toMatchObject({ value: 46, pass: true });
    expect(report.perSeed).toHaveLength(2);
  });

  it('belongs to the identity of a run', async () => {
    const [old, first] = [await open(), await run([1])];
    write('net/lists/basic.csv', 'bread,20\nmilk,12\ntea,0\n');
    const [now, second] = [await open(), await run([1])];
    expect(hashScenarioFiles(old.scenario)).not.toEqual(hashScenarioFiles(now.scenario));
    expect(old.scenario.data).toHaveLength(2);
    // The tea is free: nothing that happens in the run differs.
    expect(first.fingerprint).toBe(second.fingerprint);
    expect(hasSameResults(first, second)).toBe(false);
    expect(compareReports(first, second).isPaired).toBe(true);
    expect(first.scenario.data).toEqual(old.scenario.data);
  });

  it('may not change between the check and the thread that runs it', async () => {
    const loaded = await open();
    write('net/lists/basic.csv', 'bread,20\nmilk,13\n');
    await expect(run([1], loaded)).rejects.toThrow('differs from that of the job');
  });

  it('is chosen by a flag, too, from the folder of the file that has the option', async () => {
    write('net/lists/dear.csv', 'bread,99\n');
    const { scenario } = await open({ [OPTION]: './lists/dear.csv' });
    expect(scenario.topology.hosts[0]?.options).toEqual({
      prices: { file: './lists/dear.csv', text: 'bread,99\n' },
    });
  });
});

describe('a mistake', () => {
  it('inside a file has its line, column and text', async () => {
    write('net/lists/basic.csv', 'bread,20\nmilk,12\ncheese,much\n');
    const [issue, ...rest] = await mistakes();
    expect(rest).toEqual([]);
    expect(issue).toMatchObject({
      ...{ file: 'net/lists/basic.csv', line: 3, column: 8, endColumn: 12 },
      ...{ message: '"much" is no price', sourceLine: 'cheese,much' },
    });
  });

  it('in the name of a file is shown where it is written', async () => {
    write('net/shops.yaml', TOPOLOGY.replace('basic.csv', 'basik.csv'));
    const [issue] = await mistakes();
    expect(issue).toMatchObject({
      ...{ file: 'net/shops.yaml', line: 4, code: 'E116' },
      ...{ path: 'nodes[0].options.prices' },
    });
  });

  it.each([
    ['a folder', './lists', '"./lists" is a folder, a file is needed'],
    ['a number', '3', '3, expected a text or a map'],
    ['a map', '{ file: a, text: b }', 'expected the path of a file'],
  ])('is %s in place of a file', async (_name, value, message) => {
    const [issue] = await mistakes({ [OPTION]: value });
    expect(issue?.message).toContain(message);
  });

  it('is a file above the limit of its option', async () => {
    write('notes/open.txt', 'x'.repeat(101));
    const [issue, ...rest] = await mistakes();
    expect(rest).toEqual([]);
    expect(issue).toMatchObject({
      ...{ file: 'notes/open.txt', code: 'E117' },
      message: 'the file is 101 B, the limit is 100 B',
    });
  });

  it('is another file for a node that runs already', async () => {
    const event =
      '\nevents: [{ at: 100ms, reconfigure: { node: alice, set: { prices: ./x.csv } } }]\n';
    write('shop.yaml', SCENARIO + event);
    const found = (await mistakes()).map(({ message }) => message);
    expect(found).toContain('./x.csv: the file is read before a run begins');
  });
});

describe('a change of options', () => {
  it.each([
    ['alice', 'prices: { file: ./x.csv, text: "bread,1" }', 'prices'],
    ['bob', 'shops: [{ note: { file: ./x.txt, text: open } }]', 'shops[0].note'],
  ])('brought a text of its own, which no file has, to %s', async (node, set, option) => {
    const event = `{ at: 100ms, reconfigure: { node: ${node}, set: { ${set} } } }`;
    write('shop.yaml', `${SCENARIO}events: [${event}]\n`);
    const [issue, ...rest] = await mistakes();
    expect(rest).toEqual([]);
    expect(issue).toMatchObject({
      ...{ file: 'shop.yaml', line: 9, code: 'E103', message: 'expected the path of a file' },
      path: `events[0].reconfigure.set.${option}`,
    });
  });
});

describe('in a fleet', () => {
  let worker: TestWorker;
  beforeAll(async () => {
    worker = await startWorker(1);
  });
  afterAll(() => worker.close());

  it('gives the result that this machine has', async () => {
    const { fingerprint } = await run([1]);
    expect(await worker.answer(await honestJob('shop.yaml'))).toBe(`result ${fingerprint}`);
  });

  it('must be the file that the job names', async () => {
    const job = await honestJob('shop.yaml');
    write('net/lists/basic.csv', 'bread,20\nmilk,13\n');
    expect(await worker.answer(job)).toContain('differs from that of the job');
  });

  it('must lie in the folder of the worker, links followed', async () => {
    writeFileSync(join(root, 'secret.csv'), 'gold,1\n');
    symlinkSync('../../../secret.csv', join(folder, 'net/lists/link.csv'));
    const through = { [OPTION]: './lists/link.csv' };
    const linked = await worker.answer(await honestJob('shop.yaml', through));
    expect(linked).toContain('"./lists/link.csv" is outside the folders of this run');
    write('net/shops.yaml', TOPOLOGY.replace('./lists/basic.csv', '../../secret.csv'));
    const above = await worker.answer(await honestJob('shop.yaml'));
    expect(above).toContain('"../../secret.csv" is outside the folders of this run');
  });
});
