/**
 * A client of the gRPC service of a gateway, made from the published file.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import {
  Client,
  type ClientReadableStream,
  credentials,
  type Metadata,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const FILE = fileURLToPath(new URL('../../../../services/gateway/gateway.proto', import.meta.url));
const SERVICE = 'betanet.gateway.BetanetGateway';
const options = { longs: String, enums: String, defaults: true };
const definition = loadSync(FILE, options)[SERVICE] as ServiceDefinition;

/** A response, or the status of the failure. */
export interface Reply {
  readonly code: number;
  readonly details: string;
  // biome-ignore lint/suspicious/noExplicitAny: a response of any call
  readonly answer: any;
}

/** A packet that a subscriber gets. */
interface Received {
  readonly rawPacket: Buffer;
  readonly source: string;
}

/** How a call is made. */
export interface CallOptions {
  /** Ms from now. */
  readonly deadlineMs?: number;
  readonly gone?: AbortSignal;
  /** Gets the metadata that come with the status. */
  readonly onMetadata?: (metadata: Metadata) => void;
}

/** A client with a connection of its own. */
export class GatewayClient {
  readonly #client: Client;

  /** @param secured How it connects; without TLS if it is left out. */
  constructor(port: number, secured = credentials.createInsecure()) {
    const own = { 'grpc.use_local_subchannel_pool': 1 };
    this.#client = new Client(`127.0.0.1:${port}`, secured, own);
  }

  /** Makes a call with a request, or with the bytes of one. */
  call(name: string, request: object | Buffer = {}, how: CallOptions = {}): Promise<Reply> {
    const method = definition[name]!;
    const { deadlineMs, gone, onMetadata } = how;
    const encode = (one: object | Buffer): Buffer =>
      Buffer.isBuffer(one) ? one : method.requestSerialize(one);
    const deadline = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, answer: unknown): void =>
        resolve({ code: error?.code ?? 0, details: error?.details ?? '', answer });
      const call = this.#client.makeUnaryRequest<object | Buffer, unknown>(
        ...([method.path, encode, method.responseDeserialize, request, deadline, done] as const),
      );
      if (onMetadata !== undefined) call.on('metadata', onMetadata);
      gone?.addEventListener('abort', () => call.cancel());
    });
  }

  /** Subscribes to packets. */
  subscribe(): ClientReadableStream<Received> {
    const { path, requestSerialize, responseDeserialize } = definition['SubscribePackets']!;
    const stream = this.#client.makeServerStreamRequest<object, Received>(
      ...([path, requestSerialize, responseDeserialize, {}] as const),
    );
    stream.on('error', () => undefined);
    return stream;
  }

  close(): void {
    this.#client.close();
  }
}
