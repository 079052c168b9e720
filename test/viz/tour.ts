/**
 * A tour of all nine pages: the URL of each, when its picture is complete, and how pictures are
 * compared. @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** The nine pages with their addresses in the demo, where a link is down from 3 s on. */
export const STOPS = [
  { name: 'runs', hash: '#page=runs' },
  { name: 'network', hash: '#run=demo&page=network&t=3.2s&sel=node:gateway-111' },
  { name: 'failover', hash: '#run=demo&page=failover&t=3.2s' },
  { name: 'time', hash: '#run=demo&page=time&t=3.1s' },
  { name: 'latency', hash: '#run=demo&page=latency&t=3.2s' },
  { name: 'privacy', hash: '#run=whole/1&page=privacy' },
  { name: 'protocols', hash: '#run=demo&page=protocols&t=3.5s' },
  { name: 'compare', hash: '#run=demo&page=compare&with=demo' },
  { name: 'report', hash: '#run=demo&page=report' },
] as const;

/** If nothing changes for this long, the page is complete. */
const QUIET_MS = 250;

/** Opens an address without reloading the page, and waits until the page is complete. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((wanted) => {
    location.hash = wanted;
  }, hash);
  // A busy machine tells the page of its address later than the silence lasts.
  const [, name = ''] = /page=(\w+)/.exec(hash) ?? [];
  const current = page.locator('nav.rail [aria-current=page]', { hasText: new RegExp(name, 'i') });
  await current.waitFor({ state: 'attached' });
  await stillness(page);
}

/** Waits until no element has changed for a while and nothing is being loaded. */
async function stillness(page: Page): Promise<void> {
  await page.evaluate(
    (quietMs) =>
      new Promise<void>((resolve) => {
        const loading = '[data-state=loading]';
        const done = (): void => {
          if (document.querySelector(loading) === null) {
            observer.disconnect();
            resolve();
          } else wait();
        };
        let timer = setTimeout(done, quietMs);
        const wait = (): void => {
          clearTimeout(timer);
          timer = setTimeout(done, quietMs);
        };
        const observer = new MutationObserver(wait);
        observer.observe(document, {
          ...{ attributes: true, characterData: true, childList: true, subtree: true },
        });
      }),
    QUIET_MS,
  );
}

/** A screenshot; also saved as a file if `PICTURES` names a folder. */
export async function pictureOf(page: Page, name: string): Promise<Buffer> {
  const picture = await page.screenshot({ caret: 'hide' });
  const folder = process.env['PICTURES'];
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.png`), picture);
  }
  return picture;
}

/**
 * The share of pixels that differ by more than antialiasing does, 0 to 1; decoded by the browser
 * itself.
 */
export async function differenceOf(page: Page, a: Buffer, b: Buffer): Promise<number> {
  if (a.equals(b)) return 0;
  return await page.evaluate(
    async (pictures) => {
      const [one, other] = await Promise.all(
        pictures.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
          pen?.drawImage(image, 0, 0);
          return pen?.getImageData(0, 0, image.width, image.height);
        }),
      );
      if (one === undefined || other === undefined) throw new Error('two pictures are compared');
      if (one.width !== other.width || one.height !== other.height) return 1;
      let different = 0;
      for (let at = 0; at < one.data.length; at += 4) {
        const isSame = [0, 1, 2].every(
          (channel) =>
            Math.abs((one.data[at + channel] ?? 0) - (other.data[at + channel] ?? 0)) <= 8,
        );
        if (!isSame) different += 1;
      }
      return different / (one.width * one.height);
    },
    [a.toString('base64'), b.toString('base64')],
  );
}
