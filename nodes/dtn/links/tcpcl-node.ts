/**
 * Delay-tolerant networking: the adapter between the port and TCPCL. A node opens a session to each
 * neighbour while there is a contact, and sends on it; it receives on those that neighbours open.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { Listener, Stream, StreamTlsOptions } from '../../../engine/host/stream.ts';
import type { Nanoseconds, Timer } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { BackOff } from '../../_kit/back-off.ts';
import { UnidentifiedStreams } from '../../_kit/unidentified-streams.ts';
import { AcknowledgedLinkOutlet } from '../agent/acknowledged-link.ts';
import type { TransferId } from '../agent/input.ts';
import type { Outlet } from '../agent/outlet.ts';
import {
  BUNDLE_BYTES_MAX,
  FORWARDING_GROWTH_BYTES_MAX,
  TCPCL_RECONNECT_NS,
  TCPCL_RECONNECT_NS_MAX,
  TCPCL_SEGMENT_BYTES_MAX,
  TCPCL_SESSIONS_MAX,
  TCPCL_WINDOW_BUNDLES,
} from '../geometry.ts';
import type { TcpclSessionParameters } from '../layer/tcpcl-interface.ts';
import { formatEid } from '../wire/eid.ts';
import { type LinkEnd, longestDelayNs } from './link-end.ts';
import type { LinkHandlers, LinkLayer, LinkLayerParts, LinkTransmission } from './link-layer.ts';
import { TcpclConnection, type TcpclConnectionHandlers } from './tcpcl-connection.ts';
import { TlsKeys, tlsOverheadBytes } from './tcpcl-tls.ts';

/** Time for three attempts to connect, without the light time, ns: the default of `Host.connect`. */
const CONNECT_NS = 7_000_000_000;
/**
 * Octets of a segment beside its data if it is the only one of its bundle; with several segments, an
 * estimate.
 */
const SEGMENT_HEAD = 22;

interface Neighbour {
  readonly end: LinkEnd;
  readonly outlet: AcknowledgedLinkOutlet;
  readonly backOff: BackOff;
  listener: Listener | undefined;
  /** The session on which this node sends. */
  active: TcpclConnection | undefined;
  /** Connections that the neighbour opened, by a number of this node, oldest first. */
  readonly passive: Map<number, TcpclConnection>;
  /** Those connections in `passive` whose session has not been negotiated yet. */
  readonly newcomers: UnidentifiedStreams<TcpclConnection>;
  hasContact: boolean;
  isConnecting: boolean;
  retry: Timer | undefined;
}

/** All links of a node on which TCPCL runs. */
export class TcpclLinks implements LinkLayer {
  readonly #host: Host;
  readonly #parts: LinkLayerParts;
  readonly #keys: TlsKeys;
  readonly #handlers: LinkHandlers;
  /** Neighbours by the id of the link. */
  readonly #neighbours = new Map<string, Neighbour>();
  #connections = 0;
  #isStopped = false;

  constructor(host: Host, parts: LinkLayerParts, handlers: LinkHandlers) {
    this.#host = host;
    this.#parts = parts;
    this.#keys = new TlsKeys(host.name, host.crypto, parts.network);
    this.#handlers = handlers;
  }

  get outlets(): readonly Outlet[] {
    return [...this.#neighbours.values()].map(({ outlet }) => outlet);
  }

  /** Adds a link on which TCPCL is to run. */
  add(end: LinkEnd): void {
    const outlet = new AcknowledgedLinkOutlet(
      {
        link: end.link.id,
        neighbour: end.neighbour,
        maxBytes: BUNDLE_BYTES_MAX,
        rateBps: end.link.rateBps,
        contacts: end.contacts,
        bytesOnLink: (bytes): number => this.#bytesOnLink(bytes),
      },
      {
        window: TCPCL_WINDOW_BUNDLES,
        // Always 0, because the stream has its own queue, and the window limits how many bundles
        // wait in it.
        idleAt: (): Nanoseconds => 0,
        abandon: (): void => undefined,
      },
      0,
    );
    // The outlet is closed at first, since there is no session.
    outlet.close();
    this.#neighbours.set(end.link.id, {
      end,
      outlet,
      backOff: new BackOff({ firstNs: TCPCL_RECONNECT_NS, mostNs: TCPCL_RECONNECT_NS_MAX }),
      listener: undefined,
      active: undefined,
      passive: new Map(),
      newcomers: new UnidentifiedStreams((one) => this.#crowdOut(one)),
      hasContact: end.contacts === undefined,
      isConnecting: false,
      retry: undefined,
    });
  }

  start(): void {
    for (const neighbour of this.#neighbours.values()) {
      const { port } = neighbour.end.near;
      neighbour.listener = this.#host.listen({ port }, (stream) => this.#accept(neighbour, stream));
      if (neighbour.listener === undefined) this.#host.log.warn(`port ${port} is taken`);
      if (neighbour.hasContact) this.#connect(neighbour);
    }
  }

  stop(): void {
    this.#isStopped = true;
    for (const neighbour of this.#neighbours.values()) {
      neighbour.listener?.close();
      neighbour.retry?.cancel();
      for (const each of [neighbour.active, ...neighbour.passive.values()]) each?.finish();
    }
  }

  turn(link: string, way: PeerReachability): void {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return;
    neighbour.hasContact = way === 'open';
    if (way === 'open') {
      neighbour.backOff.reset();
      this.#connect(neighbour);
      return;
    }
    neighbour.retry?.cancel();
    // In live runs, the streams of the operating system do not end with the contact, so they are
    // ended here.
    for (const each of [neighbour.active, ...neighbour.passive.values()]) each?.abort();
  }

