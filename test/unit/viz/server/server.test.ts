/** The server of the browser view: what it delivers, and what it rejects. @module */

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { RunIndex } from '../../../../viz/format/run-card.ts';
import { isSameOriginRequest } from '../../../../viz/server/guard.ts';
import { startVizServer, type VizServer } from '../../../../viz/server/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-viz-'));
const runs = join(folder, 'runs');
let server: VizServer;
let port = 0;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends a request on a connection of its own; its path is not normalised by the client. */
function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
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

const builtLab = vi.fn(() => {
  const file = join(folder, 'lab.html');
  writeFileSync(file, '<!doctype html><title>Lab</title>');
  return file;
});

beforeAll(async () => {
  mkdirSync(join(runs, 'failover/1'), { recursive: true });
  mkdirSync(join(runs, 'bad/1'), { recursive: true });
  writeFileSync(join(folder, 'secret'), 'secret');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Orrery</title>');
  writeFileSync(join(runs, 'failover/1/report.json'), '{"schemaVersion": 9}');
  writeFileSync(join(runs, 'failover/1/trace.orr'), '0123456789');
  writeFileSync(join(runs, 'failover/1/.env'), 'secret');
  writeFileSync(join(runs, 'bad/1/report.json'), 'not json');
  symlinkSync(join(folder, 'secret'), join(runs, 'failover/1/report.md'));
  symlinkSync(folder, join(runs, 'out'));
  const page = join(folder, 'index.html');
  server = await startVizServer({ page, runs, lab: builtLab, host: '127.0.0.1', port: 0 });
  port = Number(new URL(server.address).port);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the server', () => {
  it('listens on the loopback and hands out the page, packed where that is understood', async () => {
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const plain = await get('/');
    expect([plain.status, plain.body]).toEqual([200, '<!doctype html><title>Orrery</title>']);
    expect((await get('/', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe(
      'gzip',
    );
    expect(plain.headers['x-powered-by']).toBeUndefined();
  });

  it('has the Lab at lab/, which is built when it is first opened, and may be opened from anywhere', async () => {
    expect(builtLab).not.toHaveBeenCalled();
    for (const [site, destination] of [
      ['cross-site', 'image'],
      ['cross-site', 'iframe'],
      ['same-site', 'empty'],
    ] as const) {
      const embedded = { 'sec-fetch-site': site, 'sec-fetch-dest': destination };
      expect((await get('/lab/', embedded)).status).toBe(403);
    }
    expect(builtLab).not.toHaveBeenCalled();
    for (const [site, destination] of [
      ['cross-site', 'document'],
      ['none', 'document'],
      ['same-origin', 'empty'],
    ] as const) {
      const opened = { 'sec-fetch-site': site, 'sec-fetch-dest': destination };
      const { status, body, headers } = await get('/lab/', opened);
      expect([status, body]).toEqual([200, '<!doctype html><title>Lab</title>']);
      expect(headers['content-security-policy']).toBe("frame-ancestors 'none'");
    }
    expect(builtLab).toHaveBeenCalledTimes(1);
    expect((await get('/lab')).status).toBe(200);
    expect(JSON.parse((await get('/api/runs')).body)).toMatchObject({ hasLab: true });
    expect((await get('/api/runs', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('does not try again to build a Lab that could not be built', async () => {
    const lab = vi.fn(() => {
      throw new Error('not built');
    });
    const page = join(folder, 'index.html');
    const other = await startVizServer({ page, runs, lab, host: '127.0.0.1', port: 0 });
    for (let time = 0; time < 2; time += 1) {
      expect((await fetch(`${other.address}lab/`)).status).toBe(400);
    }
    expect(lab).toHaveBeenCalledTimes(1);
    await other.close();
  });

  it('lists runs, and says of a folder that it cannot read why', async () => {
    const { body } = await get('/api/runs');
    const { cards } = JSON.parse(body) as RunIndex;
    expect(cards.map(({ id, kind }) => `${kind} ${id}`).sort()).toEqual([
      'broken bad/1',
      'broken failover/1',
    ]);
    expect(JSON.stringify(cards)).toContain('schemaVersion 9, this program reads 1');
  });

  it('hands out ranges of a trace', async () => {
    const part = await get('/api/runs/failover/1/trace.orr', { range: 'bytes=2-4' });
    expect([part.status, part.body, part.headers['content-range']]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
    ]);
  });

  it.each([
    '/../secret',
    '/api/runs/../secret',
    '/api/runs/failover/../../secret',
    '/api/runs/%2e%2e/secret',
    '/api/runs/..%2fsecret',
    '/api/runs/..%5csecret',
    '/api/runs/failover%2f1%2f..%2f..%2f..%2fsecret',
    '/api/runs/failover/1/%00',
    '/api/runs/failover/1/%zz',
    '/api/runs/failover/1/.env',
    '/api/runs/failover/1/report.md',
    '/api/runs/out/secret',
    '/api/runs/out/index.html',
    '/api/runs//etc/passwd',
    '/secret',
    '/package.json',
  ])('refuses %s', async (path) => {
    const { status, body } = await get(path);
    expect([400, 403, 404]).toContain(status);
    expect(body).not.toContain('secret');
  });

  it('answers neither a foreign host name nor a foreign page', async () => {
    expect((await get('/', { host: 'evil.example' })).status).toBe(403);
    expect((await get('/api/runs', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await get('/', { host: `localhost:${port}` })).status).toBe(200);
  });

  it('refuses a WebSocket of a foreign page', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/events`, {
      origin: 'http://evil.example',
    });
    const message = await new Promise((resolve) =>
      socket.on('error', ({ message: said }) => resolve(said)),
    );
    expect(message).toContain('403');
  });

  it('tells its own page when a run is written, and closes on a message of more than 64 KiB', async () => {
    const origin = `http://127.0.0.1:${port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/events`, { origin });
    await new Promise((resolve) => socket.on('open', resolve));
    const told = new Promise((resolve) => socket.on('message', (data) => resolve(String(data))));
    mkdirSync(join(runs, 'new'), { recursive: true });
    writeFileSync(join(runs, 'failover/1/junit.xml'), '<x/>');
    expect(await told).toBe('{"kind":"runs"}');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(65 * 1024));
    expect(await closed).toBe(1009);
  });

  it('is not kept from its user by 300 connections that say nothing, nor are its pages', async () => {
    const origin = `http://127.0.0.1:${port}`;
    const page = new WebSocket(`ws://127.0.0.1:${port}/api/events`, { origin });
    await once(page, 'open');
    let closed = 0;
    const silent = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        socket.on('close', () => {
          closed += 1;
        });
        await once(socket, 'connect');
        return socket;
      }),
    );
    expect((await get('/')).status).toBe(200);
    // The page, and 255 of the others.
    await vi.waitFor(() => expect(closed).toBeGreaterThanOrEqual(45));
    expect([closed < 60, page.readyState]).toEqual([true, page.OPEN]);
    page.terminate();
    for (const socket of silent) socket.destroy();
  });

  it('cuts off who asks on and on without waiting for answers', async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    const asks = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(100);
    socket.end(asks).resume();
    await once(socket, 'close');
    expect(socket.bytesRead).toBeLessThan(50 * 400);
    expect((await get('/')).status).toBe(200);
  });

  it('says that a port is taken', async () => {
    const page = join(folder, 'index.html');
    const second = startVizServer({ page, runs, host: '127.0.0.1', port });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

it('takes names and addresses of the machine only where it was told to listen everywhere', () => {
  const everywhere = { host: '0.0.0.0', port: 7470 };
  const ask = (host: string | undefined, bound = everywhere): boolean =>
    isSameOriginRequest({ host, origin: undefined }, bound);
  for (const name of [
    '192.0.2.7',
    '[2001:db8::7]',
    'localhost',
    hostname(),
    hostname().toUpperCase(),
  ]) {
    expect(ask(`${name}:7470`), name).toBe(true);
    expect(ask(`${name}:7471`), name).toBe(false);
    expect(ask(name), name).toBe(false);
  }
  expect(ask('192.0.2.7:7470', { host: '127.0.0.1', port: 7470 })).toBe(false);
  // A host name of somebody else that resolves to this machine.
  expect(ask('evil.example:7470')).toBe(false);
  expect(ask(`${hostname()}.evil.example:7470`)).toBe(false);
  expect(ask('box.example:7470', { host: 'box.example', port: 7470 })).toBe(true);
  expect(ask(undefined)).toBe(false);
});
