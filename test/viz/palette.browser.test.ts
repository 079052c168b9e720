/**
 * The fault palette end to end: a run is watched, changed, exported and replayed (ADR 0015).
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { ROOT } from '../architecture/files.ts';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

let lab: BrowserLab;
let run: CommandRun | undefined;
const folder = mkdtempSync(join(tmpdir(), 'orrery-palette-'));
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(async () => {
  run?.stop();
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

const CUT =
  'events=[{ at: 3s, for: 2s, link: { activePath: "gateway-111 -> gateway-211", hop: random }, set: { up: false } }]';
const SHORT = ['duration=10s', 'warmup=2s', 'traffic.0.rate=100/s', CUT].flatMap((one) => [
  '--set',
  one,
]);

/** The program, started by its command. */
class CommandRun {
  readonly address: Promise<string>;
  readonly report: Promise<Report>;
  readonly #child: ChildProcess;

  constructor(words: readonly string[], out: string) {
    const line = ['cli/start.mjs', 'scenario', ...words, '--json', '--out', out];
    const child = spawn(process.execPath, line, { cwd: ROOT });
    this.#child = child;
    this.address = new Promise((resolve) => {
      let said = '';
      child.stderr.on('data', (text: Buffer) => {
        said += text.toString();
        const [address] = /http:\S+/.exec(said) ?? [];
        if (address !== undefined) resolve(address);
      });
    });
    this.report = new Promise((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (part: Buffer) => {
        text += part.toString();
      });
      child.on('close', () => {
        if (text === '') reject(new Error('the command left no report'));
        else resolve(JSON.parse(text) as Report);
      });
    });
    // If the test fails earlier, it stops the command without waiting for the report.
    this.report.catch(() => undefined);
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}

async function seesTheSwitch(page: Page): Promise<void> {
  await page.locator('.palette select[aria-label=pace]').selectOption('1');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page
    .locator('.live-bar')
    .filter({ hasText: /is at (3\.[5-9]|4)/ })
    .waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  const stamp = page.locator('.stamp').filter({ hasText: 'switched' });
  await stamp.waitFor();
  expect(await stamp.textContent()).toMatch(/^detected \+[\d.]+ ms, switched \+/);
}

async function says(page: Page): Promise<string> {
  return (await page.locator('.palette-said').textContent()) ?? '';
}

/** Chooses the tool, its target and its duration by keyboard. */
async function cuts(page: Page): Promise<void> {
  await page.locator('.wire[data-link="core-120--core-320"] .wire-hit').click({ force: true });
  const preview = page.locator('.palette-form code');
  expect(await preview.textContent()).toBe(
    '{ link: core-120--core-320, set: { up: false }, for: 2s }',
  );
  await page.getByRole('button', { name: 'Inject' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.palette-said').filter({ hasText: 'palette-1' }).waitFor();
  expect(await says(page)).toMatch(
    /^palette-1: core-120--core-320 down, at \d+\.\d{3} \d{3} \d{3} s of the run\.$/,
  );
  await page.keyboard.press('Enter');
  await page.locator('.palette-said.fail-text').waitFor();
  expect(await says(page)).toMatch(/^Not injected: link is already down since/);
}

/** The palette pushed the network that it acts on below the fold. */
async function leavesTheNetworkInSight(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const tool of ['cut', 'flood']) {
    await page.locator(`.palette input[value=${tool}]`).check();
    const names = await page
      .locator('.topology text')
      .evaluateAll((texts) => texts.map((one) => one.getBoundingClientRect().bottom));
    expect(names.length).toBeGreaterThanOrEqual(17);
    const strip = await page.locator('.strip').boundingBox();
    expect(Math.max(...names), tool).toBeLessThanOrEqual(strip?.y ?? 0);
  }
  await page.locator('.palette input[value=cut]').check();
}

/**
 * Regression: an open fault was shaded up to the end of the run, as if nothing would end it, and
 * remained so when the run was paused just after the end of the fault.
 */
async function isShadedUntilItsEnd(page: Page): Promise<void> {
  const ends = (): Promise<readonly number[]> =>
    page
      .locator('.strip rect.fault')
      .evaluateAll((rects) => rects.map((rect) => rect.getBoundingClientRect().right));
  const cursor = async (): Promise<number> =>
    (await page.locator('.strip .cursor line').boundingBox())?.x ?? Number.NaN;
  const strip = await page.locator('.strip').boundingBox();
  const secondPx = ((strip?.width ?? 0) - 16) / 10;
  // The cursor is a quarter of a second behind the run.
  expect(Math.max(...(await ends()))).toBeLessThan((await cursor()) + secondPx);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page
    .locator('.live-bar')
    .filter({ hasText: /is at (6\.[5-9]|7)/ })
    .waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(1_500);
  // The cut in the file ends after 5 s; the cut by the palette ends 2 s after it began.
  const told = (await page.locator('.palette-faults li').textContent()) ?? '';
  const [, until = '0'] = /until (\d+\.\d{3})/.exec(told) ?? [];
  const wanted = (strip?.x ?? 0) + 8 + Number(until) * secondPx;
  expect(Math.abs(Math.max(...(await ends())) - wanted)).toBeLessThan(2);
}

async function isUsable(page: Page): Promise<void> {
  expect(await page.locator('.palette input[value=attack]').isDisabled()).toBe(true);
  expect(await page.locator('.palette-bars').textContent()).toMatch(
    /^attack: .+ events of the file/,
  );
  for (const { theme, width } of [LOOKS[0], LOOKS[3]].filter((look) => look !== undefined)) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 800 });
    expect(await seriousFindings(page)).toEqual([]);
    const box = await page.locator('.palette').boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** The gallery marks the run as different from one of its file alone. */
