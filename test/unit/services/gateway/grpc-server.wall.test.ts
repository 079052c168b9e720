/** The gRPC server for applications of a gateway, asked by the client of the same package. */
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type GatewayGrpcServer,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { GatewayClient } from './grpc-client.ts';
import { PATH, PlayedGateway } from './played-gateway.ts';

let node: PlayedGateway;
let server: GatewayGrpcServer;
let client: GatewayClient;

const OTHER = '1-ff00:0:112';
const META = {
  ...{ pathId: 'ab', srcIa: '1-2', expiresAt: '1795941111000000000', selectionScore: 0.5 },
  hops: [
    { asId: '1-2', interfaceId: 3, hopType: 'egress', mtu: 1_400 },
    { asId: '1-1', interfaceId: 4, hopType: 'ingress', mtu: 1_400 },
  ],
  quality: {
    ...{ rttEwmaMs: 10, jitterMs: 1, lossRate: 0.25, bandwidthMbps: 8, stabilityScore: 0.5 },
    ...{ lastMeasured: '9000000', measurementCount: '0' },
  },
  lastUsed: '6000000000',
  usage: {
    ...{ packetsSent: '3', packetsReceived: '0', bytesTransferred: '300', successRate: 0.75 },
    ...{ firstUsed: '4000000', usageDurationS: '5' },
  },
};
const COUNTS = {
  ...{ sentPackets: 5, sentBytes: 50, receivedPackets: 2, receivedBytes: 20, drops: 3 },
  ...{ accepted: 9, replay: 1, expired: 2, future: 3 },
};

beforeAll(async () => {
  node = new PlayedGateway();
  const queue = new PacketQueue(node);
  const at = { host: '127.0.0.1', port: 0, messageBytesMax: 100_000 };
  server = await startGrpcServer({ node, queue, ...at });
  client = new GatewayClient(server.port);
});

beforeEach(() => {
  node.answers = {};
  node.held.clear();
  for (const list of [node.requests, node.cancelled]) list.length = 0;
});

afterAll(() => {
  client.close();
  server.close();
});

function answerWith(kind: string, answer: unknown, outcome = 'ok'): void {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  node.answers = { ...node.answers, [kind]: { outcome, text } };
}

/** The last request of a kind, its body as text. */
const lastOf = (kind: string): string =>
  node.requests.filter((one) => one.kind === kind).at(-1)?.text ?? '';

