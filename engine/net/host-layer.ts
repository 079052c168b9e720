/**
 * The port of a protocol that runs above another on the same host (docs/spec/stacking.md).
 *
 * A layer has its own meter, drop names, jobs, stores, random streams, key material, state machines in the trace and
 * charges of the processor. It shares name, address, sockets, clock, crashes and restarts with the protocols below.
 * These behave the same with and without a layer that sends nothing.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { ComputeOptions, ComputeResult, Job, JobDefinition } from '../host/compute.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import type { ContactTransition, Host, NodeRequest } from '../host/host.ts';
import type { Log, MetricDefinition, TraceReporter } from '../host/measure.ts';
import type { Random } from '../host/random.ts';
import type { DatagramSocket, Endpoint, UdpOptions } from '../host/socket.ts';
import type { Store } from '../host/store.ts';
import type {
  ConnectCallback,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
} from '../host/stream.ts';
import type { CalendarTime, Nanoseconds, Timer } from '../host/time.ts';
import type { PeerReachability, Transport, TransportHandlers } from '../host/transport.ts';
import { MeterTable } from '../measure/counters.ts';
import type { ContactWatch } from './contact-watch.ts';
import { assertDropReasonDeclared } from './drop-reasons.ts';
import { HostProtocol } from './host-protocol.ts';
import type { CarrierSpec, HostStack, StackProtocol } from './host-stack.ts';
import { FINGERPRINT_KINDS } from './network.ts';

/** The settings of a layer. */
export interface LayerOptions {
  /** Name of the protocol that runs in the layer. */
  readonly protocol: string;
  /** Number of its channel in the carriers below, 1..255; 0 for a further lowest protocol, which has no carriers. */
  readonly channel: number;
  /** The protocols below it that can carry its messages, the next lower one first. */
  readonly carriers: readonly CarrierSpec[];
  readonly metrics?: readonly MetricDefinition[];
  readonly jobs?: Readonly<Record<string, JobDefinition>>;
  /** Drop reasons of the protocol; if given, any other reason is an assertion failure. */
  readonly drops?: Readonly<Record<string, string>>;
}

/** A protocol whose work is done, as it reports, and the trace in which this is marked. */
export interface FinishedProtocol {
  readonly protocol: string;
  readonly trace: TraceReporter;
}

/** The services that a layer shares with the protocols below it. */
export interface LayerBase
  extends Pick<
    Host,
    | 'name'
    | 'crypto'
    | 'trace'
    | 'log'
    | 'now'
    | 'planTime'
    | 'clock'
    | 'endpoint'
    | 'endpointOf'
    | 'alloc'
    | 'release'
    | 'listen'
    | 'connect'
    | 'store'
  > {
  readonly stack: HostStack | undefined;
  /** Tells the protocols of the host when contacts begin and end. */
  readonly contacts: ContactWatch;
  /** @param protocol Owner of the timer, whose code is charged. */
  after(delay: Nanoseconds, fire: () => void, protocol: string): Timer;
  /** @param protocol Owner of the socket, whose code is charged. */
  udp(options: UdpOptions, protocol: string): DatagramSocket | undefined;
  /** Marks that a protocol of this host has done its work. */
  finish(finisher: FinishedProtocol): void;
  /** Mixes an event of this host into the fingerprint. */
  mixIn(kind: number, length: number): void;
  /** Adds a drop that a protocol of this host has counted to fingerprint and trace. */
  noteDrop(reason: string): void;
  /** Tells the protocols above `member` whether `member` can send messages to a peer at present. */
  wayOf(member: StackProtocol, peer: string, way: PeerReachability): void;
}

/** The services of a layer that differ between virtual time and live runs. */
export interface HostLayerServices {
  random(purpose: string): Random;
  randomBytes(length: number): Uint8Array;
  compute(
    job: string,
    input: unknown,
    done: (result: ComputeResult) => void,
    options?: ComputeOptions,
  ): Job;
  /** Closes the set-ups of jobs: the node has ended. Absent where the host does so for all of its layers. */
  forget?(): void;
}

/** The port of a protocol that runs above another on the same host. */
export class HostLayer extends HostProtocol implements Host, StackProtocol {
  readonly name: string;
  readonly protocol: string;
  readonly channel: number;
  readonly carriers: readonly CarrierSpec[];
  readonly crypto: CryptoProvider;
  readonly meter: MeterTable;
  readonly trace: TraceReporter;
  readonly log: Log;
  /** Numbers of drops for the protocol's own reasons, by reason. */
  readonly drops = new Map<string, number>();
  private readonly base: LayerBase;
  private readonly supply: HostLayerServices;
  private readonly dropNames: Readonly<Record<string, string>> | undefined;

