/**
 * Handles one request to the operator's endpoint: a flat list of checks, then the route. Every
 * rejection is JSON and says what is allowed.
 *
 * A path is looked up exactly as sent in a fixed table, and nothing is read from disk. Routes that
 * change or send something accept only programs on this machine, and never web pages.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAddressedToLoopback, isWebPageRequest } from '../_kit/callers.ts';
import { isLoopback } from '../_kit/loopback-address.ts';
import { readBody } from '../_kit/read-body.ts';
import type { OperatorLog } from './json-log.ts';
import type { OperatorBackend } from './node-face.ts';
import {
  type HttpAnswer,
  type HttpMethod,
  makeRefusalAnswer,
  OperatorRoutes,
  ROUTE_METHODS,
} from './routes.ts';

/** The context of a request: the node, its log, and who can reach the endpoint. */
export interface OperatorHandlerContext {
  readonly face: OperatorBackend;
  readonly log: OperatorLog;
  /** True when the endpoint is reachable only from this machine. */
  readonly isPrivate: boolean;
}

/** Largest body, bytes: a question with the longest text, each character escaped. */
const BODY_BYTES_MAX = 32_768;

/** Creates the function that `node:http` calls for each request; it answers every request. */
export function createOperatorRequestHandler(
  o: OperatorHandlerContext,
): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = new OperatorRoutes(o.face, o.log);
  return (request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    answer(o, routes, request, gone.signal)
      .catch((error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        o.log.component('operator').error(`${request.method} failed: ${words}`);
        return makeRefusalAnswer(500, 'the node could not answer; its log has the reason');
      })
      .then((given) => send(given, request, response))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
}

async function answer(
  o: OperatorHandlerContext,
  routes: OperatorRoutes,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const [path = ''] = (request.url ?? '').split('?');
  const methods = ROUTE_METHODS.get(path);
  if (methods === undefined) {
    return makeRefusalAnswer(404, 'there is no such path', { paths: [...ROUTE_METHODS.keys()] });
  }
  const method = methodOf(request, methods);
  if (method === undefined) {
    const allow = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
    return { ...makeRefusalAnswer(405, `allowed: ${allow.join(', ')}`), allow: allow.join(', ') };
  }
  const refused = checkHost(o, request) ?? checkCaller(request, method);
  if (refused !== undefined) return refused;
  const body = method === 'GET' ? Buffer.of() : await readBody(request, BODY_BYTES_MAX, () => true);
  if (typeof body === 'string')
    return makeRefusalAnswer(413, `a body has at most ${BODY_BYTES_MAX} bytes`);
  return routes.answer(method, path, body.toString('utf8'), signal);
}

function methodOf(
  request: IncomingMessage,
  methods: readonly HttpMethod[],
): HttpMethod | undefined {
  const wanted = request.method === 'HEAD' ? 'GET' : request.method;
  return methods.find((method) => method === wanted);
}

function checkHost(
  { isPrivate }: OperatorHandlerContext,
  { headers }: IncomingMessage,
): HttpAnswer | undefined {
  if (!isPrivate || isAddressedToLoopback(headers)) return undefined;
  return makeRefusalAnswer(421, 'use 127.0.0.1, ::1 or localhost in the address');
}

/** Refuses requests that change something from other machines, and all of web pages: answers may run code of nodes. */
function checkCaller(
  { headers, socket }: IncomingMessage,
  method: HttpMethod,
): HttpAnswer | undefined {
  if (method !== 'GET' && !isLoopback(socket.remoteAddress ?? '')) {
    return makeRefusalAnswer(403, 'this is allowed only from the machine of the node (loopback)');
  }
  // An address that a user types into the browser is not requested by a page.
  const isTyped = method === 'GET' && headers['sec-fetch-site'] === 'none';
  if (isTyped || !isWebPageRequest(headers)) return undefined;
  return makeRefusalAnswer(403, 'a web page may not do this');
}

function send(given: HttpAnswer, request: IncomingMessage, response: ServerResponse): void {
  const bytes = Buffer.from(given.text, 'utf8');
  // The unread rest of a body is discarded by closing its connection.
  if (given.status === 413) response.setHeader('Connection', 'close');
  if (given.allow !== undefined) response.setHeader('Allow', given.allow);
  response.writeHead(given.status, {
    'Content-Type': given.type,
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
