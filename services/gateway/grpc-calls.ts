/**
 * The calls of the published gRPC service of a gateway that are served. Each is a request or a question to the node;
 * bad bytes and refusals become a status, and nothing throws.
 *
 * This file does not import gRPC's package, so that it loads where the package is not installed.
 *
 * @module
 */
import {
  decodeProtobuf,
  encodeProtobuf,
  type MessageOf,
  type ProtobufMessageCodec,
} from '../../nodes/_kit/protobuf.ts';
import type { GatewayNode } from './gateway-node.ts';
import {
  HEALTH_REQUEST,
  HEALTH_RESPONSE,
  PATHS_MAX,
  PATHS_REQUEST,
  PATHS_RESPONSE,
  RECEIVED_PACKET,
  SEND_REQUEST,
  SEND_RESPONSE,
} from './grpc-messages.ts';
import { readHealth } from './health.ts';
import type { QueuedPacket } from './packet-queue.ts';
import { readListedPaths } from './paths.ts';

/** Numbers of gRPC statuses (github.com/grpc/grpc, "Status codes and their use in gRPC"). */
export const STATUS = { invalidArgument: 3, exhausted: 8, internal: 13, unavailable: 14 } as const;

/** The status of a failed call, in place of a response. */
export interface CallStatus {
  readonly code: (typeof STATUS)[keyof typeof STATUS];
  readonly details: string;
}

/** Serves one call: takes the encoded request, and returns the encoded response or the status of the failure. */
export type GatewayCall = (
  node: GatewayNode,
  request: Uint8Array,
) => Promise<Uint8Array | CallStatus>;

const NS_PER_MS = 1_000_000n;
const REFRESH_MS = 30_000;
const US_PER_MS = 1_000;
const WORD = 32n;

/** The served calls with one response, by their names. */
export const GATEWAY_CALLS = {
  SendScionPacket: sendPacket,
  QueryPaths: queryPaths,
  Health: tellHealth,
} as const satisfies Readonly<Record<string, GatewayCall>>;

/** Encodes a packet for a subscriber. */
export function encodeSubscribedPacket({ from, bytes, atMs }: QueuedPacket): Uint8Array {
  return encodeProtobuf(RECEIVED_PACKET, {
    packet: bytes,
    source: from,
    timestamp: nanosecondsOf(atMs),
  });
}

async function sendPacket(
  node: GatewayNode,
  request: Uint8Array,
): Promise<Uint8Array | CallStatus> {
  const read = readRequest(SEND_REQUEST, request);
  if ('code' in read) return read;
  if (read.packet.length === 0) return invalid('raw_packet is empty');
  if (read.destination === '')
    return invalid('egress_ia is empty: the ISD-AS of the other gateway');
  const beganMs = performance.now();
  const { outcome } = await node.send(read.destination, read.packet);
  if (outcome === 'unknown-peer') return invalid(`${read.destination} is no peer of this gateway`);
  if (outcome === 'packet-too-large') return invalid(outcome);
  if (outcome === 'overload') return { code: STATUS.exhausted, details: outcome };
  if (outcome !== 'ok') return { code: STATUS.unavailable, details: outcome };
  const processingUs = Math.round((performance.now() - beganMs) * US_PER_MS);
  return encodeProtobuf(SEND_RESPONSE, { success: true, error: '', processingUs });
}

async function queryPaths(
  node: GatewayNode,
  request: Uint8Array,
): Promise<Uint8Array | CallStatus> {
  const read = readRequest(PATHS_REQUEST, request);
  if ('code' in read) return read;
  const { outcome, text } = await node.ask('paths', read.destination);
  if (outcome === 'bad-question') return invalid(text);
  if (outcome !== 'ok') return { code: STATUS.unavailable, details: outcome };
  const listed = readListedPaths(text);
  if (listed === undefined) return BAD_ANSWER;
  const most = read.limit === 0 ? PATHS_MAX : Math.min(read.limit, PATHS_MAX);
  const now = Date.now();
  return encodeProtobuf(PATHS_RESPONSE, {
    paths: listed.slice(0, most).map((path) => makePath(path, read.destination)),
    ...{ queryTime: nanosecondsOf(now), nextRefresh: nanosecondsOf(now + REFRESH_MS) },
    total: listed.length,
  });
}

async function tellHealth(
  node: GatewayNode,
  request: Uint8Array,
): Promise<Uint8Array | CallStatus> {
  const read = readRequest(HEALTH_REQUEST, request);
  if ('code' in read) return read;
  const { outcome, text } = await node.ask('status', '');
  const health = readHealth(outcome, text);
  const components = health.peers.map(
    ({ name, isOpen }) => [name, isOpen ? 'open' : 'closed'] as const,
  );
  return encodeProtobuf(HEALTH_RESPONSE, {
    status: outcome === 'ok' ? Number(health.reasons.length > 0) : 3,
    components: new Map(components),
    timestamp: nanosecondsOf(Date.now()),
    uptimeSeconds: Math.floor(process.uptime()),
    isConnected: health.peers.some(({ paths }) => paths > 0),
    activePaths: health.peers.filter(({ isOpen }) => isOpen).length,
  });
}

function makePath(
  path: NonNullable<ReturnType<typeof readListedPaths>>[number],
  destination: string,
): MessageOf<typeof PATHS_RESPONSE>['paths'][number] {
  const hops = path.interfaces.map((text) => {
    const [asId = '', ifId = '0'] = text.split('#');
    return { asId, interfaceId: Number(ifId), hopType: '', mtu: path.mtu };
  });
  return {
    pathId: path.fingerprint,
    source: hops[0]?.asId ?? '',
    ...{ destination, expiresAt: path.expires, hops, quality: undefined },
  };
}

const BAD_ANSWER: CallStatus = {
  code: STATUS.internal,
  details: 'the answer of the gateway is none',
};

function invalid(details: string): CallStatus {
  return { code: STATUS.invalidArgument, details };
}

function readRequest<Value extends object>(
  table: ProtobufMessageCodec<Value>,
  request: Uint8Array,
): Value | CallStatus {
  const read = decodeProtobuf(table, request);
  return typeof read === 'string' ? invalid(`the request is malformed: ${read}`) : read;
}

function nanosecondsOf(ms: number): { readonly high: number; readonly low: number } {
  const ns = BigInt(Math.round(ms)) * NS_PER_MS;
  return { high: Number(ns >> WORD), low: Number(ns & 0xffff_ffffn) };
}
