/**
 * The Lab in a real browser: from the gallery to a link that somebody else opens, by pointer and by keyboard, and with
 * links of strangers.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { BrowserLab, LAB_FILE, type Look, type Opened, seriousFindings } from '../viz/support.ts';

const LAB = pathToFileURL(LAB_FILE).href;
const HELLO = readFileSync(join(ROOT, 'scenarios/hello.yaml'), 'utf8');
const TWO_NODES = readFileSync(join(ROOT, 'topologies/two-nodes.yaml'), 'utf8');
const COMMAND = 'npx orrery scenario ./hello.yaml --set topology=./topologies/two-nodes.yaml';
const LOOKS = [
  { theme: 'light', width: 1280, isWhole: true },
  { theme: 'dark', width: 390, isWhole: false },
] as const;

let lab: BrowserLab;
beforeAll(async () => {
  lab = await BrowserLab.start();
});
afterAll(() => lab.stop());

/** Opens the Lab from disk or another place, runs a test on it and closes it: nothing was asked for, no error occurred. */
async function visit(
  address: string,
  look: Look,
  act: (page: Page, opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await lab.open(address.startsWith('http') ? address : `${LAB}${address}`, look);
  try {
    await act(opened.page, opened);
    expect(opened.errors).toEqual([]);
    expect(opened.requests).toEqual([]);
  } finally {
    await opened.context.close();
  }
}

const openScenario = (page: Page, name: string): Promise<void> =>
  page.locator(`[data-scenario="${name}"] button`).first().click();
const run = (page: Page): Promise<void> => page.locator('[data-run]').click();
const verdictOf = async (page: Page): Promise<string> =>
  `${await page.locator('.lab-side .verdict h1').textContent()} ${await page.locator('.lab-print').textContent()}`;
/** A link made without our writer. */
const linkOf = (content: string | Buffer): string =>
  `#page=lab&lab=1.${deflateRawSync(content).toString('base64url')}`;

async function expectTidy(page: Page, width: number): Promise<void> {
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
}

describe.each(LOOKS)('in $theme at $width px', (look) => {
  it('goes from the gallery to a verdict, and by its link to the same verdict elsewhere', () =>
    visit('', look, async (page) => {
      await page.getByText('Do pings come back').waitFor();
      if (look.isWhole) await expectTidy(page, look.width);
      await openScenario(page, 'hello');
      const word = (text: string): ReturnType<Page['locator']> =>
        page.locator('.cm-line span', { hasText: new RegExp(`^${text}$`) });
      await word('p95').dblclick();
      await page.keyboard.type('p59');
      const lines = HELLO.split('\n');
      const line = lines.findIndex((text) => text.includes('p95'));
      const place = `hello.yaml:${line + 1}:${(lines[line] ?? '').indexOf('p95') + 1}`;
      await page.locator('.lab-problems code', { hasText: place }).waitFor();
      await page.locator('.cm-lintRange-error', { hasText: 'p59' }).waitFor();
      expect(await page.locator('.lab-problems li').textContent()).toContain('did you mean p50?');
      await expectTidy(page, look.width);
      await word('p59').last().dblclick();
      await page.keyboard.type('p95');
      await page.locator('.lab-problems code').waitFor({ state: 'detached' });
      await page.locator('.lab-seeds').fill('5-6');
      await run(page);
      await page.locator('.lab-side .chip', { hasText: 'PASS' }).waitFor();
      await page.locator('.lab-side .kpis').getByText('ping.delivery').waitFor();
      await expectTidy(page, look.width);
      if (!look.isWhole) return;
      const verdict = await verdictOf(page);
      await page.waitForFunction(() => location.hash.includes('lab='));
      const link = new URL(page.url()).hash;
      expect(link.length).toBeLessThan(8_000);
      await visit(`${lab.server.address}lab/${link}`, look, async (other) => {
        await other.locator('.lab-side .verdict').waitFor();
        expect(await verdictOf(other)).toBe(verdict);
        expect(await other.locator('.lab-seeds').inputValue()).toBe('5-6');
      });
    }));
});

describe('the Lab', () => {
  it('opens the pages of a run on its trace, and a link to such a page runs and comes back to it', () =>
    visit('', {}, async (page) => {
      await openScenario(page, 'hello');
      await page.locator('.lab-values summary').first().click();
      await page.locator('.lab-values textarea').fill('duration=2s');
      await run(page);
      await page.locator('.lab-side .actions button', { hasText: 'Network' }).click();
      await page.locator('[data-chart=network] [data-node=alice]').waitFor();
      await page.waitForFunction(() => location.hash.includes('page=network'));
      await visit(new URL(page.url()).hash, {}, async (other) => {
        await other.locator('[data-chart=network] [data-node=alice]').waitFor();
        expect(other.url()).toContain('run=lab/hello/1');
      });
    }));

  it('is found from the runs of the server', async () => {
    const { page, context } = await lab.open(`${lab.server.address}#page=runs`);
    await page.getByRole('link', { name: 'Run a scenario in the Lab' }).click();
    await page.getByText('Do pings come back').waitFor();
    expect(page.url()).toBe(`${lab.server.address}lab/#page=lab`);
    await context.close();
  });

  it('goes by keyboard alone: choose, run, leave the editor by Tab, stop', () =>
    visit('', { calm: true }, async (page) => {
      await page.keyboard.press('l');
      await page.getByRole('searchbox').focus();
      await page.keyboard.type('twice the delay');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('.cm-content').waitFor();
      const focused = (): Promise<string> =>
        page.evaluate(() => document.activeElement?.textContent ?? '');
      expect(await focused()).toBe('hello.yaml');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Run');
      await page.keyboard.press('Enter');
      await page.locator('.lab-side .chip', { hasText: 'PASS' }).waitFor();
      await page.locator('.cm-content').focus();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('.cm-editor'))).toBeNull();
      await page.locator('.lab-values summary').first().focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.type('duration=10h');
      await page.locator('.cm-content').focus();
      await page.keyboard.press('Control+Enter');
      await page.locator('.lab-progress progress').waitFor();
      await page.locator('[data-run]').focus();
      const before = Date.now();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Stopped' }).waitFor();
      expect(Date.now() - before).toBeLessThan(2_000);
    }));

  it('completes and explains keys, takes files beside the scenario, and offers the folder', () =>
    visit('', {}, async (page) => {
      await openScenario(page, 'hello');
      await page.locator('.cm-content').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('drai');
      await page.locator('.cm-tooltip-autocomplete li', { hasText: 'drain' }).click();
      await page.locator('.cm-line', { hasText: 'drain:' }).waitFor();
      const question = page.locator('.cm-line', { hasText: 'question:' });
      await question.hover({ position: { x: 30, y: 10 } });
      const meaning = 'The question that the run answers.';
      await page.locator('.lab-meaning', { hasText: meaning }).waitFor();
      await page.getByRole('button', { name: 'Take changes back' }).click();
      await page.locator('.cm-line', { hasText: 'drain:' }).waitFor({ state: 'detached' });

      const mine = { name: 'mine.yaml', mimeType: 'text/yaml', buffer: Buffer.from(TWO_NODES) };
      await page.locator('.lab-files input[type=file]').setInputFiles(mine);
      await page.locator('.lab-files button', { hasText: 'mine.yaml' }).click();
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['code'], 'node.wasm'));
        dataTransfer.items.add(new File([Uint8Array.of(0xff, 0)], 'dropped.pcapng'));
        dataTransfer.items.add(new File(['name: replaced'], 'two-nodes.yaml'));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
      });
      await page.locator('.notices', { hasText: '"node.wasm" is code' }).waitFor();
      await page.locator('.lab-files button', { hasText: 'dropped.pcapng' }).click();
      await page.getByText('dropped.pcapng: 2 bytes, not text').waitFor();
      await page.locator('.lab-files button', { hasText: 'two-nodes.yaml' }).click();
      await page.locator('.lab-editor', { hasText: 'name: replaced' }).waitFor();
      await page.locator('.lab-files button', { hasText: 'mine.yaml' }).click();
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download' }).click();
      const archive = readFileSync(await (await saved).path(), 'latin1');
      expect((await saved).suggestedFilename()).toBe('hello.zip');
      for (const text of ['mine.yaml', 'dropped.pcapng', 'name: replaced', COMMAND]) {
        expect(archive).toContain(text);
      }
      await page.getByRole('button', { name: 'Remove mine.yaml' }).click();
      const tab = page.locator('.lab-files button', { hasText: 'mine.yaml' });
      await tab.waitFor({ state: 'detached' });
    }));
});

