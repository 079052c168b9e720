/** The gRPC server for applications of a gateway, asked by the client of the same package. */
import { Client, credentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProtobuf, encodeProtobuf } from '../../../../nodes/_kit/protobuf.ts';
import {
  HEALTH_RESPONSE,
  PATHS_RESPONSE,
  RECEIVED_PACKET,
  SEND_REQUEST,
  SEND_RESPONSE,
} from '../../../../services/gateway/grpc-messages.ts';
import {
  type GatewayGrpcServer,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { PlayedGateway } from './played-gateway.ts';

const node = new PlayedGateway();
let server: GatewayGrpcServer;
let client: Client;

beforeAll(async () => {
  const queue = new PacketQueue(node);
  const at = { host: '127.0.0.1', port: 0, messageBytesMax: 100_000 };
  server = await startGrpcServer({ node, queue, ...at });
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.close();
});

const same = (bytes: Buffer): Buffer => bytes;
const pathOf = (name: string): string => `/betanet.gateway.BetanetGateway/${name}`;

/** The bytes of an answer, or the code of its status. */
function call(name: string, request: Uint8Array = new Uint8Array(0)): Promise<Buffer | number> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(pathOf(name), same, same, Buffer.from(request), (error, answer) => {
      resolve(error?.code ?? answer ?? status.UNKNOWN);
    });
  });
}

function sendRequest(packet: string, destination: string): Uint8Array {
  const none = { preferences: undefined, correlationId: '' };
  return encodeProtobuf(SEND_REQUEST, { packet: Buffer.from(packet), destination, ...none });
}

describe('the gRPC server of a gateway', () => {
  it('hands a packet to the gateway, and has a status for each refusal', async () => {
    const answer = await call('SendScionPacket', sendRequest('bytes', '1-ff00:0:112'));
    expect(decodeProtobuf(SEND_RESPONSE, answer as Buffer)).toMatchObject({ success: true });
    expect(node.sent).toEqual([['1-ff00:0:112', 'bytes']]);
    for (const [outcome, code] of [
      ['unknown-peer', status.INVALID_ARGUMENT],
      ['overload', status.RESOURCE_EXHAUSTED],
      ['node-down', status.UNAVAILABLE],
    ] as const) {
      node.sending = { outcome, text: '' };
      expect(await call('SendScionPacket', sendRequest('p', 'x'))).toBe(code);
    }
    node.sending = { outcome: 'ok', text: '' };
    expect(await call('SendScionPacket', sendRequest('', 'x'))).toBe(status.INVALID_ARGUMENT);
    expect(await call('SendScionPacket', sendRequest('p', ''))).toBe(status.INVALID_ARGUMENT);
    expect(await call('SendScionPacket', Uint8Array.of(0x0a))).toBe(status.INVALID_ARGUMENT);
    const long = sendRequest('p'.repeat(100_001), 'x');
    expect(await call('SendScionPacket', long)).toBe(status.RESOURCE_EXHAUSTED);
    expect(await call('Stats')).toBe(status.UNIMPLEMENTED);
  });

  it('streams packets as they come, each once', async () => {
    const got: string[] = [];
    const stream = client.makeServerStreamRequest(
      ...([pathOf('SubscribePackets'), same, same, Buffer.alloc(0)] as const),
    );
    stream.on('data', (bytes: Buffer) => {
      const read = decodeProtobuf(RECEIVED_PACKET, bytes);
      if (typeof read === 'string') got.push(read);
      else got.push(`${read.source} ${Buffer.from(read.packet).toString()}`);
    });
    stream.on('error', () => undefined);
    for (const text of ['a', 'b']) node.arrive('gateway-112', text);
    await expect.poll(() => got).toEqual(['gateway-112 a', 'gateway-112 b']);
    node.arrive('gateway-113', 'c');
    await expect.poll(() => got.at(-1)).toBe('gateway-113 c');
    stream.cancel();
  });

  it('lists paths and says how the gateway is', async () => {
    node.answers = {
      'paths 1-1': {
        outcome: 'ok',
        text: '[{"fingerprint":"ab","interfaces":["1-2#3","1-1#4"],"mtu":1400,"expires":1795941111}]',
      },
      'paths x': { outcome: 'bad-question', text: '"x" is no ISD-AS' },
      status: {
        outcome: 'ok',
        text: '{"peers":[{"name":"a","paths":[{"health":"alive"},{"health":"dead"}],"session":{"epoch":1}},{"name":"b","paths":[],"session":{}}]}',
      },
    };
    const destination = (text: string): Uint8Array =>
      Buffer.concat([Buffer.of(0x0a, text.length), Buffer.from(text)]);
    const listed = decodeProtobuf(
      PATHS_RESPONSE,
      (await call('QueryPaths', destination('1-1'))) as Buffer,
    );
    expect(listed).toMatchObject({
      paths: [
        {
          ...{ pathId: 'ab', source: '1-2', destination: '1-1', expiresAt: 1_795_941_111 },
          hops: [
            { asId: '1-2', interfaceId: 3, mtu: 1_400 },
            { asId: '1-1', interfaceId: 4, mtu: 1_400 },
          ],
        },
      ],
      total: 1,
    });
    expect(await call('QueryPaths', destination('x'))).toBe(status.INVALID_ARGUMENT);
    const health = decodeProtobuf(HEALTH_RESPONSE, (await call('Health')) as Buffer);
    expect(health).toMatchObject({ status: 1, isConnected: true, activePaths: 1 });
    expect(typeof health === 'string' ? [] : [...health.components]).toEqual([
      ['a', 'open'],
      ['b', 'closed'],
    ]);
  });
});
