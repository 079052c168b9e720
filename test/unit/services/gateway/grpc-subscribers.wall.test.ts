/** Subscribers of the gRPC server of a gateway: order, slow readers, and those who go. */
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeRequest } from '../../../../engine/host/host.ts';
import { RECEIVED_BYTES_MAX, ReceivedPackets } from '../../../../nodes/gateway/received-packets.ts';
import { SUBSCRIBERS_MAX } from '../../../../services/gateway/grpc-server.ts';
import {
  type GatewayGrpcServer,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { GatewayClient } from './grpc-client.ts';
import { PlayedGateway } from './played-gateway.ts';

const node = new PlayedGateway();
let server: GatewayGrpcServer;
let client: GatewayClient;

beforeAll(async () => {
  const at = { host: '127.0.0.1', port: 0, messageBytesMax: 100_000 };
  server = await startGrpcServer({ node, queue: new PacketQueue(node), ...at });
  client = new GatewayClient(server.port);
});

afterAll(() => {
  client.close();
  server.close();
});

describe('SubscribePackets', () => {
  it('lets packets of a slow reader wait within bounds; beyond them the gateway drops by name', async () => {
    let drops = 0;
    const received = new ReceivedPackets(() => (drops += 1));
    let again = (): void => undefined;
    received.open({
      ...{ kind: 'packets', target: '', body: new Uint8Array(0) },
      more: (part: Uint8Array) => node.take(part),
      onRoom: (handler: () => void) => (again = handler),
      onCancel: () => undefined,
      respond: () => undefined,
    } as NodeRequest);
    const slow = new GatewayClient(server.port);
    const stream = slow.subscribe();
    stream.pause();
    const sent = 400;
    const packet = new Uint8Array(65_536);
    for (let count = 0; count < sent; count += 1) {
      received.take('g', packet);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const most = (2 * RECEIVED_BYTES_MAX) / packet.length;
    // What is on its way to the client: windows of HTTP/2 and of the socket.
    const underWay = 100;
    expect(drops).toBeGreaterThan(sent - most - underWay);
    let got = 0;
    stream.on('data', () => (got += 1));
    stream.resume();
    const pump = setInterval(() => again(), 5);
    await expect.poll(() => got + drops, { timeout: 10_000 }).toBe(sent);
    clearInterval(pump);
    stream.cancel();
    slow.close();
    // Packets go to a client until the server knows that it has gone.
    await new Promise((resolve) => setTimeout(resolve, 100));
  });

  it('streams packets as they come, each once', async () => {
    const got: string[] = [];
    const stream = client.subscribe();
    stream.on('data', ({ source, rawPacket }) => got.push(`${source} ${rawPacket.toString()}`));
    for (const text of ['a', 'b']) node.arrive('gateway-112', text);
    await expect.poll(() => got).toEqual(['gateway-112 a', 'gateway-112 b']);
    node.arrive('gateway-113', 'c');
    await expect.poll(() => got.at(-1)).toBe('gateway-113 c');
    stream.cancel();
  });

  it('has room for so many, and again when one has gone', async () => {
    const streams = Array.from({ length: SUBSCRIBERS_MAX }, () => client.subscribe());
    const codeOfNext = (): Promise<number> => {
      const next = client.subscribe();
      const ended = new Promise<number>((resolve) => {
        next.on('error', (error: Error & { code?: number }) => resolve(error.code ?? 0));
        next.on('metadata', () => resolve(0));
        setTimeout(() => resolve(0), 300);
      });
      return ended.finally(() => next.cancel());
    };
    await expect.poll(codeOfNext, { timeout: 5_000 }).toBe(status.RESOURCE_EXHAUSTED);
    streams[0]?.cancel();
    await expect.poll(codeOfNext, { timeout: 5_000 }).toBe(0);
    for (const stream of streams) stream.cancel();
  });
});