describe('SendScionPacket', () => {
  const request = { rawPacket: Buffer.from('bytes'), egressIa: OTHER };

  it('hands packet, limits, number and priority to the gateway, and tells the path', async () => {
    answerWith('send-now', PATH);
    let echoed: unknown;
    const { answer } = await client.call(
      'SendScionPacket',
      {
        ...request,
        ...{ egressIface: '3', sequenceNumber: '9007199254740993', timestampNs: '5000' },
        ...{ priority: 10, correlationId: 'abc' },
        preferences: { preferStable: true, maxHops: 4, avoidAses: ['1-9'] },
      },
      { onMetadata: (metadata) => (echoed = metadata.get('correlation-id')[0]) },
    );
    expect(answer).toMatchObject({
      ...{ success: true, error: '', deliveryEstimateMs: 5 },
      selectedPath: { ...META, dstIa: OTHER },
    });
    expect(echoed).toBe('abc');
    const asked = node.requests.findLast(({ kind }) => kind === 'send-now');
    expect(asked).toMatchObject({ target: OTHER, priority: 2 });
    const text = lastOf('send-now');
    expect(text.slice(2)).toMatch(/\}bytes$/);
    expect(JSON.parse(text.slice(2, -5))).toEqual({
      ...{ sequence: '9007199254740993', timestampUs: 5, interfaceId: 3 },
      preferences: {
        ...{ avoidAses: ['1-9'], preferAses: [], maxRttMs: 0, minBandwidthMbps: 0, maxHops: 4 },
        favour: 'stability',
      },
    });
  });

  it.each([
    ['bad-question', status.INVALID_ARGUMENT],
    ['unknown-peer', status.INVALID_ARGUMENT],
    ['packet-too-large', status.INVALID_ARGUMENT],
    ['no-path', status.UNAVAILABLE],
    ['no-path-answers', status.UNAVAILABLE],
    ['path-unfit', status.UNAVAILABLE],
    ['node-down', status.UNAVAILABLE],
    ['overload', status.RESOURCE_EXHAUSTED],
    ['windows-full', status.RESOURCE_EXHAUSTED],
    ['busy', status.RESOURCE_EXHAUSTED],
    ['registrations-full', status.RESOURCE_EXHAUSTED],
    ['packet-empty', status.INVALID_ARGUMENT],
    ['cancelled', status.CANCELLED],
  ])('tells %s as status %i', async (outcome, code) => {
    answerWith('send-now', '', outcome);
    expect((await client.call('SendScionPacket', request)).code).toBe(code);
  });

  it.each(['replay', 'expired', 'future'])('tells %s as a result', async (outcome) => {
    answerWith('send-now', '', outcome);
    const { code, answer } = await client.call('SendScionPacket', request);
    expect([code, answer.success, answer.error]).toEqual([0, false, outcome]);
  });

  it('refuses what is no packet, for nobody, malformed or too long', async () => {
    const codeOf = async (more: object): Promise<number> =>
      (await client.call('SendScionPacket', { ...request, ...more })).code;
    expect(await codeOf({ rawPacket: Buffer.alloc(0) })).toBe(status.INVALID_ARGUMENT);
    expect(await codeOf({ egressIa: '' })).toBe(status.INVALID_ARGUMENT);
    expect(await codeOf({ egressIface: 'x' })).toBe(status.INVALID_ARGUMENT);
    expect(await codeOf({ egressIa: 'x'.repeat(16_385) })).toBe(status.INVALID_ARGUMENT);
    expect(await codeOf({ rawPacket: Buffer.alloc(100_001) })).toBe(status.RESOURCE_EXHAUSTED);
    const malformed = await client.call('SendScionPacket', Buffer.of(0x0a, 5));
    expect(malformed.code).toBe(status.INVALID_ARGUMENT);
    expect(node.sent).toEqual([]);
    expect(await codeOf({ rawPacket: Buffer.alloc(99_000) })).toBe(status.UNAVAILABLE);
  });
});

describe('a call that nobody waits for', () => {
  it('is cancelled in the gateway when its deadline is over, or its client cancels it', async () => {
    node.held.add('query-paths');
    const late = await client.call('QueryPaths', { dstIa: OTHER }, { deadlineMs: 100 });
    expect(late.code).toBe(status.DEADLINE_EXCEEDED);
    await expect.poll(() => node.cancelled).toEqual(['query-paths']);
    const gone = new AbortController();
    const cancelled = client.call('QueryPaths', { dstIa: OTHER }, { gone: gone.signal });
    await expect.poll(() => node.requests.length).toBeGreaterThan(1);
    gone.abort();
    expect((await cancelled).code).toBe(status.CANCELLED);
    await expect.poll(() => node.cancelled.length).toBe(2);
  });
});

describe('paths', () => {
  it('are listed, or registered for a time', async () => {
    answerWith('query-paths', [PATH, { ...PATH, usage: undefined, quality: undefined }]);
    const listed = await client.call('QueryPaths', { dstIa: OTHER, limit: 1 });
    expect(listed.answer).toMatchObject({ paths: [{ ...META, dstIa: OTHER }], totalCount: 2 });
    const { queryTime, nextRefresh } = listed.answer;
    expect(BigInt(nextRefresh) - BigInt(queryTime)).toBe(30_000_000_000n);
    answerWith('register-path', { id: 'path-1', expiresMs: 5, paths: [PATH] });
    const registered = await client.call('RegisterPath', { dstIa: OTHER });
    expect(registered.answer).toMatchObject({
      ...{ success: true, registrationId: 'path-1', expiresAt: '5000000' },
      availablePaths: [META],
    });
    expect(JSON.parse(lastOf('register-path'))).toEqual({ destination: OTHER, seconds: 3_600 });
    const back = { dstIa: OTHER, callbackAddr: '10.0.0.1:1' };
    expect((await client.call('RegisterPath', back)).code).toBe(status.UNIMPLEMENTED);
    answerWith('query-paths', '"x" is no ISD-AS', 'bad-question');
    const unknown = await client.call('QueryPaths', { dstIa: 'x' });
    expect([unknown.code, unknown.details]).toEqual([3, '"x" is no ISD-AS']);
    answerWith('query-paths', '', 'no-path');
    const none = await client.call('QueryPaths', { dstIa: OTHER });
    expect(none.code).toBe(status.UNAVAILABLE);
  });
});

