/**
 * The pages Latency, Report and Compare in a real browser, with the demo and with a dropped report
 * (docs/spec/browser-view.md). @module
 */
import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

/** For each page, the element that it draws last. */
const PAGES = [
  { name: 'latency', drawn: '[data-chart=latency-series] svg path.line' },
  { name: 'report', drawn: '[data-chart=report-drops] svg' },
  { name: 'compare', drawn: '[data-chart=compare-curves] svg path.line' },
] as const;

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

/** Opens a page, runs a test on it and closes it; no error may have occurred. */
async function visit(
  hash: string,
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, context, errors } = await lab.open(`${lab.server.address}${hash}`, look);
  try {
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Drops a changed copy of the demo's report on the page and compares the demo with it. */
async function compareWithChanged(
  page: Page,
  change: (report: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const text = (await page.locator('#demo-report').textContent()) ?? '';
  const report = change(JSON.parse(text) as Record<string, unknown>);
  await page.locator('input[type=file]').setInputFiles({
    name: 'report.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(report)),
  });
  await page.waitForFunction(() => location.hash.includes('run=file/'));
  await page.evaluate(() => {
    location.hash = '#run=demo&page=compare&with=file/report.json';
  });
}

async function textOf(download: Promise<Download>): Promise<string> {
  return readFileSync((await (await download).path()) ?? '', 'utf8');
}

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it.each(PAGES)('$name fits, names its charts, and axe finds nothing serious', ({ name, drawn }) =>
    visit(name === 'compare' ? '' : `#run=demo&page=${name}`, look, async (page) => {
      if (name === 'compare') await compareWithChanged(page, (report) => report);
      await page.locator(drawn).first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
      for (const words of await page.locator('.chart > .for-screen-readers').allTextContents()) {
        expect(words).toMatch(/\d/);
      }
    }),
  );
});

describe('latency', () => {
  const at = '#run=demo&page=latency';

  it('splits the delay of the demo into its parts, and follows the brush', () =>
    visit(at, {}, async (page) => {
      const parts = page.locator('[data-chart=latency-parts] figcaption strong');
      await parts.filter({ hasText: /Propagation is .* from gateway-111/ }).waitFor();
      const series = page.locator('[data-chart=latency-series] .brushable');
      await series.scrollIntoViewIfNeeded();
      const { x = 0, y = 0, width = 0 } = (await series.boundingBox()) ?? {};
      await page.mouse.move(x + width * 0.5, y + 80);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.8, y + 80, { steps: 4 });
      await page.mouse.up();
      await page.waitForFunction(() => location.hash.includes('range='));
      await page.getByRole('button', { name: 'Whole run' }).click();
      await page.waitForFunction(() => !location.hash.includes('range='));
    }));

  it('reads its values by the arrow keys, and keeps the chosen metric in the address', () =>
    visit(`${at}&metric=gateway.latency`, {}, async (page) => {
      const readable = page.locator('[data-chart=latency-tail] .readable');
      await readable.focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('[data-chart=latency-tail] output').textContent()).toMatch(/above/);
      expect(await page.getByText(/^needs .* samples, has/).count()).toBeGreaterThan(0);
      await page.getByLabel('metric').selectOption('gateway.failover');
      await page.getByText('there is no distribution to draw').waitFor();
      await page.waitForURL(/metric=gateway\.failover/);
    }));
});

describe('report', () => {
  it('gives its JSON, JUnit and KPIs without a server, and prints on A4 without tools', () =>
    visit('#run=demo&page=report', {}, async (page) => {
      const take = async (label: string): Promise<string> => {
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: label, exact: true }).click();
        return textOf(download);
      };
      const report = JSON.parse(await take('JSON')) as { readonly kpis: readonly unknown[] };
      expect(await take('JUnit')).toContain('<testsuites name="orrery"');
      expect((await take('KPIs as CSV')).split('\r\n')[0]).toMatch(/^run,seed,metric,/);
      expect(await page.locator('.kpis tbody th').count()).toBe(report.kpis.length);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.rail').isVisible()).toBe(false);
      expect(await page.locator('.permalink').isVisible()).toBe(true);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      expect(pdf).toMatch(/\/MediaBox \[0 0 594\.\d+ 84[12]/);
    }));
});

describe('compare', () => {
  it('finds nothing between a run and itself', () =>
    visit('', {}, async (page) => {
      await compareWithChanged(page, (report) => report);
      await page.getByText('the same events in both').waitFor();
      await page.getByText('None: files, program and machine are the same.').waitFor();
      expect(await page.getByText('Not paired').count()).toBe(0);
    }));

  it('refuses to pair another topology and says so', () =>
    visit('', {}, async (page) => {
      await compareWithChanged(page, (report) => ({
        ...report,
        scenario: { ...(report['scenario'] as object), topologySha256: 'other' },
      }));
      await page.getByText('Not paired: the topologies differ').waitFor();
      await page.locator('.input-diff').getByText('topology').waitFor();
    }));
});
