import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bundleScript } from '../../tools/page/bundle.ts';
import type { CryptoOutcome } from './crypto-entry.ts';
import { openChromium } from './support.ts';

const FOLDER = join(
  process.env['ORRERY_VECTORS'] ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url)),
  'wycheproof',
);

/** The whole files, where they are installed. */
function wycheproof(): Readonly<Record<string, unknown>> {
  const names = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  return Object.fromEntries(
    names.map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))]),
  );
}

it('the provider of a tab passes the suite over all providers, and Wycheproof, in the browser', async () => {
  const vitest = fileURLToPath(new URL('small-expect.ts', import.meta.url));
  const program = await bundleScript('test/lab/crypto-entry.ts', { vitest });
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    const outcome = await page.evaluate(
      ({ script, files }) =>
        new Promise<CryptoOutcome>((resolve, reject) => {
          const worker = new Worker(URL.createObjectURL(new Blob([script])));
          worker.onmessage = (event): void => resolve(event.data as CryptoOutcome);
          worker.onerror = (event): void => reject(new Error(event.message));
          worker.postMessage(files);
        }),
      { script: program, files: wycheproof() },
    );
    expect(outcome.failed).toEqual([]);
    expect(outcome.passed).toBeGreaterThan(250);
  } finally {
    await browser.close();
  }
}, 180_000);
