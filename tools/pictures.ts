/**
 * `npm run pictures` makes the pictures in the documents, always from real runs.
 *
 * It writes `docs/images/failover.svg` (the output in a terminal) and, if a Chromium is installed,
 * `docs/images/report.png` (the top of report.html in that browser), `docs/images/hunted.png` (the same of a file that
 * a hunt wrote) and `docs/images/network-*.png`
 * (the network page of the demo just after its link was cut, in both themes), and `docs/images/lab-*.png` (a run in the
 * Lab that misses a limit). `docs/images/scale.svg` shows the last `npm run bench -- scale`. ORRERY_CHROMIUM names
 * another browser than `chromium`.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import type { BenchResult } from '../bench/bench-result.ts';
import { scalePicture } from './scale-picture.ts';
import { terminalPicture } from './terminal-picture.ts';
import { toolOptions } from './tool-options.ts';

toolOptions('npm run pictures: draws docs/images anew, from runs and a browser\n');

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMAGES = join(ROOT, 'docs/images');
const BROWSER = process.env['ORRERY_CHROMIUM'] ?? 'chromium';

const out = mkdtempSync(join(tmpdir(), 'orrery-pictures-'));
mkdirSync(IMAGES, { recursive: true });
try {
  drawTerminal();
  photographReport('failover/1', 'report');
  hunt();
  photographReport('receipt-hunted/287258', 'hunted');
  await photographNetwork();
  await photographLab();
  drawScale();
} finally {
  rmSync(out, { recursive: true, force: true });
}

function drawTerminal(): void {
  const command = ['cli/start.mjs', 'scenario', 'failover.yaml'];
  const { stdout, status } = spawnSync(
    process.execPath,
    [...command, '--color', '--out', join(out, 'runs')],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`failover.yaml ended with ${status}: no picture of a red run`);
  // Replaces the temporary folder by `runs`, which readers will see in their own folder.
  const printed = stdout.replaceAll(join(out, 'runs'), 'runs');
  writeFileSync(
    join(IMAGES, 'failover.svg'),
    terminalPicture('npm run scenario failover.yaml', printed),
  );
  console.log('docs/images/failover.svg');
}

/** Draws the results of the last `npm run bench -- scale`. */
function drawScale(): void {
  const file = join(ROOT, 'runs/bench/scale.json');
  if (!existsSync(file)) {
    console.error('docs/images/scale.svg left as it is: npm run bench -- scale first');
    return;
  }
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as { readonly results: BenchResult[] };
  const find = (name: string): BenchResult | undefined => results.find((one) => one.name === name);
  const costs = [100, 1_000, 10_000, 100_000].map((nodes) => {
    const title = `${nodes.toLocaleString('en')} nodes`;
    return {
      nodes,
      // The ratio is a multiple of one step of the calibration loop, which takes 10 ns at 100 M steps/s.
      hopNs: 10 / (find(title)?.ratio ?? Number.NaN),
      setupS: find(`${title}, set-up`)?.value ?? Number.NaN,
      memoryMb: find(`${title}, resident memory`)?.value ?? Number.NaN,
    };
  });
  writeFileSync(join(IMAGES, 'scale.svg'), scalePicture(costs));
  console.log('docs/images/scale.svg');
}

/** Finds the fault of docs/how-to/find-faults.md, and runs the smallest scenario that shows it. */
function hunt(): void {
  const bare = ['--set', 'topology=bare-link.yaml', '--set', 'stack.0.on=*', '--seed', '5'];
  const found = join(out, 'runs/hunt');
  const file = join(found, 'receipt/always-receipt-duplicates-count-0/minimal.yaml');
  for (const words of [
    ['hunt', 'test/fixtures/receipt/receipt.yaml', ...bare, '--out', found],
    ['scenario', file, '--out', join(out, 'runs')],
  ]) {
    const { status } = spawnSync(process.execPath, ['cli/start.mjs', ...words], { cwd: ROOT });
    if (status !== 1) throw new Error(`${words[0]} ended with ${status}: nothing broke`);
  }
}

/** Photographs the top of the report of a run. */
function photographReport(run: string, name: string): void {
  const page = `file://${join(out, 'runs', run, 'report.html')}`;
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--hide-scrollbars',
    '--window-size=1100,1400',
    `--user-data-dir=${join(out, 'profile')}`,
    `--screenshot=${join(IMAGES, `${name}.png`)}`,
  ];
  const { error, status } = spawnSync(BROWSER, [...flags, page], { encoding: 'utf8' });
  if (error === undefined && status === 0) console.log(`docs/images/${name}.png`);
  else console.error(`docs/images/${name}.png left as it is: ${BROWSER} could not be run`);
}

/** Photographs the page after building it; its demo is always the same run. */
async function photographNetwork(): Promise<void> {
  if (spawnSync(BROWSER, ['--version']).status !== 0) {
    console.error(`docs/images/network-*.png left as they are: ${BROWSER} could not be run`);
    return;
  }
  build('tools/build-viz.ts');
  const size = { width: 1100, height: 640 };
  await photograph('network', size, async (page, theme) => {
    const view = `#run=demo&page=network&t=3.2s&theme=${theme}`;
    await page.goto(`file://${join(ROOT, 'dist/viz/index.html')}${view}`);
    // Waits until the worker thread has answered.
    await page.locator('.stamp').filter({ hasText: 'switched' }).waitFor();
  });
}

/** Photographs a run in the Lab, whose limit was made narrower. */
async function photographLab(): Promise<void> {
  if (spawnSync(BROWSER, ['--version']).status !== 0) return;
  build('tools/build-site.ts');
  await photograph('lab', { width: 1120, height: 620 }, async (page, theme) => {
    await page.goto(`file://${join(ROOT, 'dist/lab/index.html')}#page=lab&theme=${theme}`);
    await page.locator('[data-scenario=failover] button').click();
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.locator('.cm-line span', { hasText: /^">= 99%"$/ }).click();
    await page.keyboard.press('End');
    for (let at = 0; at < 4; at += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('.9');
    await page.locator('[data-run]').click();
    await page.locator('.lab-side .chip').waitFor({ timeout: 120_000 });
    await page.locator('.cm-scroller').evaluate((scroller) => scroller.scrollTo(0, 1_000));
  });
}

function build(tool: string): void {
  const words = ['--import', 'tsx', tool];
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${tool} built nothing: no picture of it`);
}

/** Photographs a page in both themes. */
async function photograph(
  name: string,
  viewport: { readonly width: number; readonly height: number },
  prepare: (page: Page, theme: string) => Promise<void>,
): Promise<void> {
  const { stdout } = spawnSync('which', [BROWSER], { encoding: 'utf8' });
  const browser = await chromium.launch({ executablePath: stdout.trim(), args: ['--no-sandbox'] });
  try {
    for (const theme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport });
      await prepare(page, theme);
      await page.screenshot({ path: join(IMAGES, `${name}-${theme}.png`) });
      console.log(`docs/images/${name}-${theme}.png`);
    }
  } finally {
    await browser.close();
  }
}