describe('a link of a stranger costs its own tab at most', () => {
  it('is refused by name, and the gallery still works', () =>
    visit('', {}, async (page) => {
      for (const [hash, fault] of [
        [linkOf(Buffer.alloc(100_000_000)), 'too-large'],
        [linkOf('{"s":"<img src=x onerror=alert(1)>"}\n'), 'bad-name'],
        [linkOf('{"s":"a.yaml","f":[["node.tsx",0]]}\n'), 'code'],
        [linkOf('{"s":"__proto__"}\n'), 'bad-name'],
        ['#page=lab&lab=1.garbage', 'damaged'],
      ] as const) {
        await page.evaluate((to) => location.assign(to), hash);
        await page.locator('[data-state=error]', { hasText: `(${fault})` }).waitFor();
      }
      await page.getByRole('button', { name: 'Scenarios' }).click();
      await page.getByText('Do pings come back').waitFor();
    }));

  it('has mistakes in its files, if these are 10 MB, prototype words, or markup', () =>
    visit('', {}, async (page) => {
      for (const [name, text] of [
        ['large.yaml', 'a: 1\n'.repeat(1_990_000)],
        ['words.yaml', '__proto__: { a: 1 }\nconstructor: 1\ntopology: toString\n'],
        ['markup.yaml', 'name: <img src=x onerror=alert(1)>\nduration: 1s\ntopology: two-nodes\n'],
      ] as const) {
        const head = JSON.stringify({ s: name, f: [[name, text.length]] });
        await page.evaluate((to) => location.assign(to), linkOf(`${head}\n${text}`));
        await page.locator('.lab-problems code', { hasText: name }).first().waitFor();
        await page.locator('.lab-side').getByText('The files have mistakes').waitFor();
      }
      expect(await page.locator('img[src]').count()).toBe(0);
      expect(await page.evaluate(() => 'a' in {})).toBe(false);
    }));
});
