/** Many connections at once to the servers of a gateway, and clients that keep theirs. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { GrpcMeter, HttpMeter } from '../../../../services/gateway/face-meter.ts';
import {
  PacketQueue,
  startGatewayServer,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { makeCertificateAuthority, makeCertificateOf } from '../../../certificates.ts';
import { GatewayClient } from './grpc-client.ts';
import { PATH, PlayedGateway } from './played-gateway.ts';

const CONNECTIONS = 500;
const POOL = 4;
const REQUESTS = 1_000;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function play(): PlayedGateway {
  const node = new PlayedGateway();
  node.answers['send-now'] = { outcome: 'ok', text: JSON.stringify(PATH) };
  node.answers['query-paths'] = { outcome: 'ok', text: JSON.stringify([PATH]) };
  return node;
}

const bounds = { packetBytesMax: 65_536, connectionsMax: 1_000, idleMs: 30_000 };
const at = { host: '127.0.0.1', port: 0 };

it('answers all of many connections of HTTP at once', async () => {
  const node = play();
  const server = await startGatewayServer({ node, queue: new PacketQueue(node), ...at, ...bounds });
  open.push(server);
  const ask = 'POST /scion/send?dst=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\np';
  const sockets: Socket[] = [];
  open.push({ close: () => sockets.map((socket) => socket.destroy()) });
  const statuses = await Promise.all(
    Array.from({ length: CONNECTIONS }, async (): Promise<string> => {
      const socket = connect({ ...at, port: server.port });
      sockets.push(socket);
      await once(socket, 'connect');
      socket.write(ask);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      return answer.toString('latin1', 9, 12);
    }),
  );
  const answered = statuses.filter((status) => status === '200').length;
  process.stderr.write(`HTTP: ${answered} of ${CONNECTIONS} connections were answered\n`);
  expect(answered).toBe(CONNECTIONS);
  // All of them were open at the same time, and none took the place of another.
  expect(sockets.filter(({ closed }) => !closed)).toHaveLength(CONNECTIONS);
  expect(node.sent).toHaveLength(answered);
});

it('answers all of many connections of gRPC at once', async () => {
  const node = play();
  const calls = new GrpcMeter();
  const limits = { messageBytesMax: 100_000, calls };
  const server = await startGrpcServer({ node, queue: new PacketQueue(node), ...at, ...limits });
  open.push(server);
  const clients = Array.from({ length: CONNECTIONS / 5 }, () => new GatewayClient(server.port));
  open.push({ close: () => clients.map((client) => client.close()) });
  const replies = await Promise.all(
    clients.map((client) => client.call('QueryPaths', { dstIa: '1-1' })),
  );
  const answered = replies.filter(({ code }) => code === 0).length;
  process.stderr.write(`gRPC: ${answered} of ${clients.length} connections were answered\n`);
  expect(answered).toBe(clients.length);
  expect(calls.connections()).toBe(clients.length);
});

it('R-249: keeps the connections of a pool of clients: more than 90 % of requests use one again', async () => {
  const node = play();
  const meter = new HttpMeter();
  const material = makeCertificateOf('gateway', makeCertificateAuthority('office'));
  const tls = { ...material, clientCa: undefined };
  const queue = new PacketQueue(node);
  const server = await startGatewayServer({ node, queue, ...at, ...bounds, tls, meter });
  open.push(server);
  let opened = 0;
  const pool: (ClientHttp2Session | undefined)[] = Array.from({ length: POOL });
  open.push({ close: () => pool.map((session) => session?.destroy()) });
  // A slot of the pool opens a connection only if it has none that is open.
  const sessionOf = (slot: number): ClientHttp2Session => {
    const kept = pool[slot];
    if (kept !== undefined && !kept.closed && !kept.destroyed) return kept;
    opened += 1;
    const made = connectHttp2(`https://127.0.0.1:${server.port}`, { rejectUnauthorized: false });
    made.on('error', () => undefined);
    pool[slot] = made;
    return made;
  };
  const send = async (index: number): Promise<number> => {
    const headers = { ':method': 'POST', ':path': '/scion/send?dst=x' };
    const stream = sessionOf(index % POOL).request(headers);
    stream.end('p');
    const [answer] = (await once(stream, 'response')) as [{ ':status': number }];
    stream.resume();
    await once(stream, 'close');
    return answer[':status'];
  };
  for (let sent = 0; sent < REQUESTS; sent += 20) {
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(sent + index)),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
  const reuse = 1 - opened / REQUESTS;
  process.stderr.write(`${REQUESTS} requests on ${opened} connections: ${reuse * 100} % reused\n`);
  expect(reuse).toBeGreaterThan(0.9);
  const [connections] = meter.read()['betanet_gateway_htx_connections'] ?? [];
  expect(connections?.value).toBe(opened);
});
