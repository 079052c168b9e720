/**
 * The routes of the server for applications of a gateway: each translates a request to one for the
 * node, and the node's answer to one of the contract (`http-contract.ts`).
 *
 * @module
 */

import type { IncomingMessage } from 'node:http';
import type { LogFields } from '../../engine/host/measure.ts';
import type { BodyRoom } from './body-room.ts';
import { type CertificateEnd, listCertificateProblems } from './certificate-ends.ts';
import type { CpuProfiler } from './cpu-profiler.ts';
import type { GatewayNode, NodeAnswer } from './gateway-node.ts';
import { readHealth } from './health.ts';
import type { ParametersOf, RouteName } from './http-contract.ts';
import { parseAnswer, sendNow } from './node-answers.ts';
import { makeOpenApiDocument } from './openapi.ts';
import type { PacketQueue } from './packet-queue.ts';

/** What the handler of requests needs. */
export interface GatewayHandlerContext {
  readonly node: GatewayNode;
  readonly queue: PacketQueue;
  /** Longest packet, bytes. */
  readonly packetBytesMax: number;
  readonly bodies: BodyRoom;
  /** True if only programs on this machine reach the server. */
  readonly isPrivate: boolean;
  /**
   * Called for each packet that the node accepted, with the fields of a log line; the packet's id
   * is the one in the answer.
   */
  readonly onPacket?: ((fields: LogFields) => void) | undefined;
  /** Returns when the certificates in use expire. */
  readonly certificates: () => readonly CertificateEnd[];
  /** Returns what is wrong apart from node and certificates, one sentence each. */
  readonly problems: () => readonly string[];
  /**
   * Takes profiles; absent if profiles are not switched on, or if other machines can reach the
   * server.
   */
  readonly profiler: CpuProfiler | undefined;
}

/** An answer of HTTP. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is being served, and the signal that its client no longer waits. */
export interface RequestInProgress {
  readonly request: IncomingMessage;
  readonly gone: AbortSignal;
  /** Time since the server was created, s. */
  readonly uptimeS: number;
}

type RouteHandler<Name extends RouteName> = (
  context: GatewayHandlerContext,
  parameters: ParametersOf<Name>,
  asked: RequestInProgress,
) => Answer | Promise<Answer>;

/** Longest wait for an answer of the node, ms. */
const ANSWER_MS_MAX = 10_000;
/** Number of seconds after which a client may repeat a request for which there was no room. */
const RETRY = { 'Retry-After': '1' };

const OPENAPI = makeOpenApiDocument();

/** The function that serves each route. */
export const ROUTE_HANDLERS: { readonly [Name in RouteName]: RouteHandler<Name> } = {
  'POST /scion/send': sendPacket,
  'GET /scion/receive': receivePackets,
  'GET /scion/paths': listPaths,
  'GET /health': tellHealth,
  'GET /ready': tellReady,
  'GET /debug/profile': takeProfile,
  'GET /openapi.json': () => ({ status: 200, body: OPENAPI }),
};

function sendPacket(
  context: GatewayHandlerContext,
  to: ParametersOf<'POST /scion/send'>,
  asked: RequestInProgress,
): Promise<Answer> {
  const { bodies, packetBytesMax } = context;
  return bodies.read(asked.request, (packet) => {
    if (typeof packet !== 'string') return sendBody(context, to, { ...asked, packet });
    // The rest of the body is not read, so the connection is closed; HTTP/2 does not allow this
    // header field (RFC 9113 section 8.2.2).
    const closing = asked.request.httpVersionMajor === 1 ? { Connection: 'close' } : {};
    return packet === 'too-long'
      ? problem(413, `a packet has at most ${packetBytesMax} bytes`, closing)
      : problem(503, 'too many packets are being sent', { ...RETRY, ...closing });
  });
}

async function sendBody(
  { node, onPacket }: GatewayHandlerContext,
  { dst, path }: ParametersOf<'POST /scion/send'>,
  { packet, gone }: RequestInProgress & { readonly packet: Uint8Array },
): Promise<Answer> {
  if (packet.length === 0) return problem(400, 'the body, which is the packet, is empty');
  const beganMs = performance.now();
  const head = path === undefined ? {} : { path };
  const answer = await askInTime(gone, (late) =>
    sendNow(node, { target: dst, head, packet }, late),
  );
  if (answer.outcome !== 'ok') return packetRefusalOf(answer, dst);
  const taken = parseAnswer('send-now', answer.text);
  if (taken === undefined) return problem(500, 'the gateway could not answer');
  const packet_id = crypto.randomUUID();
  const latency_ms = performance.now() - beganMs;
  const sent = { packet_id, latency_ms, destination: dst, path_id: taken.fingerprint };
  onPacket?.(sent);
  return { status: 200, body: { ...sent, status: 'success', size_bytes: packet.length } };
}

