/**
 * Files of an untrusted run in a real browser: whatever their names and bytes, none of their
 * scripts can read another run or act on the run in progress, and no page of another site can frame
 * ours.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { htmlDocument } from '../../../reports/html/html.ts';
import { html } from '../../../reports/html/markup.ts';
import type { ControlOrder, ControlReply } from '../../../viz/format/control-wire.ts';
import type { ControlHandler } from '../../../viz/server/control-channel.ts';
import { startVizServer, type VizServer } from '../../../viz/server/server.ts';
import { PAGE_FILE } from '../../viz/support.ts';

const SECRET = 'what-only-the-other-run-knows';
/**
 * What a hostile file tries: it reads another run, requests the list, and pauses the run in
 * progress.
 */
const ATTACK = `
const tell = (word) => { document.documentElement.setAttribute('data-got', (document.documentElement.getAttribute('data-got') || '') + word); };
tell('ran;');
fetch('/api/runs/victim/1/report.json').then((r) => r.text()).then(tell, () => tell('no-fetch;'));
fetch('/api/runs').then((r) => r.text()).then(() => tell('listed;'), () => tell('no-list;'));
fetch('/api/control', { method: 'POST', body: '{}' }).then((r) => tell('post' + r.status + ';'), () => tell('no-post;'));
try {
  const socket = new WebSocket('ws://' + location.host + '/api/control');
  socket.onopen = () => { socket.send(JSON.stringify({ kind: 'pace', number: 1, speed: 0 })); tell('socket;'); };
} catch (error) { tell('no-socket;'); }
`;
const cdata = `<![CDATA[${ATTACK}]]>`;
const FILES: Readonly<Record<string, string>> = {
  'junit.xml': `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><script>${cdata}</script></body></html>`,
  'report.html': `<!doctype html><script>${ATTACK}</script><img src=x onerror="document.documentElement.setAttribute('data-got','ran;')">`,
  'report.md': `<svg xmlns="http://www.w3.org/2000/svg"><script>${cdata}</script></svg>`,
  'metrics.prom': `<!doctype html><script>${ATTACK}</script>`,
  'scenario.yaml': `<!doctype html><script>${ATTACK}</script>`,
  'topology.yaml': `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>${cdata}</script></svg>`,
  'trace.perfetto.json': `<!doctype html><script>${ATTACK}</script>`,
  'trace.orr': `<!doctype html><script>${ATTACK}</script>`,
  'trace.pcapng': `<!doctype html><script>${ATTACK}</script>`,
  'samples.parquet': `<!doctype html><script>${ATTACK}</script>`,
  'report.json': `<!doctype html><script>${ATTACK}</script>`,
};

class CountingHandler implements ControlHandler {
  readonly obeyed: ControlOrder[] = [];
  readonly state = { phase: 'open', kinds: [], speed: null, faults: [] } as const;
  onChange = (): void => undefined;

  obey(order: ControlOrder): Promise<ControlReply> {
    this.obeyed.push(order);
    return Promise.resolve({ kind: 'done', number: order.number });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'orrery-hostile-run-'));
const handler = new CountingHandler();
let browser: Browser;
let viz: VizServer;
/** A site of somebody else, on another port of this machine. */
let elsewhere: Server;

