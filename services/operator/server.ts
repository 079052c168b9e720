/**
 * The operator's endpoint of a node process: health, metrics, state, one probe and log levels over
 * HTTP (R-247, R-248; loopback by default).
 *
 * `routes.ts` has the answer of each path. The endpoint has neither TLS nor users, since it is meant
 * for loopback or a trusted network.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { limitConnections } from '../../engine/live/faces/connections.ts';
import { closeServer, listenFailureText, listenOn, refuseNonHttp } from '../_kit/listening.ts';
import { isLoopback } from '../_kit/loopback-address.ts';
import { createOperatorRequestHandler } from './handle.ts';
import type { OperatorLog } from './json-log.ts';
import type { OperatorBackend } from './node-face.ts';

/** Where to listen, and for which node. */
export interface OperatorServerOptions {
  readonly face: OperatorBackend;
  readonly log: OperatorLog;
  /** Address to listen on; default 127.0.0.1. Any address other than loopback causes a warning. */
  readonly host?: string;
  /** With 0 the system chooses a port. */
  readonly port: number;
}

/** An endpoint for operators that listens, and how to close it. */
export interface OperatorServer {
  /** The address it listens on. */
  readonly host: string;
  readonly port: number;
  /**
   * Accepts no more connections, waits up to 1 s for answers in progress, and closes all
   * connections.
   */
  close(): Promise<void>;
}

/** The endpoint could not be opened at the user's address or port. */
export class OperatorAddressError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'OperatorAddressError';
  }
}

/**
 * Largest number of connections. A metrics scraper, a person and a health check need three; the others are a
 * reserve.
 */
const CONNECTIONS_MAX = 64;
const REQUESTS_PER_CONNECTION_MAX = 1_000;
const HEADER_BYTES_MAX = 8_192;
/** Longest time from the first byte of a request to its last, ms. */
const REQUEST_MS_MAX = 5_000;
const IDLE_MS_MAX = 30_000;
/** Interval at which requests are checked for time-outs, ms. */
const CHECK_MS = 1_000;

/**
 * Opens the endpoint.
 * @throws OperatorAddressError if the address or port is not available.
 */
export async function startOperatorServer(options: OperatorServerOptions): Promise<OperatorServer> {
  const { face, log, host = '127.0.0.1', port } = options;
  const lines = log.component('operator');
  const isPrivate = isLoopback(host);
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    headersTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: IDLE_MS_MAX,
    connectionsCheckingInterval: CHECK_MS,
  });
  limitConnections(server, CONNECTIONS_MAX);
  server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION_MAX;
  const answer = createOperatorRequestHandler({ face, log, isPrivate });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!server.listening) response.setHeader('Connection', 'close');
    answer(request, response);
  });
  server.on('clientError', refuseNonHttp);
  const address = await listenOn(server, { host, port }).catch((error: unknown) => {
    throw new OperatorAddressError(
      `operator endpoint ${host}:${port}: ${listenFailureText(error)}`,
      error,
    );
  });
  server.on('error', (error) => lines.warn(`endpoint: ${error.message}`));
  if (!isPrivate) {
    lines.warn(`endpoint listens on ${host}: anyone who reaches it can read metrics and state`);
  }
  lines.info(`endpoint on ${address.address} port ${address.port}`);
  return { host: address.address, port: address.port, close: () => closeServer(server) };
}
