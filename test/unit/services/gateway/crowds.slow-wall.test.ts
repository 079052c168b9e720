/** Crowds before the HTTP server of a gateway: slow readers, half-open connections, and twice as many as there may be. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpMeter } from '../../../../services/gateway/face-meter.ts';
import { PacketQueue, startGatewayServer } from '../../../../services/gateway/index.ts';
import type { TlsMaterial } from '../../../../services/gateway/tls-server.ts';
import { makeCertificateAuthority, makeCertificateOf } from '../../../certificates.ts';
import { memoryHeld } from '../../../memory.ts';
import { PlayedGateway } from './played-gateway.ts';

const CONNECTIONS_MAX = 1_000;
/** Largest growth of memory when a crowd has gone, and for each connection that is there, bytes. */
const GROWTH_MAX = 8e6;
const CONNECTION_BYTES_MAX = 64_000;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function serve(tls?: TlsMaterial): Promise<{ port: number; connections: () => number }> {
  const node = new PlayedGateway();
  const meter = new HttpMeter();
  const server = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0, tls, meter },
    ...{ packetBytesMax: 65_536, connectionsMax: CONNECTIONS_MAX, idleMs: 30_000 },
  });
  open.push(server);
  const connections = (): number => {
    const [now] = meter.read()['betanet_gateway_htx_connections'] ?? [];
    return Number(now?.value);
  };
  return { port: server.port, connections };
}

/** Opens connections, each of which says the same. */
async function crowd(port: number, size: number, words: string): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (let count = 0; count < size; count += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(words);
    sockets.push(socket);
  }
  return sockets;
}

async function statusAt(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/scion`, { keepalive: false });
  await response.text();
  return response.status;
}

describe('the HTTP server of a gateway', () => {
  it('stays within its limit before 2,000 connections, again and again, with memory flat', async () => {
    const { port, connections } = await serve();
    const round = async (): Promise<void> => {
      const before = memoryHeld().heapUsed;
      const sockets = await crowd(port, 2 * CONNECTIONS_MAX, 'GET / HTTP/1.1\r\nHost: local');
      await expect.poll(connections).toBeLessThanOrEqual(CONNECTIONS_MAX);
      expect(await statusAt(port)).toBe(404);
      const each = (memoryHeld().heapUsed - before) / CONNECTIONS_MAX;
      expect(each).toBeLessThan(CONNECTION_BYTES_MAX);
      for (const socket of sockets) socket.destroy();
      await expect.poll(connections).toBeLessThan(2);
    };
    await round();
    const before = memoryHeld().heapUsed;
    await round();
    await round();
    expect(memoryHeld().heapUsed - before).toBeLessThan(GROWTH_MAX);
  });

  it('ends those that stay half open, in seconds', async () => {
    const { port, connections } = await serve();
    const halves = [
      ...(await crowd(port, 200, 'POST /scion/send?dst=x HTTP/1.1\r\nHost: localhost\r\n')),
      ...(await crowd(port, 200, '')),
    ];
    expect(connections()).toBe(halves.length);
    expect(await statusAt(port)).toBe(404);
    await expect.poll(connections, { timeout: 15_000, interval: 200 }).toBeLessThan(2);
  });

  it('holds little for clients that ask for the longest answer and do not read', async () => {
    const { port } = await serve();
    const ask = 'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(16);
    const before = process.memoryUsage().rss;
    const sockets = (await crowd(port, 500, '')).map((socket) => socket.pause());
    for (const socket of sockets) socket.write(ask);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const each = (process.memoryUsage().rss - before) / sockets.length;
    process.stderr.write(`HTTP/1.1: ${Math.round(each)} B for a client that does not read\n`);
    expect(await statusAt(port)).toBe(404);
    expect(each).toBeLessThan(100_000);
    for (const socket of sockets) socket.destroy();
  });

  it('holds little for streams of HTTP/2 that nobody reads', async () => {
    const own = makeCertificateOf('gateway', makeCertificateAuthority('office'));
    const { port } = await serve({ ...own, clientCa: undefined });
    const sessions = Array.from({ length: 50 }, () =>
      connectHttp2(`https://127.0.0.1:${port}`, {
        ...{ rejectUnauthorized: false, settings: { initialWindowSize: 0 } },
      }),
    );
    open.push({ close: () => sessions.map((session) => session.destroy()) });
    await Promise.all(sessions.map((session) => once(session, 'connect')));
    const before = process.memoryUsage().rss;
    let answered = 0;
    for (const session of sessions) {
      session.on('error', () => undefined);
      for (let count = 0; count < 100; count += 1) {
        const stream = session.request({ ':path': '/openapi.json' });
        stream.on('error', () => undefined).on('response', () => (answered += 1));
      }
    }
    await expect.poll(() => answered, { timeout: 20_000 }).toBe(sessions.length * 100);
    const each = (process.memoryUsage().rss - before) / answered;
    process.stderr.write(`HTTP/2: ${Math.round(each)} B for a stream that nobody reads\n`);
    expect(each).toBeLessThan(50_000);
  });
});