beforeAll(async () => {
  const put = (run: string, name: string, text: string): void => {
    mkdirSync(join(folder, run), { recursive: true });
    writeFileSync(join(folder, run, name), text);
  };
  put('victim/1', 'report.json', JSON.stringify({ secret: SECRET }));
  for (const [name, text] of Object.entries(FILES)) put('foreign/1', name, text);
  const options = { page: PAGE_FILE, runs: folder, host: '127.0.0.1', port: 0, control: handler };
  viz = await startVizServer(options);
  elsewhere = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    const target = decodeURIComponent((request.url ?? '').split('?')[1] ?? '');
    response.end(target.startsWith('<') ? target : `<iframe src="${target}"></iframe>`);
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath, args });
});
beforeEach(() => {
  handler.obeyed.length = 0;
});
afterAll(async () => {
  await browser.close();
  await viz.close();
  await new Promise((resolve) => elsewhere.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function inPage(act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  try {
    await act(await context.newPage());
  } finally {
    await context.close();
  }
}

/**
 * Time to wait for the result of a script's requests, since a rejected request triggers no event.
 */
const PATIENCE_MS = 400;

describe('a file of a stranger’s run', () => {
  it.each(Object.keys(FILES))('%s opened as a page runs nothing of its own', (name) =>
    inPage(async (page) => {
      // An attachment becomes a download, which ends the navigation.
      await page.goto(`${viz.address}api/runs/foreign/1/${name}`).catch(() => undefined);
      await page.waitForTimeout(PATIENCE_MS);
      const got = await page.evaluate("document.documentElement.getAttribute('data-got')");
      expect(got).toBeNull();
      expect(await page.content()).not.toContain(SECRET);
      expect(handler.obeyed).toEqual([]);
    }),
  );

  it.each(['junit.xml', 'report.html', 'topology.yaml'])(
    '%s runs nothing inside our own page',
    (name) =>
      inPage(async (page) => {
        await page.goto(viz.address);
        const address = `${viz.address}api/runs/foreign/1/${name}`;
        await page.evaluate(`for (const kind of ['iframe', 'embed', 'object']) {
          const part = document.createElement(kind);
          part.setAttribute(kind === 'object' ? 'data' : 'src', ${JSON.stringify(address)});
          document.body.append(part);
        }`);
        await page.waitForTimeout(PATIENCE_MS);
        const inner = await Promise.all(
          page.frames().map((frame) => frame.content().catch(() => '')),
        );
        expect(inner.slice(1).join('')).not.toContain('data-got');
        expect(handler.obeyed).toEqual([]);
      }),
  );

  it('is not read by a page elsewhere, as a script, a picture, a frame or by asking', () =>
    inPage(async (page) => {
      const victim = `${viz.address}api/runs/victim/1/report.json`;
      const markup = `<script src="${victim}"></script><img src="${victim}"><script>
        fetch("${victim}").then((r) => r.text()).then((t) => { document.title = t; }, () => { document.title = 'refused'; });
        fetch("${victim}", { mode: 'no-cors' }).then(() => { document.body.dataset.opaque = 'yes'; }, () => { document.body.dataset.opaque = 'no'; });
        new WebSocket("${viz.address.replace('http', 'ws')}api/control").onopen = () => { document.body.dataset.socket = 'open'; };
      </script>`;
      const { port } = elsewhere.address() as AddressInfo;
      await page.goto(`http://127.0.0.1:${port}/?${encodeURIComponent(markup)}`);
      await page.waitForTimeout(PATIENCE_MS);
      expect(await page.title()).toBe('refused');
      expect(await page.evaluate('({ ...document.body.dataset })')).toEqual({ opaque: 'no' });
      expect(handler.obeyed).toEqual([]);
    }));
});

describe('a report that we wrote', () => {
  it('is shown with its style, and its script runs, without our origin', () =>
    inPage(async (page) => {
      const report = htmlDocument(
        'honest',
        html`<p class="bar pass">seen</p><code id="c">x</code><button data-copy="c" hidden>Copy</button>`,
      );
      mkdirSync(join(folder, 'honest/1'), { recursive: true });
      writeFileSync(join(folder, 'honest/1/report.html'), report);
      await page.goto(`${viz.address}api/runs/honest/1/report.html`);
      await page.getByRole('button', { name: 'Copy' }).waitFor();
      expect(await page.evaluate('origin')).toBe('null');
      expect(await page.evaluate('document.styleSheets.length')).toBe(1);
    }));
});

describe('a frame of a page elsewhere', () => {
  it.each([
    ['the page with the palette', ''],
    ['the list of runs', 'api/runs'],
    ['the report of a run', 'api/runs/foreign/1/report.html'],
    ['an error', 'nothing/here'],
    ['an address that cannot be read', 'api/runs/%zz'],
  ])('does not show %s, so nobody clicks through it', (_, path) =>
    inPage(async (page) => {
      const { port } = elsewhere.address() as AddressInfo;
      const address = encodeURIComponent(`${viz.address}${path}`);
      await page.goto(`http://127.0.0.1:${port}/?${address}`);
      await page.waitForTimeout(PATIENCE_MS);
      const [, frame] = page.frames();
      expect(frame?.url()).toMatch(/^chrome-error:|^$/);
    }),
  );
});
