/**
 * A gRPC server of DaemonService, made with the package `@grpc/grpc-js`, which users install.
 *
 * The server passes on bytes only: our own codec, which has limits, decodes and encodes messages. Only programs on this
 * machine can reach the server.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type * as Grpc from '@grpc/grpc-js';
import { isLoopback } from '../_kit/loopback-address.ts';
import { type AskControlService, DAEMON_CALLS, type DaemonCall, STATUS } from './calls.ts';

/** The package, and its version that is tested. */
const PACKAGE = '@grpc/grpc-js@1.14.7';
const SERVICE = '/proto.daemon.v1.DaemonService';
/** Longest request, bytes, which is ample for two numbers and two flags. */
const REQUEST_BYTES_MAX = 1_024;
/** Largest number of calls in progress on one connection. */
const CALLS_MAX = 16;
const IDLE_MS_MAX = 600_000;

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

/** Where the server listens, and how it asks the control service. */
export interface DaemonServerOptions {
  /** An address of loopback. */
  readonly host: string;
  /** With 0 the system chooses one. */
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
    'grpc.max_concurrent_streams': CALLS_MAX,
    'grpc.max_connection_idle_ms': IDLE_MS_MAX,
  });
  const names = Object.keys(DAEMON_CALLS) as (keyof typeof DAEMON_CALLS)[];
  server.addService(
    Object.fromEntries(names.map((name) => [name, definitionOf(name)])),
    Object.fromEntries(names.map((name) => [name, handlerOf(DAEMON_CALLS[name], ask)])),
  );
  const bound = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync(`${host}:${port}`, credentials, (error, found) => {
      if (error === null) resolve(found);
      else reject(new DaemonStartError(error.message, { cause: error }));
    });
  });
  return { host, port: bound, close: () => server.forceShutdown() };
}

function definitionOf(name: string): Grpc.MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    ...{ path: `${SERVICE}/${name}`, requestStream: false, responseStream: false },
    ...{ requestSerialize: same, requestDeserialize: same },
    ...{ responseSerialize: same, responseDeserialize: same },
  };
}

function handlerOf(call: DaemonCall, ask: AskControlService): Grpc.handleUnaryCall<Buffer, Buffer> {
  return ({ request }, done) => {
    call(request, ask).then(
      (answer) => {
        if ('code' in answer) done(answer);
        else done(null, Buffer.from(answer));
      },
      () => done({ code: STATUS.internal, details: 'the daemon failed' }),
    );
  };
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
