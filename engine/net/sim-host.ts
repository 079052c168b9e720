/**
 * The port, in virtual time: everything that one simulated node may touch (engine/host/host.ts).
 *
 * Sockets and routes are in host-sockets.ts; streams are delegated to the world's stream model.
 * Nodes are created by the runner.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import { SeededBytes } from '../core/seeded-bytes.ts';
import { openRandomStream, type RandomStream } from '../core/stream.ts';
import { RearmTimer } from '../core/timer.ts';
import type { ComputeOptions, ComputeResult, Job, JobDefinition } from '../host/compute.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import type { ContactTransition, NodeRequest, RequestContent } from '../host/host.ts';
import type { Log, MetricDefinition, TraceReporter } from '../host/measure.ts';
import type { Random } from '../host/random.ts';
import type { DatagramHandler, DatagramSocket, Endpoint, UdpOptions } from '../host/socket.ts';
import type { Store } from '../host/store.ts';
import type {
  ConnectCallback,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
} from '../host/stream.ts';
import type { CalendarTime, Nanoseconds, Timer } from '../host/time.ts';
import type { PeerReachability, Transport } from '../host/transport.ts';
import { MeterTable } from '../measure/counters.ts';
import { NO_BUFFER } from './buffer-pool.ts';
import { ContactWatch } from './contact-watch.ts';
import { assertDropReasonDeclared } from './drop-reasons.ts';
import type { FinishedProtocol, HostLayerServices, LayerOptions } from './host-layer.ts';
import { HostLayer } from './host-layer.ts';
import { HostProtocol } from './host-protocol.ts';
import { createHostLog, createHostTrace } from './host-reports.ts';
import { HostSockets } from './host-sockets.ts';
import { HostStack, type StackProtocol, type StackSurroundings } from './host-stack.ts';
import { HostStores } from './host-stores.ts';
import type { AnswerReceiver, OpenRequest } from './inquiry.ts';
import { HostRequest, PARTED_REQUESTS_MAX } from './inquiry.ts';
import { LINK_DIRECTION_DEFAULTS } from './link-spec.ts';
import type { Machine } from './machine.ts';
import { FINGERPRINT_KINDS } from './network.ts';
import { NODE_CALL_KINDS } from './node-calls.ts';
import { dropsPrivate, NOT_PRIVATE } from './private-wish.ts';
import { ProcessorTimer } from './processor-timer.ts';
import { type ClockDeviation, SimClock } from './sim-clock.ts';
import { SimCompute } from './sim-compute.ts';
import type { HostWorld } from './sim-host-world.ts';
import { createSimLayerServices } from './sim-layer-supply.ts';
import type { StoreFault } from './sim-store.ts';
import type { StreamHost } from './stream-hook.ts';

const LAST_PORT = 65_535;
const NO_METRICS: readonly MetricDefinition[] = [];
const NO_DROPS: ReadonlyMap<string, number> = new Map();
// Private names for hot code: see network.ts.
const { timer: TIMER, request: REQUEST } = NODE_CALL_KINDS;
const NOBODY: AnswerReceiver = { respond: doNothing };
/** A drop reason of every host, whatever its protocol: the packet waited too long for the processor. */
export const OVERLOAD_REASON = 'overload';

/** The settings of a host. */
export interface SimHostOptions {
  readonly name: string;
  /** Address from the address plan. */
  readonly address: string;
  /** The machine whose processor the host shares; by default, a machine of its own. */
  readonly machine?: string;
  /** Name of the protocol that runs here; its code is charged under that name. */
  readonly protocol?: string;
  readonly clock?: ClockDeviation;
  /** Metrics and jobs of the protocol that runs here. */
  readonly metrics?: readonly MetricDefinition[];
  readonly jobs?: Readonly<Record<string, JobDefinition>>;
  /** Drop reasons of the protocol; if given, any other reason is an assertion failure. */
  readonly drops?: Readonly<Record<string, string>>;
}

