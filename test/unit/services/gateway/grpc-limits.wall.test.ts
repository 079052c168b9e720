/** Limits of the gRPC server of a gateway: connections. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTIONS_MAX } from '../../../../services/gateway/grpc-server.ts';
import {
  type GatewayGrpcServer,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { GatewayClient } from './grpc-client.ts';
import { PlayedGateway } from './played-gateway.ts';

const node = new PlayedGateway();
let server: GatewayGrpcServer;

beforeAll(async () => {
  const at = { host: '127.0.0.1', port: 0, messageBytesMax: 100_000 };
  server = await startGrpcServer({ node, queue: new PacketQueue(node), ...at });
});

afterAll(() => server.close());

/** The beginning of HTTP/2 (RFC 9113 section 3.4), and half of a frame. */
const HALF = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.of(0, 0, 9)]);

describe('2,000 connections to the gRPC server of a gateway', () => {
  it('leave so many open, and a client that came before them keeps its call', async () => {
    const client = new GatewayClient(server.port);
    const got: string[] = [];
    const stream = client.subscribe();
    stream.on('data', ({ rawPacket }) => got.push(rawPacket.toString()));
    node.arrive('g', 'first');
    await expect.poll(() => got).toEqual(['first']);
    let open = 0;
    const sockets: Socket[] = [];
    for (let index = 0; index < 2_000; index += 1) {
      const socket = connect({ host: '127.0.0.1', port: server.port }).resume();
      open += 1;
      socket.on('error', () => undefined).on('close', () => (open -= 1));
      sockets.push(socket);
      await once(socket, 'connect');
      // Every third begins HTTP/2 and says no more.
      if (index % 3 === 0) socket.write(HALF);
    }
    await expect.poll(() => open, { timeout: 10_000 }).toBe(CONNECTIONS_MAX - 1);
    node.arrive('g', 'last');
    await expect.poll(() => got).toEqual(['first', 'last']);
    const late = new GatewayClient(server.port);
    expect((await late.call('QueryPaths', { dstIa: 'x' })).code).not.toBe(0);
    for (const socket of sockets) socket.destroy();
    for (const one of [client, late]) one.close();
  });
});