  send({ outlet, bundle, transfer = 0 }: LinkTransmission): void {
    const active = this.#neighbours.get(outlet)?.active;
    if (active?.isUp === true) active.send(transfer, bundle);
    else this.#handlers.onFailed({ outlet, number: transfer });
  }

  kept({ outlet, number }: TransferId): void {
    const neighbour = this.#neighbours.get(outlet);
    neighbour?.passive.get(number)?.kept();
    if (number === 0) neighbour?.active?.kept();
  }

  #connect(neighbour: Neighbour): void {
    const { end, active, isConnecting, hasContact } = neighbour;
    if (active !== undefined || isConnecting || !hasContact || this.#isStopped) return;
    neighbour.isConnecting = true;
    const to = this.#host.endpoint(end.far.address, end.far.port);
    const timeout = CONNECT_NS + 4 * longestDelayNs(end);
    this.#host.connect({ to, timeout }, (stream) => {
      neighbour.isConnecting = false;
      if (stream === undefined) this.#retry(neighbour);
      else if (neighbour.hasContact && !this.#isStopped) this.#opened(neighbour, stream);
      else stream.reset();
    });
  }

  #retry(neighbour: Neighbour): void {
    if (!neighbour.hasContact || this.#isStopped) return;
    const waitNs = neighbour.backOff.nextDrawn(this.#host.random('reconnect'));
    neighbour.retry?.cancel();
    neighbour.retry = this.#host.after(Math.round(waitNs), () => this.#connect(neighbour));
  }

  #opened(neighbour: Neighbour, stream: Stream): void {
    const outlet = neighbour.end.link.id;
    const connection = this.#connection(neighbour, stream, 0, {
      onUp: (transferMax): void => {
        neighbour.backOff.reset();
        // A bundle grows when it is forwarded, so the outlet's limit is below that of the peer.
        const bytes = Math.max(0, transferMax - FORWARDING_GROWTH_BYTES_MAX);
        neighbour.outlet.limit(Math.min(BUNDLE_BYTES_MAX, bytes));
        this.#handlers.onWay(outlet, 'open');
      },
      onDown: (): void => this.#handlers.onWay(outlet, 'closed'),
      onOver: (): void => {
        neighbour.active = undefined;
        this.#retry(neighbour);
      },
    });
    neighbour.active = connection;
  }

  /**
   * Accepts a stream that was opened to this node; only its session can show whether the neighbour
   * opened it.
   */
  #accept(neighbour: Neighbour, stream: Stream): void {
    const { passive, newcomers, end } = neighbour;
    if (this.#host.endpointOf(stream.remote).address !== end.far.address) {
      this.#host.drop('unknown-peer');
      stream.handle({ onData: () => undefined });
      stream.reset();
      return;
    }
    this.#connections += 1;
    const number = this.#connections;
    const connection: TcpclConnection = this.#connection(neighbour, stream, number, {
      onUp: (): void => {
        newcomers.delete(connection);
        this.#makeRoom(neighbour);
      },
      onDown: (): void => undefined,
      onOver: (): void => {
        newcomers.delete(connection);
        passive.delete(number);
      },
    });
    passive.set(number, connection);
    newcomers.add(connection);
  }

  /**
   * Ends one session if the neighbour has too many: old ones may be left from before a crash of the
   * neighbour.
   */
  #makeRoom({ passive, newcomers }: Neighbour): void {
    const known = [...passive.values()].filter((one) => !newcomers.has(one));
    if (known.length <= TCPCL_SESSIONS_MAX) return;
    const unproven = known.find(({ isProven }) => !isProven);
    if (unproven === undefined) known[0]?.abort();
    else this.#crowdOut(unproven);
  }

  #crowdOut(connection: TcpclConnection): void {
    this.#host.drop('tcpcl-crowded');
    connection.abort();
  }

  #connection(
    { end }: Neighbour,
    stream: Stream,
    number: number,
    own: Pick<TcpclConnectionHandlers, 'onUp' | 'onDown' | 'onOver'>,
  ): TcpclConnection {
    const outlet = end.link.id;
    const { tcpcl } = this.#parts.options;
    const role = number === 0 ? 'active' : 'passive';
    const facts: TcpclSessionParameters = {
      role,
      ownId: this.#idOf(this.#host.name),
      peerId: this.#idOf(end.neighbour),
      keepAliveS: tcpcl.keepAlive,
      tls: tcpcl.tls,
    };
    return new TcpclConnection(this.#host, stream, facts, {
      ...own,
      onBundle: (bundle): void =>
        this.#handlers.onBundle(bundle, end.neighbour, { outlet, number }),
      onSent: (transfer): void => this.#handlers.onReceipt({ outlet, number: transfer }),
      onFailed: (transfer): void => this.#handlers.onFailed({ outlet, number: transfer }),
      onDrop: (reason): void => this.#host.drop(reason),
      onSecure: (): StreamTlsOptions => this.#keys.of(end.neighbour, role),
      onSecured: (): void => this.#host.meter.counter('dtn.tls').add(1),
    });
  }

  #bytesOnLink(bytes: number): number {
    const plain = bytes + SEGMENT_HEAD * Math.ceil(bytes / TCPCL_SEGMENT_BYTES_MAX);
    return this.#parts.options.tcpcl.tls === 'off' ? plain : plain + tlsOverheadBytes(plain);
  }

  #idOf(name: string): string {
    return formatEid(this.#parts.names.nodeOf(name));
  }
}
