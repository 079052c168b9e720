/**
 * A gRPC server for applications of a gateway: the published service, reflection and health checks, with bounds.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type * as Grpc from '@grpc/grpc-js';
import { listenFailureText, listenOn } from '../_kit/listening.ts';
import type { CallerFilter } from './caller-filter.ts';
import { GrpcMeter } from './face-meter.ts';
import type { GatewayNode } from './gateway-node.ts';
import { GATEWAY_CALLS, makeReceivedPacket } from './grpc-calls.ts';
import type { CallContext } from './grpc-context.ts';
import { endWith, ServingHealth } from './grpc-health.ts';
import { GatewayMeter } from './grpc-meter.ts';
import { GRPC_SERVICE_NAME, GrpcServerStartError, loadGrpcPackages } from './grpc-packages.ts';
import { CallFailure, decodeRequest } from './grpc-request.ts';
import { OpenConnections } from './open-connections.ts';
import type { PacketQueue } from './packet-queue.ts';
import type { GatewayServer } from './server.ts';
import { secureContextOf, type TlsMaterial, tlsOptionsOf } from './tls-server.ts';

/** Largest number of calls in progress on one connection. */
const CONNECTION_CALLS_MAX = 100;
/** Largest number of calls in progress on all connections; further ones are `RESOURCE_EXHAUSTED`. */
const CALLS_MAX = 1_000;
/** Largest number of clients that subscribe. */
export const SUBSCRIBERS_MAX = 64;
/**
 * Largest number of connections, which this file accepts itself, because the package does not bound
 * their number.
 */
export const CONNECTIONS_MAX = 1_000;
/** A connection without calls is closed after this time, ms. */
const IDLE_MS_MAX = 300_000;
const KEEPALIVE_MS = 20_000;
const KEEPALIVE_ANSWER_MS = 5_000;
/**
 * Largest number of answers of one call that may wait for a client that sends requests but does not
 * read answers.
 */
const UNSENT_ANSWERS_MAX = 16;
/** Longest time that a subscriber waits for packets before it asks again, ms. */
const WAIT_MS = 60_000;
/** Interval at which the node is asked whether it is running, ms. */
const CHECK_MS = 1_000;
/** The calls whose requests contain a packet in the first field. */
const WITH_PACKET = ['SendScionPacket', 'RecvScionPacket'];

/** Where the server listens, and which gateway it serves. */
export interface GrpcServerOptions {
  readonly node: GatewayNode;
  readonly queue: PacketQueue;
  readonly host: string;
  /** The port to listen on; with 0 the system chooses one. */
  readonly port: number;
  /** Longest message, bytes. */
  readonly messageBytesMax: number;
  readonly connectionsMax?: number;
  /** Decides which source addresses may connect; if absent, all may. */
  readonly callers?: CallerFilter | undefined;
  /** Certificate and key; without them there is no TLS. */
  readonly tls?: TlsMaterial | undefined;
  readonly calls?: GrpcMeter;
}

/** A running server; closing it ends all calls. */
export interface GatewayGrpcServer extends Omit<GatewayServer, 'close'> {
  close(): void;
}

type Request = object | CallFailure;
type Unary = Grpc.handleUnaryCall<Request, object>;
type Subscriber = Grpc.ServerWritableStream<Request, object>;

/** Starts a server. @throws (rejects) GrpcServerStartError if a package is missing or the port is taken. */
export async function startGrpcServer({
  node,
  queue,
  host,
  port,
  messageBytesMax,
  connectionsMax = CONNECTIONS_MAX,
  callers,
  tls,
  calls: counted = new GrpcMeter(),
}: GrpcServerOptions): Promise<GatewayGrpcServer> {
  const { grpc, published, described, reflection, health } = loadGrpcPackages();
  const connections = new OpenConnections(connectionsMax, { isTls: tls !== undefined });
  const server = new grpc.Server({
    interceptors: [guardCalls(grpc, connections)],
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_concurrent_streams': CONNECTION_CALLS_MAX,
    'grpc.max_connection_idle_ms': IDLE_MS_MAX,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
  });
  const meter = new GatewayMeter(node);
  const calls = new OpenCalls({ node, queue, meter, grpc, counted });
  const serving = new ServingHealth();
  const definition = published[GRPC_SERVICE_NAME] as Grpc.ServiceDefinition;
  server.addService(withLimits(definition), calls.handlers);
  server.addService(health.service, serving.handlers);
  new reflection.ReflectionService(described).addToServer(server);
  const check = setInterval(() => {
    void meter.sample().then((isRunning) => serving.set(isRunning));
  }, CHECK_MS).unref();
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  counted.connections = (): number => connections.size;
  // TLS is terminated here and not by the package, which would also accept TLS 1.2.
  const inject = (socket: Socket): void => injector.injectConnection(socket);
  const secure = tls && createTlsServer({ ...tlsOptionsOf(tls), ALPNProtocols: ['h2'] }, inject);
  secure?.prependListener('secureConnection', (socket: Socket) => connections.admit(socket));
  const listener = secure ?? createServer(inject);
  let failedHandshakes = 0;
  secure?.on('tlsClientError', () => {
    failedHandshakes += 1;
  });
  listener.prependListener('connection', (socket: Socket) => connections.add(socket));
  callers?.guard(listener);
  const { address, port: bound } = await listenOn(listener, { host, port }).catch(
    (error: Error) => {
      clearInterval(check);
      throw new GrpcServerStartError(`${host}:${port}: ${listenFailureText(error)}`, {
        cause: error,
      });
    },
  );
  const close = (): void => {
    clearInterval(check);
    listener.close();
    server.forceShutdown();
    connections.close();
  };
  return {
    ...{ host: address, port: bound, close },
    get failedHandshakes(): number {
      return failedHandshakes;
    },
    reloadTls: (other) => secure?.setSecureContext(secureContextOf(other)),
  };
}