async function isMarked(address: string): Promise<void> {
  const { page, context } = await lab.open(`${address}#page=runs`);
  const note = page.locator('[data-run=live]', { hasText: 'interactive, 1 fault injected' });
  await note.waitFor();
  await context.close();
}

async function exported(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as scenario' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('interactive.yaml');
  return (await download.path()) ?? '';
}

describe('the fault palette', () => {
  it('cuts a link of a watched failover, and the exported scenario replays the run', async () => {
    const out = join(folder, 'watched');
    run = new CommandRun(['failover.yaml', '--viz', '0', '--speed', '0', ...SHORT], out);
    const { page, errors } = await lab.open(await run.address);
    await seesTheSwitch(page);
    await cuts(page);
    await leavesTheNetworkInSight(page);
    await isShadedUntilItsEnd(page);
    await isMarked((await run.address).replace(/#.*/, ''));
    await isUsable(page);
    const path = await exported(page);
    const yaml = readFileSync(path, 'utf8');
    expect(yaml).toMatch(/id: palette-1, at: \d+ns, link: core-120--core-320/);
    await page.locator('.palette select[aria-label=pace]').selectOption('free');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Go on' }).click();
    const watched = await run.report;
    expect(errors.filter((text) => !text.includes('WebSocket'))).toEqual([]);
    expect(watched.interactive).toEqual({ faults: 1, file: 'interactive.yaml' });
    // The folder is separate from that of the run of the file.
    const [own = ''] = readdirSync(join(out, 'failover')).filter((name) => !name.startsWith('.'));
    expect(own).toMatch(/^1-set-[0-9a-f]{8}-interactive$/);
    const kept = join(out, 'failover', own, 'interactive.yaml');
    expect(watched.reproduce).toContain(kept);
    expect(readFileSync(kept, 'utf8')).toBe(yaml);
    expect(watched.faults.map(({ id }) => id)).toEqual(['event-1#1', 'palette-1#2']);
    const replayed = await new CommandRun([kept], join(folder, 'replayed')).report;
    expect(replayed.fingerprint).toBe(watched.fingerprint);
    expect(replayed.interactive).toBeUndefined();
    expect(replayed.faults).toEqual(watched.faults);
  }, 120_000);
});

describe('the status of a node', () => {
  it('is shown beside its state while it is selected', async () => {
    const words = ['ask.yaml', '--viz', '0', '--speed', '0'];
    const paused = new CommandRun(words, join(folder, 'status'));
    run = paused;
    const address = `${await paused.address}#run=live&page=network&sel=node:sender`;
    const { page, context } = await lab.open(address);
    const status = page.locator('.node-status pre');
    await status.filter({ hasText: 'unconfirmed: 0' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('.palette select[aria-label=pace]').selectOption('1');
    await page.getByRole('button', { name: 'Go on' }).click();
    // The run answers while the cursor follows it: packets are confirmed a tenth of a second after they were sent.
    await status.filter({ hasText: /unconfirmed: [1-9]/ }).waitFor();
    await context.close();
    paused.stop();
  });
});
