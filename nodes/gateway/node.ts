/**
 * Gateway: connects the interface of its host (engine/host/host.ts), SCION packets and peers.
 *
 * A received datagram passes a flat list of checks: a SCION packet, addressed to us, UDP or SCMP,
 * from a known peer, a valid frame; the peer takes it from there. Each failure has a drop reason.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Counter, Histogram } from '../../engine/host/measure.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { DatagramSocket } from '../../engine/host/socket.ts';
import type { CalendarTime, Timer } from '../../engine/host/time.ts';
import type { SendWishes } from '../../engine/host/transport.ts';
import {
  EndHostQuestions,
  findControlServices,
  findHostPaths,
  type HostAddress,
  requireHostAddress as hostAddress,
  type IsdAs,
  isdAsOf,
  isdAsWords,
  isUrgentPacket,
  type PacketEnd,
  PacketView,
  PROTOCOL_SCMP,
  PROTOCOL_UDP,
  ROUTER_INTERNAL_PORT,
  ScmpEndHost,
  SegmentClient,
  UDP_HEADER_LENGTH,
} from '../scion/index.ts';
import { PacketAccount } from './account.ts';
import { CookieIssuer } from './admission/cookie-issuer.ts';
import { ApplicationCalls, type ApplicationCallsParts } from './application/calls.ts';
import { GatewayCounts } from './application/counts.ts';
import { describeGateway, explainPeer, problemsOf } from './application/describe-peer.ts';
import type { PeerProblems } from './application/health-reasons.ts';
import { type Behaviour, CORRECT_BEHAVIOUR } from './behaviour.ts';
import type { GatewayOptions } from './config.ts';
import { createStaticKeyPair, STATIC_KEY_NAME, type StaticKeyPair } from './crypto.ts';
import type { FrameDropReason } from './drops.ts';
import { epochStoreKey } from './epoch-store.ts';
import { BODY_BYTES_MAX, FRAME_TYPE, type FrameType } from './geometry.ts';
import { makeSessionOptions } from './make-session-options.ts';
import { PathControllers } from './multipath/make-controller.ts';
import { confirmedInterface } from './multipath/scmp-policy.ts';
import { OpenThreads } from './opening/open-threads.ts';
import { GatewayMeasurements } from './operator/measurements.ts';
import { type MetricSeriesByName, readNodeMetrics } from './operator/node-metrics.ts';
import type { Peer } from './peer.ts';
import type { PeerContext } from './peer-context.ts';
import { PeerSet } from './peer-set.ts';
import { ReceivedPackets } from './received-packets.ts';
import { reconfigureGateway } from './reconfigure.ts';
import { frameAgeLimitsOf } from './replay/age.ts';
import { makeWindows } from './replay/make-windows.ts';
import { cleanupIntervalNs, type WindowSet } from './replay/window-set.ts';
import { IpRouter } from './routing/ip-router.ts';
import { ScmpErrorHandler } from './scmp-error-handler.ts';
import { createScmpKeys, type ScmpKeys } from './scmp-keys.ts';
import { type ClockReadings, unixMicroseconds } from './session-parts.ts';
import { SIG_STREAM_NUMBER_MAX, SIG_VERSION } from './sig/geometry.ts';
import { findFirstRouter } from './underlay/first-router.ts';
import { addressPackets } from './underlay/packet-addresses.ts';
import type { PacketAddresses } from './underlay/packet-template.ts';
import { PathDirectory } from './underlay/path-directory.ts';
import { GATEWAY_PORT } from './underlay/underlay-path.ts';
import { decodeFrame, FrameHeader } from './wire.ts';

/** Makes a gateway on `host`. */
export function createGatewayNode(
  host: Host,
  setup: NodeSetup<GatewayOptions>,
  behaviour: Behaviour = CORRECT_BEHAVIOUR,
): NodeHandle {
  return new GatewayNode(host, setup, behaviour);
}

class GatewayNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: NodeSetup<GatewayOptions>;
  /** The options in force. */
  readonly #live: { options: GatewayOptions };
  readonly #controllers: PathControllers;
  readonly #behaviour: Behaviour;
  readonly #ownIsdAs: IsdAs;
  readonly #address: HostAddress;
  readonly #own: PacketEnd;
  readonly #peers: PeerSet;
  readonly #view = new PacketView();
  readonly #frame = new FrameHeader();
  readonly #windows: WindowSet;
  readonly #endHost: ScmpEndHost;
  readonly #questions: EndHostQuestions;
  readonly #received = new ReceivedPackets(() => this.#host.drop('receive-full'));
  readonly #counts = new GatewayCounts();
  readonly #measured: GatewayMeasurements;
  readonly #calls: ApplicationCalls;
  readonly #cookies: CookieIssuer;
  readonly #counters: Readonly<{ wire: Counter; probe: Counter; processing: Histogram }>;
  /** Asks the control service of the AS; undefined where segments were published before the run. */
  readonly #segments: SegmentClient | undefined;
  /** Present with the option `multipath.scmp: authenticated`. */
  readonly #scmpKeys: ScmpKeys | undefined;
  readonly #scmp: ScmpErrorHandler;
  readonly #router: IpRouter<Peer>;
  #identity: StaticKeyPair | undefined;
  #socket: DatagramSocket | undefined;
  #context: PeerContext | undefined;
  #cleanup: Timer | undefined;
  /** Why the frame that is being read was refused. */
  #refusal: FrameDropReason | undefined;
  /** Number of application packets so far. */
  #packets = 0;

  constructor(host: Host, setup: NodeSetup<GatewayOptions>, behaviour: Behaviour) {
    this.#host = host;
    this.#setup = setup;
    this.#live = { options: setup.options };
    this.#controllers = new PathControllers(setup.options);
    this.#behaviour = behaviour;
    const self = setup.network.hosts.find(({ name }) => name === host.name);
    const own = isdAsOf(self);
    if (self === undefined || own === undefined) throw new Error(`${host.name} is in no AS`);
    this.#ownIsdAs = own;
    this.#address = hostAddress(self.address);
    this.#own = { isdAs: isdAsWords(own), host: this.#address };
    const service = findControlServices(setup.network).get(own);
    this.#segments = service && new SegmentClient(host, service.address);
    const { multipath, encapsulation } = setup.options;
    const isSigned = multipath.scmp === 'authenticated';
    this.#scmpKeys = isSigned ? createScmpKeys(host, this.#segments) : undefined;
    const hasReports = multipath.reports && encapsulation === 'sealed';
    this.#measured = new GatewayMeasurements(() => host.now(), hasReports);
    this.#endHost = new ScmpEndHost(host, {
      own: this.#own,
      now: (): number => host.now(),
      takeError: (datagram): string | undefined => this.#take(datagram, 0, datagram.length),
    });
    this.#questions = new EndHostQuestions({
      ...{ host, crypto: host.crypto, own: this.#own, network: setup.network },
      ...{ endHost: this.#endHost, findPaths: this.#findPaths },
    });
    this.#calls = this.#makeCalls();
    this.#windows = makeWindows(host, setup, {
      windows: behaviour.windows,
      onSync: (peer, error) => {
        if (error !== undefined) this.#measured.storeErrors += 1;
        this.#peers.get(peer)?.retryHeld(this.#moment());
      },
    });
    this.#cookies = new CookieIssuer(host.crypto, (length) => host.randomBytes(length));
    const port = {
      host,
      socket: (): DatagramSocket => this.#openSocket(),
      moment: (): ClockReadings => this.#moment(),
      received: this.#received,
      counts: this.#counts,
      measured: this.#measured,
    };
    this.#peers = new PeerSet(self.protocol, setup, port);
    this.#scmp = new ScmpErrorHandler(
      host.meter.counter('gateway.scmp'),
      this.#peers,
      this.#scmpKeys,
    );
    this.#router = new IpRouter(
      {
        ...{ own, peers: this.#peers, moment: (): ClockReadings => this.#moment() },
        after: (delayNs, fire): Timer => host.after(delayNs, fire),
        send: (name, ...call): string => this.#send(this.#peers.get(name), ...call),
        drop: (reason): void => {
          this.#counts.drops += 1;
          host.drop(reason);
        },
      },
      setup.options,
    );
    this.#counters = {
      wire: host.meter.counter('gateway.wire_bytes'),
      probe: host.meter.counter('gateway.probe_bytes'),
      processing: host.meter.histogram('gateway.processing'),
    };
  }

  start(): void {
    const host = this.#host;
    const own = this.#setup.network.identity(host.name);
    this.#identity = createStaticKeyPair(host.crypto, own.secret(STATIC_KEY_NAME));
    this.#socket = host.udp({
      port: GATEWAY_PORT,
      isUrgent: isUrgentPacket,
      onDatagram: (buffer, offset, length): void => void this.#receive(buffer, offset, length),
    });
    this.#endHost.start();
    host.onRequest((request) => this.#request(request));
    host.describeDeliveries((from) => this.#peers.get(from)?.arrived());
    this.#context = this.#peerContext();
    for (const name of this.#peers.names) {
      // A stored epoch shows that this node has started before.
      const isRestart = host.store('epochs').get(epochStoreKey(name)) !== undefined;
      const peer = this.#peers.add(name, this.#context);
      if (isRestart) peer.record.restarted(host.now());
    }
    for (const peer of this.#peers.all) peer.start(this.#moment());
    this.#router.start();
    const interval = cleanupIntervalNs(this.#setup.options.antiReplay.cleanupTtl);
    this.#cleanup = host.after(interval, () => {
      this.#forgetSilent();
      this.#cleanup?.rearm(interval);
    });
  }

  /**
   * forgets silent peers, their keys before their windows: a key without its window accepts replays.
   */
  #forgetSilent(): void {
    for (const name of this.#windows.silent(this.#host.now())) {
      this.#router.forget(name);
      const wasThere = this.#peers.forget(name);
      this.#windows.drop(name);
      // If an application has ended the session with a peer, the session stays closed.
      if (wasThere) this.#openPeer(name);
    }
  }

  #openPeer(target: string): boolean {
    const name = this.#peers.nameOf(target);
    if (name === undefined || this.#context === undefined) return false;
    this.#peers.add(name, this.#context).start(this.#moment());
    return true;
  }

  #closePeer(name: string): void {
    this.#router.forget(name);
    this.#peers.forget(name);
    this.#windows.drop(name);
  }

  stop(): void {
    this.#cleanup?.cancel();
    this.#router.stop();
    this.#peers.stop();
    this.#socket?.close();
    this.#received.close();
    this.#endHost.stop();
    this.#segments?.close();
    this.#cookies.close();
  }

  activePath(target: string): readonly string[] | undefined {
    return this.#peers.get(target)?.activeLinks;
  }

  isReady(): boolean {
    return this.#peers.isReady;
  }

  holding(): number {
    return this.#peers.holding;
  }

  invariant(): string | undefined {
    return this.#peers.invariant(this.#host.now());
  }

  status(): Readonly<Record<string, unknown>> {
    return { ...describeGateway(this.#peers.all, this.#host.now(), this.#context) };
  }

  reconfigure(options: unknown): readonly string[] {
    const { directory } = this.#context ?? {};
    if (directory === undefined) return [];
    const parts = {
      ...{ live: this.#live, peers: this.#peers, controllers: this.#controllers, directory },
      router: this.#router,
      moment: (): ClockReadings => this.#moment(),
      open: (name: string): void => void this.#openPeer(name),
      close: (name: string): void => this.#closePeer(name),
    };
    return reconfigureGateway(parts, options as GatewayOptions);
  }

  #makeCalls(): ApplicationCalls {
    const { antiReplay, encapsulation } = this.#setup.options;
    const isSig = encapsulation === 'sig';
    return new ApplicationCalls({
      ...{ peers: (): readonly Peer[] => this.#peers.all, counts: this.#counts },
      windows: {
        ...{ size: antiReplay.windowSize, ttlNs: antiReplay.cleanupTtl },
        age: frameAgeLimitsOf(antiReplay),
      },
      status: (): object => this.status(),
      router: (): IpRouter<Peer> => this.#router,
      explain: (peer): object => explainPeer(peer, this.#host.now(), this.#context),
      problems: (peer): PeerProblems => problemsOf(peer, this.#host.now(), this.#context),
      metrics: (seconds): MetricSeriesByName => this.#readMetrics(seconds),
      moment: (): ClockReadings => this.#moment(),
      clock: (): CalendarTime => this.#host.clock(),
      findPaths: this.#findPaths,
      open: (target): boolean => this.#openPeer(target),
      close: (name): void => this.#closePeer(name),
      send: (peer, packet, wishes): string => this.#send(peer, packet, wishes),
      // An unsealed packet would count as one of any peer that a caller names, so it is refused.
      receive: (packet): string =>
        isSig ? 'receive-unsealed' : (this.#receive(packet, 0, packet.length, true) ?? 'ok'),
    });
  }

  #readMetrics(seconds: number | undefined): MetricSeriesByName {
    return readNodeMetrics({
      ...{ measured: this.#measured, counts: this.#counts, peers: this.#peers.all, seconds },
      ...{ windows: this.#windows.count, lookups: this.#context?.directory },
      nowNs: this.#host.now(),
    });
  }

  readonly #findPaths: ApplicationCallsParts['findPaths'] = (target, done) => {
    const { network } = this.#setup;
    const parts = { source: this.#ownIsdAs, network, client: this.#segments };
    const beganNs = this.#host.now();
    const seconds = (): number => this.#host.clock().seconds;
    findHostPaths({ ...parts, crypto: this.#host.crypto, seconds }, target, (found) => {
      this.#measured.pathsFound(this.#peers.labelOf(target), found.paths.length, beganNs);
      done(found);
    });
  };

  #request(request: NodeRequest): void {
    const began = this.#host.now();
    const peer = this.#peers.get(request.target);
    if (request.kind === 'packets') this.#received.open(request);
    else if (request.kind !== 'send') {
      if (!this.#calls.answer(request)) this.#questions.answer(request);
    } else if (request.target === '') {
      request.respond(this.#router.send(request.body, request.wishes));
    } else request.respond(this.#send(peer, request.body, request.wishes));
    this.#processed(began);
  }

  #send(peer: Peer | undefined, packet: Uint8Array, wishes: SendWishes | undefined): string {
    if (peer === undefined) return 'unknown-peer';
    const at = this.#moment();
    const refused = peer.send(at, packet, wishes);
    const sent = { path: peer.activeId(), result: refused ?? 'ok', bytes: packet.length };
    this.#measured.packetSent(at.nowNs, peer.name, sent);
    if (refused !== undefined) return refused;
    this.#counts.sentPackets += 1;
    this.#counts.sentBytes += packet.length;
    return 'ok';
  }

  /** Processes a datagram and the frame in it. `isAsked` is true if an application waits for the verdict. */
  #receive(bytes: Uint8Array, from: number, length: number, isAsked = false): string | undefined {
    const began = this.#host.now();
    this.#refusal = undefined;
    const drop = this.#take(bytes, from, length, isAsked);
    if (drop !== undefined) {
      this.#host.drop(drop);
      this.#counts.drops += 1;
      this.#measured.datagramErrors.of(drop).add();
    }
    this.#processed(began);
    this.#measured.datagramEnded(began);
    return drop ?? this.#refusal;
  }

  /** Records how long processing has taken since `beganNs`; in virtual time none, unless a processor is modelled. */
  #processed(beganNs: number): void {
    const took = this.#host.now() - beganNs;
    if (took > 0) this.#counters.processing.record(took);
  }

  /** Checks a datagram and hands it to its peer. */
  #take(buffer: Uint8Array, from: number, length: number, isAsked = false): string | undefined {
    const view = this.#view;
    const malformed = view.parse(buffer, from, length);
    if (malformed !== undefined) return malformed;
    if (!view.isFor(this.#own)) return 'not-for-us';
    const drop = view.checkUpper();
    if (drop !== undefined) return drop;
    if (view.upperProtocol === PROTOCOL_SCMP) return this.#scmp.take(view, this.#moment());
    if (view.upperProtocol !== PROTOCOL_UDP) return 'upper-protocol';
    const peer = this.#peers.find(this.#view);
    if (peer === undefined) return 'peer-not-allowed';
    this.#measured.datagramReceived(peer.name, length);
    const at = view.upperOffset + UDP_HEADER_LENGTH;
    const isSig = this.#setup.options.encapsulation === 'sig' && buffer[at] === SIG_VERSION;
    const refused = isSig ? undefined : decodeFrame(buffer, at, view.end - at, this.#frame);
    if (refused !== undefined) return refused;
    if (isSig) peer.receiveSig(this.#moment(), buffer.subarray(at, view.end));
    else peer.receive(this.#moment(), this.#frame, view, isAsked);
    return undefined;
  }

  #moment(): ClockReadings {
    const { seconds, nanos } = this.#host.clock();
    return { nowNs: this.#host.now(), clockUs: unixMicroseconds(seconds, nanos) };
  }

  #peerContext(): PeerContext {
    const { options, network } = this.#setup;
    const host = this.#host;
    const live = this.#live;
    const directory = new PathDirectory({
      ...{ network, crypto: host.crypto, host: host.name, client: this.#segments },
      policy: options.policy,
      isEpic: options.multipath.epic,
      answered: (target): void => {
        const peer = this.#peers.get(target);
        if (peer?.isUsable === false) peer.tick(this.#moment());
      },
    });
    const threads = options.opening === 'threads' ? new OpenThreads(host) : undefined;
    const surroundings = {
      ...{ threads, host, network, behaviour: this.#behaviour },
      ...{ windows: this.#windows, ends: this.#ends },
      options: (): GatewayOptions => live.options,
      ...{ cookies: this.#cookies, measured: this.#measured, identity: this.#identity },
    };
    const context: PeerContext = {
      get options(): GatewayOptions {
        return live.options;
      },
      isTraced: host.trace.isRecorded,
      threads,
      moment: () => this.#moment(),
      measured: this.#measured,
      directory,
      epicClock: { crypto: host.crypto, clock: () => host.clock() },
      lookUp: (peer) => {
        const paths = directory.lookup(peer, host.now(), host.clock());
        this.#scmpKeys?.prepare(paths.map(({ path }) => path));
        return paths;
      },
      endpoint: (address, port) => host.endpoint(address, port),
      drawFlowId: () => host.random('flow-id').below(1 << 20),
      drawStream: () => host.random('sig-stream').below(SIG_STREAM_NUMBER_MAX + 1),
      scratch: new Uint8Array(BODY_BYTES_MAX),
      behaviour: this.#behaviour,
      makeController: (peer) => this.#controllers.make(host, peer),
      sessionOptions: (peer, sink) => makeSessionOptions(surroundings, peer, sink),
      ends: this.#ends,
      firstRouterOf: (path) => {
        const router = findFirstRouter(network, this.#ownIsdAs, path);
        return router === undefined ? router : host.endpoint(router, ROUTER_INTERNAL_PORT);
      },
      sent: (type, bytes) => this.#sent(type, bytes),
      accountOf: (peer) => this.#accountOf(peer),
      report: (accusation, paths) => this.#report(accusation, paths),
      router: this.#router,
      accepted: this.#counts.frameAccepted,
      refused: (reason) => this.#refused(reason),
    };
    return context;
  }

  #accountOf(peer: string): PacketAccount | undefined {
    const { observer, options } = this.#setup;
    if (observer === undefined || options.encapsulation === 'sig') return undefined;
    const nextNumber = (): number => this.#packets++;
    return new PacketAccount(observer, nextNumber, { peer, ends: this.#ends(peer) });
  }

  /** Tells the control service of the AS that an interface is down, if the path over it is dead too. */
  #report(...[accusation, paths]: Parameters<typeof confirmedInterface>): void {
    const down = confirmedInterface(accusation, paths);
    if (down !== undefined) this.#segments?.report(down);
  }

  #openSocket(): DatagramSocket {
    if (this.#socket === undefined) throw new Error(`port ${GATEWAY_PORT} is taken`);
    return this.#socket;
  }

  readonly #ends = (peer: string): PacketAddresses => {
    const own = { isdAs: this.#ownIsdAs, host: this.#address };
    return addressPackets(this.#setup.network, own, peer);
  };

  #sent(type: FrameType, bytes: number): void {
    this.#counters.wire.add(bytes);
    if (type === FRAME_TYPE.data) return;
    this.#counters.probe.add(bytes);
    this.#measured.probeBytes += bytes;
  }

  #refused(reason: FrameDropReason): void {
    this.#refusal = reason;
    const counts = this.#counts;
    counts.drops += 1;
    if (reason === 'replay' || reason === 'expired' || reason === 'future') counts[reason] += 1;
    if (reason === 'replay') this.#host.meter.counter('antireplay.replays_blocked').add(1);
    if (reason === 'expired') this.#host.meter.counter('antireplay.expired').add(1);
    this.#host.drop(reason);
  }
}
