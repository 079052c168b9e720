/**
 * Belief beside truth: what is broken and which nodes know it, as text and in the drawing. @module
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserLab, FROM_DISK, LOOKS, networkTitle, seriousFindings } from './support.ts';

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

const at = (page: string, t: string): string => `${FROM_DISK}#run=demo&page=${page}&t=${t}`;

/** Names of the nodes with a sign, by sign. */
async function signs(page: Page): Promise<Readonly<Record<string, readonly string[]>>> {
  const found = await page.locator('.dot').evaluateAll((dots) =>
    dots.map((dot) => ({
      node: dot.getAttribute('data-node') ?? '',
      sign: dot.querySelector('.sign')?.textContent ?? '',
    })),
  );
  const of = (sign: string): readonly string[] =>
    found.flatMap((one) => (one.sign === sign ? [one.node] : [])).sort();
  return { unaware: of('?'), knowing: of('!') };
}

const ENDS = ['core-110', 'core-310'];
const GATEWAYS = ['gateway-111', 'gateway-211'];

describe('a cut of the demo, from 3 s to 6 s', () => {
  it('is shown with nobody who knows it yet, then with those who do', async () => {
    const { page, errors } = await lab.open(at('network', '3.038s'));
    await networkTitle(page);
    const line = page.locator('.belief');
    await line.filter({ hasText: 'no node knows yet' }).waitFor();
    expect(await line.textContent()).toMatch(
      /^core-110 ↔ core-310 down for 38 ms, no node knows yet; gateway-111, gateway-211 still send there\./,
    );
    expect(await signs(page)).toEqual({ unaware: [...ENDS, ...GATEWAYS].sort(), knowing: [] });
    await page.evaluate((hash) => {
      location.hash = hash;
    }, at('network', '3.4s').split('#')[1] ?? '');
    await line.filter({ hasText: 'gateway-111, gateway-211 (path) know' }).waitFor();
    expect(await line.textContent()).toContain('core-110, core-310 (BFD) do not yet.');
    expect(await signs(page)).toEqual({ unaware: ENDS, knowing: GATEWAYS });
    await page.evaluate((hash) => {
      location.hash = hash;
    }, at('network', '5s').split('#')[1] ?? '');
    await line.filter({ hasText: 'down for 2 000 ms' }).waitFor();
    expect(await signs(page)).toEqual({ unaware: [], knowing: [...ENDS, ...GATEWAYS].sort() });
    expect(errors).toEqual([]);
  });

  it('is still believed after it has ended, and nothing is said before it begins', async () => {
    const { page } = await lab.open(at('network', '6.01s'));
    const line = page.locator('.belief');
    await line.filter({ hasText: /up again for 10 ms: .+ still believe it broken/ }).waitFor();
    expect((await signs(page))['unaware']).toEqual([...ENDS, ...GATEWAYS].sort());
    await page.evaluate((hash) => {
      location.hash = hash;
    }, at('network', '2.9s').split('#')[1] ?? '');
    await line.waitFor({ state: 'hidden' });
    expect(await signs(page)).toEqual({ unaware: [], knowing: [] });
  });

  it.each(LOOKS)(
    'stands beside what gateways hold of their paths, in $theme at $width px',
    async (look) => {
      const { page, context } = await lab.open(at('protocols', '3.038s'), look);
      await page
        .locator('.belief')
        .filter({ hasText: 'down for 38 ms, no node knows yet' })
        .waitFor();
      const truth = page.locator('.scene text', { hasText: 'in truth down for 38.0 ms' });
      // The path in use at each of the two gateways, which both believe to be alive.
      expect(await truth.count()).toBe(2);
      expect(await page.locator('.scene text', { hasText: 'alive, in use' }).count()).toBe(2);
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
      await context.close();
    },
  );
});

describe('pages of the trace opened at 0 s, where there was nothing to see', () => {
  it.each(['network', 'time', 'protocols'])(
    '%s opens just before the first fault',
    async (name) => {
      const { page, context } = await lab.open(`${FROM_DISK}#run=demo&page=${name}`);
      await page.locator('.scrubber .now').filter({ hasText: '2.950 s' }).waitFor();
      await context.close();
    },
  );

  it('an instant of the address stays, the beginning of the run too', async () => {
    const { page } = await lab.open(`${FROM_DISK}#run=demo&page=network&t=0s`);
    await networkTitle(page);
    expect(await page.locator('.scrubber .now').textContent()).toBe('0.000 s');
    const other = await lab.open(`${FROM_DISK}#run=demo&page=network&t=1250ms`);
    await networkTitle(other.page);
    expect(await other.page.locator('.scrubber .now').textContent()).toBe('1.250 s');
    expect(await other.page.locator('.notices p').count()).toBe(0);
  });
});

it('equal notices stood one upon the other: one sentence stands there once', async () => {
  const { page } = await lab.open(`${FROM_DISK}#run=demo&page=network&t=7s`);
  await networkTitle(page);
  for (const _ of [1, 2, 3]) await page.keyboard.press('k');
  await page.locator('.notices p').first().waitFor();
  expect(await page.locator('.notices p').allTextContents()).toEqual([
    'There is no fault after the cursor.',
  ]);
});
