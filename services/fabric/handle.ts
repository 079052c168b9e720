/**
 * Handles one request of an application: checks it in a fixed order, then asks the node. Callers are checked before
 * anything else is read or answered; every rejection is JSON with its name and what is allowed.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConnectionLimiter } from '../../engine/live/faces/connections.ts';
import { isAddressedToLoopback, isWebPageRequest } from '../_kit/callers.ts';
import { isLoopback } from '../_kit/loopback-address.ts';
import type { FabricOutcome, FabricServerLog } from './fabric-node.ts';
import { PAYLOAD_BYTES_MAX } from './limits.ts';
import {
  httpStatusOfOutcome,
  httpStatusOfServerRefusal,
  makeServerRefusal,
  type ServerRefusal,
} from './outcomes.ts';
import type { OutstandingRequests } from './outstanding.ts';
import type { AccessToken } from './token.ts';
import { sendParametersFromQuery } from './wishes.ts';

/** Path of the WebSocket. */
export const SUBSCRIBE_PATH = '/subscribe';

/** The token, open requests, limit of connections and log that all requests share. */
export interface FabricHandlerContext {
  readonly token: AccessToken;
  readonly outstanding: OutstandingRequests;
  readonly connections: ConnectionLimiter;
  readonly log: FabricServerLog;
}

/** An answer that has not been sent yet. */
interface Answer {
  readonly status: number;
  readonly outcome: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

const KINDS: ReadonlyMap<string, 'send' | 'call'> = new Map([
  ['/send', 'send'],
  ['/call', 'call'],
]);
const PATHS = [...KINDS.keys(), SUBSCRIBE_PATH].join(', ');

/** Checks the caller of a request, before path and body are looked at; undefined if the caller is allowed. */
export function refusalOfCaller(
  { headers, socket }: IncomingMessage,
  token: AccessToken,
): ServerRefusal | undefined {
  if (!isLoopback(socket.remoteAddress ?? '')) {
    return makeServerRefusal('not-loopback', 'this is allowed only from the machine of the node');
  }
  if (!isAddressedToLoopback(headers)) {
    return makeServerRefusal('wrong-host', 'use 127.0.0.1, ::1 or localhost in the address');
  }
  if (isWebPageRequest(headers)) return makeServerRefusal('web-page', 'a web page may not do this');
  if (token.admits(headers.authorization)) return undefined;
  return makeServerRefusal(
    'unauthorised',
    'send "Authorization: Bearer TOKEN"; the node wrote it to a file',
  );
}

/** Creates the function that `node:http` calls for each request; it answers every request. */
export function createFabricRequestHandler(
  o: FabricHandlerContext,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(o, request)
      .catch((error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        o.log.warn(`a request was cut off: ${words}`);
        return refused(makeServerRefusal('body-too-slow', 'the body ended early'));
      })
      .then((given) => send(given, request, response))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
}

/** Converts a refusal to an HTTP answer. */
function refused(reason: ServerRefusal): Answer {
  const status = httpStatusOfServerRefusal(reason);
  const { outcome } = reason;
  const headers = outcome === 'unauthorised' ? { 'WWW-Authenticate': 'Bearer' } : {};
  return { ...json(status, reason.outcome, reason), headers };
}

async function answer(o: FabricHandlerContext, request: IncomingMessage): Promise<Answer> {
  const caller = refusalOfCaller(request, o.token);
  if (caller !== undefined) return refused(caller);
  o.connections.hold(request.socket);
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  if (path === SUBSCRIBE_PATH) {
    return refused(makeServerRefusal('upgrade-required', `${SUBSCRIBE_PATH} is a WebSocket`));
  }
  const kind = KINDS.get(path);
  if (kind === undefined)
    return refused(makeServerRefusal('no-such-path', `the paths are ${PATHS}`));
  if (request.method !== 'POST') {
    const wrong = refused(makeServerRefusal('wrong-method', `${path} takes POST`));
    return { ...wrong, headers: { Allow: 'POST' } };
  }
  const address = sendParametersFromQuery(query);
  if ('error' in address) return refused(address);
  const { to: target, wishes } = address;
  return await withBody(o, request, async (body) => {
    const outcome = await o.outstanding.ask({ kind, target, body, wishes });
    return answerOf(kind, outcome);
  });
}

/** Reads the body and counts its bytes as outstanding until the request is answered. */
async function withBody(
  { outstanding }: FabricHandlerContext,
  request: IncomingMessage,
  use: (body: Uint8Array) => Promise<Answer>,
): Promise<Answer> {
  const tooLarge = makeServerRefusal(
    'too-large',
    `a payload has at most ${PAYLOAD_BYTES_MAX} bytes`,
  );
  if (Number(request.headers['content-length'] ?? 0) > PAYLOAD_BYTES_MAX) return refused(tooLarge);
  const busy = makeServerRefusal(
    'busy',
    'too many messages wait for their outcome; try again later',
  );
  if (outstanding.isFullFor('send')) return refused(busy);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (length + chunk.length > PAYLOAD_BYTES_MAX) return refused(tooLarge);
      if (!outstanding.reserve(chunk.length)) return refused(busy);
      length += chunk.length;
      chunks.push(chunk);
    }
    return await use(Buffer.concat(chunks, length));
  } finally {
    outstanding.giveBack(length);
  }
}

function answerOf(kind: 'send' | 'call', { outcome, body }: FabricOutcome): Answer {
  const status = httpStatusOfOutcome(outcome);
  if (kind === 'send' || outcome !== 'ok') return json(status, outcome, { outcome });
  const bytes = body ?? new Uint8Array(0);
  return { status, outcome, type: 'application/octet-stream', bytes };
}

function json(status: number, outcome: string, value: unknown): Answer {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
  return { status, outcome, type: 'application/json', bytes };
}

function send(given: Answer, request: IncomingMessage, response: ServerResponse): void {
  // Closing the connection discards the rest of a body that was not read.
  if (!request.readableEnded) response.setHeader('Connection', 'close');
  response.writeHead(given.status, {
    'Content-Type': given.type,
    'Content-Length': given.bytes.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Orrery-Outcome': given.outcome,
    ...given.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : given.bytes);
}
