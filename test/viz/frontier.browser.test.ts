/**
 * The drawing of a navigator's choices in a real browser: gateway, mixnet and bundles between the same two hosts
 * (docs/spec/browser-view.md). @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { fourWith } from '../conformance/lowest.ts';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

const NAVIGATOR = `ways: [gateway, mixnet, dtn], navigator: { budget: 100, costs: {
        gateway: { latency: 20ms, energy: 0.8, reliability: 99%, epsilon: 0.1 },
        mixnet: { latency: 700ms, energy: 2, reliability: 98% },
        dtn: { latency: 30s, energy: 0.1, reliability: 99.9%, epsilon: 0.01 } } }`;

let lab: BrowserLab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-frontier-runs-'));
  const file = join(folder, 'four.yaml');
  writeFileSync(file, fourWith(NAVIGATOR, [['tolerant: true', 'priority: expedited']]));
  const args = ['cli/start.mjs', 'scenario', file, '-q', '--out', folder];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  lab = await BrowserLab.start(folder);
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const view = '#run=four-lowest/1&page=protocols&t=20s&drawing=fabric/frontier';
  const { page, context, errors } = await lab.open(`${lab.server.address}${view}`, look);
  try {
    await page.locator('[data-chart=protocol] .scene svg').waitFor();
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

describe.each(LOOKS)('choices in $theme at $width px', (look) => {
  it('fit, and axe finds nothing serious', () =>
    visit(look, async (page) => {
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));
});

it('show each way as a point, and the one that was taken', () =>
  visit({}, async (page) => {
    expect(await page.locator('[data-chart=protocol] .scene svg circle').count()).toBe(3);
    await page.getByText('client-1 → client-2, realtime', { exact: true }).waitFor();
    await page.getByText(/^gateway 0\.\d+$/).waitFor();
    await page.keyboard.press('t');
    expect(await page.locator('[data-chart=protocol] tbody tr').count()).toBe(3);
  }));
