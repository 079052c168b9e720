/**
 * The gallery with runs of a server: runs that somebody acted on, and the heat map of a sweep.
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderJson } from '../../reports/json.ts';
import { judgeRun } from '../../reports/judge.ts';
import { ROOT } from '../architecture/files.ts';
import { runInput } from '../unit/reports/fixture.ts';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-gallery-'));
const runs = join(folder, 'runs');
let lab: BrowserLab;

/**
 * Pings of 100 bytes take 10.1 ms for a round trip; those of 1,400 bytes take more than the limit
 * here.
 */
const SWEEP = `
sweep:
  traffic.0.rate: [50/s, 100/s]
  traffic.0.size: [100B, 1400B]
`;

/** Runs a sweep by the command line. */
async function sweep(): Promise<void> {
  const hello = readFileSync(join(ROOT, 'scenarios/hello.yaml'), 'utf8')
    .replace('two-nodes.yaml', join(ROOT, 'topologies/two-nodes.yaml'))
    .replace('<= 12ms', '<= 11ms');
  const file = join(folder, 'hello.yaml');
  writeFileSync(file, `${hello}${SWEEP}`);
  const words = ['cli/start.mjs', 'sweep', file, '--seed', '1', '--out', runs];
  const run = promisify(execFile)(process.execPath, words, { cwd: ROOT });
  // Exit code 1, because two combinations miss the limit.
  await expect(run).rejects.toMatchObject({ code: 1 });
  rmSync(join(runs, 'hello/sweep/1'), { recursive: true });
}

function writeRun(name: string, facts: Partial<Parameters<typeof judgeRun>[0]>): void {
  const report = judgeRun({ ...runInput({ seeds: 1, slowdown: 1 }), ...facts });
  mkdirSync(join(runs, name, '1'), { recursive: true });
  writeFileSync(join(runs, name, '1/report.json'), renderJson(report));
}

beforeAll(async () => {
  await sweep();
  writeRun('touched', { interactive: { faults: 2, file: 'interactive.yaml' } });
  writeRun('untouched', {});
  lab = await BrowserLab.start(runs);
}, 120_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the gallery, runs a test on it and closes it; no error may have occurred. */
async function visit(
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, context, errors } = await lab.open(`${lab.server.address}#page=runs`, look);
  try {
    await page.locator('[data-sweep]').waitFor();
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it('cut names of KPIs, so that two of one metric looked alike: each is shown whole', () =>
    visit(look, async (page) => {
      const cut = await page
        .locator('.card-kpis dt')
        .evaluateAll(
          (names) => names.filter((one) => one.scrollWidth > one.clientWidth + 1).length,
        );
      expect(await page.locator('.card-kpis dt').count()).toBeGreaterThan(5);
      expect(cut).toBe(0);
    }));

  it('marks runs that somebody acted on by a sign and words, and axe finds nothing serious', () =>
    visit(look, async (page) => {
      const note = page.locator('[data-run="touched/1"] [data-injected]');
      expect(await note.textContent()).toBe(
        '✎ interactive, 2 faults injected: its file alone does not reproduce this run',
      );
      expect(await note.isVisible()).toBe(true);
      expect(await page.locator('[data-run="untouched/1"] [data-injected]').isVisible()).toBe(
        false,
      );
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));
});

describe('the heat map of a sweep', () => {
  const cellOf = (page: Page, row: number, column: number): ReturnType<Page['locator']> =>
    page.locator(`.heat tbody tr:nth-child(${row}) td:nth-of-type(${column}) button`);

  it('opens the run of a cell, by keyboard as well, and asks for no trace that no sweep keeps', () =>
    visit({}, async (page) => {
      const missed = cellOf(page, 2, 2);
      expect(await missed.textContent()).toMatch(/^✗ 11/);
      await missed.focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => location.hash.includes('run=hello/sweep/4'));
      await page.locator('header.top .chip', { hasText: 'FAIL' }).waitFor();
      await page.goBack();
      await cellOf(page, 2, 1).click();
      await page.waitForFunction(() => location.hash.includes('run=hello/sweep/2'));
      await page.locator('header.top .chip').waitFor();
    }));

  it('says which command runs a cell whose run was not kept', () =>
    visit({}, async (page) => {
      await cellOf(page, 1, 1).click();
      await page.locator('.heat-run', { hasText: 'This run was not kept' }).waitFor();
      expect(await page.locator('.heat-run code').textContent()).toMatch(
        /--set traffic\.0\.rate=50\/s --set traffic\.0\.size=100B/,
      );
      expect(page.url()).not.toContain('run=');
    }));
});
