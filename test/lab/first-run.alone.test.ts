/** How long a visitor of the Lab waits for the first verdict, on a page that was just opened. */
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { machineSlowness } from '../../tools/slowness.ts';
import { BrowserLab, LAB_FILE } from '../viz/support.ts';

const FIRST_VERDICT_MS_MAX = 1_000;

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

it('hello has its verdict within a second of the click on Run, at the first run of a page', async () => {
  const { page, context } = await lab.open(pathToFileURL(LAB_FILE).href);
  await page.locator('[data-scenario="hello"] button').first().click();
  const began = performance.now();
  await page.locator('[data-run]').click();
  await page.locator('.lab-side .verdict').waitFor();
  const ms = performance.now() - began;
  process.stdout.write(`hello: a verdict ${Math.round(ms)} ms after the click on Run\n`);
  expect(ms).toBeLessThan(FIRST_VERDICT_MS_MAX * machineSlowness());
  await context.close();
});
