/**
 * A gRPC server for applications of a gateway, made with the package `@grpc/grpc-js`, which users install. The server
 * passes on bytes only: our own codec, which has limits, decodes and encodes messages.
 *
 * @module
 */
import { createRequire } from 'node:module';
import type * as Grpc from '@grpc/grpc-js';
import type { GatewayNode } from './gateway-node.ts';
import { encodeSubscribedPacket, GATEWAY_CALLS, type GatewayCall, STATUS } from './grpc-calls.ts';
import type { PacketQueue } from './packet-queue.ts';

/** The package, and its version that is tested. */
const PACKAGE = '@grpc/grpc-js@1.14.7';
const SERVICE = '/betanet.gateway.BetanetGateway';
/** Largest number of calls in progress on one connection, and on all. */
const CONNECTION_CALLS_MAX = 100;
const CALLS_MAX = 1_000;
const KEEPALIVE_MS = 20_000;
const KEEPALIVE_ANSWER_MS = 5_000;
/** Packets that a subscriber is given at a time, and how long it waits for the next ones, ms. */
const PACKETS = 100;
const WAIT_MS = 60_000;

/** The server could not be started; the message says why. */
export class GrpcServerStartError extends Error {
  override readonly name = 'GrpcServerStartError';
}

/** Where the server listens, and for which gateway. */
export interface GrpcServerOptions {
  readonly node: GatewayNode;
  readonly queue: PacketQueue;
  readonly host: string;
  /** With 0 the system chooses one. */
  readonly port: number;
  /** Longest message, bytes. */
  readonly messageBytesMax: number;
}

/** A running server, and where it listens. */
export interface GatewayGrpcServer {
  readonly host: string;
  readonly port: number;
  /** Ends all calls. */
  close(): void;
}

/** Starts a server. @throws (rejects) GrpcServerStartError if the package is missing or the port is taken. */
export async function startGrpcServer({
  node,
  queue,
  host,
  port,
  messageBytesMax,
}: GrpcServerOptions): Promise<GatewayGrpcServer> {
  const grpc = loadGrpc();
  const server = new grpc.Server({
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_concurrent_streams': CONNECTION_CALLS_MAX,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
  });
  const calls = new OpenCalls(node);
  const names = Object.keys(GATEWAY_CALLS) as (keyof typeof GATEWAY_CALLS)[];
  server.addService(
    {
      ...Object.fromEntries(names.map((name) => [name, definitionOf(name, false)])),
      SubscribePackets: definitionOf('SubscribePackets', true),
    },
    {
      ...Object.fromEntries(names.map((name) => [name, calls.handlerOf(GATEWAY_CALLS[name])])),
      SubscribePackets: (call: Grpc.ServerWritableStream<Buffer, Buffer>): void => {
        void passPackets(queue, call);
      },
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync(`${host}:${port}`, credentials, (error, found) => {
      if (error === null) resolve(found);
      else reject(new GrpcServerStartError(error.message, { cause: error }));
    });
  });
  return { host, port: bound, close: () => server.forceShutdown() };
}

function definitionOf(
  name: string,
  responseStream: boolean,
): Grpc.MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    ...{ path: `${SERVICE}/${name}`, requestStream: false, responseStream },
    ...{ requestSerialize: same, requestDeserialize: same },
    ...{ responseSerialize: same, responseDeserialize: same },
  };
}

/** Writes packets to a subscriber as they come, no faster than it reads. */
async function passPackets(
  queue: PacketQueue,
  call: Grpc.ServerWritableStream<Buffer, Buffer>,
): Promise<void> {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  while (!gone.signal.aborted) {
    const packets = await queue.take(PACKETS, WAIT_MS, gone.signal);
    if (packets === 'full') {
      call.destroy(
        Object.assign(new Error('too many clients wait for packets'), { code: STATUS.exhausted }),
      );
      return;
    }
    for (const packet of packets) {
      const hasRoom = call.write(Buffer.from(encodeSubscribedPacket(packet)));
      if (!hasRoom) await drained(call, gone.signal);
    }
  }
}

function drained(
  call: Grpc.ServerWritableStream<Buffer, Buffer>,
  gone: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    call.once('drain', resolve);
    gone.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The calls in progress on all connections. */
class OpenCalls {
  readonly #node: GatewayNode;
  #open = 0;

  constructor(node: GatewayNode) {
    this.#node = node;
  }

  handlerOf(call: GatewayCall): Grpc.handleUnaryCall<Buffer, Buffer> {
    return (grpcCall, done): void => {
      if (this.#open >= CALLS_MAX) {
        done({ code: STATUS.exhausted, details: 'too many calls are in progress' });
        return;
      }
      this.#open += 1;
      call(this.#node, grpcCall.request).then(
        (answer) => {
          this.#open -= 1;
          if ('code' in answer) done(answer);
          else done(null, Buffer.from(answer));
        },
        () => {
          this.#open -= 1;
          done({ code: STATUS.internal, details: 'the gateway failed' });
        },
      );
    };
  }
}

function loadGrpc(): typeof Grpc {
  try {
    return createRequire(import.meta.url)('@grpc/grpc-js') as typeof Grpc;
  } catch (error) {
    const how = `npm install ${PACKAGE}`;
    throw new GrpcServerStartError(`the package @grpc/grpc-js is not installed: ${how}`, {
      cause: error,
    });
  }
}
