/**
 * The drawing of delay-tolerant networking in a real browser: contacts, bundles and stores of
 * dtn-tutorial.yaml (docs/spec/browser-view.md). @module
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
  folder = mkdtempSync(join(tmpdir(), 'orrery-dtn-runs-'));
  const args = ['cli/start.mjs', 'scenario', 'dtn-tutorial.yaml', '--trace', 'full', '-q'];
  const { status, stderr } = spawnSync(process.execPath, [...args, '--out', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  lab = await BrowserLab.start(folder);
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** At 25 s, node d keeps bundles for the contact with e that begins at 30 s. */
async function visit(
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const at = '#run=dtn-tutorial/1&page=protocols&t=25s&drawing=dtn/contacts';
  const { page, context, errors } = await lab.open(`${lab.server.address}${at}`, look);
  try {
    await page.locator('[data-chart=protocol] .scene svg').waitFor();
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

describe.each(LOOKS)('contacts and stores in $theme at $width px', (look) => {
  it('fit, and axe finds nothing serious', () =>
    visit(look, async (page) => {
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));
});

it('say which node holds bundles, and list contacts as planned and as they happened', () =>
  visit({}, async (page) => {
    const title = page.locator('[data-chart=protocol] figcaption strong');
    expect(await title.textContent()).toMatch(
      /^d holds most: 3 bundles, 3\u202f222 B: 3 queued for a contact$/,
    );
    await page.keyboard.press('t');
    const rows = page.locator('[data-chart=protocol] tbody tr');
    // Eight windows each way are planned; three have not begun by then.
    expect(await rows.count()).toBe(2 * 8 + 2 * 6);
  }));
