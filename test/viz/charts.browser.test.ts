/**
 * Every chart of every page: texts, table and exports; and with reduced motion nothing moves
 * (docs/spec/browser-view.md). @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePrivacyRuns } from './privacy-run.ts';
import { BrowserLab, type Opened } from './support.ts';
import { goTo, STOPS } from './tour.ts';

const IDLE_MS = 400;

const runs = mkdtempSync(join(tmpdir(), 'orrery-charts-'));
let lab: BrowserLab;
let opened: Opened;
beforeAll(async () => {
  writePrivacyRuns(runs);
  lab = await BrowserLab.start(runs);
  opened = await lab.open('about:blank', { calm: true });
  await opened.page.addInitScript(watchFilesAndFrames);
  await opened.page.goto(lab.server.address);
});
afterAll(async () => {
  await lab.stop();
  rmSync(runs, { recursive: true, force: true });
});

interface Watched {
  files: Blob[];
  frames: number;
}

/** Captures downloads instead of saving them, and counts animation frames. */
function watchFilesAndFrames(): void {
  const watched: Watched = { files: [], frames: 0 };
  Object.assign(globalThis, { watched });
  const address = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (file: Blob): string => {
    watched.files.push(file);
    return address(file);
  };
  const request = requestAnimationFrame;
  globalThis.requestAnimationFrame = (paint): number => {
    watched.frames += 1;
    return request(paint);
  };
  HTMLAnchorElement.prototype.click = (): void => undefined;
}

/** The texts and the exports of one chart. */
interface ChartFacts {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Cells of the table as shown, without headings. */
  readonly table: readonly (readonly string[])[];
  readonly csv: string;
  readonly svg: { readonly root: string; readonly words: string };
  readonly png: { readonly width: number; readonly height: number };
}

async function chartsOf(page: Page): Promise<readonly ChartFacts[]> {
  return await page.evaluate(async () => {
    const { watched } = globalThis as unknown as { watched: Watched };
    const textOf = (root: Element, selector: string): string =>
      root.querySelector(selector)?.textContent ?? '';
    const exported = async (chart: Element, format: string): Promise<Blob> => {
      const before = watched.files.length;
      chart.querySelector<HTMLElement>(`[data-export=${format}]`)?.click();
      // The PNG is drawn from an SVG, which is also a file, so other formats are ignored.
      const isOurs = (file: Blob): boolean => file.type.includes(format);
      while (!watched.files.slice(before).some(isOurs))
        await new Promise((go) => setTimeout(go, 10));
      return watched.files.slice(before).find(isOurs) as Blob;
    };
    const factsOf = async (chart: HTMLElement): Promise<ChartFacts> => {
      const svg = await (await exported(chart, 'svg')).text();
      const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
      const { width, height } = await createImageBitmap(await exported(chart, 'png'));
      const csv = await (await exported(chart, 'csv')).text();
      const swap = chart.querySelector<HTMLElement>('.chart-tools button');
      swap?.click();
      const table = [...chart.querySelectorAll('.chart-table tbody tr')].map((row) =>
        [...row.children].map((cell) => cell.textContent ?? ''),
      );
      swap?.click();
      return {
        ...{ name: chart.dataset['chart'] ?? '', title: textOf(chart, 'figcaption strong') },
        ...{ summary: textOf(chart, '.for-screen-readers'), table, csv, png: { width, height } },
        svg: {
          root: parsed.documentElement.tagName,
          words: textOf(parsed.documentElement, 'desc'),
        },
      };
    };
    const facts: ChartFacts[] = [];
    for (const chart of document.querySelectorAll<HTMLElement>('.chart')) {
      if (chart.offsetParent !== null) facts.push(await factsOf(chart));
    }
    return facts;
  });
}

/** The rows of a CSV without headings, run and seed. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g,
  )) {
    if (end === '' && quoted === undefined && plain === '') continue;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(1, -1).map((row) => row.slice(2));
}

describe.each(STOPS.filter(({ name }) => name !== 'runs'))('every chart of $name', ({ hash }) => {
  it('says its finding, has the same numbers as table and CSV, and exports what parses', async () => {
    await goTo(opened.page, hash);
    const charts = await chartsOf(opened.page);
    expect(charts.length).toBeGreaterThan(0);
    for (const { name, title, summary, table, csv, svg, png } of charts) {
      expect(title, name).toMatch(/\w+ \w+/);
      // If the table is empty, the summary need not contain a number.
      expect(summary, name).toMatch(table.length === 0 ? /\w/ : /\d/);
      const cells = cellsOf(csv).map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@])/, '')));
      expect(cells.slice(0, table.length), name).toEqual(
        table.map((row) => row.map((cell) => (cell === '–' ? '' : cell))),
      );
      expect(svg, name).toEqual({ root: 'svg', words: summary });
      expect(Math.min(png.width, png.height), name).toBeGreaterThan(20);
    }
  });

  it('stands still while nobody does anything and less motion is wanted', async () => {
    const frames = await opened.page.evaluate(async (idleMs) => {
      const { watched } = globalThis as unknown as { watched: Watched };
      await new Promise((go) => setTimeout(go, 100));
      watched.frames = 0;
      await new Promise((go) => setTimeout(go, idleMs));
      return watched.frames;
    }, IDLE_MS);
    expect(frames).toBe(0);
    expect(opened.errors).toEqual([]);
  });
});
