/** Sweep, hunt and shrink in a real browser: from a form to what is found, and to a run of it. @module */
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BrowserLab, LAB_FILE, seriousFindings } from '../viz/support.ts';

const LOOKS = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 390 },
] as const;
const STOP_MS_MAX = 500;

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

async function expectTidy(page: Page, width: number): Promise<void> {
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
}

it.each(LOOKS)(
  'sweeps the number at the cursor, and shrinks the run of a value, in $theme at $width px',
  async (look) => {
    const { page, errors, context } = await lab.open(pathToFileURL(LAB_FILE).href, look);
    await page.locator('[data-scenario="hello"] button').first().click();
    await page.locator('.lab-values textarea').evaluate((field: HTMLTextAreaElement) => {
      field.value = 'duration=2s\nkpis.ping.rtt.p95=<= 10.1ms';
      field.dispatchEvent(new Event('input'));
    });
    await page.locator('.lab-seeds').fill('1-2');
    await page.locator('.cm-line span', { hasText: /^100B$/ }).click();
    await page.locator('summary', { hasText: 'sweep' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => {
      const [path] = document.querySelectorAll<HTMLInputElement>('.lab-search input');
      return path?.value === 'traffic.0.size';
    });
    const values = page.getByLabel('values', { exact: true });
    expect(await values.inputValue()).toBe('50B, 100B, 200B');
    await values.fill('100B, 900B');
    await page.keyboard.press('Enter');
    await page
      .locator('[data-chart=sweep] .limit-label', { hasText: 'limit <= 10.1 ms' })
      .waitFor();
    expect(await page.locator('.lab-found tr .fail-text').allTextContents()).toEqual(['10.7 ms ✗']);
    expect(await page.locator('.lab-found code').textContent()).toContain(
      'npx orrery sweep hello.yaml --seeds 2 --set duration=2s',
    );
    await expectTidy(page, look.width);
    if (look.width === 390) return context.close();
    await page.locator('.lab-found td button', { hasText: '900B' }).click();
    await page.locator('.lab-side .chip', { hasText: 'FAIL' }).waitFor();
    expect(await page.locator('.lab-values textarea').inputValue()).toMatch(/size=900B$/);
    await page.getByRole('button', { name: 'Shrink' }).click();
    await page.getByRole('button', { name: 'Open and run' }).click();
    await page.locator('.lab-side .chip', { hasText: 'FAIL' }).waitFor();
    await page.locator('.cm-line', { hasText: '# Shrunk from hello, seed 1' }).waitFor();
    await page.waitForFunction(() => location.hash.includes('lab='));
    await expectTidy(page, look.width);
    expect(errors).toEqual([]);
    await context.close();
  },
);

it('hunts, and stops within half a second', async () => {
  const { page, errors, context } = await lab.open(pathToFileURL(LAB_FILE).href);
  await page.locator('[data-scenario="hello"] button').first().click();
  await page.locator('summary', { hasText: 'hunt' }).click();
  await page.getByLabel('attempts').fill('8');
  await page.keyboard.press('Enter');
  await page.locator('.lab-found h2', { hasText: 'Hunt: nothing broke' }).waitFor();
  await page.getByText(/^8 attempts, \d+ different states and drops/).waitFor();
  await page.getByLabel('attempts').fill('1000');
  await page.keyboard.press('Enter');
  await page.locator('.lab-progress', { hasText: '8 of 1000' }).waitFor();
  await expectTidy(page, 1280);
  const before = Date.now();
  await page.locator('[data-run]').click();
  await page.getByRole('heading', { name: 'Stopped' }).waitFor();
  expect(Date.now() - before).toBeLessThan(STOP_MS_MAX);
  expect(errors).toEqual([]);
  await context.close();
});
