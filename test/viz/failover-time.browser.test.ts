/** The pages Failover and Time in a real browser, with the demo. @module */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderJson } from '../../reports/json.ts';
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { runInput } from '../unit/reports/fixture.ts';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

/** Opens a page of the demo, runs a test on it and closes it; no error may have occurred. */
async function visit(
  hash: string,
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, context, errors } = await lab.open(`${lab.server.address}#run=demo&${hash}`, look);
  try {
    await act(page);
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

/** The title of a chart, once it has one. */
async function titleOf(page: Page, chart: string): Promise<string> {
  const title = page.locator(`[data-chart=${chart}] figcaption strong`);
  await title.filter({ hasText: /\w/ }).waitFor();
  return (await title.textContent()) ?? '';
}

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it('the failover page tells when traffic was back, and axe finds nothing serious', () =>
    visit('page=failover', look, async (page) => {
      expect(await titleOf(page, 'failover')).toMatch(
        /core-110 ↔ core-310 down: traffic was back after a gap of \d.* ms, within the limit of 250 ms/,
      );
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));

  it('the time page counts packets and follows one, and axe finds nothing serious', () =>
    visit('page=time&t=3.1s', look, async (page) => {
      expect(await titleOf(page, 'tracks')).toMatch(/packets arrived at a node within/);
      expect(await titleOf(page, 'waterfall')).toMatch(
        /^Packet \d+ took 12.1 ms: [\d.]+ ms propagation, [\d.]+ µs serialisation/,
      );
      const kinds = await page
        .locator('.waterfall .part')
        .evaluateAll((bars) => bars.map((bar) => bar.getAttribute('data-part')));
      expect(kinds.filter((kind) => kind === 'serialisation').length).toBeGreaterThan(3);
      expect(kinds).not.toContain('link');
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));
});

describe('the failover page', () => {
  it('shows the fault with its effects, and zooms by the keys of the time line', () =>
    visit('page=failover', {}, async (page) => {
      await titleOf(page, 'failover');
      await page.locator('.strips .effect-text', { hasText: 'detected, switched' }).waitFor();
      await page.waitForFunction(() => location.hash.includes('range=2.84s..3.4s'));
      await page.keyboard.press('w');
      await page.waitForFunction(() => location.hash.includes('range=2.888s..3.28s'));
      await page.keyboard.press('f');
      await page.waitForFunction(() => location.hash.includes('range=2.84s..3.4s'));
    }));

  it('has the numbers of its strips in the table and the CSV', () =>
    visit('page=failover', {}, async (page) => {
      await titleOf(page, 'failover');
      await page.keyboard.press('t');
      const rows = await page.locator('.chart-table tbody tr').count();
      await page.keyboard.press('e');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('[data-export=csv]').click(),
      ]);
      const lines = readFileSync((await download.path()) ?? '', 'utf8')
        .trim()
        .split('\r\n');
      expect(lines).toHaveLength(rows + 1);
      for (const strip of ['link or node', 'probes', 'path', 'throughput', 'loss', 'gap']) {
        expect(lines.some((line) => line.startsWith(`demo,,${strip},1,`))).toBe(true);
      }
    }));
});

it('the failover page lays all seeds over each other, or says which command records them', () => {
  const report = judgeRun(runInput({ seeds: 12, slowdown: 1 }));
  const { faultWindows: _, ...older } = report;
  const drop = (page: Page, dropped: Report): Promise<void> =>
    page.locator('input[type=file]').setInputFiles({
      name: 'report.json',
      mimeType: 'application/json',
      buffer: Buffer.from(renderJson(dropped)),
    });
  return visit('page=runs', {}, async (page) => {
    await drop(page, report);
    await page.waitForFunction(() => location.hash.includes('run=file/'));
    await page.evaluate(() => {
      location.hash = '#run=file/report.json&page=failover';
    });
    await page.locator('.strips .median-line').first().waitFor();
    expect(await page.locator('.strips .seed-line').count()).toBe(3 * 12);
    expect(await page.locator('.strips .band').count()).toBe(3);
    await page.locator('.strips g.seed[data-seed="5"] .reach').first().dispatchEvent('pointerdown');
    await page.waitForFunction(
      () => location.hash.includes('seed%3A5') || location.hash.includes('seed:5'),
    );
    await page.evaluate(() => {
      location.hash = '#page=runs';
    });
    await drop(page, older);
    // A dropped file opens by itself once it has been read.
    await page.waitForFunction(() => location.hash.includes('run=file/'));
    await page.evaluate(() => {
      location.hash = '#run=file/report.json&page=failover';
    });
    await page.locator('.partial', { hasText: '--seeds 12 records it' }).waitFor();
  });
});

it('the time page shows what covers a drag, and the whole run by 0', () =>
  visit('page=time&t=3.1s', {}, async (page) => {
    const whole = await titleOf(page, 'tracks');
    const box = await page.locator('svg.tracks').boundingBox();
    const { x = 0, y = 0, width = 0 } = box ?? {};
    await page.mouse.move(x + width * 0.4, y + 60);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.5, y + 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => location.hash.includes('range='));
    expect(await titleOf(page, 'tracks')).not.toBe(whole);
    await page.keyboard.press('0');
    await page.locator('[data-chart=tracks] strong', { hasText: whole }).waitFor();
  }));