describe('RecvScionPacket and ValidateSequence', () => {
  it('tell the verdict of the gateway', async () => {
    const rawPacket = Buffer.from('packet');
    answerWith('receive', '');
    const taken = await client.call('RecvScionPacket', { rawPacket });
    expect(taken.answer).toEqual({ acknowledged: true, status: 'ok' });
    expect(lastOf('receive')).toBe('packet');
    answerWith('receive', '', 'replay');
    const replayed = await client.call('RecvScionPacket', { rawPacket });
    expect(replayed.answer).toEqual({ acknowledged: false, status: 'replay' });
    expect((await client.call('RecvScionPacket')).code).toBe(status.INVALID_ARGUMENT);
    const window = {
      ...{ base: 1, size: 16, bitmap: '0180', highest: 16, lastUs: 2_000 },
      ...{ processed: 5, accepted: 2, slides: 1 },
    };
    answerWith('sequence', { verdict: 'replay', window });
    const checked = { peerId: 'a', sequenceNumber: '16', updateWindow: true };
    expect((await client.call('ValidateSequence', checked)).answer).toMatchObject({
      ...{ valid: false, rejectionReason: 'replay' },
      windowState: {
        ...{ peerId: 'a', windowBase: '1', windowSize: 16, windowBitmap: Buffer.of(1, 128) },
        ...{ highestReceived: '16', lastUpdate: '2000000' },
        stats: {
          ...{ totalProcessed: '5', validAccepted: '2', invalidRejected: '3' },
          ...{ windowSlides: '1', bitmapUpdates: '2' },
        },
      },
    });
    expect(JSON.parse(lastOf('sequence'))).toEqual({ name: 'a', sequence: '16', updates: true });
    expect((await client.call('ValidateSequence')).code).toBe(status.INVALID_ARGUMENT);
  });
});

describe('Health and Stats', () => {
  it('tell how the gateway is; only the full check sends a probe to each peer', async () => {
    const of = (peer: string, state: string): object => ({
      ...{
        peer,
        isdAs: '1-1',
        port: 1,
        state,
        paths: 2,
        reasons: state === 'active' ? [] : ['creating'],
      },
    });
    answerWith('tunnels', [of('a', 'active'), of('b', 'creating')]);
    const healthOf = async (checkLevel: number): Promise<{ status: string; components: object }> =>
      (await client.call('Health', { checkLevel })).answer;
    expect(await healthOf(0)).toMatchObject({ status: 'HEALTHY', components: {}, activePaths: 4 });
    expect(await healthOf(1)).toMatchObject({
      ...{ status: 'DEGRADED', components: { a: 'active', b: 'creating' } },
    });
    expect(lastOf('ping')).toBe('');
    answerWith('ping', '', 'no-reply');
    expect(await healthOf(2)).toMatchObject({
      ...{ status: 'UNHEALTHY', components: { a: 'no-reply', b: 'creating' } },
      scionDaemonConnected: true,
    });
    expect(lastOf('ping')).toBe('1-1 count=1 timeout=2s');
    node.answers = {};
    expect((await client.call('Health')).answer).toMatchObject({ status: 'OFFLINE' });
  });

  it('count, and give rates of a period that the gateway has run for', async () => {
    answerWith('stats', { counts: COUNTS, open: 1, paths: [PATH] });
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    answerWith('stats', { counts: { ...COUNTS, sentPackets: 1_005 }, open: 1, paths: [PATH] });
    const all = { periodSeconds: 300, includePathBreakdown: true, includeAntiReplay: true };
    const { answer } = await client.call('Stats', all);
    expect(answer).toMatchObject({
      gateway: { totalPackets: '1007', totalBytes: '70', activeConnections: 1, errorCount: '3' },
      paths: [{ pathId: 'ab', failoverCount: 2, lastFailover: '7000000', usage: META.usage }],
      antiReplay: {
        ...{ totalValidated: '15', replaysBlocked: '1', futureRejected: '3' },
        ...{ expiredRejected: '2', windowUpdates: '9', falsePositiveRate: 0 },
      },
    });
    expect(answer.gateway.processingRatePps).toBeGreaterThan(100);
    expect(answer.gateway.processingRatePps).toBeLessThan(1_001);
    expect(Number(answer.gateway.memoryUsageBytes)).toBeGreaterThan(1_000_000);
    expect(answer.gateway.avgProcessingTimeUs).toBeGreaterThan(0);
    expect(answer.antiReplay.avgValidationTimeUs).toBeGreaterThan(0);
    expect(answer.periodSeconds).toBeLessThan(10);
    const short = (await client.call('Stats')).answer;
    expect([short.paths, short.antiReplay]).toEqual([[], null]);
  });
});

