/**
 * HTTP/2 and HTTP/1.1 over TLS 1.3 for applications of a gateway, with bounds for what clients may leave open.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { refuseNonHttp } from '../_kit/listening.ts';
import type { GatewayRequestHandler } from './handle.ts';

/** Contents of PEM files. */
export interface TlsMaterial {
  /** Certificate of the server, followed by those of its issuers. */
  readonly certificate: string;
  readonly key: string;
  /** Certificates of those who issue certificates of clients; without it every client is let in. */
  readonly clientCa: string | undefined;
}

/** Bounds of a server. */
export interface HttpBounds {
  readonly headerBytesMax: number;
  readonly headersMsMax: number;
  /** Longest time until a request has arrived, ms. */
  readonly requestMsMax: number;
  /** Interval at which requests are checked for time-outs, ms. */
  readonly checkMs: number;
  readonly connectionsMax: number;
  /** Longest time that a connection may be idle, ms. */
  readonly idleMs: number;
}

/** Longest TLS handshake, ms. */
const HANDSHAKE_MS_MAX = 5_000;
/** Largest number of requests in progress on one connection. */
const STREAMS_MAX = 100;
/** Longest silence of a connection with requests in progress, ms; a client may wait a minute for a packet. */
const SILENCE_MS_MAX = 65_000;
/** Longest wait for answers in progress when a server closes, ms. */
const CLOSE_MS_MAX = 1_000;

/** A server that does not listen yet, and how to close it in bounded time. */
export class TlsServer {
  readonly server: Http2SecureServer;
  readonly #sockets = new Set<Duplex>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #bounds: HttpBounds;

  /** @throws Error of the system if the certificate, the key or the CA is none. */
  constructor(
    { certificate, key, clientCa }: TlsMaterial,
    bounds: HttpBounds,
    handle: GatewayRequestHandler,
  ) {
    this.#bounds = bounds;
    this.server = createSecureServer({
      ...{ cert: certificate, key, minVersion: 'TLSv1.3', handshakeTimeout: HANDSHAKE_MS_MAX },
      ...(clientCa === undefined
        ? {}
        : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
      allowHTTP1: true,
      settings: {
        maxConcurrentStreams: STREAMS_MAX,
        maxHeaderListSize: bounds.headerBytesMax,
        enablePush: false,
      },
    });
    // The options of HTTP/1.1 connections are properties of the server (`allowHTTP1` of node:http2).
    Object.assign(this.server, {
      maxConnections: bounds.connectionsMax,
      maxHeaderSize: bounds.headerBytesMax,
      headersTimeout: bounds.headersMsMax,
      requestTimeout: bounds.requestMsMax,
      connectionsCheckingInterval: bounds.checkMs,
      keepAliveTimeout: bounds.idleMs,
    });
    this.server.on('connection', (socket: Duplex) => keep(this.#sockets, socket));
    this.server.on('session', (session) => this.#open(session));
    this.server.on('clientError', refuseNonHttp);
    this.server.on('request', (request, response) =>
      handle(request as unknown as IncomingMessage, response as unknown as ServerResponse),
    );
  }

  /** Accepts no more connections, waits up to 1 s for answers in progress, and closes all of them. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const force = setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy();
      }, CLOSE_MS_MAX);
      this.server.close(() => {
        clearTimeout(force);
        resolve();
      });
      for (const session of this.#sessions) session.close();
    });
  }

  #open(session: ServerHttp2Session): void {
    keep(this.#sessions, session);
    let streams = 0;
    session.setTimeout(this.#bounds.idleMs);
    session.on('timeout', () => session.destroy());
    session.on('stream', (stream) => {
      streams += 1;
      session.setTimeout(SILENCE_MS_MAX);
      this.#boundRequest(stream);
      stream.once('close', () => {
        streams -= 1;
        if (streams === 0) session.setTimeout(this.#bounds.idleMs);
      });
    });
  }

  /** Ends a stream whose request has not arrived in time. */
  #boundRequest(stream: ServerHttp2Stream): void {
    const late = setTimeout(() => stream.close(), this.#bounds.requestMsMax);
    const stop = (): void => clearTimeout(late);
    if (stream.endAfterHeaders) stop();
    stream.once('end', stop).once('close', stop);
  }
}

function keep<T extends NodeJS.EventEmitter>(open: Set<T>, one: T): void {
  open.add(one);
  one.once('close', () => open.delete(one));
}