/**
 * Counts a call of a connection as open from the complete arrival of its request until its last
 * answer was sent; it does not matter whether the client reads the answers. If a client sends many
 * requests in one call, no more of them are read while {@link UNSENT_ANSWERS_MAX} answers wait for
 * it; the package for reflection does not limit this itself.
 */
function guardCalls(
  { ServerInterceptingCall }: typeof Grpc,
  connections: OpenConnections,
): Grpc.ServerInterceptor {
  return ({ requestStream, responseStream }, call) => {
    let answered: (() => void) | undefined;
    const end = (): void => {
      answered?.();
      answered = undefined;
    };
    let unsent = 0;
    let parked: (() => void) | undefined;
    const listener: Grpc.ServerListener = {
      onReceiveMessage: (message, next) => {
        unsent += 1;
        if (requestStream && unsent > UNSENT_ANSWERS_MAX) parked = (): void => next(message);
        else next(message);
      },
      onReceiveHalfClose: (next) => {
        if (!requestStream) answered = connections.begin(call.getConnectionInfo());
        next();
      },
      onCancel: end,
    };
    return new ServerInterceptingCall(call, {
      start: (next) => next(listener),
      sendMessage: (message, next): void => {
        if (!responseStream) end();
        unsent -= 1;
        next(message);
        const go = parked;
        parked = undefined;
        go?.();
      },
    });
  };
}

/**
 * Changes the definition of a service: requests are bounded, and malformed requests get a status of
 * their own.
 */
function withLimits(definition: Grpc.ServiceDefinition): Grpc.ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => {
    const decode = method.requestDeserialize as (bytes: Buffer) => object;
    const hasPacket = WITH_PACKET.includes(name);
    const requestDeserialize = (bytes: Buffer): Request => decodeRequest(decode, bytes, hasPacket);
    return [name, { ...method, requestDeserialize }] as const;
  });
  return Object.fromEntries(methods);
}

interface OpenCallsParts {
  readonly node: GatewayNode;
  readonly queue: PacketQueue;
  readonly meter: GatewayMeter;
  readonly grpc: typeof Grpc;
  readonly counted: GrpcMeter;
}

/** The calls in progress on all connections. */
class OpenCalls {
  readonly #parts: OpenCallsParts;
  #open = 0;
  #subscribers = 0;

  constructor(parts: OpenCallsParts) {
    this.#parts = parts;
  }

  /** The handlers of all calls, by their names. */
  get handlers(): Grpc.UntypedServiceImplementation {
    const names = Object.keys(GATEWAY_CALLS) as (keyof typeof GATEWAY_CALLS)[];
    return {
      ...Object.fromEntries(names.map((name) => [name, this.#unary(name)])),
      SubscribePackets: (call: Subscriber): void => void this.#subscribe(call),
    };
  }

  #unary(name: keyof typeof GATEWAY_CALLS): Unary {
    const serve = GATEWAY_CALLS[name] as (context: CallContext, request: object) => Promise<object>;
    const { node, meter, grpc, counted } = this.#parts;
    return (call, reply): void => {
      const beganMs = performance.now();
      const done: typeof reply = (error, answer): void => {
        counted.answered(name, grpc.status[error?.code ?? grpc.status.OK] ?? 'UNKNOWN', beganMs);
        reply(error, answer);
      };
      const { request } = call;
      if (request instanceof CallFailure) {
        done(request);
        return;
      }
      if (this.#open >= CALLS_MAX) {
        done(new CallFailure('exhausted', 'too many calls are in progress'));
        return;
      }
      this.#open += 1;
      this.#echo(call);
      const gone = new AbortController();
      // The package emits `cancelled` at the end of every call: when its answer has left, its
      // client has gone, or its deadline has passed.
      call.once('cancelled', () => gone.abort());
      if (call.cancelled) gone.abort();
      const failed = new CallFailure('internal', 'the gateway failed');
      void serve({ node, meter, counted, gone: gone.signal }, request)
        .catch(() => failed)
        .then((answer) => {
          this.#open -= 1;
          if (answer instanceof CallFailure) done(answer);
          else done(null, answer);
        });
    };
  }

  /** Returns, in the metadata of the response, the name that the client has given to its call. */
  #echo(call: Parameters<Unary>[0]): void {
    const { correlationId = '' } = call.request as { readonly correlationId?: string };
    if (!/^[\x21-\x7e]{1,128}$/.test(correlationId)) return;
    const metadata = new this.#parts.grpc.Metadata();
    metadata.set('correlation-id', correlationId);
    call.sendMetadata(metadata);
  }

  /** Sends packets to a subscriber as they arrive, no faster than it reads them. */
  async #subscribe(call: Subscriber): Promise<void> {
    if (this.#subscribers >= SUBSCRIBERS_MAX) {
      endWith(call, new CallFailure('exhausted', 'too many clients subscribe'));
      return;
    }
    this.#subscribers += 1;
    const gone = new AbortController();
    call.on('cancelled', () => gone.abort());
    while (!gone.signal.aborted) {
      const packets = await this.#parts.queue.take(1, WAIT_MS, gone.signal);
      if (packets === 'full') {
        endWith(call, new CallFailure('exhausted', 'too many clients wait for packets'));
        break;
      }
      for (const packet of packets) {
        const hasRoom = call.write(makeReceivedPacket(packet));
        if (!hasRoom) await once(call, 'drain', { signal: gone.signal }).catch(() => undefined);
      }
    }
    this.#subscribers -= 1;
  }
}
