/**
 * A gRPC server of DaemonService, made with the package `@grpc/grpc-js`, which users install.
 *
 * The server passes on bytes only: our own codec, which has limits, decodes and encodes messages. Only programs on this
 * machine can reach the server.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import type * as Grpc from '@grpc/grpc-js';
import { listenOn } from '../_kit/listening.ts';
import { isLoopback } from '../_kit/loopback-address.ts';
import { type AskControlService, DAEMON_CALLS, type DaemonCall, GRPC_STATUS } from './calls.ts';

/** The package, and the version with which it is tested. */
const PACKAGE = '@grpc/grpc-js@1.14.7';
const SERVICE = '/proto.daemon.v1.DaemonService';
/** Longest request, bytes, which is ample for two numbers and two flags. */
const REQUEST_BYTES_MAX = 1_024;
/** Largest number of calls in progress on one connection. */
const CONNECTION_CALLS_MAX = 4;
/** Largest number of calls in progress on all connections; further ones are `RESOURCE_EXHAUSTED`. */
export const CALLS_MAX = 8;
/** Largest number of connections; with one more, the oldest one ends. */
export const CONNECTIONS_MAX = 256;
const IDLE_MS_MAX = 60_000;
/** A connection gets no new calls after this time, ms. */
const AGE_MS_MAX = 60_000;
/** Time after {@link AGE_MS_MAX}, ms, after which a connection is cut even if calls are still in progress. */
const GRACE_MS = 15_000;
/** Interval of pings, ms, which find connections whose peer is gone. */
const KEEPALIVE_MS = 20_000;
const KEEPALIVE_ANSWER_MS = 5_000;

/** The server could not be started; the message says why. */
export class DaemonStartError extends Error {
  override readonly name = 'DaemonStartError';
}

/** A running server, and the address on which it listens. */
export interface DaemonServer {
  readonly host: string;
  readonly port: number;
  /** Ends all calls. */
  close(): void;
}

/** Where the server listens, and the function that asks the control service. */
export interface DaemonServerOptions {
  /** The address to listen on, which must be a loopback address. */
  readonly host: string;
  /** The port to listen on; with 0 the system chooses one. */
  readonly port: number;
  readonly ask: AskControlService;
}

/** Starts a server. @throws (rejects) DaemonStartError if the package is missing or the port is taken. */
export async function startDaemonServer({
  host,
  port,
  ask,
}: DaemonServerOptions): Promise<DaemonServer> {
  if (!isLoopback(host)) throw new DaemonStartError(`${host} is no address of loopback`);
  const grpc = loadGrpc();
  const server = new grpc.Server({
    'grpc.max_receive_message_length': REQUEST_BYTES_MAX,
    'grpc.max_concurrent_streams': CONNECTION_CALLS_MAX,
    'grpc.max_connection_idle_ms': IDLE_MS_MAX,
    'grpc.max_connection_age_ms': AGE_MS_MAX,
    'grpc.max_connection_age_grace_ms': GRACE_MS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
  });
  const calls = new OpenCalls(ask);
  const names = Object.keys(DAEMON_CALLS) as (keyof typeof DAEMON_CALLS)[];
  server.addService(
    Object.fromEntries(names.map((name) => [name, definitionOf(name)])),
    Object.fromEntries(names.map((name) => [name, calls.handlerOf(DAEMON_CALLS[name])])),
  );
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const connections = new OpenConnections();
  const listener = createServer((socket) => {
    connections.add(socket);
    injector.injectConnection(socket);
  });
  const { port: bound } = await listenOn(listener, { host, port }).catch((error: unknown) => {
    throw new DaemonStartError((error as Error).message, { cause: error });
  });
  const close = (): void => {
    listener.close();
    server.forceShutdown();
    connections.close();
  };
  return { host, port: bound, close };
}

function definitionOf(name: string): Grpc.MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    ...{ path: `${SERVICE}/${name}`, requestStream: false, responseStream: false },
    ...{ requestSerialize: same, requestDeserialize: same },
    ...{ responseSerialize: same, responseDeserialize: same },
  };
}

/**
 * The open connections, which this file accepts itself, because the package does not bound their
 * number.
 */
class OpenConnections {
  /** The open connections, the oldest first. */
  readonly #connections = new Set<Socket>();

  add(socket: Socket): void {
    const connections = this.#connections;
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    const [oldest] = connections;
    if (connections.size > CONNECTIONS_MAX) oldest?.destroy();
  }

  close(): void {
    for (const socket of this.#connections) socket.destroy();
  }
}

/** The calls in progress on all connections. */
class OpenCalls {
  readonly #ask: AskControlService;
  /** For each call in progress, the controller that gives up its question to the control service. */
  readonly #open = new Set<AbortController>();

  constructor(ask: AskControlService) {
    this.#ask = ask;
  }

  handlerOf(call: DaemonCall): Grpc.handleUnaryCall<Buffer, Buffer> {
    return (grpcCall, done): void => {
      if (grpcCall.cancelled) return;
      if (this.#open.size >= CALLS_MAX) {
        done({ code: GRPC_STATUS.exhausted, details: 'too many calls are in progress' });
        return;
      }
      const asking = new AbortController();
      this.#open.add(asking);
      // The package emits `cancelled` at the end of every call: when its answer has left, or when
      // its client has gone.
      const left = new Promise<void>((resolve) => {
        grpcCall.once('cancelled', () => {
          asking.abort();
          resolve();
        });
      });
      const ask: AskControlService = (kind, body) => this.#ask(kind, body, asking.signal);
      const answered = call(grpcCall.request, ask).then(
        (answer) => {
          if ('code' in answer) done(answer);
          else done(null, Buffer.from(answer));
        },
        () => done({ code: GRPC_STATUS.internal, details: 'the daemon failed' }),
      );
      void Promise.all([answered, left]).then(() => this.#open.delete(asking));
    };
  }
}

function loadGrpc(): typeof Grpc {
  try {
    return createRequire(import.meta.url)('@grpc/grpc-js') as typeof Grpc;
  } catch (error) {
    const how = `npm install ${PACKAGE}`;
    throw new DaemonStartError(`the package @grpc/grpc-js is not installed: ${how}`, {
      cause: error,
    });
  }
}
