/**
 * THE PORT: everything that a node may touch. There are no promises: every completion is an event.
 * The same node code runs behind this interface in `sim` (virtual time) and in `live` (real
 * sockets).
 *
 * @module
 */
import type { ComputeOptions, ComputeResult, Job } from './compute.ts';
import type { CryptoProvider } from './crypto.ts';
import type { Log, Meter, TraceReporter } from './measure.ts';
import type { Random } from './random.ts';
import type { DatagramSocket, Endpoint, UdpOptions } from './socket.ts';
import type { Store } from './store.ts';
import type { ConnectCallback, ConnectOptions, Listener, ListenOptions, Stream } from './stream.ts';
import type { CalendarTime, Nanoseconds, Timer } from './time.ts';
import type {
  DeliveryFacts,
  PeerReachability,
  SendWishes,
  Transport,
  TransportHandlers,
} from './transport.ts';

/** The content of a request to a node: its kind, target and body, with priority and deadline if it has any. */
export interface RequestContent {
  /**
   * The kind of the request: `send` carries application bytes to `target`; all other kinds are
   * defined by the protocol.
   */
  readonly kind: string;
  /** A node's name, or whatever the kind defines. */
  readonly target: string;
  /** Bytes of the request; they belong to the handler during the call. */
  readonly body: Uint8Array;
  /** Lifetime, priority and tolerance that the sender of a `send` asks for; by default the protocol chooses them. */
  readonly wishes?: SendWishes;
  /**
   * Instant, by {@link Host.now}, from which on nobody waits for the answer; absent if there is no
   * deadline.
   */
  readonly deadlineNs?: Nanoseconds;
}

/** A request to a node, from a scenario or a service of a live process; it reaches the node as an event. */
export interface NodeRequest extends RequestContent {
  /**
   * Gives a part of the answer, before {@link NodeRequest.respond}. The bytes are read during the
   * call only.
   * @returns `full` if the part was not taken: the asker is slow, or takes no parts at all. The handler of
   * {@link NodeRequest.onRoom} is called when to try again.
   */
  more(body: Uint8Array): 'ok' | 'full';
  /** Installs the function that is called, in an event, when the asker takes parts again after `full`. */
  onRoom(handler: () => void): void;
  /**
   * Installs the function that is called, in an event, when the asker no longer wants an answer,
   * because the deadline has passed or the asker has left. If that has happened already, the
   * function is called at once. Later answers are discarded.
   */
  onCancel(handler: () => void): void;
  /**
   * Answers the request, now or later; an answer is given at most once.
   * @param outcome `ok`, or the reason for the rejection.
   */
  respond(outcome: string, body?: Uint8Array): void;
}

/** The beginning or end of a contact, in the direction in which this host sends. */
export interface ContactTransition {
  readonly kind: 'begin' | 'end';
  /** Id of the link or segment whose contact begins or ends. */
  readonly link: string;
  /** Name of the host at the other end of the link; absent for a segment. */
  readonly peer?: string;
}

/** The port: everything that a node can use of its surroundings. */
export interface Host {
  /** Name of the host on which the node runs. */
  readonly name: string;
  /** Monotonic time since the start of the run, integer ns; use it for intervals. */
  now(): Nanoseconds;
  /**
   * Plan time, integer nanoseconds: the time of the scenario, to which the times of contact plans are relative. In sim
   * it is `now()`; live it stays 0 until all nodes are ready.
   */
  planTime(): Nanoseconds;
  /**
   * Calendar time, for expiry. In sim, the scenario's epoch plus `now()` plus the error of the host's clock; live, the
   * system's clock.
   */
  clock(): CalendarTime;
  /** Calls `fire` once after `delay` (integer ns, >= 0). */
  after(delay: Nanoseconds, fire: () => void): Timer;
  /**
   * The node's random stream for this purpose; every call returns the same object. In sim it is derived from the
   * seed; live it is always the operating system's generator.
   */
  random(purpose: string): Random;
  /** Key material: derived from the seed in sim, always from the operating system's generator live. */
  randomBytes(length: number): Uint8Array;
  /** Returns the number that stands for an address and port. */
  endpoint(address: string, port: number): Endpoint;
  /** The address and port of an endpoint, for configuration and logs. */
  endpointOf(endpoint: Endpoint): { readonly address: string; readonly port: number };
  /** Binds a datagram socket; `undefined` means that the port is taken. */
  udp(options: UdpOptions): DatagramSocket | undefined;
  /**
   * A buffer of at least `length` bytes that the caller owns, to fill and send. Its contents are
   * undefined.
   */
  alloc(length: number): Uint8Array;
  /**
   * Gives back a buffer from `alloc` that was not sent, or the buffer received in the current call;
   * code that drops a packet need not know which of the two it has.
   */
  release(buffer: Uint8Array): void;
  /** Accepts streams; `undefined` means that the port is taken. */
  listen(options: ListenOptions, onStream: (stream: Stream) => void): Listener | undefined;
  /** Opens a stream to a peer; `done` gets the stream, or the reason why there is none. */
  connect(options: ConnectOptions, done: ConnectCallback): void;
  /** Runs one of the protocol's `jobs`; `done` is never called in the same turn. */
  compute(
    job: string,
    input: unknown,
    done: (result: ComputeResult) => void,
    options?: ComputeOptions,
  ): Job;
  /** Installs the handler of requests; without one they are rejected as `no-handler`. */
  onRequest(handler: (request: NodeRequest) => void): void;
  /**
   * Installs the handler of contacts, which replaces an earlier one. It is called when a contact in which
   * this host sends begins or ends, which may differ from the plan (`LinkView.contacts`). For a
   * contact that is open now, it is called in an event of its own. It is not called for cuts of links.
   */
  onContact(handler: (edge: ContactTransition) => void): void;
  /**
   * Hands application bytes that arrived from node `from` to the user of this node (the protocol
   * above, the scenario's sink, or a service of a live process). The bytes are read during the call
   * only.
   * @param mark `again` for a message that the user may have received already before a restart of this node.
   */
  deliver(from: string, buffer: Uint8Array, offset: number, length: number, mark?: 'again'): void;
  /**
   * Installs the function that describes how the message that this node is delivering has arrived; it replaces an
   * earlier one. It is called within {@link deliver}, only if the receiver asks, and must change nothing.
   */
  describeDeliveries(describe: (from: string) => DeliveryFacts | undefined): void;
  /**
   * Opens the transport over a carrier below this protocol on the same host. Call it once per carrier, while the node
   * is created: messages for a layer without handlers are dropped as `no-upper-layer`.
   * @param carrier Name of the protocol that carries; by default the layer directly below.
   * @returns undefined if this protocol is the lowest, or has no such layer below it.
   */
  transport(handlers: TransportHandlers, carrier?: string): Transport | undefined;
  /** Called by carriers: tells the protocols above, and the trace, whether messages to `peer` can be sent now. */
  way(peer: string, way: PeerReachability): void;
  /**
   * Reports that the protocol has done its work, such as receiving its file. A scenario with `until:
   * done` ends when all nodes that can call this have called it; only the top protocol of a host
   * counts. A crash of the host undoes the call. A second call changes nothing, and the node continues
   * as before.
   */
  finished(): void;
  /** Counts a drop by its name, for the metric, the trace and the fingerprint. */
  drop(reason: string): void;
  /** The store with this name, which is opened by the first call; later calls return the same object. */
  store(name: string): Store;
  readonly crypto: CryptoProvider;
  readonly trace: TraceReporter;
  readonly meter: Meter;
  readonly log: Log;
}
