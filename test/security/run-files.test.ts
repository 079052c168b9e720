/**
 * The headers of the server of the browser view, and which requests it accepts: files of untrusted
 * runs, errors, rejected sockets. browser/run-files.browser.test.ts tests what a browser does with them.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INPUT_COPY_FILE_NAMES } from '../../reports/input-copies.ts';
import { startVizServer, type VizServer } from '../../viz/server/server.ts';

const FILES = [
  ...['report.json', 'trace.orr', 'report.html', 'report.md', 'junit.xml', 'metrics.prom'],
  ...['trace.pcapng', 'trace.perfetto.json', 'samples.parquet'],
  ...[INPUT_COPY_FILE_NAMES.scenario, INPUT_COPY_FILE_NAMES.topology],
];
const BYTES = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>';

const folder = mkdtempSync(join(tmpdir(), 'orrery-run-files-'));
const runs = join(folder, '.orrery/runs');
let server: VizServer;
let port = 0;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}
type Ask = { readonly method?: string; readonly headers?: Readonly<Record<string, string>> };

function ask(path: string, { method = 'GET', headers = {} }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (part: string) => {
        body += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on('error', reject).end();
  });
}

/** Sends raw bytes to the server; returns the raw answer. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1').on('data', (part: string) => {
      heard += part;
    });
    socket.on('close', () => resolve(heard));
  });
}

const upgrade = (headers: readonly string[], path = '/api/control'): string =>
  [
    `GET ${path} HTTP/1.1`,
    ...['connection: Upgrade', 'upgrade: websocket', 'sec-websocket-version: 13'],
    ...['sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==', ...headers, '', ''],
  ].join('\r\n');

function policyOf({ headers }: Answer): string {
  return String(headers['content-security-policy']);
}

beforeAll(async () => {
  mkdirSync(join(runs, 'foreign/1'), { recursive: true });
  for (const name of FILES) writeFileSync(join(runs, 'foreign/1', name), BYTES);
  mkdirSync(join(runs, 'linked/1'), { recursive: true });
  writeFileSync(join(runs, 'linked/1/page.xhtml'), BYTES);
  symlinkSync(join(runs, 'linked/1/page.xhtml'), join(runs, 'linked/1/report.json'));
  writeFileSync(join(runs, 'linked/1/.secret'), 'hidden');
  symlinkSync(join(runs, 'linked/1/.secret'), join(runs, 'linked/1/report.md'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Orrery</title>');
  const page = join(folder, 'index.html');
  server = await startVizServer({ page, runs, host: '127.0.0.1', port: 0 });
  port = Number(new URL(server.address).port);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('every file of a run', () => {
  it.each(FILES)('%s comes without our origin, with its type, and to be kept', async (name) => {
    for (const headers of [{}, { range: 'bytes=0-4' }]) {
      const answer = await ask(`/api/runs/foreign/1/${name}`, { headers });
      expect([200, 206]).toContain(answer.status);
      expect(policyOf(answer)).toMatch(/^sandbox( allow-scripts)?; default-src 'none'; /);
      expect(policyOf(answer)).toContain("frame-ancestors 'none'");
      expect(policyOf(answer)).not.toContain('allow-same-origin');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      const isReport = name === 'report.html';
      expect(answer.headers['content-disposition']).toBe(
        isReport ? undefined : `attachment; filename="${name}"`,
      );
      expect(String(answer.headers['content-type']).startsWith('text/html')).toBe(isReport);
      expect(policyOf(answer).includes('allow-scripts')).toBe(isReport);
    }
  });

  it('has the type of the name that was asked for, not of the file that a link leads to', async () => {
    const answer = await ask('/api/runs/linked/1/report.json');
    expect([answer.status, answer.body]).toEqual([200, BYTES]);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="report.json"');
  });

  it.each([
    'junit.XML',
    'JUNIT.XML',
    'report.HTML',
    'report.html/',
    'report.html%2f',
    'report.html%20',
    'report.html%00.xml',
    'report%2ehtml%2f..%2fjunit.xml',
    'page.xhtml',
    'other.html',
    'report.html.svg',
    'report.html;a.js',
  ])('is named as it is listed: %s is not there', async (name) => {
    for (const run of ['foreign/1', 'linked/1']) {
      const answer = await ask(`/api/runs/${run}/${name}`);
      // A trailing slash is not part of the name; the answer is then the report.
      if (answer.status === 200) expect(policyOf(answer)).toMatch(/^sandbox allow-scripts; /);
      else expect([400, 404]).toContain(answer.status);
      expect(answer.body === BYTES).toBe(answer.status === 200);
    }
  });

  it('keeps its policy whatever query follows the name', async () => {
    const answer = await ask('/api/runs/foreign/1/junit.xml?name=report.html#report.html');
    expect(policyOf(answer)).toMatch(/^sandbox; /);
    expect(answer.headers['content-disposition']).toContain('attachment');
  });

  it('is served from below a hidden folder, and is no hidden file itself', async () => {
    expect((await ask('/api/runs/foreign/1/report.json')).status).toBe(200);
    const { status, body } = await ask('/api/runs/linked/1/report.md');
    expect([status, body.includes('hidden')]).toEqual([400, false]);
  });
});

describe('every answer', () => {
  it.each([
    ['the page', '/', 200, {}],
    ['the list of runs', '/api/runs', 200, {}],
    ['no run that goes on', '/api/live', 404, {}],
    ['what is not there', '/nothing', 404, {}],
    ['a bad escape', '/api/runs/%zz', 400, {}],
    ['a foreign name', '/', 403, { host: 'evil.example' }],
    ['a foreign page', '/api/runs', 403, { origin: 'http://evil.example' }],
    ['a range that is not there', '/api/runs/foreign/1/trace.orr', 400, { range: 'bytes=9999-' }],
  ])('%s is not framed and not guessed at', async (_, path, status, headers) => {
    const answer = await ask(path, { headers });
    expect(answer.status).toBe(status);
    expect(policyOf(answer)).toContain("frame-ancestors 'none'");
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  it('to bytes that are no HTTP, and to a socket that is refused, says the same', async () => {
    const own = [`host: 127.0.0.1:${port}`];
    for (const bytes of [
      'GET / HTTP/9\r\n\r\n',
      upgrade([...own, 'origin: http://evil.example']),
    ]) {
      const answer = await raw(bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
      expect(answer).toContain("frame-ancestors 'none'");
      expect(answer).toContain('x-content-type-options: nosniff');
    }
  });
});

describe('a page elsewhere', () => {
  it.each(['cross-site', 'same-site'])('asks for nothing below /api (%s)', async (site) => {
    const headers = { 'sec-fetch-site': site };
    expect((await ask('/api/runs', { headers })).status).toBe(403);
    expect((await ask('/api/runs/foreign/1/report.html', { headers })).status).toBe(403);
    // A link to the page itself is served.
    expect((await ask('/', { headers })).status).toBe(200);
  });

  it.each(['same-origin', 'none'])('is none when the browser says %s', async (site) => {
    const headers = { 'sec-fetch-site': site };
    expect((await ask('/api/runs', { headers })).status).toBe(200);
  });

  it.each([
    ['no origin', []],
    ['the origin of a sandbox', ['origin: null']],
    ['another port', ['origin: http://127.0.0.1:1']],
    ['another scheme', [`origin: https://127.0.0.1:PORT`]],
    ['a longer name', ['origin: http://127.0.0.1:PORT.evil.example']],
    ['a name in front', ['origin: http://evil@127.0.0.1:PORT']],
  ])('opens no socket with %s', async (_, extra) => {
    const headers = [`host: 127.0.0.1:${port}`, ...extra];
    for (const path of ['/api/control', '/api/events', '/api/live']) {
      const said = headers.map((line) => line.replace('PORT', String(port)));
      expect(await raw(upgrade(said, path))).toMatch(/^HTTP\/1\.1 403 /);
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'changes nothing by %s',
    async (method) => {
      for (const path of ['/', '/api/control', '/api/runs', '/api/runs/foreign/1/report.json']) {
        const { status, headers } = await ask(path, { method });
        expect([404, 200]).toContain(status);
        expect(headers['access-control-allow-origin']).toBeUndefined();
        if (status === 200) expect(method).toBe('OPTIONS');
      }
    },
  );
});
