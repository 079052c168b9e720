/**
 * The HTTP server for applications of a gateway: where it listens, and its bounds.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import type { LogFields } from '../../engine/host/measure.ts';
import { limitConnections } from '../../engine/live/faces/connections.ts';
import { closeServer, listenFailureText, listenOn, refuseNonHttp } from '../_kit/listening.ts';
import { isLoopback } from '../_kit/loopback-address.ts';
import { BodyRoom } from './body-room.ts';
import type { CallerFilter } from './caller-filter.ts';
import { readCertificateEnds } from './certificate-ends.ts';
import { CpuProfiler } from './cpu-profiler.ts';
import { HttpMeter } from './face-meter.ts';
import type { GatewayNode } from './gateway-node.ts';
import { createGatewayRequestHandler, type GatewayRequestHandler } from './handle.ts';
import type { PacketQueue } from './packet-queue.ts';
import { type HttpBounds, secureContextOf, type TlsMaterial, TlsServer } from './tls-server.ts';

/** Where the server listens, and its bounds. */
export interface GatewayServerOptions {
  readonly node: GatewayNode;
  readonly queue: PacketQueue;
  readonly host: string;
  /** The port to listen on; with 0 the system chooses one. */
  readonly port: number;
  /** Longest packet, bytes. */
  readonly packetBytesMax: number;
  readonly connectionsMax: number;
  /** Longest time that a connection may be idle, ms. */
  readonly idleMs: number;
  /** Certificate and key; without it the server speaks HTTP/1.1 without TLS. */
  readonly tls?: TlsMaterial | undefined;
  /** Decides which source addresses may connect; if absent, all may. */
  readonly callers?: CallerFilter | undefined;
  /** True if profiles may be taken, provided that only this machine reaches the server. */
  readonly isProfiled?: boolean;
  readonly meter?: HttpMeter;
  /** Called for each packet that the node accepted, with the fields of a log line. */
  readonly onPacket?: (fields: LogFields) => void;
  /** Returns what is wrong apart from node and certificates, one sentence each, for `/health`. */
  readonly problems?: () => readonly string[];
}

/** A running server. */
export interface GatewayServer {
  readonly host: string;
  readonly port: number;
  /** Number of TLS handshakes that failed; 0 without TLS. */
  readonly failedHandshakes: number;
  /**
   * Uses other certificates for later connections; has no effect if the server was started without TLS.
   * @throws Error of the system if one of them cannot be used.
   */
  reloadTls(tls: TlsMaterial): void;
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
/** Longest silence of a connection with requests in progress, ms: a client may wait a minute for a packet. */
const ANSWER_MS_MAX = 65_000;
const CHECK_MS = 1_000;

/** An HTTP server that may not listen yet, and the function that closes it. */
interface ClosableServer {
  readonly server: Server;
  close(): Promise<void>;
}

/** Starts the server. @throws (rejects) GatewayServerStartError if it may not listen there. */
export async function startGatewayServer({
  node,
  queue,
  host,
  port,
  packetBytesMax,
  connectionsMax,
  idleMs,
  tls,
  callers,
  isProfiled = false,
  meter = new HttpMeter(),
  onPacket,
  problems = (): readonly string[] => [],
}: GatewayServerOptions): Promise<GatewayServer> {
  const bounds: HttpBounds = {
    ...{ headerBytesMax: HEADER_BYTES_MAX, headersMsMax: HEADERS_MS_MAX },
    ...{ requestMsMax: REQUEST_MS_MAX, checkMs: CHECK_MS, connectionsMax, idleMs },
    answerMsMax: ANSWER_MS_MAX,
  };
  const isPrivate = isLoopback(host);
  const handle = meter.count(
    createGatewayRequestHandler({
      ...{ node, queue, packetBytesMax, isPrivate, onPacket, problems },
      certificates: () => certificates,
      bodies: new BodyRoom(packetBytesMax),
      profiler: isProfiled && isPrivate ? new CpuProfiler() : undefined,
    }),
  );
  const secure = tls === undefined ? undefined : new TlsServer(tls, bounds, handle);
  let certificates = tls === undefined ? [] : readCertificateEnds(tls);
  const created = secure ?? createPlainServer(bounds, handle);
  callers?.guard(created.server);
  meter.watch(created.server, tls === undefined ? 'http' : 'https');
  const at = await listenOn(created.server, { host, port }).catch((error: unknown) => {
    throw new GatewayServerStartError(`${host}:${port}: ${listenFailureText(error)}`, {
      cause: error,
    });
  });
  return {
    host: at.address,
    port: at.port,
    get failedHandshakes(): number {
      return secure?.failedHandshakes ?? 0;
    },
    reloadTls: (other): void => {
      if (secure === undefined) return;
      // Throws if one of the files cannot be used, with a message that names it.
      secureContextOf(other);
      const ends = readCertificateEnds(other);
      secure.reload(other);
      certificates = ends;
    },
    close: () => created.close(),
  };
}

function createPlainServer(bounds: HttpBounds, handle: GatewayRequestHandler): ClosableServer {
  const server = createServer({
    maxHeaderSize: bounds.headerBytesMax,
    requestTimeout: bounds.requestMsMax,
    headersTimeout: bounds.headersMsMax,
    keepAliveTimeout: bounds.idleMs,
    connectionsCheckingInterval: bounds.checkMs,
  });
  limitConnections(server, bounds.connectionsMax);
  server.on('request', handle);
  server.on('clientError', refuseNonHttp);
  return { server, close: () => closeServer(server) };
}