/** A simulated host: everything that its node may use, in virtual time. */
export class SimHost extends HostProtocol implements StreamHost, StackSurroundings, StackProtocol {
  readonly name: string;
  readonly address: string;
  readonly index: number;
  readonly crypto: CryptoProvider;
  readonly meter: MeterTable;
  readonly clockModel: SimClock;
  /** False between a crash and the restart. */
  isUp = true;
  /** Time that a fault adds to each sync of its stores that begins now, ns. */
  slowedDiskNs = 0;
  /** Sockets and links; the world attaches links here. */
  readonly sockets: HostSockets;
  /** The processor, shared with the other hosts of its machine. */
  readonly machine: Machine;
  /** Name of the protocol that runs here. */
  readonly protocol: string;
  /** Number of crashes so far; sockets, timers and handlers from before the last crash are void. */
  life = 0;
  /** The protocols above the lowest one, from the bottom up. */
  readonly layers: HostLayer[] = [];
  /** Joins the protocols of the host; undefined if there is only one. */
  stack: HostStack | undefined;
  private readonly world: HostWorld;
  private readonly options: SimHostOptions;
  // Made when first needed: most of a hundred thousand hosts never need them.
  private dropCounts: Map<string, number> | undefined;
  private ownContacts: ContactWatch | undefined;
  private finishedBy: Set<string> | undefined;
  private jobs: SimCompute | undefined;
  private ownTrace: TraceReporter | undefined;
  private ownLog: Log | undefined;
  private streams: Map<string, RandomStream> | undefined;
  private stores: HostStores | undefined;
  private keyMaterial: SeededBytes | undefined;
  private inquiries: Set<HostRequest> | undefined;

  constructor(world: HostWorld, index: number, options: SimHostOptions) {
    super();
    this.world = world;
    this.index = index;
    this.name = options.name;
    this.address = options.address;
    this.machine = world.machine(options.machine ?? options.name);
    this.protocol = options.protocol ?? '';
    this.crypto = world.crypto.of(options.name, this.machine);
    this.meter = new MeterTable(options.metrics ?? NO_METRICS);
    this.options = options;
    this.clockModel = new SimClock(world.epochSeconds, options.clock);
    this.sockets = new HostSockets(world, this);
  }

  get trace(): TraceReporter {
    this.ownTrace ??= createHostTrace(this.world, this);
    return this.ownTrace;
  }

  get log(): Log {
    this.ownLog ??= createHostLog(this.world, this.name);
    return this.ownLog;
  }

  /** Tells the protocols of this host when contacts begin and end. */
  get contacts(): ContactWatch {
    this.ownContacts ??= new ContactWatch(this, this.world.network);
    return this.ownContacts;
  }

  /** Called when the plan time, to which contacts are relative, begins. */
  contactsBegun(): void {
    this.ownContacts?.begun();
  }

  /** Drops that the protocol named, by reason. */
  get drops(): ReadonlyMap<string, number> {
    return this.dropCounts ?? NO_DROPS;
  }

  private get runner(): SimCompute {
    const { world, name, index } = this;
    this.jobs ??= new SimCompute(this.machine, {
      ...{ name, jobs: this.options.jobs ?? {}, crypto: this.crypto },
      sharing: (): CryptoProvider => world.crypto.sharing(name),
      called: (code): void => world.calls.run(index, NODE_CALL_KINDS.job, code),
    });
    return this.jobs;
  }

  now(): Nanoseconds {
    return this.world.network.scheduler.now;
  }

  planTime(): Nanoseconds {
    return Math.max(0, this.now() - this.world.network.planOriginNs);
  }

  clock(): CalendarTime {
    return this.clockModel.read(this.now());
  }

  /** @param protocol Owner of the timer, whose code is charged. */
  after(delay: Nanoseconds, fire: () => void, protocol: string = this.protocol): Timer {
    const { life, machine, name: label } = this;
    const { scheduler } = this.world.network;
    const fireInLife = (): void => {
      if (this.life === life) this.fireTimer(fire, protocol);
    };
    const timer =
      machine.profile === undefined
        ? new RearmTimer(scheduler, fireInLife, label)
        : new ProcessorTimer({ scheduler, machine, label, fire: fireInLife });
    timer.rearm(delay);
    return timer;
  }

  random(purpose: string): Random {
    this.streams ??= new Map();
    const known = this.streams.get(purpose);
    if (known !== undefined) return known;
    const opened = openRandomStream(this.world.network.seed, this.name, purpose);
    this.streams.set(purpose, opened);
    return opened;
  }

  randomBytes(length: number): Uint8Array {
    this.keyMaterial ??= new SeededBytes(this.world.network.seed, this.name);
    return this.keyMaterial.next(length);
  }

  endpoint(address: string, port: number): Endpoint {
    return this.world.endpoints.intern(address, port);
  }

  endpointOf(endpoint: Endpoint): { readonly address: string; readonly port: number } {
    return this.world.endpoints.pairOf(endpoint);
  }

  /** @param protocol Owner of the socket, whose code is charged. */
  udp(options: UdpOptions, protocol: string = this.protocol): DatagramSocket | undefined {
    const { port } = options;
    assert(Number.isInteger(port) && port >= 0 && port <= LAST_PORT, `${this.name}: port ${port}`);
    return this.sockets.bind(options, protocol);
  }

  openPort(
    port: number,
    onDatagram: DatagramHandler,
    address = this.address,
  ): DatagramSocket | undefined {
    return this.sockets.bind({ port, onDatagram, address });
  }

