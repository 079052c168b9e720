/** How fast a tab runs, beside Node: one after the other on the same machine, so that both are slowed alike. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { ROOT } from '../architecture/files.ts';
import { LabPage, openChromium } from './support.ts';

const RATIO_MIN = 0.6;
const ROUNDS = 3;

const FOLDER = mkdtempSync(join(tmpdir(), 'orrery-rate-'));

let browser: Browser;
let lab: LabPage;

beforeAll(async () => {
  browser = await openChromium();
  lab = await LabPage.open(browser);
});

afterAll(async () => {
  await browser.close();
  lab.close();
  rmSync(FOLDER, { recursive: true, force: true });
});

function onNode(scenario: string, set: readonly string[]): Report {
  const flags = ['--seed', '1', '--json', '--out', FOLDER, ...set.flatMap((one) => ['--set', one])];
  const command = ['cli/start.mjs', 'scenario', scenario, ...flags];
  const { stdout } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
  return JSON.parse(stdout) as Report;
}

async function inTab(scenario: string, set: readonly string[]): Promise<Report> {
  const { outcome } = await lab.run({ scenario, set, seeds: [1] });
  return JSON.parse(outcome.kind === 'done' ? outcome.report : '{}') as Report;
}

const secondsOf = ({ perSeed: [run] }: Report): number => run?.wallSeconds ?? Number.NaN;

it.each([
  ['failover.yaml', ['duration=20s', 'traffic.0.rate=2000/s']],
  ['mixnet.yaml', ['duration=20s']],
])('%s runs at six tenths of the rate of Node at least', async (scenario, set) => {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [node, tab] = [onNode(scenario, set), await inTab(scenario, set)];
    expect(tab.fingerprint).toBe(node.fingerprint);
    ratios.push(secondsOf(node) / secondsOf(tab));
  }
  const median = ratios.sort((a, b) => a - b)[1] ?? 0;
  process.stdout.write(`${scenario}: ${median.toFixed(2)} of the rate of Node\n`);
  expect(median).toBeGreaterThan(RATIO_MIN);
});
