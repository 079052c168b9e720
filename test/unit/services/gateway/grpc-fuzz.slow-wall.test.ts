/** 100,000 mutated requests to the gRPC server of a gateway: each gets an answer or a status, and leaves nothing behind. */
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import {
  type GatewayGrpcServer,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { memoryHeld } from '../../../memory.ts';
import { GatewayClient } from './grpc-client.ts';
import { PlayedGateway } from './played-gateway.ts';

const CALLS = 100_000;
const BESIDE_EACH_OTHER = 50;
/** Memory that calls may leave behind, at most, bytes: code that was compiled meanwhile. */
const GROWTH_MAX = 16 * 1_048_576;
const random = openRandomStream(1, 'gateway', 'grpc-fuzz');
const FILE = fileURLToPath(new URL('../../../../services/gateway/gateway.proto', import.meta.url));
const definition = loadSync(FILE)['betanet.gateway.BetanetGateway'] as ServiceDefinition;

const preferences = { preferStable: true, avoidAses: ['1-1'], maxRttMs: 5, minBandwidthMbps: 2 };
const path = { pathId: 'ab', hops: [{ asId: '1-1', interfaceId: 3 }], quality: { rttEwmaMs: 1 } };
const REQUESTS: Readonly<Record<string, object>> = {
  SendScionPacket: {
    ...{ rawPacket: Buffer.from('packet'), egressIa: '1-ff00:0:112', egressIface: '3' },
    ...{ sequenceNumber: 7, timestampNs: 5_000, priority: 10, preferences, correlationId: 'abc' },
  },
  RecvScionPacket: { rawPacket: Buffer.from('packet'), ingressIa: '1-1', pathInfo: path },
  RegisterPath: { dstIa: '1-1', ttlSeconds: 9, preferences },
  QueryPaths: { dstIa: '1-1', limit: 3, preferences },
  Health: { checkLevel: 2 },
  Stats: { periodSeconds: 5, includePathBreakdown: true, includeAntiReplay: true },
  ValidateSequence: { peerId: 'a', sequenceNumber: 9, timestampNs: 5_000, updateWindow: true },
  CreateTunnel: { destinationIa: '1-1', options: { encryptionMethod: 'x', metadata: { a: 'b' } } },
  ListTunnels: { filter: 'a', pageSize: 2, pageToken: 'b' },
  DeleteTunnel: { tunnelId: '1-1' },
  GetTunnelStatus: { tunnelId: '1-1' },
};
const NAMES = Object.keys(REQUESTS);
const ENCODED = NAMES.map((name) => definition[name]!.requestSerialize(REQUESTS[name]));

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

/** Bytes of which some are changed, left out or added. */
function mutated(bytes: Buffer): Buffer {
  const changed = [...bytes];
  for (let times = random.below(4); times > 0; times -= 1) {
    const at = random.below(changed.length + 1);
    const added = Array.from({ length: random.below(3) }, () => random.below(256));
    changed.splice(at, random.below(3), ...added);
  }
  return Buffer.from(changed);
}

describe('the gRPC server of a gateway', () => {
  it('R-084: answers 100,000 mutated requests or gives a status, and keeps nothing', async () => {
    const codes = new Map<number, number>();
    const internal: string[] = [];
    let before = 0;
    for (let call = 0; call < CALLS; call += BESIDE_EACH_OTHER) {
      if (call === CALLS / 10) before = memoryHeld().heapUsed;
      const replies = await Promise.all(
        Array.from({ length: BESIDE_EACH_OTHER }, (_, index) => {
          const at = (call + index) % NAMES.length;
          return client.call(NAMES[at]!, mutated(ENCODED[at]!));
        }),
      );
      for (const { code, details } of replies) {
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (code === 13 || code === 2) internal.push(details);
      }
      node.requests.length = 0;
    }
    expect(internal).toEqual([]);
    expect(memoryHeld().heapUsed - before).toBeLessThan(GROWTH_MAX);
    const refused = codes.get(3) ?? 0;
    expect([...codes.values()].reduce((sum, some) => sum + some, 0)).toBe(CALLS);
    expect(Math.min(refused, CALLS - refused)).toBeGreaterThan(CALLS / 20);
  }, 300_000);
});