  mtuTo(to: Endpoint): number | undefined {
    const direction = this.sockets.route(to);
    return direction && (direction.spec.mtu ?? LINK_DIRECTION_DEFAULTS.mtu);
  }

  alloc(length: number): Uint8Array {
    return this.world.network.pool.alloc(length);
  }

  release(buffer: Uint8Array): void {
    const { ownership } = this.world;
    if (buffer === ownership.current) ownership.current = NO_BUFFER;
    this.world.network.pool.release(buffer);
  }

  listen(options: ListenOptions, onStream: (stream: Stream) => void): Listener | undefined {
    return this.world.streams.listen(this, options, onStream);
  }

  connect(options: ConnectOptions, done: ConnectCallback): void {
    this.world.streams.connect(this, options, done);
  }

  compute(
    job: string,
    input: unknown,
    done: (result: ComputeResult) => void,
    options: ComputeOptions = {},
  ): Job {
    const { life } = this;
    return this.runner.start({ job, input, done, options }, () => this.life === life);
  }

  onRequest(handler: (request: NodeRequest) => void): void {
    this.requestHandler = handler;
  }

  onContact(handler: (edge: ContactTransition) => void): void {
    this.contacts.listen(this.protocol, handler);
  }

  // biome-ignore lint/complexity/useMaxParams: an object for each message would be garbage
  deliver(from: string, buffer: Uint8Array, offset: number, length: number, mark?: 'again'): void {
    this.mixIn(FINGERPRINT_KINDS.application, length);
    this.deliveringFrom = from;
    const receiver = this.stack?.receiverOf(this, buffer, offset, length);
    if (receiver === undefined) this.onDelivery?.(from, buffer, offset, length, mark);
    else receiver.take(from, buffer, offset + receiver.skip, length - receiver.skip, mark);
    this.deliveringFrom = undefined;
  }

  /** Returns undefined: the lowest protocol of a host has no carrier below it. */
  transport(): Transport | undefined {
    return undefined;
  }

  way(peer: string, way: PeerReachability): void {
    this.wayOf(this, peer, way);
  }

  /** Tells the protocols above `member` whether it can send messages to a peer at present. */
  wayOf(member: StackProtocol, peer: string, way: PeerReachability): void {
    if (this.stack === undefined) return;
    this.trace.state(`way to ${peer} by ${member.protocol}`, way);
    this.stack.way(member, peer, way);
  }

  /** Puts a protocol on top of those that run here. */
  addLayer(options: LayerOptions): HostLayer {
    const layer = new HostLayer(this, options, this.supplyOf(options));
    this.stack ??= new HostStack(this, this);
    this.stack.add(layer);
    this.layers.push(layer);
    return layer;
  }

  /** Makes the services of a layer that differ between virtual time and live runs. */
  protected supplyOf(options: LayerOptions): HostLayerServices {
    return createSimLayerServices(this.world, this, options);
  }

  // hot: once per message of a layer.
  callDown(carrier: StackProtocol, request: NodeRequest): void {
    const { machine } = this;
    const { requestHandler } = carrier;
    this.mixIn(FINGERPRINT_KINDS.request, request.body.length);
    if (requestHandler === undefined) {
      request.respond('no-handler');
      return;
    }
    if (machine.isCharging) machine.chargeHandler(carrier.protocol, 'request', request.body.length);
    this.callWith(requestHandler, request);
  }

  // hot: once per message of a layer.
  callUp(protocol: string, length: number, code: () => void): void {
    const { machine, index } = this;
    const { calls } = this.world;
    if (machine.isCharging) machine.chargeHandler(protocol, 'datagram', length);
    const outer = calls.begin(index, NODE_CALL_KINDS.message, length, -1);
    code();
    calls.end(outer);
  }

  finished(): void {
    this.finish(this);
  }

  /** Marks that a protocol of this host has done its work. */
  finish({ protocol, trace }: FinishedProtocol): void {
    this.finishedBy ??= new Set();
    if (this.finishedBy.has(protocol)) return;
    this.finishedBy.add(protocol);
    trace.mark('finished');
    this.world.recorder?.finished?.(this.index, protocol);
  }

  drop(reason: string): void {
    assertDropReasonDeclared(reason, this.options.drops);
    this.countDrop(reason);
  }

  /** Bytes on the disk of a store, for tests of what a deletion leaves behind. */
  rawStore(name: string): Uint8Array {
    return this.stores?.raw(name) ?? new Uint8Array(0);
  }

  store(name: string): Store {
    this.stores ??= new HostStores(this.world, this);
    return this.stores.store(name);
  }

