/**
 * Handles one request to the server for applications of a gateway: a flat list of checks, then the route. What a call
 * means is a request of the node; this file only translates, and every rejection is `application/problem+json` (RFC 9457).
 *
 * @module
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isAddressedToLoopback, isWebPageRequest } from '../_kit/callers.ts';
import type { GatewayNode, NodeAnswer } from './gateway-node.ts';
import { readHealth } from './health.ts';
import { parseAnswer, sendNow } from './node-answers.ts';
import type { PacketQueue } from './packet-queue.ts';

/** What the handler of requests needs. */
export interface GatewayHandlerContext {
  readonly node: GatewayNode;
  readonly queue: PacketQueue;
  /** Longest packet, bytes. */
  readonly packetBytesMax: number;
  /** True if only programs on this machine reach the server. */
  readonly isPrivate: boolean;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handles a request of HTTP/1.1, or of HTTP/2 in the form that node:http2 gives it. */
export type GatewayRequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A request, and the signal that its client does not wait any more. */
interface Asked {
  readonly request: IncomingMessage;
  readonly gone: AbortSignal;
  /** Time since the server was created, s. */
  readonly uptimeS: number;
}

type Route = (context: GatewayHandlerContext, url: URL, asked: Asked) => Promise<Answer>;

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /scion/send': sendPacket,
  'GET /scion/receive': receivePackets,
  'GET /scion/paths': listPaths,
  'GET /health': tellHealth,
  'GET /ready': tellReady,
};

const MS_PER_S = 1_000;
const US_PER_MS = 1_000;
const WAIT_MS = 30_000;
const WAIT_MS_MAX = 60_000;
const PACKETS = 10;
const PACKETS_MAX = 1_000;
/** Longest wait for an answer of the node, ms. */
const ANSWER_MS_MAX = 10_000;
/** After how many seconds a client may try again what found no room. */
const RETRY_S = 1;

/** Creates the function that the server calls for each request; it answers every request. */
export function createGatewayRequestHandler(context: GatewayHandlerContext): GatewayRequestHandler {
  const beganMs = performance.now();
  return (request, response) => {
    const startMs = performance.now();
    const left = new AbortController();
    const gone = left.signal;
    response.once('close', () => left.abort());
    Promise.resolve()
      .then(() => {
        const uptimeS = Math.floor((startMs - beganMs) / MS_PER_S);
        return answer(context, { request, gone, uptimeS });
      })
      .catch(() => problem(500, 'the gateway could not answer'))
      .then((given) => {
        if (!gone.aborted) send(response, given, startMs);
      })
      .catch(() => response.destroy());
  };
}

function answer(context: GatewayHandlerContext, asked: Asked): Answer | Promise<Answer> {
  const { headers, method = '', url: text = '/' } = asked.request;
  if (context.isPrivate && !isAddressedToLoopback(withHost(headers))) {
    return problem(421, 'use 127.0.0.1, ::1 or localhost in the address');
  }
  if (isWebPageRequest(headers)) return problem(403, 'a web page may not do this');
  if (!URL.canParse(text, 'http://gateway')) return problem(400, 'the path is malformed');
  const url = new URL(text, 'http://gateway');
  const route = `${method} ${url.pathname}`;
  const act = Object.hasOwn(ROUTES, route) ? ROUTES[route] : undefined;
  if (act !== undefined) return act(context, url, asked);
  const [allow] = Object.keys(ROUTES).filter((one) => one.endsWith(` ${url.pathname}`));
  if (allow === undefined) return problem(404, 'there is no such path');
  const [only = ''] = allow.split(' ');
  return problem(405, `allowed: ${only}`, { Allow: only });
}

/** The headers, with the host that HTTP/2 names in a field of its own (RFC 9113 section 8.3.1). */
function withHost(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? { ...headers, host: authority } : headers;
}

async function sendPacket(
  { node, packetBytesMax }: GatewayHandlerContext,
  url: URL,
  { request, gone }: Asked,
): Promise<Answer> {
  const dst = url.searchParams.get('dst');
  if (dst === null) return problem(400, 'dst is missing: the ISD-AS of the other gateway');
  const packet = await readBody(request, packetBytesMax);
  if (packet === undefined) {
    // RFC 9113 section 8.2.2: HTTP/2 has no such field.
    const closing = request.httpVersionMajor === 1 ? { Connection: 'close' } : {};
    return problem(413, `a packet has at most ${packetBytesMax} bytes`, closing);
  }
  if (packet.length === 0) return problem(400, 'the body, which is the packet, is empty');
  const beganMs = performance.now();
  const path = url.searchParams.get('path');
  const head = path === null ? {} : { path };
  const answer = await sendNow(node, { target: dst, head, packet }, soon(gone));
  if (answer.outcome !== 'ok') return refusalOf(answer, dst);
  const latency = performance.now() - beganMs;
  const of = { destination: dst, size_bytes: packet.length };
  return {
    status: 200,
    body: { packet_id: crypto.randomUUID(), status: 'success', latency_ms: latency, ...of },
  };
}

