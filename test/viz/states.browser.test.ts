/**
 * The designed states of the nine pages: empty, loading, partial, error, unknown version
 * (docs/spec/browser-view.md). @module
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePrivacyRuns } from './privacy-run.ts';
import { BrowserLab, LOOKS, type Look, PAGE_FILE, seriousFindings } from './support.ts';
import { pictureOf, STOPS } from './tour.ts';

type StateName = 'empty' | 'loading' | 'partial' | 'error' | 'version';

/** How a state is caused: the run to open, and what the gallery's list contains instead. */
interface Case {
  readonly state: StateName;
  readonly look: Look;
  readonly run?: string;
  /** Other runs, for pages that reach the state for another reason. */
  readonly others?: Readonly<Record<string, string>>;
  readonly gallery: {
    readonly hash: string;
    readonly selector?: string;
    arrange?(page: Page): Promise<unknown>;
  };
}

const runs = mkdtempSync(join(tmpdir(), 'orrery-states-'));
let lab: BrowserLab;
beforeAll(async () => {
  writePrivacyRuns(runs);
  const built = readFileSync(PAGE_FILE, 'utf8');
  const embedded = (id: string): string =>
    new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(built)?.[1] ?? '';
  const report = JSON.parse(embedded('demo-report')) as Record<string, unknown>;
  const trace = Buffer.from(embedded('demo-trace'), 'base64');
  const save = (run: string, name: string, content: string | Uint8Array): void => {
    mkdirSync(join(runs, run, '1'), { recursive: true });
    writeFileSync(join(runs, run, '1', name), content);
  };
  save('cut', 'report.json', JSON.stringify(report));
  save('cut', 'trace.orr', trace.subarray(0, trace.length - 20_000));
  save('bare', 'report.json', JSON.stringify({ ...report, metrics: {}, kpis: [] }));
  save('newer', 'report.json', JSON.stringify({ ...report, schemaVersion: 9 }));
  save('broken', 'report.json', 'not json');
  lab = await BrowserLab.start(runs);
});
afterAll(async () => {
  await lab.stop();
  rmSync(runs, { recursive: true, force: true });
});

const [WIDE, SMALL, WIDE_DARK, SMALL_DARK] = LOOKS;
const CASES: readonly Case[] = [
  { state: 'empty', look: WIDE ?? {}, gallery: { hash: '#page=runs&filter=nothing-is-called-so' } },
  {
    ...{ state: 'loading', look: SMALL_DARK ?? {}, run: 'whole/1' },
    gallery: { hash: '#page=runs' },
  },
  {
    ...{ state: 'partial', look: SMALL ?? {}, run: 'cut/1' },
    others: { latency: 'bare/1', privacy: 'old/1', compare: 'bare/1', report: 'bare/1' },
    gallery: {
      hash: '#page=runs',
      arrange: (page) =>
        page.route('**/api/runs', (route) => route.fulfill({ json: { cards: [], leftOut: 3 } })),
    },
  },
  {
    ...{ state: 'error', look: WIDE_DARK ?? {}, run: 'broken/1' },
    gallery: {
      hash: '#page=runs',
      arrange: (page) => page.route('**/api/runs', (route) => route.fulfill({ status: 500 })),
    },
  },
  {
    ...{ state: 'version', look: WIDE ?? {}, run: 'newer/1' },
    gallery: { hash: '#page=runs', selector: '.card.broken:has-text("schemaVersion 9")' },
  },
];

function hashOf({ run, others = {} }: Case, name: string): string {
  const opened = others[name] ?? run;
  const other = name === 'compare' ? '&with=demo' : '';
  return `${opened === undefined ? '#' : `#run=${opened}&`}page=${name}${other}`;
}

/** Waits for the state on a page; checks that it has text and lies inside the window. */
async function see(page: Page, one: Case, name: string): Promise<void> {
  const { state, look, gallery } = one;
  const isGallery = name === 'runs';
  if (isGallery) await page.goto(`${lab.server.address}${gallery.hash}`);
  else {
    await page.evaluate(
      (hash) => {
        // Removes the state of the previous page, so that it is not taken for that of this page.
        for (const before of document.querySelectorAll('[data-state]')) before.remove();
        location.hash = hash;
      },
      hashOf(one, name),
    );
  }
  const selector = isGallery ? gallery.selector : undefined;
  const shown = page.locator(selector ?? `[data-state=${state}]:visible`).first();
  await shown.filter({ hasText: /\w+ \w+/ }).waitFor();
  const { x = -1, width = 0 } = (await shown.boundingBox()) ?? {};
  expect([x >= 0, x + width <= (look.width ?? 0)], `${name} ${state}`).toEqual([true, true]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
}

describe.each(CASES)('$state', (one) => {
  const { state, look, gallery } = one;

  it('is seen on each of the nine pages, with words and within the window', async () => {
    const { page, context } = await lab.open('about:blank', look);
    if (state === 'loading') await page.route('**/api/**', () => new Promise(() => undefined));
    await gallery.arrange?.(page);
    for (const { name } of STOPS) {
      if (name === 'network' && state !== 'loading') await page.unrouteAll();
      await see(page, one, name);
      expect((await pictureOf(page, `state-${state}-${name}`)).length).toBeGreaterThan(2_000);
    }
    expect(await seriousFindings(page)).toEqual([]);
    await context.close();
  });
});
