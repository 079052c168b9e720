/**
 * Hostile files in a real browser: no crash, no script runs, and a message names the place
 * (docs/spec/browser-view.md). @module
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallTrace, withHeader } from '../unit/viz/format/hostile-traces.ts';
import { BrowserLab, FROM_DISK, networkTitle } from './support.ts';

const MARKUP = '"><img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>';

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

/**
 * Opens files on a new page from disk; there must be no errors, and no script of the files may run.
 */
async function drop(
  files: Readonly<Record<string, Uint8Array | string>>,
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, context, errors } = await lab.open(FROM_DISK);
  try {
    await page.locator('input[type=file]').setInputFiles(
      Object.entries(files).map(([name, content]) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(content),
      })),
    );
    await act(page);
    expect(errors).toEqual([]);
    expect(await page.evaluate(() => 'hit' in globalThis)).toBe(false);
    expect(await page.locator('#main img, #main script, aside img, aside script').count()).toBe(0);
  } finally {
    await context.close();
  }
}

/** Replaces every string of a JSON value by markup, except keys and the values in `kept`. */
function poisoned(value: unknown, kept: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return kept.has(value) ? value : `${value}${MARKUP}`;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, kept));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, poisoned(inner, kept)] as const),
  );
}

describe('a hostile file', () => {
  const whole = smallTrace('gzip');

  it.each([
    ['cut within its header', whole.slice(0, 700), /reach beyond the end.*truncated, byte 16/],
    [
      'cut within its blocks',
      whole.slice(0, whole.length - 900),
      /the file does not end with an index \(byte \d+/,
    ],
    ['of random bytes', Uint8Array.from({ length: 500 }, (_, i) => i * 167), /byte 0/],
    [
      'with a header of 4 GB',
      Uint8Array.from(whole, (byte, at) => (at >= 12 && at < 16 ? 255 : byte)),
      /too long.*bad-header, byte 12/,
    ],
    [
      'that lasts 2^80 ns',
      withHeader(whole, (header) => ({ ...header, durationNs: 2 ** 80 })),
      /header: durationNs.*byte 16/,
    ],
  ])('%s says where it is wrong', (_, bytes, words) =>
    drop({ 'trace.orr': bytes }, async (page) => {
      const state = page.locator('[data-state=error], [data-state=partial]:visible').first();
      await state.waitFor();
      expect((await state.textContent()) ?? '').toMatch(words);
    }),
  );

  it('that claims 2^40 rows opens with the rows that it has', () =>
    drop(
      {
        'trace.orr': withHeader(whole, (header) => ({
          ...header,
          counts: { hop: 2 ** 40 },
          rows: 2 ** 40,
        })),
      },
      async (page) => {
        expect(await networkTitle(page)).toContain('under way');
      },
    ));

  it('full of markup is shown as text on every page', () =>
    drop(
      {
        'trace.orr': withHeader(whole, (header) => ({
          ...header,
          run: MARKUP,
          nodes: poisoned(header.nodes, new Set()),
          links: header.links.map((link) => ({ ...link, name: MARKUP })),
          flows: poisoned(header.flows, new Set()),
          reasons: header.reasons.map(() => MARKUP),
          classes: header.classes.map((name) => `${name}${MARKUP}`),
        })),
      },
      async (page) => {
        expect(await networkTitle(page)).toContain('under way');
        await page.keyboard.press('t');
        await page.locator('.dot').first().dispatchEvent('click');
        await page.getByRole('heading', { name: MARKUP }).first().waitFor();
        for (let key = 1; key <= 9; key += 1) {
          await page.keyboard.press(String(key));
          await page.locator('#main > *').first().waitFor();
        }
      },
    ));

  it('as report and trace, full of markup, is shown as text on every page', async () => {
    const opened = await lab.open(FROM_DISK);
    const text = (await opened.page.locator('#demo-report').textContent()) ?? '';
    await opened.context.close();
    const report = JSON.parse(text) as { readonly scenario: { readonly name: string } };
    const words = [...text.matchAll(/"((?:[a-z-]|[A-Z]){1,24})"/g)].map(([, word = '']) => word);
    const kept = new Set(words.filter((word) => word !== report.scenario.name));
    const json = JSON.stringify(poisoned(report, kept));
    await drop({ 'report.json': json, 'trace.orr': whole }, async (page) => {
      // The first in the document may be a note that is hidden.
      await page.locator('#main .chart:visible, #main [data-state]:visible').first().waitFor();
      for (let key = 1; key <= 9; key += 1) {
        await page.keyboard.press(String(key));
        await page.locator('#main > *').first().waitFor();
      }
      await page.keyboard.press('1');
      await page.getByText('<img src=x').first().waitFor();
    });
  });
});
