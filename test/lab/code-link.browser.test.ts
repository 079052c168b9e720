/** A link with code: asks before it runs, runs where it can reach nothing, and is what the command line runs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLabLink } from '../../lab/link/lab-link.ts';
import type { Report } from '../../reports/report-schema.ts';
import { ROOT } from '../architecture/files.ts';
import { BrowserLab, LAB_FILE, seriousFindings } from '../viz/support.ts';

const FIXTURES = join(ROOT, 'test/fixtures');
const NAMES = ['courier.yaml', 'lossy-link.yaml', 'index.ts'];
const FILES = new Map(
  NAMES.map((name) => [name, readFileSync(join(FIXTURES, 'courier', name), 'utf8')]),
);
const hits: string[] = [];
const stranger = createServer((request, response) => {
  hits.push(request.url ?? '');
  response.end();
});
let lab: BrowserLab;
let places: readonly string[];
let theirs: string;

beforeAll(async () => {
  lab = await BrowserLab.start();
  await new Promise<void>((resolve) => void stranger.listen(0, '127.0.0.1', resolve));
  theirs = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  places = [pathToFileURL(LAB_FILE).href, `${lab.server.address}lab/`];
});
afterAll(async () => {
  await lab.stop();
  stranger.close();
});

/** Opens a link to the courier with other code. @param place 0: from disk, 1: from a server. */
async function visit(
  place: number,
  code: string,
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const encoder = new TextEncoder();
  const files = new Map(
    [...FILES, ['index.ts', code]].map(([name = '', text]) => [name, encoder.encode(text)]),
  );
  const set = ['duration=4s', 'events=[]'];
  const link = await writeLabLink({ files, scenario: 'courier.yaml', seeds: [1], set }, new Map());
  const { page, context } = await lab.open(`${places[place]}#page=lab&lab=${link}`);
  try {
    await act(page);
  } finally {
    await context.close();
  }
}

const agree = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Run this code' }).click();

/** Lays down the files of an archive without compression (PKWARE APPNOTE 6.3.10, section 4.3.7). */
function unpack(archive: Buffer, folder: string): void {
  for (let at = 0; archive.readUInt32LE(at) === 0x0403_4b50; ) {
    const [length, nameLength] = [archive.readUInt32LE(at + 18), archive.readUInt16LE(at + 26)];
    const start = at + 30 + nameLength;
    const path = join(folder, archive.toString('utf8', at + 30, start));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, archive.subarray(start, start + length));
    at = start + length;
  }
}

describe('a link with code', () => {
  it('shows it, runs it once a person agrees, and is downloaded for the same run in Node', () =>
    visit(0, `${FILES.get('index.ts')}// \u202e`, async (page) => {
      await page.locator('.lab-code pre', { hasText: 'class Courier' }).waitFor();
      expect(await page.locator('.lab-code pre').textContent()).toContain('// \\u{202e}');
      expect(await seriousFindings(page)).toEqual([]);
      expect(page.workers()).toEqual([]);
      await agree(page);
      await page.locator('.lab-side .verdict').waitFor();
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download' }).click();
      const folder = mkdtempSync(join(FIXTURES, 'download-'));
      try {
        unpack(readFileSync(await (await saved).path()), folder);
        const args = ['cli/start.mjs', 'scenario', join(folder, 'courier.yaml'), '--seed', '1'];
        const set = ['--set', 'duration=4s', '--set', 'events=[]', '--json'];
        const { stdout } = spawnSync(process.execPath, [...args, ...set], { cwd: ROOT });
        const own = readFileSync(join(folder, 'results/report.json'), 'utf8');
        const node = JSON.parse(stdout.toString()) as Report;
        expect((JSON.parse(own) as Report).fingerprint).toBe(node.fingerprint);
        const html = readFileSync(join(folder, 'results/report.html'), 'utf8');
        expect(html.slice(0, 90)).toContain(`content="default-src 'none'`);
      } finally {
        rmSync(folder, { recursive: true });
      }
      await page.locator('[data-file="index.ts"]').click();
      await page.locator('.cm-content').press('Control+End');
      await page.keyboard.type('\nhost.pl');
      const first = page.locator('.cm-tooltip-autocomplete [aria-selected]');
      expect(await first.textContent()).toBe('planTime(): Nanoseconds');
    }));

  it('is shown with all characters that are not seen, some of which end a comment', () =>
    visit(0, '// a\u2028b\u3164c\ufe00d\u2800e\u202ef', async (page) => {
      const shown = await page.locator('.lab-code pre').last().textContent();
      expect(shown).toBe('// a\\u{2028}b\\u{3164}c\\u{fe00}d\\u{2800}e\\u{202e}f');
    }));

  it.each([
    ['from disk', 0],
    ['from a server', 1],
  ])('reaches no network, no storage and no page %s', (_where, place) => {
    const tries = [
      `fetch('${theirs}/fetch').catch(() => 0)`,
      `new WebSocket('${theirs.replace('http', 'ws')}/socket')`,
      `importScripts('${theirs}/script')`,
      `import('${theirs}/module').catch(() => 0)`,
      `{ const asked = new XMLHttpRequest(); asked.open('GET', '${theirs}/xhr', false); asked.send(); }`,
      `new Worker('${theirs}/worker')`,
      'indexedDB.open("x")',
      'caches.keys()',
      'navigator.storage.getDirectory()',
      'document.cookie',
      'eval("1")',
      'new BroadcastChannel("lab").postMessage("here")',
    ];
    const code = `const got: string[] = [self.origin];
const attempt = (name: string, act: () => unknown): void => {
  try { act(); got.push(name); } catch {}
};
${tries.map((text) => `attempt(${JSON.stringify(text.slice(0, 12))}, () => { ${text} });`).join('\n')}
throw new Error('got ' + got.join());`;
    return visit(place, code, async (page) => {
      await page.evaluate(() => {
        new BroadcastChannel('lab').onmessage = (): void => document.body.append('heard');
      });
      await agree(page);
      const told = page.locator('.lab-problems li span', { hasText: 'threw while it was loaded' });
      // What may be called has no effect: the policy refuses what it asks for.
      expect(await told.first().textContent()).toMatch(
        /got null,fetch\('http:,new WebSocke,(import\('http,)?new Broadcas$/,
      );
      await page.waitForTimeout(300);
      expect(hits).toEqual([]);
      expect(await page.getByText('heard').count()).toBe(0);
    });
  });

  it('never ends, and is stopped by a button', () =>
    visit(1, 'for (;;) {}', async (page) => {
      await agree(page);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.locator('.lab-side').getByRole('heading', { name: 'Stopped' }).waitFor();
      await page.getByRole('button', { name: '‹ Scenarios' }).click();
      await page.getByText('Do pings come back').waitFor();
      // Chromium ends a worker in a loop after 2 s.
      await expect.poll(() => page.workers().length, { timeout: 20_000 }).toBe(0);
    }));

  it.each([
    ['at the wrong time', '{ kind: "judged", verdict: null }'],
    ['of no kind', 'null'],
    ['with objects for words', '{ kind: "problems", problems: [{ file: {}, text: [] }] }'],
  ])('gives an answer %s, which is refused', (_what, answer) =>
    visit(1, `self.postMessage(${answer}); for (;;) {}`, async (page) => {
      await agree(page);
      await page.locator('.lab-side', { hasText: 'gave an unreadable answer' }).waitFor();
    }),
  );
});
