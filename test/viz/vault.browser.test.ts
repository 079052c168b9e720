/**
 * The drawing of the vault in a real browser: replicas of vault-partition.yaml during the partition, and after it
 * (docs/spec/browser-view.md). @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

let lab: BrowserLab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-vault-runs-'));
  const args = ['cli/start.mjs', 'scenario', 'vault-partition.yaml', '-q', '--out', folder];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  lab = await BrowserLab.start(folder);
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(
  at: string,
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const view = `#run=vault-partition/1&page=protocols&t=${at}&drawing=vault/replicas`;
  const { page, context, errors } = await lab.open(`${lab.server.address}${view}`, look);
  try {
    await page.locator('[data-chart=protocol] .scene svg').waitFor();
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

const titleOf = (page: Page): Promise<string | null> =>
  page.locator('[data-chart=protocol] figcaption strong').textContent();

describe.each(LOOKS)('replicas in $theme at $width px', (look) => {
  it('fit, and axe finds nothing serious', () =>
    visit('38s', look, async (page) => {
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));
});

it('have three states during the partition: of either half, and of the one that reaches both', () =>
  visit('38s', {}, async (page) => {
    expect(await titleOf(page)).toMatch(/^10 replicas, 3 states, 9 lack operations, /);
    await page.getByText('replica-3: clock 3600 s ahead, stamps follow others').waitFor();
    await page.keyboard.press('t');
    expect(await page.locator('[data-chart=protocol] tbody tr').count()).toBe(10);
  }));

it('have one state after it', () =>
  visit('54s', {}, async (page) => {
    expect(await titleOf(page)).toBe('10 replicas, 1 state, none lacks an operation.');
  }));