/** The answer for a packet that the node did not accept. */
function packetRefusalOf(answer: NodeAnswer, dst: string): Answer {
  switch (answer.outcome) {
    case 'unknown-peer':
      return problem(400, `${dst} is no peer of this gateway`);
    case 'packet-too-large':
      return problem(413, answer.outcome);
    case 'overload':
      return problem(429, answer.outcome, RETRY);
    default:
      return refusalOf(answer, dst);
  }
}

/** The answer for a request that the node refused. */
function refusalOf({ outcome, text }: NodeAnswer, dst: string): Answer {
  switch (outcome) {
    case 'bad-question':
      return problem(400, text);
    case 'no-path':
      return problem(404, `no path to ${dst} is known`);
    case 'cancelled':
      return problem(504, `the gateway did not answer within ${ANSWER_MS_MAX} ms`);
    default:
      return problem(503, text === '' ? outcome : text, RETRY);
  }
}

async function takeProfile(
  { profiler }: GatewayHandlerContext,
  { seconds }: ParametersOf<'GET /debug/profile'>,
  { gone }: RequestInProgress,
): Promise<Answer> {
  if (profiler === undefined) return problem(404, 'there is no such path');
  const body = await profiler.take(seconds, gone);
  if (body === 'busy') return problem(409, 'another profile is being taken');
  const headers = { 'Content-Disposition': 'attachment; filename="gateway.cpuprofile"' };
  return { status: 200, body, headers };
}

/**
 * Asks with a signal that aborts when the client has gone or the answer is late. The timer ends
 * with the answer; one of `AbortSignal.timeout` would stay for ten seconds after each request.
 */
async function askInTime<T>(gone: AbortSignal, ask: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const stop = (): void => late.abort();
  const alarm = setTimeout(stop, ANSWER_MS_MAX);
  gone.addEventListener('abort', stop);
  if (gone.aborted) stop();
  try {
    return await ask(late.signal);
  } finally {
    clearTimeout(alarm);
    gone.removeEventListener('abort', stop);
  }
}

async function receivePackets(
  { queue }: GatewayHandlerContext,
  { timeout, max }: ParametersOf<'GET /scion/receive'>,
  { gone }: RequestInProgress,
): Promise<Answer> {
  const taken = await queue.take(max, timeout, gone);
  if (taken === 'full') return problem(503, 'too many clients wait for packets');
  if (taken.length === 0) return { status: 204 };
  const packets = taken.map(({ source, bytes, atMs }) => ({
    data: Buffer.from(bytes).toString('base64'),
    source,
    received_at: new Date(atMs).toISOString(),
  }));
  return { status: 200, body: { packets, timeout_ms: timeout, max_packets: max } };
}

async function listPaths(
  { node }: GatewayHandlerContext,
  { dst }: ParametersOf<'GET /scion/paths'>,
  { gone }: RequestInProgress,
): Promise<Answer> {
  const body = JSON.stringify({ destination: dst });
  const answer = await askInTime(gone, (late) => node.request({ kind: 'query-paths', body }, late));
  if (answer.outcome !== 'ok') return refusalOf(answer, dst);
  const paths = parseAnswer('query-paths', answer.text);
  if (paths === undefined) return problem(500, 'the answer of the gateway is none');
  return { status: 200, body: { destination: dst, paths, available: paths.length } };
}

async function tellHealth(
  { node, certificates, problems }: GatewayHandlerContext,
  _: object,
  { gone, uptimeS }: RequestInProgress,
): Promise<Answer> {
  const { tunnels, reasons: ofNode } = await askInTime(gone, (late) => readHealth(node, late));
  const { reasons: ended, warnings } = listCertificateProblems(certificates(), Date.now());
  const reasons = [...ofNode, ...ended, ...problems()];
  const isHealthy = reasons.length === 0;
  return {
    status: isHealthy ? 200 : 503,
    body: {
      status: isHealthy ? 'healthy' : 'degraded',
      scion_connected: tunnels.some(({ paths }) => paths > 0),
      active_connections: tunnels.filter(({ state }) => state !== 'creating').length,
      uptime_seconds: uptimeS,
      reasons,
      warnings,
    },
  };
}

/**
 * Answers whether the gateway accepts packets: whether it is running and at least one peer answers.
 */
async function tellReady(
  { node }: GatewayHandlerContext,
  _: object,
  { gone }: RequestInProgress,
): Promise<Answer> {
  const { tunnels, reasons } = await askInTime(gone, (late) => readHealth(node, late));
  if (tunnels.some(({ state }) => state === 'active')) {
    return { status: 200, body: { status: 'ready', reasons: [] } };
  }
  const states = tunnels.map(({ peer, state }) => `${peer} is ${state}`);
  const seen = reasons.length > 0 ? reasons : states;
  const why = seen.length > 0 ? seen : ['there is no peer'];
  return { status: 503, body: { status: 'not ready', reasons: why } };
}

/** An error answer with an explanation (RFC 9457). */
export function problem(
  status: number,
  detail: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const headers = { ...more, 'Content-Type': 'application/problem+json' };
  return { status, body: { type: 'about:blank', status, detail }, headers };
}
