/**
 * The server for applications of a live fabric node (its "face"): send and call over HTTP, subscribe
 * over a WebSocket, on loopback only, for callers that have the token of this process.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ConnectionLimiter, limitConnections } from '../../engine/live/faces/connections.ts';
import { closeServer, listenFailureText, listenOn, refuseNonHttp } from '../_kit/listening.ts';
import { isLoopback } from '../_kit/loopback-address.ts';
import type { DecodePeerMessage, FabricNode, FabricServerLog } from './fabric-node.ts';
import { createFabricRequestHandler, refusalOfCaller, SUBSCRIBE_PATH } from './handle.ts';
import { FRAME_BYTES_MAX } from './limits.ts';
import { httpStatusOfServerRefusal, makeServerRefusal, type ServerRefusal } from './outcomes.ts';
import { OutstandingRequests } from './outstanding.ts';
import { SubscriberSocket } from './socket.ts';
import { Subscription } from './subscription.ts';
import { AccessToken } from './token.ts';

/** Where to listen, and for which node. */
export interface FabricServerOptions {
  readonly node: FabricNode;
  readonly read: DecodePeerMessage;
  readonly log: FabricServerLog;
  /** A loopback address; default 127.0.0.1. */
  readonly host?: string;
  /** With 0 the system chooses a port. */
  readonly port: number;
  /** File for the token, readable by its owner only; removed when the server closes. */
  readonly tokenFile: string;
}

/** The running server: where it listens, and how it is closed. */
export interface FabricServer {
  readonly host: string;
  readonly port: number;
  /** Answers all waiting requests with `closing`, and closes all connections within a second. */
  close(): Promise<void>;
}

/** The server could not be started at the user's address or port, or with the user's file. */
export class FabricServerStartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FabricServerStartError';
  }
}

/** Largest number of connections: one for each request that may wait, and a reserve for requests to refuse. */
const CONNECTIONS_MAX = 320;
const HEADER_BYTES_MAX = 8_192;
/** Longest time from the first byte of a request to its last: 64 MiB at 2 MiB/s. */
const REQUEST_MS_MAX = 32_000;
const HEADERS_MS_MAX = 5_000;
const IDLE_MS_MAX = 30_000;
/** Interval at which requests are checked for time-outs, ms. */
const CHECK_MS = 1_000;
const PING_MS = 15_000;
/** Time that subscribers have to close their side, ms; less than requests have, so that all end in a second. */
const CLOSE_MS = 500;

/**
 * Starts the server for applications.
 * @throws FabricServerStartError if the address, port or file is not available.
 */
export async function startFabricServer(options: FabricServerOptions): Promise<FabricServer> {
  const { log, host = '127.0.0.1', port, tokenFile } = options;
  if (!isLoopback(host)) {
    throw new FabricServerStartError(`fabric: ${host} is not a loopback address such as 127.0.0.1`);
  }
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    headersTimeout: HEADERS_MS_MAX,
    keepAliveTimeout: IDLE_MS_MAX,
    connectionsCheckingInterval: CHECK_MS,
  });
  const face = new Face(options, limitConnections(server, CONNECTIONS_MAX));
  server.on('request', face.answer);
  server.on('upgrade', (request, socket, head) => face.upgrade(request, socket, head));
  server.on('clientError', refuseNonHttp);
  const at = await listenOn(server, { host, port }).catch((error: unknown) => {
    throw new FabricServerStartError(`fabric: ${host}:${port}: ${listenFailureText(error)}`, {
      cause: error,
    });
  });
  server.on('error', (error) => log.warn(`face: ${error.message}`));
  const close = async (): Promise<void> => {
    face.close();
    await closeServer(server);
  };
  try {
    face.publish(at);
  } catch (error) {
    await close();
    throw error;
  }
  log.info(`face on ${at.address} port ${at.port}, token in ${tokenFile}`);
  return { host: at.address, port: at.port, close };
}

/** One running server, with its connections and its access token. */
class Face {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly #token = new AccessToken();
  readonly #options: FabricServerOptions;
  readonly #connections: ConnectionLimiter;
  readonly #outstanding: OutstandingRequests;
  readonly #subscription: Subscription;
  readonly #upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAX,
    // `BoundedWebSocket` answers pings itself.
    autoPong: false,
  });
  readonly #sockets = new Set<SubscriberSocket>();
  readonly #pings: NodeJS.Timeout;

  constructor(options: FabricServerOptions, connections: ConnectionLimiter) {
    const { node, read, log } = options;
    this.#options = options;
    this.#connections = connections;
    this.#outstanding = new OutstandingRequests(node);
    this.#subscription = new Subscription(node, read);
    const parts = { token: this.#token, outstanding: this.#outstanding, connections, log };
    this.answer = createFabricRequestHandler(parts);
    this.#pings = setInterval(() => {
      for (const socket of this.#sockets) socket.ping();
    }, PING_MS);
    this.#pings.unref();
  }

  /** Checks that the server listens on loopback, and then writes the token for callers to its file. */
  publish({ address }: AddressInfo): void {
    const { tokenFile } = this.#options;
    // The address is checked once more, because the system's configuration may map `localhost` to
    // any address.
    if (!isLoopback(address))
      throw new FabricServerStartError(`fabric: ${address} is not loopback`);
    try {
      this.#token.write(tokenFile);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new FabricServerStartError(`fabric: no token in ${tokenFile}: ${words}`, {
        cause: error,
      });
    }
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const reason = refusalOfCaller(request, this.#token) ?? this.#refusedSocket(path);
    if (reason !== undefined) {
      refuseSocket(socket, reason);
      return;
    }
    this.#connections.hold(socket);
    this.#upgrader.handleUpgrade(request, socket, head, (client) => this.#take(client));
  }

  close(): void {
    clearInterval(this.#pings);
    this.#token.remove(this.#options.tokenFile);
    this.#outstanding.close();
    this.#subscription.close();
    for (const socket of this.#sockets) socket.close();
    setTimeout(() => {
      for (const socket of this.#sockets) socket.terminate();
    }, CLOSE_MS);
    this.#upgrader.close();
  }

  #refusedSocket(path: string): ServerRefusal | undefined {
    if (path !== SUBSCRIBE_PATH) {
      return makeServerRefusal('no-such-path', `the WebSocket is at ${SUBSCRIBE_PATH}`);
    }
    if (this.#sockets.size === 0) return undefined;
    return makeServerRefusal(
      'subscribed',
      'another client has subscribed; a node has one application',
    );
  }

  #take(client: WebSocket): void {
    const { log } = this.#options;
    const parts = { client, subscription: this.#subscription, outstanding: this.#outstanding, log };
    const socket = new SubscriberSocket(parts);
    this.#sockets.add(socket);
    client.on('close', () => this.#sockets.delete(socket));
  }
}

function refuseSocket(socket: Duplex, reason: ServerRefusal): void {
  socket.on('error', () => socket.destroy());
  const text = `${JSON.stringify(reason)}\n`;
  const head = [
    `HTTP/1.1 ${httpStatusOfServerRefusal(reason)} ${reason.outcome}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `Orrery-Outcome: ${reason.outcome}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}
