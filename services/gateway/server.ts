/**
 * The HTTP server for applications of a gateway: where it listens, and its bounds.
 *
 * @module
 */
import { createServer } from 'node:http';
import { limitConnections } from '../../engine/live/faces/connections.ts';
import { closeServer, listenFailureText, listenOn, refuseNonHttp } from '../_kit/listening.ts';
import { isLoopback } from '../_kit/loopback-address.ts';
import type { GatewayNode } from './gateway-node.ts';
import { createGatewayRequestHandler } from './handle.ts';
import type { PacketQueue } from './packet-queue.ts';

/** Where the server listens, and its bounds. */
export interface GatewayServerOptions {
  readonly node: GatewayNode;
  readonly queue: PacketQueue;
  readonly host: string;
  /** With 0 the system chooses a port. */
  readonly port: number;
  /** Longest packet, bytes. */
  readonly packetBytesMax: number;
  readonly connectionsMax: number;
  /** Longest time that a connection may be idle, ms. */
  readonly idleMs: number;
}

/** A running server. */
export interface GatewayServer {
  readonly host: string;
  readonly port: number;
  /** Closes all connections within a second. */
  close(): Promise<void>;
}

/** The server could not be started at that address. */
export class GatewayServerStartError extends Error {
  override readonly name = 'GatewayServerStartError';
}

const HEADER_BYTES_MAX = 8_192;
const HEADERS_MS_MAX = 5_000;
const REQUEST_MS_MAX = 32_000;
/** Interval at which requests are checked for time-outs, ms. */
const CHECK_MS = 1_000;

/** Starts the server. @throws (rejects) GatewayServerStartError if it may not listen there. */
export async function startGatewayServer({
  node,
  queue,
  host,
  port,
  packetBytesMax,
  connectionsMax,
  idleMs,
}: GatewayServerOptions): Promise<GatewayServer> {
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    headersTimeout: HEADERS_MS_MAX,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: CHECK_MS,
  });
  limitConnections(server, connectionsMax);
  const isPrivate = isLoopback(host);
  server.on('request', createGatewayRequestHandler({ node, queue, packetBytesMax, isPrivate }));
  server.on('clientError', refuseNonHttp);
  const at = await listenOn(server, { host, port }).catch((error: unknown) => {
    throw new GatewayServerStartError(`${host}:${port}: ${listenFailureText(error)}`, {
      cause: error,
    });
  });
  return {
    host: at.address,
    port: at.port,
    close: () => closeServer(server),
  };
}
