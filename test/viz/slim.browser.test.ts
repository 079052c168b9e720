/** Narrow layouts: on a phone and on paper, nothing important is out of sight. @module */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserLab, FROM_DISK } from './support.ts';
import { STOPS } from './tour.ts';

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

/** Width of a sheet of A4 without the margins of the report, px. */
const SHEET = 688;

describe('at 390 px', () => {
  it('the navigation did not show the last pages: the page that is open is within the window', async () => {
    for (const { name, hash } of STOPS.filter(({ hash: one }) => !one.includes('whole'))) {
      const { page, context } = await lab.open(`${FROM_DISK}${hash}`, { width: 390 });
      const current = page.locator('.rail [aria-current=page]');
      await page.waitForFunction(
        () => {
          const place = document
            .querySelector('.rail [aria-current=page]')
            ?.getBoundingClientRect();
          return place !== undefined && place.left >= 0 && place.right <= innerWidth;
        },
        undefined,
        { timeout: 5_000 },
      );
      expect((await current.textContent())?.toLowerCase(), name).toBe(name);
      await context.close();
    }
  });

  it('four pages were out of sight without a sign: the navigation says on which side there are more', async () => {
    const { page, context } = await lab.open(`${FROM_DISK}#page=runs`, { width: 390 });
    const rail = page.locator('.rail');
    const sign = (side: '::before' | '::after'): Promise<string> =>
      rail.evaluate((one, which) => getComputedStyle(one, which).content, side);
    await page.locator('.rail[data-more=right]').waitFor();
    expect([await sign('::before'), await sign('::after')]).toEqual(['none', '"›"']);
    await rail.evaluate((one) => one.scrollTo({ left: one.scrollWidth }));
    await page.locator('.rail[data-more=left]').waitFor();
    expect([await sign('::before'), await sign('::after')]).toEqual(['"‹"', 'none']);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.locator('.rail[data-more=""]').waitFor();
    await context.close();
  });

  it('the comparison shows its verdicts without scrolling sideways', async () => {
    const { page, context } = await lab.open(`${FROM_DISK}#run=demo&page=compare&with=demo`, {
      width: 390,
    });
    const verdicts = page.locator('.changes tbody tr > td:last-child');
    await verdicts.first().waitFor();
    for (const verdict of await verdicts.all()) {
      const { x = -1, width = 0 } = (await verdict.boundingBox()) ?? {};
      expect([x >= 0, x + width <= 390]).toEqual([true, true]);
    }
    await context.close();
  });
});

describe('on A4', () => {
  it('the table of limits was cut at the edge of the sheet: every cell is on it', async () => {
    const { page, context } = await lab.open(`${FROM_DISK}#run=demo&page=report`, { width: SHEET });
    await page.locator('.kpis').waitFor();
    await page.emulateMedia({ media: 'print' });
    const ends = await page
      .locator('.kpis tr > *')
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().right));
    expect(ends.length).toBeGreaterThan(20);
    expect(Math.max(...ends)).toBeLessThanOrEqual(SHEET);
    await context.close();
  });
});
