/**
 * Handles one request to the server for applications of a gateway: a flat list of checks, then the
 * route. Each call becomes a request to the node; every rejection is `application/problem+json`
 * (RFC 9457).
 *
 * @module
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isAddressedToLoopback, isWebPageRequest } from '../_kit/callers.ts';
import { ROUTES, type RouteName } from './http-contract.ts';
import {
  type Answer,
  type GatewayHandlerContext,
  problem,
  type RequestInProgress,
  ROUTE_HANDLERS,
} from './routes.ts';

/** Handles a request of HTTP/1.1, or a request of HTTP/2 in the compatible form of node:http2. */
export type GatewayRequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

const MS_PER_S = 1_000;
const US_PER_MS = 1_000;

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

function answer(
  context: GatewayHandlerContext,
  asked: RequestInProgress,
): Answer | Promise<Answer> {
  const { headers, method = '', url: text = '/' } = asked.request;
  if (context.isPrivate && !isAddressedToLoopback(withHost(headers))) {
    return problem(421, 'use 127.0.0.1, ::1 or localhost in the address');
  }
  if (isWebPageRequest(headers)) return problem(403, 'a web page may not do this');
  if (!URL.canParse(text, 'http://gateway')) return problem(400, 'the path is malformed');
  const url = new URL(text, 'http://gateway');
  const name = `${method} ${url.pathname}`;
  if (!isRoute(name)) return refuseRoute(url.pathname);
  const read = ROUTES[name].parameters.safeParse(Object.fromEntries(url.searchParams));
  if (read.success) return ROUTE_HANDLERS[name](context, read.data as never, asked);
  const [issue] = read.error.issues;
  return problem(400, `${issue?.path.join('.')} ${issue?.message}`);
}

function isRoute(name: string): name is RouteName {
  return Object.hasOwn(ROUTES, name);
}

function refuseRoute(path: string): Answer {
  const route = Object.keys(ROUTES).find((one) => one.endsWith(` ${path}`));
  if (route === undefined) return problem(404, 'there is no such path');
  const [only = ''] = route.split(' ');
  return problem(405, `allowed: ${only}`, { Allow: only });
}

/**
 * The headers with the field `host`, for which HTTP/2 has a field of another name (RFC 9113 section
 * 8.3.1).
 */
function withHost(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const authority = headers[':authority'];
  return typeof authority === 'string' ? { ...headers, host: authority } : headers;
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
