/** Limits of the gRPC server of a gateway: connections. */
import { once } from 'node:events';
import { type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { credentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CONNECTIONS_MAX,
  type GrpcServerOptions,
} from '../../../../services/gateway/grpc-server.ts';
import {
  type GatewayGrpcServer,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { makeCertificateAuthority, makeCertificateOf } from '../../../certificates.ts';
import { GatewayClient } from './grpc-client.ts';
import { PlayedGateway } from './played-gateway.ts';

const own = makeCertificateOf('gateway', makeCertificateAuthority('office'));
const material = { ...own, clientCa: undefined };

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

async function serve(more: Partial<GrpcServerOptions> = {}): Promise<{
  readonly node: PlayedGateway;
  readonly server: GatewayGrpcServer;
}> {
  const node = new PlayedGateway();
  const at = { host: '127.0.0.1', port: 0, messageBytesMax: 100_000 };
  const server = await startGrpcServer({ node, queue: new PacketQueue(node), ...at, ...more });
  open.push(server);
  return { node, server };
}

/** The beginning of HTTP/2 (RFC 9113 section 3.4), and half of a frame. */
const HALF = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.of(0, 0, 9)]);

/** Waits until the server has seen a connection, which it may then have ended. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}

describe.each([
  ['without TLS', undefined],
  ['with TLS', material],
])('a gRPC server %s with room for two connections', (_, tls) => {
  it('keeps those with a call in hand, the oldest too, and refuses the newcomer', async () => {
    const { node, server } = await serve({ tls, connectionsMax: 2 });
    const trusting = { rejectUnauthorized: false };
    const connectClient = (): GatewayClient => {
      const secured = tls && credentials.createSsl(null, null, null, trusting);
      const client = new GatewayClient(server.port, secured);
      open.push(client);
      return client;
    };
    const got: string[] = [];
    const stream = connectClient().subscribe();
    stream.on('data', ({ rawPacket }) => got.push(rawPacket.toString()));
    node.held.add('query-paths');
    await settle();
    const caller = connectClient();
    const held = caller.call('QueryPaths', { dstIa: 'x' }, { deadlineMs: 1_500 });
    await settle();
    const refused = await connectClient().call('Health', {}, { deadlineMs: 800 });
    expect(refused.code).toBe(status.UNAVAILABLE);
    node.arrive('g', 'kept');
    await expect.poll(() => got).toEqual(['kept']);
    expect((await held).code).toBe(status.DEADLINE_EXCEEDED);
    // The caller has become idle, and makes room.
    expect((await connectClient().call('Health')).code).toBe(status.OK);
    node.arrive('g', 'last');
    await expect.poll(() => got).toEqual(['kept', 'last']);
  });
});

/** Opens a connection whose client has no room for answers, and begins a call. */
function beginUnread(port: number, path: string): ClientHttp2Stream {
  const session = connectHttp2(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 0 } });
  session.on('error', () => undefined);
  open.push({ close: () => session.destroy() });
  const stream = session.request({
    ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
  });
  return stream.on('error', () => undefined);
}

describe('clients that do not read', () => {
  it('kept their places for ever once they were answered', async () => {
    const { server } = await serve({ connectionsMax: 2 });
    const path = '/betanet.gateway.BetanetGateway/Health';
    for (let made = 0; made < 2; made += 1) {
      // An empty message.
      beginUnread(server.port, path).end(Buffer.alloc(5));
      await settle();
    }
    const client = new GatewayClient(server.port);
    open.push(client);
    expect((await client.call('Health', {}, { deadlineMs: 2_000 })).code).toBe(status.OK);
  });

  it('made the answers of reflection pile up', async () => {
    const { server } = await serve();
    const stream = beginUnread(
      server.port,
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    );
    // Requests for the list of services (field 7): 3 bytes each, after 5 of the frame.
    const request = Buffer.of(0, 0, 0, 0, 3, 0x3a, 1, 0x2a);
    const all = Buffer.alloc(1_000_000, request);
    stream.write(all);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    // The server reads no more: what it and this machine buffer is far less.
    expect(stream.writableLength).toBeGreaterThan(500_000);
  });
});

describe('2,000 connections to the gRPC server of a gateway', () => {
  it('leave so many open, and a client that came before them keeps its call', async () => {
    const { node, server } = await serve();
    const client = new GatewayClient(server.port);
    const got: string[] = [];
    const stream = client.subscribe();
    stream.on('data', ({ rawPacket }) => got.push(rawPacket.toString()));
    node.arrive('g', 'first');
    await expect.poll(() => got).toEqual(['first']);
    let count = 0;
    const sockets: Socket[] = [];
    for (let made = 0; made < 2_000; made += 1) {
      const socket = connect({ host: '127.0.0.1', port: server.port }).resume();
      count += 1;
      socket.on('error', () => undefined).on('close', () => (count -= 1));
      sockets.push(socket);
      await once(socket, 'connect');
      // Each begins HTTP/2 and says no more.
      socket.write(HALF);
    }
    await expect.poll(() => count, { timeout: 10_000 }).toBe(CONNECTIONS_MAX - 1);
    node.arrive('g', 'last');
    await expect.poll(() => got).toEqual(['first', 'last']);
    const late = new GatewayClient(server.port);
    // It is answered, in the place of one that says nothing.
    expect((await late.call('QueryPaths', { dstIa: 'x' })).details).toBe('unknown-request');
    for (const socket of sockets) socket.destroy();
    for (const one of [client, late]) one.close();
  });
});