  /**
   * Sends a node a request now, as a scenario or an operator would.
   * @param asker Gets `node-down` or `no-handler` if nobody can answer.
   * @param member The protocol of this host that gets the request; by default the lowest one.
   */
  request(asked: RequestContent, asker = NOBODY, member: StackProtocol = this): OpenRequest {
    this.mixIn(FINGERPRINT_KINDS.request, asked.body.length);
    const inquiry = new HostRequest(this, asked, asker);
    if (!this.isUp) inquiry.end('node-down');
    else if (member.requestHandler === undefined) inquiry.end('no-handler');
    else if (dropsPrivate(member, asked)) inquiry.end(NOT_PRIVATE);
    else if (asker.more !== undefined && !this.keep(inquiry)) inquiry.end('busy');
    else this.handle(member, inquiry);
    return inquiry;
  }

  /** Keeps a request whose asker takes parts, so that the asker is told of a crash; false if there are too many. */
  private keep(inquiry: HostRequest): boolean {
    this.inquiries ??= new Set();
    return this.inquiries.size < PARTED_REQUESTS_MAX && this.inquiries.add(inquiry).size > 0;
  }

  inquired(act: () => void): void {
    this.mixIn(FINGERPRINT_KINDS.request, 0);
    if (this.machine.isCharging) this.machine.charge('event', 0);
    this.called(REQUEST, act);
  }

  closed(inquiry: HostRequest): void {
    this.inquiries?.delete(inquiry);
  }

  /** Crashes the node: sockets, timers, jobs and handlers are gone; stores keep what the fault says. */
  crash(fault: StoreFault): void {
    this.isUp = false;
    this.life += 1;
    this.sockets.closeAll();
    this.forgetNode();
    this.jobs?.forget();
    this.ownContacts?.crashed();
    this.finishedBy?.clear();
    this.stack?.crashed();
    for (const layer of this.layers) layer.crashed();
    this.stores?.end();
    this.world.streams.crashed(this);
    this.stores?.crash(fault);
    for (const inquiry of this.inquiries ?? []) inquiry.end('node-down');
  }

  /** Ends the crash; the runner then creates the node again. */
  restart(): void {
    this.isUp = true;
  }

  private handle(member: StackProtocol, request: HostRequest): void {
    const { machine, life } = this;
    const handler = member.requestHandler ?? doNothing;
    if (machine.profile === undefined) {
      this.callWith(handler, request);
      return;
    }
    // The body is copied, because the handler runs later and the caller may reuse the bytes meanwhile.
    request.body = request.body.slice();
    const isOld = (): boolean => this.life !== life || !request.isOpen;
    this.world.recorder?.postponed?.(this.index, request);
    machine.runTimed({
      limitNs: machine.waitLimits?.requestNs,
      run: (): void => {
        if (isOld()) return;
        machine.chargeHandler(member.protocol, 'request', request.body.length);
        this.world.recorder?.resumed?.(this.index, request);
        this.callWith(handler, request);
        this.world.recorder?.handled?.();
      },
      late: (): void => {
        if (isOld()) return;
        machine.charge('event', 0);
        this.shed();
        request.end(OVERLOAD_REASON);
      },
    });
  }

  /** Counts a datagram or request that waited too long for the processor. */
  shed(): void {
    this.countDrop(OVERLOAD_REASON);
  }

  countDrop(reason: string): void {
    this.dropCounts ??= new Map();
    this.dropCounts.set(reason, (this.dropCounts.get(reason) ?? 0) + 1);
    this.noteDrop(reason);
  }

  /** Adds a drop that a protocol of this host has counted to fingerprint and trace. */
  noteDrop(reason: string): void {
    this.mixIn(FINGERPRINT_KINDS.nodeDrop, this.world.nameNumber(reason));
    this.world.recorder?.nodeDrop?.(this.index, reason);
  }

  private fireTimer(fire: () => void, protocol: string): void {
    const { machine } = this;
    if (machine.isCharging) {
      machine.charge('timer', 0);
      machine.chargeHandler(protocol, 'timer', 0);
    }
    this.mixIn(FINGERPRINT_KINDS.timer, 0);
    this.called(TIMER, fire);
  }

  /** Runs code of the node that runs here. */
  protected called(kind: number, code: () => void): void {
    const { calls } = this.world;
    const outer = calls.begin(this.index, kind, 0, -1);
    code();
    calls.end(outer);
  }

  private callWith(handler: (request: NodeRequest) => void, request: NodeRequest): void {
    const { calls } = this.world;
    const outer = calls.begin(this.index, REQUEST, request.body.length, -1);
    handler(request);
    calls.end(outer);
  }

  /** Mixes an event of this host into the run's fingerprint (docs/spec/fingerprint.md). */
  mixIn(kind: number, length: number): void {
    const { network } = this.world;
    network.fingerprint.event(network.scheduler.now, this.index, kind, length);
  }
}

function doNothing(): undefined {
  return undefined;
}
