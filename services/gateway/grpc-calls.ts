/**
 * The calls of the gRPC service of a gateway. Each call becomes a request to the node
 * (nodes/gateway/application); this file only translates. A refusal becomes a status, and nothing
 * throws.
 *
 * This file does not import gRPC's packages, so that it loads where they are not installed.
 *
 * @module
 */
import { askNode, failureOf, makePath, nanosecondsOf, readAnswer } from './grpc-answers.ts';
import type { CallContext } from './grpc-context.ts';
import type { GatewayRequests, Int64Text, PathPreferencesMessage } from './grpc-messages.ts';
import { CallFailure, refuseRequest } from './grpc-request.ts';
import { answerStats } from './grpc-stats.ts';
import { answerTunnel, createTunnel, deleteTunnel, listTunnels } from './grpc-tunnels.ts';
import { readHealth } from './health.ts';
import { sendNow } from './node-answers.ts';
import type { QueuedPacket } from './packet-queue.ts';

/** The functions that serve the calls, by the names of the calls. */
type GatewayCalls = {
  readonly [Name in keyof GatewayRequests]: (
    context: CallContext,
    request: GatewayRequests[Name],
  ) => Promise<object | CallFailure>;
};

const US_PER_MS = 1_000;
const NS_PER_US = 1_000n;
const REFRESH_MS = 30_000;
/** Largest number of paths in a response. */
const PATHS_MAX = 100;
const TTL_S = 3_600;
const TTL_S_MAX = 86_400;
/** Smallest priority numbers of a packet that count as normal and as urgent. */
const NORMAL = 5;
const URGENT = 10;
/** The numbers that stand for states of health in messages. */
const HEALTH = { healthy: 0, degraded: 1, unhealthy: 2, offline: 3 } as const;

/** The calls with one response, by their names. */
export const GATEWAY_CALLS: GatewayCalls = {
  SendScionPacket: sendPacket,
  RecvScionPacket: receivePacket,
  RegisterPath: registerPath,
  QueryPaths: queryPaths,
  Health: tellHealth,
  Stats: answerStats,
  ValidateSequence: validateSequence,
  CreateTunnel: createTunnel,
  ListTunnels: listTunnels,
  DeleteTunnel: deleteTunnel,
  GetTunnelStatus: answerTunnel,
};

/** Makes the message with a packet for a subscriber. */
export function makeReceivedPacket({ source, bytes, atMs }: QueuedPacket): object {
  return { rawPacket: bytes, source, timestampNs: nanosecondsOf(atMs) };
}

async function sendPacket(
  { node, gone }: CallContext,
  request: GatewayRequests['SendScionPacket'],
): Promise<object | CallFailure> {
  const { rawPacket, egressIa, egressIface, sequenceNumber, priority } = request;
  if (rawPacket.length === 0) return refuseRequest('raw_packet is empty');
  if (egressIa === '') return refuseRequest('egress_ia is empty: the ISD-AS of the other gateway');
  if (!/^\d{0,9}$/.test(egressIface)) return refuseRequest('egress_iface is no number');
  const head = {
    ...(sequenceNumber === '0' ? {} : { sequence: sequenceNumber }),
    ...timeOf(request.timestampNs),
    ...(egressIface === '' ? {} : { interfaceId: Number(egressIface) }),
    ...preferencesOf(request.preferences),
  };
  const beganMs = performance.now();
  const answer = await sendNow(
    node,
    {
      ...{ target: egressIa, head, packet: rawPacket },
      priority: priority < NORMAL ? 0 : priority < URGENT ? 1 : 2,
    },
    gone,
  );
  const processingTimeUs = microsecondsSince(beganMs);
  const { outcome } = answer;
  if (outcome === 'replay' || outcome === 'expired' || outcome === 'future') {
    return { success: false, error: outcome, processingTimeUs };
  }
  const path = readAnswer('send-now', answer);
  if (path instanceof CallFailure) return path;
  return {
    success: true,
    selectedPath: makePath(path, egressIa),
    deliveryEstimateMs: Math.round((path.quality?.rttMs ?? 0) / 2),
    processingTimeUs,
  };
}

async function receivePacket(
  { node, gone }: CallContext,
  { rawPacket }: GatewayRequests['RecvScionPacket'],
): Promise<object | CallFailure> {
  if (rawPacket.length === 0) return refuseRequest('raw_packet is empty');
  const { outcome } = await node.request({ kind: 'receive', body: rawPacket }, gone);
  if (outcome === 'node-down') return failureOf(outcome, '');
  return { acknowledged: outcome === 'ok', status: outcome };
}