  constructor(base: LayerBase, options: LayerOptions, supply: HostLayerServices) {
    super();
    const { protocol, channel } = options;
    const channelMin = options.carriers.length === 0 ? 0 : 1;
    assert(channel >= channelMin && channel <= 255, `${protocol}: channel ${channel}`);
    this.base = base;
    this.supply = supply;
    this.name = base.name;
    this.protocol = protocol;
    this.channel = channel;
    this.carriers = options.carriers;
    this.crypto = base.crypto;
    this.meter = new MeterTable(options.metrics ?? []);
    this.dropNames = options.drops;
    this.trace = layerTrace(base.trace, protocol);
    this.log = base.log;
  }

  now(): Nanoseconds {
    return this.base.now();
  }

  planTime(): Nanoseconds {
    return this.base.planTime();
  }

  clock(): CalendarTime {
    return this.base.clock();
  }

  after(delay: Nanoseconds, fire: () => void): Timer {
    return this.base.after(delay, fire, this.protocol);
  }

  random(purpose: string): Random {
    return this.supply.random(purpose);
  }

  randomBytes(length: number): Uint8Array {
    return this.supply.randomBytes(length);
  }

  endpoint(address: string, port: number): Endpoint {
    return this.base.endpoint(address, port);
  }

  endpointOf(endpoint: Endpoint): { readonly address: string; readonly port: number } {
    return this.base.endpointOf(endpoint);
  }

  udp(options: UdpOptions): DatagramSocket | undefined {
    return this.base.udp(options, this.protocol);
  }

  alloc(length: number): Uint8Array {
    return this.base.alloc(length);
  }

  release(buffer: Uint8Array): void {
    this.base.release(buffer);
  }

  listen(options: ListenOptions, onStream: (stream: Stream) => void): Listener | undefined {
    return this.base.listen(options, onStream);
  }

  connect(options: ConnectOptions, done: ConnectCallback): void {
    this.base.connect(options, done);
  }

  compute(
    job: string,
    input: unknown,
    done: (result: ComputeResult) => void,
    options: ComputeOptions = {},
  ): Job {
    return this.supply.compute(job, input, done, options);
  }

  onRequest(handler: (request: NodeRequest) => void): void {
    this.requestHandler = handler;
  }

  onContact(handler: (edge: ContactTransition) => void): void {
    this.base.contacts.listen(this.protocol, handler);
  }

  // biome-ignore lint/complexity/useMaxParams: an object for each message would be garbage
  deliver(from: string, buffer: Uint8Array, offset: number, length: number, mark?: 'again'): void {
    const { stack } = this.base;
    assert(stack !== undefined, `${this.name} has no stack`);
    this.base.mixIn(FINGERPRINT_KINDS.application, length);
    this.deliveringFrom = from;
    const { skip, take } = stack.receiverOf(this, buffer, offset, length);
    take(from, buffer, offset + skip, length - skip, mark);
    this.deliveringFrom = undefined;
  }

  transport(handlers: TransportHandlers, carrier?: string): Transport | undefined {
    return this.base.stack?.transport(this, handlers, carrier);
  }

  way(peer: string, way: PeerReachability): void {
    this.base.wayOf(this, peer, way);
  }

  finished(): void {
    this.base.finish(this);
  }

  drop(reason: string): void {
    assertDropReasonDeclared(reason, this.dropNames);
    this.countDrop(reason);
  }

  countDrop(reason: string): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
    this.base.noteDrop(reason);
  }

  store(name: string): Store {
    return this.base.store(`${this.protocol}/${name}`);
  }

  /** Forgets the node of this layer; called when the host crashed, whose restart makes a new node. */
  crashed(): void {
    this.supply.forget?.();
    this.forgetNode();
  }
}

/** The host's trace, with the layer's protocol in front of each name of a machine, span or mark. */
function layerTrace(base: TraceReporter, protocol: string): TraceReporter {
  return {
    get isRecorded(): boolean {
      return base.isRecorded;
    },
    state: (machine, state): void => base.state(`${protocol}/${machine}`, state),
    span: (name): (() => void) => base.span(`${protocol}/${name}`),
    mark: (name): void => base.mark(`${protocol}/${name}`),
  };
}