describe('tunnels', () => {
  const of = (peer: string, state = 'active'): object => ({
    ...{ peer, isdAs: `1-${peer.length}`, port: 31_056, state, paths: 1, reasons: [] },
  });

  it('are begun, waited for, listed by pages, looked up and ended', async () => {
    answerWith('open-tunnel', of('gw', 'creating'));
    const asked = { destinationIa: '1-2', options: { timeoutSeconds: 5 } };
    const creating = client.call('CreateTunnel', asked);
    await expect.poll(() => node.requests.length).toBeGreaterThan(2);
    answerWith('open-tunnel', of('gw'));
    expect((await creating).answer).toEqual({
      ...{ tunnelId: '1-2', localPort: 31_056, status: 'ACTIVE', peer: 'gw' },
    });
    answerWith('tunnels', [of('ccc'), of('a', 'inactive'), of('bb')]);
    const first = (await client.call('ListTunnels', { pageSize: 2 })).answer;
    expect(first.tunnels.map(({ peer }: { peer: string }) => peer)).toEqual(['a', 'bb']);
    const rest = { pageSize: 2, pageToken: first.nextPageToken };
    expect((await client.call('ListTunnels', rest)).answer).toMatchObject({
      ...{ tunnels: [{ peer: 'ccc' }], nextPageToken: '' },
    });
    const filtered = (await client.call('ListTunnels', { filter: 'b' })).answer;
    expect(filtered.tunnels.length).toBe(1);
    const told = await client.call('GetTunnelStatus', { tunnelId: '1-1' });
    expect(told.answer).toMatchObject({ status: 'INACTIVE', peer: 'a' });
    answerWith('close-tunnel', '');
    expect((await client.call('DeleteTunnel', { tunnelId: '1-1' })).answer.success).toBe(true);
    expect(lastOf('close-tunnel')).toBe('1-1');
  });

  it('have a status for what is none, and for what no gateway does', async () => {
    answerWith('tunnels', []);
    for (const name of ['open-tunnel', 'close-tunnel']) answerWith(name, '', 'unknown-peer');
    const none = { tunnelId: 'x' };
    expect((await client.call('GetTunnelStatus', none)).code).toBe(status.NOT_FOUND);
    expect((await client.call('DeleteTunnel', none)).code).toBe(status.NOT_FOUND);
    expect((await client.call('CreateTunnel', {})).code).toBe(status.INVALID_ARGUMENT);
    const codeOf = async (more: object): Promise<number> =>
      (await client.call('CreateTunnel', more)).code;
    for (const more of [
      { options: { compressionEnabled: true } },
      { options: { encryptionMethod: 'aes' } },
      { destinationHost: '10.0.0.1' },
    ]) {
      expect(await codeOf(more)).toBe(status.UNIMPLEMENTED);
    }
  });
});
