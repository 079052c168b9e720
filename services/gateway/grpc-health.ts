/**
 * The standard health service of gRPC (github.com/grpc/grpc, "GRPC Health Checking Protocol") for a
 * gateway, which counts as serving while its node answers.
 *
 * The package's own implementation stores every service name that a client asks for; this one knows two names only.
 *
 * @module
 */
import type * as Grpc from '@grpc/grpc-js';
import { GRPC_SERVICE_NAME } from './grpc-packages.ts';
import { CallFailure } from './grpc-request.ts';

/** Largest number of clients that watch the health; a further one gets `RESOURCE_EXHAUSTED`. */
export const WATCHERS_MAX = 64;
/** The known service names; the empty one stands for the whole server. */
const NAMES: readonly string[] = ['', GRPC_SERVICE_NAME];

interface HealthQuestion {
  readonly service: string;
}
type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
interface HealthAnswer {
  readonly status: ServingStatus;
}
type Watcher = Grpc.ServerWritableStream<HealthQuestion, HealthAnswer>;

/** Says whether the gateway serves, and tells clients that watch whenever this changes. */
export class ServingHealth {
  readonly #watchers = new Set<Watcher>();
  #isServing = true;

  /** The handlers of the health service, by the names of their calls. */
  readonly handlers: Grpc.UntypedServiceImplementation = {
    check: ((call, done) => {
      if (!isKnown(call)) {
        done(new CallFailure('notFound', 'there is no such service'));
      } else done(null, { status: this.#status });
    }) satisfies Grpc.handleUnaryCall<HealthQuestion, HealthAnswer>,
    watch: (call: Watcher): void => this.#watch(call),
    list: ((_, done) => {
      const statuses = NAMES.map((name) => [name, { status: this.#status }] as const);
      done(null, { statuses: Object.fromEntries(statuses) });
    }) satisfies Grpc.handleUnaryCall<object, object>,
  };

  get #status(): ServingStatus {
    return this.#isServing ? 'SERVING' : 'NOT_SERVING';
  }

  /** Sets whether the gateway serves. */
  set(isServing: boolean): void {
    if (isServing === this.#isServing) return;
    this.#isServing = isServing;
    for (const watcher of this.#watchers) {
      if (isKnown(watcher)) watcher.write({ status: this.#status });
    }
  }

  #watch(call: Watcher): void {
    if (this.#watchers.size >= WATCHERS_MAX) {
      endWith(call, new CallFailure('exhausted', 'too many clients watch'));
      return;
    }
    this.#watchers.add(call);
    call.on('cancelled', () => this.#watchers.delete(call));
    // GRPC Health Checking Protocol: a call that watches an unknown name gets `SERVICE_UNKNOWN` and
    // stays open.
    call.write({ status: isKnown(call) ? this.#status : 'SERVICE_UNKNOWN' });
  }
}

function isKnown(call: { readonly request: HealthQuestion }): boolean {
  return NAMES.includes(call.request.service);
}

/**
 * Ends a stream of the gRPC package with a status. The package takes the status from an emitted
 * error; destroying the stream with an error would not deliver it.
 */
export function endWith(stream: Pick<Watcher, 'emit'>, why: CallFailure): void {
  stream.emit('error', Object.assign(new Error(why.details), why));
}
