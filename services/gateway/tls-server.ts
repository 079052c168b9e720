/**
 * HTTP/2 and HTTP/1.1 over TLS 1.3 for applications of a gateway, with bounds on what clients can
 * keep open.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { refuseNonHttp } from '../_kit/listening.ts';
import type { GatewayRequestHandler } from './handle.ts';
import { OpenConnections } from './open-connections.ts';

/** Contents of PEM files. */
export interface TlsMaterial {
  /** Certificate of the server, followed by those of its issuers. */
  readonly certificate: string;
  readonly key: string;
  /** Certificates of the CAs whose clients are admitted; if undefined, every client is. */
  readonly clientCa: string | undefined;
}

/** Limits of a server: sizes, numbers and times. */
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
  /** Longest silence of a connection with requests in progress, and longest time until an answer has been read, ms. */
  readonly answerMsMax: number;
}

/** Longest TLS handshake, ms. */
const HANDSHAKE_MS_MAX = 5_000;
/** Largest number of requests in progress on one connection. */
const STREAMS_MAX = 100;
/** Longest wait for answers in progress when a server closes, ms. */
const CLOSE_MS_MAX = 1_000;

/**
 * The part of the TLS options that comes from files and can be replaced while the server runs; TLS
 * 1.3 only.
 */
export function secureContextOf({ certificate, key, clientCa }: TlsMaterial): SecureContextOptions {
  // Node treats an empty text like undefined and would accept certificates of any public CA.
  if (clientCa === '') throw new Error('the file of client CAs is empty');
  const ca = clientCa === undefined ? {} : { ca: clientCa };
  return { cert: certificate, key, minVersion: 'TLSv1.3', ...ca };
}

/** All options of a TLS server; those that do not come from files cannot change while it runs. */
export function tlsOptionsOf(tls: TlsMaterial): TlsOptions {
  const isAsked = tls.clientCa !== undefined;
  return {
    ...secureContextOf(tls),
    ...{ requestCert: isAsked, rejectUnauthorized: isAsked, handshakeTimeout: HANDSHAKE_MS_MAX },
  };
}

/** A server that does not listen yet, and the function that closes it in bounded time. */
export class TlsServer {
  readonly server: Http2SecureServer;
  readonly #connections: OpenConnections;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #bounds: HttpBounds;

  #failedHandshakes = 0;

  /** @throws Error of the system if the certificate, the key or the CA cannot be used. */
  constructor(tls: TlsMaterial, bounds: HttpBounds, handle: GatewayRequestHandler) {
    this.#bounds = bounds;
    const connections = new OpenConnections(bounds.connectionsMax, { isTls: true });
    this.#connections = connections;
    this.server = createSecureServer({
      ...tlsOptionsOf(tls),
      allowHTTP1: true,
      settings: {
        maxConcurrentStreams: STREAMS_MAX,
        maxHeaderListSize: bounds.headerBytesMax,
        enablePush: false,
      },
    });
    // `allowHTTP1` of node:http2 makes the options of HTTP/1.1 connections properties of the
    // server.
    Object.assign(this.server, {
      maxHeaderSize: bounds.headerBytesMax,
      headersTimeout: bounds.headersMsMax,
      requestTimeout: bounds.requestMsMax,
      connectionsCheckingInterval: bounds.checkMs,
      keepAliveTimeout: bounds.idleMs,
    });
    this.server.on('connection', (socket: Socket) => connections.add(socket));
    this.server.on('secureConnection', (socket) => connections.admit(socket));
    this.server.on('tlsClientError', () => {
      this.#failedHandshakes += 1;
    });
    this.server.on('session', (session) => this.#open(session));
    this.server.on('clientError', refuseNonHttp);
    this.server.on('request', (request, response) => {
      this.#count(request, response);
      handle(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    });
  }

  /** Number of TLS handshakes that failed. */
  get failedHandshakes(): number {
    return this.#failedHandshakes;
  }

  /**
   * Uses other certificates for later connections.
   * @throws Error of the system if one of them cannot be used.
   */
  reload(tls: TlsMaterial): void {
    this.server.setSecureContext(secureContextOf(tls));
  }

  /** Accepts no more connections, waits up to 1 s for answers in progress, and closes all of them. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const force = setTimeout(() => this.#connections.close(), CLOSE_MS_MAX);
      this.server.close(() => {
        clearTimeout(force);
        resolve();
      });
      for (const session of this.#sessions) session.close();
    });
  }

  /** Counts a request of its connection as open from its complete arrival to its answer. */
  #count(request: Http2ServerRequest, response: Http2ServerResponse): void {
    const { socket } = request;
    const arrive = (): void => {
      const answered = this.#connections.begin(socket);
      if (answered !== undefined) response.once('close', answered);
    };
    // A connection on which a client sends half a request and then nothing counts as idle.
    if (hasBody(request)) request.once('end', arrive);
    else arrive();
  }

  #open(session: ServerHttp2Session): void {
    keep(this.#sessions, session);
    let streams = 0;
    session.setTimeout(this.#bounds.idleMs);
    session.on('timeout', () => session.destroy());
    session.on('stream', (stream) => {
      streams += 1;
      session.setTimeout(this.#bounds.answerMsMax);
      this.#boundStream(stream);
      stream.once('close', () => {
        streams -= 1;
        if (streams === 0) session.setTimeout(this.#bounds.idleMs);
      });
    });
  }

  /**
   * Ends a stream whose request has not arrived in time, or whose answer was not read in time. The
   * idle time of the connection does not bound this, because PINGs of the client count as activity.
   */
  #boundStream(stream: ServerHttp2Stream): void {
    const { requestMsMax, answerMsMax } = this.#bounds;
    let late: NodeJS.Timeout;
    const arrive = (): void => {
      clearTimeout(late);
      late = setTimeout(() => stream.destroy(), answerMsMax);
    };
    late = setTimeout(() => stream.close(), requestMsMax);
    stream.once('close', () => clearTimeout(late));
    if (stream.endAfterHeaders) arrive();
    else stream.once('end', arrive);
  }
}

/** True if a body follows the header fields, in either version (RFC 9112 section 6, RFC 9113 section 8.1). */
function hasBody({ stream, headers }: Http2ServerRequest): boolean {
  // A request of HTTP/1.1 has no stream, although the type says that it has.
  const { endAfterHeaders } = (stream as ServerHttp2Stream | undefined) ?? {};
  if (endAfterHeaders !== undefined) return !endAfterHeaders;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function keep<T extends NodeJS.EventEmitter>(open: Set<T>, one: T): void {
  open.add(one);
  one.once('close', () => open.delete(one));
}
