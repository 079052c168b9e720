/** A trace of a million events in a real browser: opening, scrubbing, playing, memory (ux.md 5.3 to 5.5). @module */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BigTrace, bigTrace } from './big-trace.ts';
import { mainWork, quantile, Renderers, scrub } from './measures.ts';
import { BrowserLab, FROM_DISK, networkTitle } from './support.ts';

const OPEN_MS = 2_000;
const TASK_MS = 50;
const MEMORY_BYTES = 300e6;
const PLAY_MS = 5_000;

let lab: BrowserLab;
let folder: string;
beforeAll(async () => {
  lab = await BrowserLab.start();
  folder = mkdtempSync(join(tmpdir(), 'orrery-big-'));
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Drops a trace on a new page and waits until it is drawn. */
async function withTrace(
  wanted: BigTrace,
  act: (page: Page, opening: { readonly cpuMs: number; readonly wallMs: number }) => Promise<void>,
): Promise<void> {
  const file = join(folder, 'trace.orr');
  writeFileSync(file, bigTrace(wanted));
  const { page, context, errors } = await lab.open(FROM_DISK);
  try {
    const renderers = await Renderers.of(page);
    const begin = performance.now();
    const cpuBegin = await renderers.cpuMs();
    await page.locator('input[type=file]').setInputFiles(file);
    await networkTitle(page);
    const cpuMs = (await renderers.cpuMs()) - cpuBegin;
    await act(page, { cpuMs, wallMs: performance.now() - begin });
    expect(errors).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Counts the instants whose picture was drawn, and how long the last one took to come. */
async function watchPicture(page: Page): Promise<() => Promise<{ drawn: number; lagMs: number }>> {
  await page.evaluate(() => {
    const seen = new Set<string>();
    const look = { drawn: 0, lagMs: 0, sinceMs: 0, isOn: true };
    Object.assign(globalThis, { look });
    const frame = (nowMs: number): void => {
      const wanted = document.querySelector('.scrubber .now')?.textContent ?? '';
      const said = document.querySelector('[data-chart=network] p')?.textContent ?? '';
      if (said.startsWith(`At ${wanted}:`)) {
        seen.add(wanted);
        look.drawn = seen.size;
        look.lagMs = Math.max(look.lagMs, look.sinceMs === 0 ? 0 : nowMs - look.sinceMs);
        look.sinceMs = 0;
      } else if (look.sinceMs === 0) look.sinceMs = nowMs;
      if (look.isOn) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return async () => {
    await page.waitForFunction(() => {
      const wanted = document.querySelector('.scrubber .now')?.textContent ?? '';
      const said = document.querySelector('[data-chart=network] p')?.textContent ?? '';
      return said.startsWith(`At ${wanted}:`);
    });
    return await page.evaluate(() => {
      const { look } = globalThis as unknown as {
        look: { drawn: number; lagMs: number; isOn: boolean };
      };
      look.isOn = false;
      return { drawn: look.drawn, lagMs: look.lagMs };
    });
  };
}

describe('a trace of a million events', () => {
  it('opens within 2 s, scrubs without a task above 50 ms, and stays below 300 MB', () =>
    withTrace({ hops: 1_000_000, lastsNs: 60e9, transitNs: 60e6 }, async (page, opening) => {
      const renderers = await Renderers.of(page);
      const picture = await watchPicture(page);
      const { tasksMs, longestWallMs } = await mainWork(page, () => scrub(page, 90));
      const { drawn, lagMs } = await picture();
      const longest = Math.max(...tasksMs);
      const bytes = await renderers.memoryBytes();
      process.stderr.write(
        `viz: a million events opened in ${opening.cpuMs.toFixed(0)} ms of processor time ` +
          `(${opening.wallMs.toFixed(0)} ms), longest task ${longest.toFixed(1)} ms ` +
          `(${longestWallMs.toFixed(1)} ms), ${drawn} of 90 pictures drawn, at most ` +
          `${lagMs.toFixed(0)} ms late, ${(bytes / 1e6).toFixed(0)} MB\n`,
      );
      expect(opening.cpuMs).toBeLessThan(OPEN_MS);
      expect(tasksMs.length).toBeGreaterThan(90);
      expect(longest).toBeLessThan(TASK_MS);
      expect(drawn).toBeGreaterThan(10);
      expect(bytes).toBeLessThan(MEMORY_BYTES);
    }));
});

describe('playing', () => {
  it.each([
    [2_000, 20],
    [5_000, 34],
  ])('%i packets in sight takes at most %i ms a frame', (packets, limitMs) => {
    const transitNs = 100e6;
    const lastsNs = 10e9;
    const hops = (packets * lastsNs) / transitNs;
    return withTrace({ hops, lastsNs, transitNs }, async (page) => {
      await page.keyboard.press('k');
      const inSight = await countInSight(page, packets * 0.9);
      const { framesMs } = await mainWork(page, async () => {
        await page.keyboard.press('Space');
        await page.waitForTimeout(PLAY_MS);
        await page.keyboard.press('Space');
      });
      const p95 = quantile(framesMs, 0.95);
      process.stderr.write(
        `viz: ${inSight} packets in sight: ${framesMs.length} frames in 5 s, ` +
          `median ${quantile(framesMs, 0.5).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms\n`,
      );
      expect(p95).toBeLessThanOrEqual(limitMs);
      expect(framesMs.length).toBeGreaterThan(30);
    });
  });
});

/** Waits until so many packets are in sight; how many there are. */
async function countInSight(page: Page, least: number): Promise<number> {
  const title = page.locator('[data-chart=network] figcaption strong');
  for (;;) {
    const count = Number(
      ((await title.textContent()) ?? '').split('packet')[0]?.replace(/\D/g, ''),
    );
    if (count >= least) return count;
    await page.waitForTimeout(50);
  }
}
