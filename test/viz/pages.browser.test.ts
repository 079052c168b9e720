/**
 * The browser view in a real browser: gallery and network page, from the server and from disk
 * (docs/spec/browser-view.md). @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { mainWork, scrub } from './measures.ts';
import {
  BrowserLab,
  FROM_DISK,
  LOOKS,
  networkTitle,
  type Opened,
  PAGE_FILE,
  seriousFindings,
} from './support.ts';

const CODE_BYTES_MAX = 176_000;
const FIRST_PAINT_MS = 1_000;
/** In the demo, a link is down from 3 s on. */
const AT_FAULT = '#run=demo&page=network&t=3.2s';

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

/** Opens a page, runs a test on it and closes it; no error may have occurred. */
async function visit(
  address: string,
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page, opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await lab.open(address, look);
  try {
    await act(opened.page, opened);
    expect(opened.errors).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it('the gallery has its demo, and axe finds nothing serious', () =>
    visit(lab.server.address, look, async (page) => {
      await page.getByRole('button', { name: 'demo' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));

  it('the network page says what is down, and axe finds nothing serious', () =>
    visit(`${lab.server.address}${AT_FAULT}&sel=node:gateway-111`, look, async (page) => {
      expect(await networkTitle(page)).toContain('core-110 ↔ core-310 down since 3.000 s');
      await page.getByRole('heading', { name: 'State at the cursor' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
    }));
});

describe('the page', () => {
  it.each(['server', 'disk'])('paints the demo within a second from the %s', (from) =>
    visit(`${from === 'disk' ? FROM_DISK : lab.server.address}${AT_FAULT}`, {}, async (page) => {
      await networkTitle(page);
      const paint = await page.evaluate(
        () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      );
      expect(paint).toBeLessThan(FIRST_PAINT_MS);
    }),
  );

  it('opens from disk without asking anybody for anything', () =>
    visit(`${FROM_DISK}${AT_FAULT}`, {}, async (page, { requests }) => {
      expect(await networkTitle(page)).toContain('down since');
      expect(requests).toEqual([]);
    }));

  it('has script and style of at most 176 kB gzipped', () => {
    const text = readFileSync(join(PAGE_FILE, '../size.json'), 'utf8');
    const { codeGzipBytes } = JSON.parse(text) as { readonly codeGzipBytes: number };
    process.stderr.write(`viz: script and style ${codeGzipBytes} bytes gzipped\n`);
    expect(codeGzipBytes).toBeLessThanOrEqual(CODE_BYTES_MAX);
  });

  it('comes back to the same view by its link', () =>
    visit(lab.server.address, {}, async (page) => {
      await page.getByRole('button', { name: 'demo' }).click();
      await networkTitle(page);
      await page.keyboard.press('k');
      await page.keyboard.press('w');
      await page.locator('[data-node=core-110]').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.waitForFunction(
        () => location.hash.includes('range=') && location.hash.includes('sel='),
      );
      const link = page.url();
      expect(link).toMatch(/#run=demo&page=network&t=3s&sel=node:core-310&range=/);
      const title = await networkTitle(page);
      await visit(link, {}, async (again) => {
        await again.waitForFunction((text) => document.body.textContent.includes(text), title);
        expect(again.url()).toBe(link);
      });
    }));

  it('goes back and on with the browser', () =>
    visit(`${lab.server.address}`, {}, async (page) => {
      await page.getByRole('button', { name: 'demo' }).click();
      await networkTitle(page);
      await page.goBack();
      await page.locator('[data-run=demo]').waitFor();
      await page.goForward();
      await networkTitle(page);
    }));

  it('opens a trace that is dropped on it', () =>
    visit(FROM_DISK, {}, async (page) => {
      const base64 = (await page.locator('#demo-trace').textContent()) ?? '';
      const file = join(tmpdir(), `orrery-${process.pid}-trace.orr`);
      writeFileSync(file, Buffer.from(base64, 'base64'));
      await page.locator('input[type=file]').setInputFiles(file);
      expect(await networkTitle(page)).toContain('packet');
    }));

  it('says what is wrong with a damaged trace, a strange report and a run that is not there', () =>
    visit(FROM_DISK, {}, async (page) => {
      const drop = async (name: string, content: string): Promise<void> => {
        await page.locator('input[type=file]').setInputFiles({
          name,
          mimeType: 'application/octet-stream',
          buffer: Buffer.from(content),
        });
      };
      await drop('report.json', '{"schemaVersion": 7}');
      await page.getByText('written by format 7, this page reads 1').waitFor();
      await drop('trace.orr', '<img src=x onerror=alert(1)>');
      await page
        .locator('[data-state=error]')
        .getByText('does not begin with the header of a trace')
        .waitFor();
      await page.getByRole('button', { name: 'Back to the runs' }).click();
      await page.evaluate(() => {
        location.hash = '#run=nowhere/1&page=network';
      });
      await page.getByText('nowhere/1 needs the server').waitFor();
    }));

  it('takes two runs to compare, by keyboard, and keeps the choice in the address', () =>
    visit(`${FROM_DISK}#page=runs&pick=other/1`, {}, async (page) => {
      const box = page.getByRole('checkbox', { name: 'compare demo' });
      await box.focus();
      await page.keyboard.press('Space');
      await page.getByText('A is other/1, B is demo.').waitFor();
      expect(await box.isChecked()).toBe(true);
      expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
      await page.waitForFunction(() => location.hash.includes('pick=other/1,demo'));
      await page.getByRole('button', { name: 'Compare', exact: true }).first().waitFor();
      await page.keyboard.press('Space');
      await page.getByText('A is other/1: tick a second run').waitFor();
    }));

  it('offered pages that a run has nothing for: they are grey, and say what makes it for this run', () =>
    visit(`${lab.server.address}#run=demo&page=network`, {}, async (page) => {
      const privacy = page.locator('.rail button.lacks').filter({ hasText: 'Privacy' });
      await privacy.waitFor();
      expect(await page.locator('.rail button.lacks').allTextContents()).toEqual(['Privacy']);
      const reason = await privacy.getAttribute('aria-description');
      expect(reason).toMatch(/^No node of this run hides/);
      await privacy.click();
      await page
        .locator('[data-state=empty]')
        .filter({ hasText: reason ?? '' })
        .waitFor();
      expect(await seriousFindings(page)).toEqual([]);
    }));

  it('shows an empty state with a way to the demo', () =>
    visit(`${lab.server.address}#page=network`, {}, async (page) => {
      await page.locator('[data-state=empty]').waitFor();
      await page.getByRole('button', { name: 'Open the demo' }).click();
      await networkTitle(page);
    }));

  it('lists under ? exactly the keys that it has, and closes the list by Escape', () =>
    visit(`${lab.server.address}${AT_FAULT}`, {}, async (page) => {
      await networkTitle(page);
      await page.keyboard.press('?');
      const shown = await page.locator('dialog kbd').allTextContents();
      for (const key of [
        'space',
        ',',
        '.',
        'j',
        'k',
        'w',
        's',
        'a',
        'd',
        '0',
        '1',
        '2',
        '/',
        't',
        'e',
        'c',
        'Esc',
        '?',
      ]) {
        expect(shown).toContain(key);
      }
      await page.keyboard.press('Escape');
      expect(await page.locator('dialog').isVisible()).toBe(false);
    }));

  it('shows a chart as a table, and exports SVG, PNG and the same numbers as CSV', () =>
    visit(`${lab.server.address}${AT_FAULT}`, {}, async (page) => {
      await networkTitle(page);
      await page.keyboard.press('t');
      const rows = await page.locator('.chart-table tbody tr').count();
      expect(rows).toBeGreaterThan(0);
      await page.keyboard.press('t');
      const save = async (format: string): Promise<Buffer> => {
        await page.keyboard.press('e');
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.locator(`[data-export=${format}]`).click(),
        ]);
        return readFileSync((await download.path()) ?? '');
      };
      const csv = (await save('csv')).toString();
      expect(csv.trim().split('\r\n')).toHaveLength(rows + 1);
      expect(csv).toMatch(/^run,seed,packet,class,/);
      const svg = (await save('svg')).toString();
      expect(svg).toContain('core-310');
      expect(svg).not.toMatch(/var\(--|class=/);
      expect((await save('png')).subarray(1, 4).toString()).toBe('PNG');
    }));

  it('jumps instead of playing where less motion is wanted', () =>
    visit(`${lab.server.address}${AT_FAULT}`, { calm: true }, async (page) => {
      await networkTitle(page);
      await page.keyboard.press('Space');
      await page.waitForFunction(() => location.hash.includes('t=3.3s'));
      await page.waitForTimeout(400);
      expect(page.url()).toContain('t=3.3s');
    }));

  it('draws the same picture for the same instant', () =>
    visit(`${lab.server.address}${AT_FAULT}`, {}, async (page) => {
      await networkTitle(page);
      await page.waitForTimeout(300);
      const first = await page.locator('.stage').screenshot();
      await visit(`${lab.server.address}${AT_FAULT}`, {}, async (again) => {
        await networkTitle(again);
        await again.waitForTimeout(300);
        expect((await again.locator('.stage').screenshot()).equals(first)).toBe(true);
      });
    }));

  it('keeps the reader in control: no task above 50 ms while the whole demo is scrubbed', () =>
    visit(`${lab.server.address}${AT_FAULT}`, {}, async (page) => {
      await networkTitle(page);
      const { tasksMs } = await mainWork(page, () => scrub(page, 90));
      const longest = Math.max(...tasksMs);
      process.stderr.write(`viz: ${tasksMs.length} tasks, the longest ${longest.toFixed(1)} ms\n`);
      expect(tasksMs.length).toBeGreaterThan(90);
      expect(longest).toBeLessThan(50);
    }));
});

it('takes colours from the tokens of the reports', () => {
  const built = readFileSync(PAGE_FILE, 'utf8');
  const tokens = readFileSync(join(ROOT, 'reports/html/tokens.ts'), 'utf8');
  for (const [colour] of tokens.matchAll(/#[0-9a-f]{6}/g)) expect(built).toContain(colour);
});
