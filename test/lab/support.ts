/** A page with the engine in its workers, opened from disk. @module */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { bundleScript } from '../../tools/page/bundle.ts';
import { labElements, shippedFilesJson } from '../../tools/page/lab-data.ts';
import { insideScript } from '../../tools/page/page-document.ts';
import type { PageRun, PlainTask, TestPage } from './page-entry.ts';

/** Path on Debian; the environment variable `CHROMIUM` names another. */
export const CHROMIUM: string = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Starts Chromium. */
export async function openChromium(): Promise<Browser> {
  // The sandbox only works for users other than root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({ executablePath: CHROMIUM, args });
}

/** The text of a page with a script, given by its file, and what workers need. */
export async function pageText(entry: string): Promise<string> {
  const script = await bundleScript(entry);
  const worker = await bundleScript('lab/run/lab-worker.ts');
  const elements = labElements(worker, shippedFilesJson('commit'));
  return `<!doctype html><meta charset="utf-8"><body>${elements}<script>${insideScript(script)}</script>`;
}

/** A page of the tests in a browser. */
export class LabPage {
  readonly page: Page;
  readonly #folder: string;

  private constructor(page: Page, folder: string) {
    this.page = page;
    this.#folder = folder;
  }

  /** Opens the page from disk. */
  static async open(browser: Browser): Promise<LabPage> {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-lab-'));
    const file = join(folder, 'index.html');
    writeFileSync(file, await pageText('test/lab/page-entry.ts'));
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    return new LabPage(page, folder);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  run(task: Partial<PlainTask>, stopAfterMs?: number): Promise<PageRun> {
    const whole = {
      files: {},
      scenario: 'hello.yaml',
      seeds: null,
      set: [],
      traced: false,
      ...task,
    };
    return this.page.evaluate(
      ({ task: one, after }) => (globalThis as unknown as { lab: TestPage }).lab.run(one, after),
      { task: whole, after: stopAfterMs },
    );
  }
}
