/** A browser, the built page from disk and from the server, and the findings of axe. @module */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { startVizServer, type VizServer } from '../../viz/server/server.ts';
import { ROOT } from '../architecture/files.ts';

/** The built page; `npm run build:viz` makes it. */
export const PAGE_FILE = join(ROOT, 'dist/viz/index.html');
/** The built Lab; `npm run build:site` makes it. */
export const LAB_FILE = join(ROOT, 'dist/lab/index.html');
/** URL of the built page on disk. */
export const FROM_DISK = pathToFileURL(PAGE_FILE).href;
/** Path on Debian; the environment variable `CHROMIUM` names another. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** The themes and widths in which pages are tested. */
export const LOOKS = (['light', 'dark'] as const).flatMap((theme) =>
  [1280, 390].map((width) => ({ theme, width })),
);

/** How to open a page. */
export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly calm?: boolean;
}

/** An open page, with the errors and requests that it caused. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors on the console, and uncaught ones. */
  readonly errors: readonly string[];
  /** URLs that were requested, except that of the page itself. */
  readonly requests: readonly string[];
}

/** A browser, and a server with the folder `runs` or an empty folder. */
export class BrowserLab {
  readonly #browser: Browser;
  readonly #folder: string;
  readonly server: VizServer;

  private constructor(browser: Browser, server: VizServer, folder: string) {
    this.#browser = browser;
    this.server = server;
    this.#folder = folder;
  }

  static async start(runs?: string): Promise<BrowserLab> {
    if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
    // The sandbox only works for users other than root.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const folder = mkdtempSync(join(tmpdir(), 'orrery-browser-'));
    const server = await startVizServer({
      ...{ page: PAGE_FILE, lab: (): string => LAB_FILE, host: '127.0.0.1', port: 0 },
      runs: runs ?? join(folder, 'runs'),
    });
    return new BrowserLab(
      await chromium.launch({ executablePath: CHROMIUM, args }),
      server,
      folder,
    );
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Opens a URL in a window of its own. */
  async open(address: string, look: Look = {}): Promise<Opened> {
    const { theme = 'light', width = 1280, calm = false } = look;
    const context = await this.#browser.newContext({
      viewport: { width, height: width < 500 ? 844 : 800 },
      colorScheme: theme,
      reducedMotion: calm ? 'reduce' : 'no-preference',
      acceptDownloads: true,
    });
    const page = await context.newPage();
    const errors: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('request', (request) => {
      if (!request.isNavigationRequest() && !/^(data|blob):/.test(request.url())) {
        requests.push(request.url());
      }
    });
    await page.goto(address);
    return { page, context, errors, requests };
  }
}

/** Serious and critical findings of axe, one line each. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Waits until the network page of a run is drawn; returns its title. */
export async function networkTitle(page: Page): Promise<string> {
  const title = page.locator('[data-chart=network] figcaption strong');
  await title.filter({ hasText: /under way/ }).waitFor();
  return (await title.textContent()) ?? '';
}