/** The answer to a request that the node did not grant. */
function refusalOf({ outcome, text }: NodeAnswer, dst: string): Answer {
  const retry = { 'Retry-After': String(RETRY_S) };
  switch (outcome) {
    case 'unknown-peer':
      return problem(400, `${dst} is no peer of this gateway`);
    case 'bad-question':
      return problem(400, text);
    case 'no-path':
      return problem(404, `no path to ${dst} is known`);
    case 'packet-too-large':
      return problem(413, outcome);
    case 'overload':
      return problem(429, outcome, retry);
    case 'cancelled':
      return problem(504, `the gateway did not answer within ${ANSWER_MS_MAX} ms`);
    default:
      return problem(503, text === '' ? outcome : text, retry);
  }
}

/** A signal that a client has gone, or that an answer is late. */
function soon(gone: AbortSignal): AbortSignal {
  return AbortSignal.any([gone, AbortSignal.timeout(ANSWER_MS_MAX)]);
}

async function receivePackets(
  { queue }: GatewayHandlerContext,
  url: URL,
  { gone }: Asked,
): Promise<Answer> {
  const timeout = numberIn(url, 'timeout', { usual: WAIT_MS, least: 0, most: WAIT_MS_MAX });
  const max = numberIn(url, 'max', { usual: PACKETS, least: 1, most: PACKETS_MAX });
  if (timeout === undefined) return problem(400, `timeout is no number of ms up to ${WAIT_MS_MAX}`);
  if (max === undefined) return problem(400, `max is no number up to ${PACKETS_MAX}`);
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
  url: URL,
  { gone }: Asked,
): Promise<Answer> {
  const dst = url.searchParams.get('dst');
  if (dst === null) return problem(400, 'dst is missing: an ISD-AS');
  const body = JSON.stringify({ destination: dst });
  const answer = await node.request({ kind: 'query-paths', body }, soon(gone));
  if (answer.outcome !== 'ok') return refusalOf(answer, dst);
  const paths = parseAnswer('query-paths', answer.text);
  if (paths === undefined) return problem(500, 'the answer of the gateway is none');
  return { status: 200, body: { destination: dst, paths, available: paths.length } };
}

async function tellHealth(
  { node }: GatewayHandlerContext,
  _: URL,
  { gone, uptimeS }: Asked,
): Promise<Answer> {
  const { tunnels, reasons } = await readHealth(node, soon(gone));
  const isHealthy = reasons.length === 0;
  return {
    status: isHealthy ? 200 : 503,
    body: {
      status: isHealthy ? 'healthy' : 'degraded',
      scion_connected: tunnels.some(({ paths }) => paths > 0),
      active_connections: tunnels.filter(({ state }) => state !== 'creating').length,
      uptime_seconds: uptimeS,
      reasons,
    },
  };
}

/** Says whether the gateway can be given packets: it runs, and at least one peer answers. */
async function tellReady(
  { node }: GatewayHandlerContext,
  _: URL,
  { gone }: Asked,
): Promise<Answer> {
  const { tunnels, reasons } = await readHealth(node, soon(gone));
  if (tunnels.some(({ state }) => state === 'active')) {
    return { status: 200, body: { status: 'ready', reasons: [] } };
  }
  const why = reasons.length === 0 ? ['there is no peer'] : reasons;
  return { status: 503, body: { status: 'not ready', reasons: why } };
}

/** The number of a parameter; undefined if it is none within the bounds. */
function numberIn(
  url: URL,
  name: string,
  { usual, least, most }: { readonly usual: number; readonly least: number; readonly most: number },
): number | undefined {
  const text = url.searchParams.get(name);
  if (text === null) return usual;
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value >= least && value <= most ? value : undefined;
}

/** Reads the body; undefined if it is too long. */
async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A rejection with its explanation. */
function problem(
  status: number,
  detail: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const headers = { ...more, 'Content-Type': 'application/problem+json' };
  return { status, body: { type: 'about:blank', status, detail }, headers };
}

function send(
  response: ServerResponse,
  { status, body, headers = {} }: Answer,
  startMs: number,
): void {
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...headers,
    'X-Processing-Time-Us': String(Math.round((performance.now() - startMs) * US_PER_MS)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
}
