/**
 * The privacy page in a browser: the charts of a complete report, and notes where parts are
 * missing. @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePrivacyRuns } from './privacy-run.ts';
import { BrowserLab, LOOKS, type Look, type Opened, seriousFindings } from './support.ts';

const CHARTS = ['entropy', 'sets', 'journey', 'pairs', 'price'];
const LINKS = '&adversary=global-passive-links-only';

let lab: BrowserLab;
const runs = mkdtempSync(join(tmpdir(), 'orrery-privacy-'));

beforeAll(async () => {
  writePrivacyRuns(runs);
  lab = await BrowserLab.start(runs);
});
afterAll(async () => {
  await lab.stop();
  rmSync(runs, { recursive: true, force: true });
});

async function visit(
  { run, look = {}, charts }: { run: string; look?: Look; charts: readonly string[] },
  act: (opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await lab.open(`${lab.server.address}#page=privacy&run=${run}`, look);
  try {
    for (const chart of charts) {
      await opened.page.locator(`[data-chart=privacy-${chart}] .readable`).waitFor();
    }
    await act(opened);
    expect(opened.errors).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it('every chart of both adversaries is there, axe finds nothing serious, nothing is too wide', () =>
    visit({ run: 'whole/1', look, charts: CHARTS }, async ({ page }) => {
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
      await page.getByLabel('adversary').selectOption('global passive, links only');
      await page.locator('[data-chart=privacy-roc-correlation] .readable').waitFor();
      expect(await page.locator('[data-chart=privacy-entropy]').count()).toBe(0);
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));
});

describe('the privacy page', () => {
  it('names adversary, estimator and samples under each chart', () =>
    visit({ run: 'whole/1', charts: CHARTS }, async ({ page }) => {
      const captions = await page.locator('.chart figcaption span').allTextContents();
      expect(captions).toHaveLength(CHARTS.length);
      for (const caption of captions) {
        expect(caption).toMatch(/adversary: omniscient timing/i);
        expect(caption).toMatch(/P\/n/);
        expect(caption).toMatch(/target|payload/);
      }
    }));

  it('keeps the chosen adversary in the address, and finds it there', () =>
    visit({ run: 'whole/1', charts: CHARTS }, async ({ page }) => {
      await page.getByLabel('adversary').selectOption('global passive, links only');
      await page.waitForFunction((text) => location.hash.includes(text), LINKS);
      await page.reload();
      await page.locator('[data-chart=privacy-roc-correlation]').waitFor();
    }));

  it('says what an older report lacks, and how to record it', () =>
    visit({ run: 'old/1', charts: ['sets'] }, async ({ page }) => {
      const note = page.locator('.privacy-charts [data-state=partial]');
      expect(await note.textContent()).toMatch(
        /does not contain the journey of one message and who seems to write to whom\. Run it again: /,
      );
    }));

  it('exports the pairs as CSV with the numbers of its table, and SVG that parses', () =>
    visit({ run: 'whole/1', charts: CHARTS }, async ({ page }) => {
      const chart = page.locator('[data-chart=privacy-pairs]');
      const save = async (kind: string): Promise<string> => {
        const wait = page.waitForEvent('download');
        await chart.locator('summary').click();
        await chart.locator(`[data-export=${kind}]`).click();
        return readFileSync(await (await wait).path(), 'utf8');
      };
      const [svg, csv] = [await save('svg'), await save('csv')];
      expect(svg).toMatch(/^<svg[^>]*>.*<desc>The likeliest receiver/s);
      await chart.getByRole('button', { name: 'Table' }).click();
      const rows = await chart.locator('tbody tr').count();
      expect(csv.trim().split('\r\n')).toHaveLength(rows + 1);
    }));

  it('is read by arrow keys', () =>
    visit({ run: 'whole/1', charts: CHARTS }, async ({ page }) => {
      const pairs = page.locator('[data-chart=privacy-pairs] .readable');
      await pairs.focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      expect(await pairs.locator('output').textContent()).toMatch(/believed .* % of \d+ target/);
    }));
});
