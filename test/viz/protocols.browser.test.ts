/**
 * The protocols page in a real browser: the drawings of the gateway and of SCION for the demo
 * (docs/spec/browser-view.md). @module
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserLab, FROM_DISK, LOOKS, seriousFindings } from './support.ts';

/** In the demo, the path in use is cut at 3 s. */
const AT = '#run=demo&page=protocols&t=3.5s&drawing=';

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

async function visit(
  drawing: string,
  look: Parameters<BrowserLab['open']>[1],
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, context, errors } = await lab.open(`${FROM_DISK}${AT}${drawing}`, look);
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

/** Each theme and each width occurs once, because the shapes are the same in all combinations. */
const SHOWN = LOOKS.filter(({ theme, width }) => (theme === 'light') === width > 390);

describe.each(SHOWN)('in $theme at $width px', (look) => {
  it.each(['gateway/paths', 'gateway/window', 'gateway/handshake', 'scion/combiner'])(
    '%s fits, and axe finds nothing serious',
    (drawing) =>
      visit(drawing, look, async (page) => {
        expect(await seriousFindings(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
      }),
  );
});

it('combines segments by keyboard, keeps the choice in the address, and takes it back', () =>
  visit('scion/combiner', {}, async (page) => {
    expect(await titleOf(page)).toContain('combine to 3 paths');
    const card = page.locator('[data-key="up:1"]');
    await card.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-key="up:1"][aria-pressed=true]').waitFor();
    expect(await titleOf(page)).toContain('1 of 3 paths use the chosen segments');
    await page.waitForURL(/chosen=up/);
    await page.keyboard.press('Enter');
    await page.locator('[data-key="up:1"][aria-pressed=false]').waitFor();
  }));

it('shows the table of what is drawn, and the drawing of a node beside the network', () =>
  visit('gateway/paths', {}, async (page) => {
    expect(await titleOf(page)).toContain('2 of 3 paths alive');
    await page.keyboard.press('t');
    expect(await page.locator('[data-chart=protocol] tbody tr').count()).toBe(6);
    await page.evaluate(() => {
      location.hash = '#run=demo&page=network&t=3.5s&sel=node:gateway-211';
    });
    await page.getByRole('heading', { name: 'Replay window' }).waitFor();
  }));
