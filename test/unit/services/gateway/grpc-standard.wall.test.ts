/** The standard services of gRPC beside that of a gateway: health checks and reflection. */
import { Client, credentials, type ServiceDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath, service } from 'grpc-health-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WATCHERS_MAX } from '../../../../services/gateway/grpc-health.ts';
import {
  type GatewayGrpcServer,
  GrpcServerStartError,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { PlayedGateway } from './played-gateway.ts';

const node = new PlayedGateway();
let server: GatewayGrpcServer;
let client: Client;
const HEALTH = service as unknown as ServiceDefinition;
const at = { host: '127.0.0.1', port: 0, messageBytesMax: 100_000 };

beforeAll(async () => {
  const counts = {
    ...{ sentPackets: 0, sentBytes: 0, receivedPackets: 0, receivedBytes: 0, drops: 0 },
    ...{ accepted: 0, replay: 0, expired: 0, future: 0 },
  };
  const text = JSON.stringify({ counts, open: 0, paths: [] });
  node.answers = { stats: { outcome: 'ok', text } };
  server = await startGrpcServer({ node, queue: new PacketQueue(node), ...at });
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.close();
});

function check(name: string): Promise<unknown> {
  const { path, requestSerialize, responseDeserialize } = HEALTH['Check']!;
  return new Promise((resolve) => {
    client.makeUnaryRequest<object, { status: string }>(
      ...([path, requestSerialize, responseDeserialize, { service: name }] as const),
      (error, answer) => resolve(error?.code ?? answer?.status),
    );
  });
}

function watch(name: string): { readonly seen: unknown[]; end(): void } {
  const { path, requestSerialize, responseDeserialize } = HEALTH['Watch']!;
  const seen: unknown[] = [];
  const stream = client.makeServerStreamRequest<object, { status: string }>(
    ...([path, requestSerialize, responseDeserialize, { service: name }] as const),
  );
  stream.on('data', (one: { status: string }) => seen.push(one.status));
  stream.on('error', (error: { code?: number }) => seen.push(error.code));
  return { seen, end: () => stream.cancel() };
}

describe('the health service', () => {
  it('says whether the gateway runs, and to those who watch whenever that changes', async () => {
    const watched = watch('betanet.gateway.BetanetGateway');
    await expect.poll(() => watched.seen).toEqual(['SERVING']);
    expect([await check(''), await check('x')]).toEqual(['SERVING', status.NOT_FOUND]);
    node.answers = {};
    await expect.poll(() => watched.seen, { timeout: 5_000 }).toEqual(['SERVING', 'NOT_SERVING']);
    expect(await check('')).toBe('NOT_SERVING');
    watched.end();
    const unknown = watch('x');
    await expect.poll(() => unknown.seen).toEqual(['SERVICE_UNKNOWN']);
    unknown.end();
  });

  it('has room for so many who watch, and again when one has gone', async () => {
    const all = Array.from({ length: WATCHERS_MAX }, () => watch(''));
    await expect.poll(() => all.every(({ seen }) => seen.length === 1)).toBe(true);
    const late = watch('');
    await expect.poll(() => late.seen).toEqual([status.RESOURCE_EXHAUSTED]);
    all[0]?.end();
    await expect
      .poll(async () => {
        const again = watch('');
        await expect.poll(() => again.seen.length).toBe(1);
        again.end();
        return again.seen[0];
      })
      .not.toBe(status.RESOURCE_EXHAUSTED);
    for (const one of all) one.end();
  });
});

describe('reflection', () => {
  const files = protoPath.replace('grpc-health-check/proto/health/v1/health.proto', '');

  it('named fields otherwise than the published file', async () => {
    const folder = `${files}@grpc/reflection/build/proto`;
    const name = 'grpc.reflection.v1.ServerReflection';
    const reflected = loadSync('grpc/reflection/v1/reflection.proto', { includeDirs: [folder] });
    const { path, requestSerialize, responseDeserialize } = (reflected[name] as ServiceDefinition)[
      'ServerReflectionInfo'
    ]!;
    const seen: {
      listServicesResponse?: { service: { name: string }[] };
      fileDescriptorResponse?: { fileDescriptorProto: Buffer[] };
    }[] = [];
    const stream = client.makeBidiStreamRequest<object, (typeof seen)[number]>(
      ...([path, requestSerialize, responseDeserialize] as const),
    );
    stream.on('data', (one: (typeof seen)[number]) => seen.push(one)).on('error', () => undefined);
    stream.write({ listServices: '*' });
    stream.write({ fileContainingSymbol: 'betanet.gateway.SendScionPacketRequest' });
    await expect.poll(() => seen.length).toBe(2);
    const names = seen[0]?.listServicesResponse?.service.map((one) => one.name);
    expect(names).toContain('betanet.gateway.BetanetGateway');
    expect(names).toContain('grpc.health.v1.Health');
    const file = seen[1]?.fileDescriptorResponse?.fileDescriptorProto[0]?.toString('latin1');
    expect(file).toContain('raw_packet');
    expect(file).not.toContain('rawPacket');
    stream.cancel();
  });
});

describe('a server that cannot start', () => {
  it('says why', async () => {
    const again = { node, queue: new PacketQueue(node), ...at, port: server.port };
    await expect(startGrpcServer(again)).rejects.toThrow(GrpcServerStartError);
  });
});
