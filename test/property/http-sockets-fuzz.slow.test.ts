/**
 * Mutated requests at the HTTP sockets of a node process and of the browser view, over live TCP
 * the server continues, keeps no connection open, and changes nothing. The seed is in the
 * title, so that one command repeats the test.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { type OperatorServer, startOperatorServer } from '../../services/operator/index.ts';
import { startVizServer, type VizServer } from '../../viz/server/server.ts';
import { fakeFace, keptLog } from '../unit/services/operator/fake-face.ts';
import { sendAndHalfClose } from './half-closed.ts';
import { mutate } from './mutate.ts';

const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);
const INPUTS = Number(process.env['ORRERY_FUZZ_INPUTS'] ?? 100_000);
const AT_ONCE = 48;
const TIMEOUT_MS = 600_000;

const KEY = 'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==';
const UPGRADE = `connection: Upgrade\r\nupgrade: websocket\r\n${KEY}`;
const OPERATOR = [
  'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /status HTTP/1.0\r\n\r\n',
  'POST /probe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc',
  'PUT /log-level HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\n{"level":"loud"}',
  'PUT /log-level HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"lev\r\n0\r\n\r\n',
];
const VIZ = [
  'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n',
  'GET /api/runs HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n',
  'GET /api/runs/a/1/trace.orr HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nRange: bytes=1-3\r\n\r\n',
  'GET /api/runs/%2e%2e/a%2fb HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n',
  `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\n${UPGRADE}\r\n\r\n\u0081\u0085AAAA`,
];

const folder = mkdtempSync(join(tmpdir(), 'orrery-http-fuzz-'));
const { log } = keptLog();
let operator: OperatorServer;
let viz: VizServer;

beforeAll(async () => {
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Orrery</title>');
  operator = await startOperatorServer({ face: fakeFace(), log, port: 0 });
  const page = join(folder, 'index.html');
  viz = await startVizServer({ page, runs: folder, host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await operator.close();
  await viz.close();
  rmSync(folder, { recursive: true, force: true });
});

async function exchange(port: number, bytes: Uint8Array, from: number): Promise<string> {
  const answer = await sendAndHalfClose({ host: '127.0.0.1', port }, bytes, from);
  return Buffer.from(answer).toString('latin1');
}

/** Sends all inputs, several at a time; counts the answers by status. */
async function storm(port: number, requests: readonly string[]): Promise<Map<string, number>> {
  const genuine = requests.map((text) =>
    Buffer.from(text.replaceAll('PORT', String(port)), 'latin1'),
  );
  const draws = openRandomStream(SEED, 'test', `http-${requests.length}-${requests[0]}`);
  const counts = new Map<string, number>();
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (sent < INPUTS) {
      sent += 1;
      const number = sent;
      const original = genuine[draws.below(genuine.length)] as Uint8Array;
      const input = mutate(new Uint8Array(original), draws, { header: 40 });
      const answer = Buffer.from(
        await sendAndHalfClose({ host: '127.0.0.1', port }, input, number),
      );
      const [, status = 'closed'] = /^HTTP\/1\.1 (\d\d\d)/.exec(answer.toString('latin1')) ?? [];
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return counts;
}

describe(`R-084: ${INPUTS} mutated requests, seed ${SEED}`, () => {
  it(
    'at the operator port of a node are answered or closed, and change nothing',
    async () => {
      const counts = await storm(operator.port, OPERATOR);
      expect([...counts.keys()].sort()).toEqual(expect.arrayContaining(['200', '400', '404']));
      expect(counts.get('500')).toBeUndefined();
      const health = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
      expect(await exchange(operator.port, Buffer.from(health), 0)).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(log.levels()).toEqual({ level: 'info', components: {} });
    },
    TIMEOUT_MS,
  );

  it(
    'at the port of the browser view are answered or closed, and it serves on',
    async () => {
      const port = Number(new URL(viz.address).port);
      const counts = await storm(port, VIZ);
      expect([...counts.keys()].sort()).toEqual(
        expect.arrayContaining(['200', '400', '403', '404']),
      );
      expect(counts.get('500')).toBeUndefined();
      const page = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
      expect(await exchange(port, Buffer.from(page), 0)).toMatch(/^HTTP\/1\.1 200 OK/);
    },
    TIMEOUT_MS,
  );
});
