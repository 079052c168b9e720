/** A protocol of the user's in a tab: the same run as in Node, and mistakes at their places. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { ROOT } from '../architecture/files.ts';
import type { PageRun, PlainTask } from './page-entry.ts';
import { LabPage, openChromium } from './support.ts';

const FOLDER = 'test/fixtures/courier';
const START = 'start(): void {';
const SHORT = 'duration=4s';
const textOf = (name: string): string => readFileSync(join(ROOT, FOLDER, name), 'utf8');
const CODE = textOf('index.ts');
const FILES = Object.fromEntries(
  ['courier.yaml', 'lossy-link.yaml', 'index.ts'].map((name) => [name, textOf(name)]),
);
let browser: Browser;
let lab: LabPage;

beforeAll(async () => {
  browser = await openChromium();
  lab = await LabPage.open(browser);
});

afterAll(async () => {
  await browser.close();
  lab.close();
});

async function outcomeOf(files: Readonly<Record<string, string>>): Promise<PageRun['outcome']> {
  const set = [SHORT, 'events=[]'];
  const task: Partial<PlainTask> = { scenario: 'courier.yaml', set, seeds: [1] };
  return (await lab.run({ ...task, files: { ...FILES, ...files } })).outcome;
}

/** Where a text stands in the protocol after a change, from 1. */
function placeOf(changed: string, text: string): { line: number; column: number } {
  const lines = changed.split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  return { line: at + 1, column: (lines[at]?.indexOf(text) ?? -1) + 1 };
}

describe('a protocol of the user in a tab', () => {
  it('has the fingerprint and the KPIs of Node', async () => {
    const outcome = await outcomeOf({});
    const args = ['scenario', `${FOLDER}/courier.yaml`, '--seed', '1', '--json', '--set', SHORT];
    const program = ['cli/start.mjs', ...args, '--set', 'events=[]'];
    const { stdout } = spawnSync(process.execPath, program, { cwd: ROOT });
    const node = JSON.parse(stdout.toString()) as Report;
    if (outcome.kind !== 'done') expect.fail(JSON.stringify(outcome));
    const tab = JSON.parse(outcome.report) as Report;
    expect([tab.fingerprint, tab.kpis]).toEqual([node.fingerprint, node.kpis]);
    expect(tab.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['syntax', ['PORT =', 'PORT = ='], '= 20', /Unexpected token/],
    ['one name twice', ['const PORT', 'const PORT = 1;\nconst PORT'], 'PORT = 20', /already been/],
    ['an import', ["'zod'", "'lodash'"], 'lodash', /lodash is not here/],
    ['loading', ['PORT =', 'PORT: number = nowhere ??'], 'nowhere', /nowhere is not def/],
    ['an export', ["name: 'courier'", "name: ''"], 'protocol: Protocol', /protocol\.name/],
    ['a run', [START, `${START} this.lost(0);`], 'lost', /alice threw at 0 s.*lost/],
    ['a clock', [START, `${START} Date.now();`], 'now()', /Date\.now\(\) is not the same/],
    ['a date', [START, `${START} new Date();`], 'new Date', /new Date\(\) is not the same/],
  ] as const)('shows a mistake of %s at its place', async (_what, [before, after], at, text) => {
    const changed = CODE.replace(before, after);
    expect(changed).not.toBe(CODE);
    const outcome = await outcomeOf({ 'index.ts': changed });
    const place = { file: 'index.ts', ...placeOf(changed, at) };
    expect(outcome).toMatchObject({
      kind: 'problems',
      problems: [{ ...place, text: expect.stringMatching(text) }],
    });
  });
});
