/** The cost of a page: tasks of its main thread, CPU time and memory of its process. @module */
import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';

/** The work of the main thread. */
export interface MainWork {
  /** CPU time of each task, ms; other programs on the machine do not affect it. */
  readonly tasksMs: readonly number[];
  /** Duration of the longest task by the wall clock, ms. */
  readonly longestWallMs: number;
  /** CPU time of all tasks from one animation frame to the next, ms. */
  readonly framesMs: readonly number[];
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Measures the work of the page's main thread while `act` runs. */
export async function mainWork(page: Page, act: () => Promise<void>): Promise<MainWork> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await act();
  const text = (await browser.stopTracing()).toString();
  const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const own = traceEvents.filter((event) => main.has(threadOf(event)));
  const tasks = own
    .filter(({ name, tdur }) => name.endsWith('RunTask') && tdur !== undefined)
    .sort((a, b) => a.ts - b.ts);
  const starts = own.filter(({ name }) => name === 'FireAnimationFrame').map(({ ts }) => ts);
  return {
    tasksMs: tasks.map(({ tdur = 0 }) => tdur / 1_000),
    longestWallMs: Math.max(...tasks.map(({ dur = 0 }) => dur / 1_000)),
    framesMs: framesOf(tasks, starts),
  };
}

/** Adds up tasks from the one in which a frame begins to the next such task. */
function framesOf(tasks: readonly TraceEvent[], starts: readonly number[]): readonly number[] {
  const frames: number[] = [];
  for (const { ts, dur = 0, tdur = 0 } of tasks) {
    if (starts.some((start) => start >= ts && start <= ts + dur)) frames.push(0);
    if (frames.length > 0) frames.push((frames.pop() ?? 0) + tdur / 1_000);
  }
  return frames;
}

/** Drags the cursor over the whole scrubber within `lastsMs`, or slower on a slow machine. */
export async function scrub(page: Page, steps: number, lastsMs = 0): Promise<void> {
  const { x = 0, y = 0, width = 0 } = (await page.locator('.strip').boundingBox()) ?? {};
  await page.mouse.move(x + 10, y + 20);
  await page.mouse.down();
  const begin = performance.now();
  for (let step = 1; step <= steps; step += 1) {
    await page.mouse.move(x + 10 + ((width - 20) * step) / steps, y + 20);
    const restMs = begin + (lastsMs * step) / steps - performance.now();
    if (restMs > 0) await page.waitForTimeout(restMs);
  }
  await page.mouse.up();
}

/** The value that the given share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The processes that draw the pages of this browser. */
export class Renderers {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<Renderers> {
    return new Renderers(await page.context().browser()!.newBrowserCDPSession());
  }

  /** CPU time of the processes so far, over all threads, ms. */
  async cpuMs(): Promise<number> {
    return (await this.#renderers()).reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
  }

  /** Private memory of the largest process, bytes. */
  async memoryBytes(): Promise<number> {
    const own = (await this.#renderers()).map(({ id }) => {
      const text = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
      const kilobytes = [...text.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].map(([, n]) => Number(n));
      return kilobytes.reduce((sum, n) => sum + n * 1_024, 0);
    });
    return Math.max(...own);
  }

  async #renderers(): Promise<readonly { readonly id: number; readonly cpuTime: number }[]> {
    const { processInfo } = await this.#session.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer');
  }
}