async function registerPath(
  context: CallContext,
  { dstIa, ttlSeconds, preferences, callbackAddr }: GatewayRequests['RegisterPath'],
): Promise<object | CallFailure> {
  if (callbackAddr !== '') {
    return new CallFailure('unsupported', 'callback_addr: the gateway connects to nobody');
  }
  const seconds = ttlSeconds === 0 ? TTL_S : Math.min(ttlSeconds, TTL_S_MAX);
  const body = JSON.stringify({ destination: dstIa, seconds, ...preferencesOf(preferences) });
  const read = await askNode(context, 'register-path', body);
  if (read instanceof CallFailure) return read;
  return {
    ...{ success: true, registrationId: read.id },
    availablePaths: read.paths.slice(0, PATHS_MAX).map((path) => makePath(path, dstIa)),
    expiresAt: nanosecondsOf(read.expiresMs),
  };
}

async function queryPaths(
  context: CallContext,
  { dstIa, limit, preferences }: GatewayRequests['QueryPaths'],
): Promise<object | CallFailure> {
  const body = JSON.stringify({ destination: dstIa, ...preferencesOf(preferences) });
  const paths = await askNode(context, 'query-paths', body);
  if (paths instanceof CallFailure) return paths;
  const most = limit === 0 ? PATHS_MAX : Math.min(limit, PATHS_MAX);
  const now = Date.now();
  return {
    paths: paths.slice(0, most).map((path) => makePath(path, dstIa)),
    queryTime: nanosecondsOf(now),
    nextRefresh: nanosecondsOf(now + REFRESH_MS),
    totalCount: paths.length,
  };
}

async function tellHealth(
  { node, gone }: CallContext,
  { checkLevel }: GatewayRequests['Health'],
): Promise<object> {
  const { isRunning, tunnels } = await readHealth(node, gone);
  const states = await Promise.all(
    tunnels.map(async ({ peer, isdAs, state }) => {
      if (checkLevel < 2 || state !== 'active') return [peer, state] as const;
      const asked = { kind: 'ping', body: `${isdAs} count=1 timeout=2s` };
      const { outcome } = await node.request(asked, gone);
      return [peer, outcome === 'ok' ? state : outcome] as const;
    }),
  );
  const bad = states.filter(([, state]) => state !== 'active').length;
  const worst = bad === states.length ? 'unhealthy' : 'degraded';
  const state = checkLevel < 1 || bad === 0 ? 'healthy' : worst;
  return {
    status: HEALTH[isRunning ? state : 'offline'],
    components: checkLevel < 1 ? {} : Object.fromEntries(states),
    timestamp: nanosecondsOf(Date.now()),
    uptimeSeconds: Math.floor(process.uptime()),
    scionDaemonConnected: tunnels.some(({ paths }) => paths > 0),
    activePaths: tunnels.reduce((sum, { paths }) => sum + paths, 0),
  };
}

async function validateSequence(
  context: CallContext,
  request: GatewayRequests['ValidateSequence'],
): Promise<object | CallFailure> {
  const { peerId, sequenceNumber, timestampNs, updateWindow } = request;
  if (peerId === '') return refuseRequest('peer_id is empty');
  const beganMs = performance.now();
  const asked = { name: peerId, sequence: sequenceNumber, updates: updateWindow };
  const body = JSON.stringify({ ...asked, ...timeOf(timestampNs) });
  const read = await askNode(context, 'sequence', body);
  const validationTimeUs = microsecondsSince(beganMs);
  if (read instanceof CallFailure) return read;
  const { verdict, window } = read;
  const { processed, accepted, slides } = window;
  return {
    ...{ valid: verdict === 'fresh', rejectionReason: verdict === 'fresh' ? '' : verdict },
    windowState: {
      ...{ peerId, windowBase: window.base, windowSize: window.size },
      windowBitmap: Buffer.from(window.bitmap, 'hex'),
      highestReceived: window.highest,
      lastUpdate: nanosecondsOf(window.lastUs / US_PER_MS),
      stats: {
        ...{ totalProcessed: processed, validAccepted: accepted, windowSlides: slides },
        ...{ invalidRejected: processed - accepted, bitmapUpdates: accepted },
      },
    },
    validationTimeUs,
  };
}

/** Preferences for paths in the form that the node reads. */
function preferencesOf(preferences: PathPreferencesMessage | null): object {
  if (preferences === null) return {};
  const { preferLowLatency, preferHighBandwidth, preferStable, ...limits } = preferences;
  const favoured: readonly (readonly [boolean, string])[] = [
    [preferLowLatency, 'latency'],
    [preferHighBandwidth, 'bandwidth'],
    [preferStable, 'stability'],
  ];
  const favour = favoured.find(([isSet]) => isSet)?.[1];
  return { preferences: { ...limits, ...(favour === undefined ? {} : { favour }) } };
}

/** The time that a sequence number states, microseconds; no field if the number is 0. */
function timeOf(timestampNs: Int64Text): { readonly timestampUs?: number } {
  const us = Number(BigInt(timestampNs) / NS_PER_US);
  return us <= 0 ? {} : { timestampUs: us };
}

function microsecondsSince(beganMs: number): number {
  return Math.round((performance.now() - beganMs) * US_PER_MS);
}
