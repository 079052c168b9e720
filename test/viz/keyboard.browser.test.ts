/**
 * Every page and control is usable by keyboard alone, and the list of keys matches the code.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { writePrivacyRuns } from './privacy-run.ts';
import { BrowserLab, type Opened } from './support.ts';
import { goTo, STOPS } from './tour.ts';

const STEPS_MAX = 200;
const SHOWN: Readonly<Record<string, string>> = { ' ': 'space', Escape: 'Esc' };

const runs = mkdtempSync(join(tmpdir(), 'orrery-keys-'));
let lab: BrowserLab;
let opened: Opened;
const listed = new Set<string>();
beforeAll(async () => {
  writePrivacyRuns(runs);
  lab = await BrowserLab.start(runs);
  opened = await lab.open(lab.server.address);
});
afterAll(async () => {
  await lab.stop();
  rmSync(runs, { recursive: true, force: true });
});

/** The keys that the sources register. */
function keysOfCode(): ReadonlySet<string> {
  const folder = join(ROOT, 'viz/app');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const text = files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const found = [...text.matchAll(/(?:keys: |add\(\s*'\w+',\s*)\[('[^\]]*')\]/g)];
  const keys = found.flatMap(([, list = '']) => [...list.matchAll(/'([^']+)'/g)].map(([, k]) => k));
  const pages = [...text.matchAll(/^ {2}order: (\d),/gm)].map(([, order]) => order);
  return new Set([...keys, ...pages].map((key = '') => SHOWN[key] ?? ARROWS[key] ?? key));
}

const ARROWS: Readonly<Record<string, string>> = {
  ...{ ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' },
};

describe.each(STOPS)('on $name', ({ hash }) => {
  it('Tab reaches every control, and what has the focus can be seen', async () => {
    const { page } = opened;
    await goTo(page, hash);
    // On a busy machine a page is still before it has begun.
    await page.locator('#main :is(button, select, input, a, svg):visible').first().waitFor();
    await page.evaluate((stepsMax) => {
      const wanted = 'button, select, input, a[href], summary, [tabindex="0"]';
      const isShown = (one: Element): boolean =>
        one.checkVisibility({ visibilityProperty: true }) &&
        one.closest('[inert], dialog') === null;
      const controls = [...document.querySelectorAll<HTMLElement>(wanted)].filter(
        (one) => isShown(one) && one.tabIndex >= 0 && !one.hasAttribute('disabled'),
      );
      // Tab reaches only one radio button of a group; arrows lead to the others.
      const radios = controls.filter(
        (one) => one instanceof HTMLInputElement && one.type === 'radio' && !one.checked,
      );
      const missing = new Set<Element>(controls.filter((one) => !radios.includes(one)));
      Object.assign(globalThis, { missing, unseen: new Set<Element>(), stepsMax });
      (document.activeElement as HTMLElement | null)?.blur();
    }, STEPS_MAX);
    for (let step = 0; step < STEPS_MAX; step += 1) {
      await page.keyboard.press('Tab');
      const left = await page.evaluate(() => {
        const state = globalThis as unknown as { missing: Set<Element>; unseen: Set<Element> };
        const one = document.activeElement;
        if (one === null || one === document.body) return state.missing.size;
        state.missing.delete(one);
        const style = getComputedStyle(one);
        const ring = one.querySelector('.halo');
        const isRinged = ring !== null && getComputedStyle(ring).stroke !== 'none';
        const isOutlined = ({ outlineStyle, outlineWidth }: CSSStyleDeclaration): boolean =>
          outlineStyle !== 'none' && outlineWidth !== '0px';
        const isSeen = isOutlined(style) || isOutlined(getComputedStyle(one, '::after'));
        if (!isSeen && !isRinged) state.unseen.add(one);
        return state.missing.size;
      });
      if (left === 0) break;
    }
    const told = await page.evaluate(() => {
      const state = globalThis as unknown as { missing: Set<Element>; unseen: Set<Element> };
      const words = (set: Set<Element>): string[] =>
        [...set].map((one) => one.outerHTML.slice(0, 120));
      return { missing: words(state.missing), unseen: words(state.unseen) };
    });
    expect(told).toEqual({ missing: [], unseen: [] });
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    const shown = await page.locator('dialog[open] kbd').allTextContents();
    for (const key of shown) listed.add(key);
    // No key is listed twice: a key does one thing.
    expect(new Set(shown).size).toBe(shown.length);
    await page.keyboard.press('Escape');
  });
});

it('? lists on all pages together what the code registers, and nothing else', () => {
  // The keys of the palette exist only during a run.
  expect([...keysOfCode()].filter((key) => !listed.has(key))).toEqual(['p']);
  expect([...listed].filter((key) => !keysOfCode().has(key))).toEqual([]);
});
