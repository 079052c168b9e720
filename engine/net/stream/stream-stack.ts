/**
 * The streams of a simulated host from a start to the next crash: opens, accepts and ends them and bounds their number
 * (stream-options.ts). stream-address.ts finds the stream of a segment.
 *
 * @module
 */
import type { Endpoint } from '../../host/socket.ts';
import type {
  ConnectCallback,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
} from '../../host/stream.ts';
import { STREAM_PORT, type StreamHost } from '../stream-hook.ts';
import { emptySegment, encodeSegment, HEADER_BYTES, RESET, type Segment } from './segment.ts';
import { SimStream } from './sim-stream.ts';
import { type AddressOwner, type ListeningPort, StreamAddress } from './stream-address.ts';
import type {
  HostStream,
  PayloadSource,
  SimStreamContext,
  StreamIdentity,
} from './stream-carrier.ts';
import {
  CONNECT_TIMEOUT_NS,
  LINGERING_STREAMS_MAX,
  STREAMS_PER_HOST_MAX,
  STREAMS_PER_LISTENER_MAX,
  type StreamOptions,
} from './stream-options.ts';

/** First and last port that {@link StreamStack} chooses by itself (RFC 6335 section 6). */
const FIRST_DYNAMIC_PORT = 49_152;
const LAST_PORT = 65_535;

/** The address and the listener of a stream, and the port that it occupies. */
interface Holding {
  readonly address: StreamAddress;
  readonly listening: ListeningPort | undefined;
}

/** Opens, accepts and ends the streams of a simulated host until its next crash, and bounds their number. */
export class StreamStack implements SimStreamContext, AddressOwner {
  readonly host: StreamHost;
  readonly options: StreamOptions;
  private readonly nextConnection: () => number;
  private readonly addresses = new Map<string, StreamAddress>();
  private readonly holdings = new Map<HostStream, Holding>();
  /** Closed streams that are remembered, oldest first. */
  private readonly lingering = new Set<HostStream>();
  private readonly usedPorts = new Set<number>();
  private nextPort = FIRST_DYNAMIC_PORT;
  private readonly reply = emptySegment();

  /**
   * @param nextConnection Gives the number of the next stream that this host opens; restarts do not repeat numbers.
   */
  constructor(host: StreamHost, options: StreamOptions, nextConnection: () => number) {
    this.host = host;
    this.options = options;
    this.nextConnection = nextConnection;
  }

  /** Number of streams that are open. */
  get streamCount(): number {
    return this.holdings.size - this.lingering.size;
  }

  /** Number of closed streams that are remembered. */
  get lingeringCount(): number {
    return this.lingering.size;
  }

  /** Answers segments at this address of the host from now on. */
  open(name: string): void {
    if (this.addresses.has(name)) return;
    const address = new StreamAddress(this, name);
    const socket = this.host.openPort(
      STREAM_PORT,
      (buffer, offset, length, from) => address.onDatagram(buffer, offset, length, from),
      name,
    );
    address.bind(socket);
    if (socket !== undefined) this.addresses.set(name, address);
  }

  listen(options: ListenOptions, onStream: (stream: Stream) => void): Listener | undefined {
    const address = this.addresses.get(options.address ?? this.host.address);
    const port = options.port === 0 ? this.freePort() : options.port;
    if (address === undefined || port === undefined) return undefined;
    const { listening } = address;
    if (listening.has(port)) return undefined;
    const entry: ListeningPort = { onStream, streams: 0 };
    listening.set(port, entry);
    return {
      local: this.host.endpoint(address.address, port),
      close: (): void => {
        if (listening.get(port) === entry) listening.delete(port);
      },
    };
  }

  connect(options: ConnectOptions, done: ConnectCallback): void {
    const { host } = this;
    const { address, port } = host.endpointOf(options.to);
    const peer = host.endpoint(address, STREAM_PORT);
    const mtu = host.mtuTo(peer);
    const own = this.addresses.get(host.address);
    const localPort = this.freePort();
    if (mtu === undefined || own?.socket === undefined) {
      host.after(0, () => done(undefined, 'unreachable'));
      return;
    }
    if (localPort === undefined || this.streamCount >= STREAMS_PER_HOST_MAX) {
      host.after(0, () => done(undefined, 'address-in-use'));
      return;
    }
    this.usedPorts.add(localPort);
    const identity: StreamIdentity = {
      local: host.endpoint(host.address, localPort),
      remote: options.to,
      socket: own.socket,
      peer,
      localPort,
      remotePort: port,
      connection: this.nextConnection(),
    };
    const stream: SimStream = new SimStream(this, identity, 'connecting', (error) =>
      error === undefined ? done(stream) : done(undefined, error),
    );
    this.hold(stream, { address: own, listening: undefined });
    stream.begin(this.segmentBytes(mtu), options.timeout ?? CONNECT_TIMEOUT_NS);
  }

  /** Implements {@link AddressOwner}. */
  accept(address: StreamAddress, from: Endpoint, segment: Segment): boolean {
    const { host } = this;
    const listening = address.listening.get(segment.targetPort);
    if (listening === undefined || listening.streams >= STREAMS_PER_LISTENER_MAX) return false;
    const mtu = host.mtuTo(from);
    const { socket } = address;
    const hasRoom = this.streamCount < STREAMS_PER_HOST_MAX;
    if (!hasRoom || mtu === undefined || socket === undefined) return false;
    const identity: StreamIdentity = {
      local: host.endpoint(address.address, segment.targetPort),
      remote: host.endpoint(host.endpointOf(from).address, segment.sourcePort),
      socket,
      peer: from,
      localPort: segment.targetPort,
      remotePort: segment.sourcePort,
      connection: segment.connection,
    };
    const stream: SimStream = new SimStream(this, identity, 'accepting', (error) => {
      if (error === undefined) listening.onStream(stream);
    });
    listening.streams += 1;
    this.hold(stream, { address, listening });
    const segmentBytes = Math.min(this.segmentBytes(mtu), Math.max(1, segment.segmentBytes));
    stream.begin(segmentBytes, Number.POSITIVE_INFINITY);
    return true;
  }

  /** Implements {@link AddressOwner}. */
  refuse(address: StreamAddress, from: Endpoint, segment: Segment): void {
    const { socket } = address;
    if (socket === undefined) return;
    const { reply } = this;
    reply.kind = RESET;
    reply.sourcePort = segment.targetPort;
    reply.targetPort = segment.sourcePort;
    reply.connection = segment.connection;
    const buffer = this.host.alloc(HEADER_BYTES);
    encodeSegment(reply, buffer, HEADER_BYTES);
    socket.send(buffer, 0, HEADER_BYTES, from);
  }

  // hot: once per segment sent.
  /** Implements {@link SimStreamContext}. */
  transmit(to: StreamIdentity, header: Segment, length: number, payload?: PayloadSource): void {
    header.sourcePort = to.localPort;
    header.targetPort = to.remotePort;
    header.connection = to.connection;
    const buffer = this.host.alloc(HEADER_BYTES + length);
    payload?.copyBytes(header.sequence, length, buffer, HEADER_BYTES);
    encodeSegment(header, buffer, HEADER_BYTES + length);
    to.socket.send(buffer, 0, HEADER_BYTES + length, to.peer);
  }

  /** Implements {@link SimStreamContext}. */
  linger(stream: HostStream): void {
    const now = this.host.now();
    stream.lingerUntil = now + this.options.lingerNs;
    this.lingering.add(stream);
    const listening = this.holdings.get(stream)?.listening;
    if (listening !== undefined) listening.streams -= 1;
    for (const old of this.lingering) {
      const isKept = old.lingerUntil > now && this.lingering.size <= LINGERING_STREAMS_MAX;
      if (isKept) break;
      this.drop(old);
    }
  }

  /** Implements {@link SimStreamContext}. */
  forget(stream: HostStream): void {
    const holding = this.holdings.get(stream);
    if (holding === undefined) return;
    const isLingering = this.lingering.has(stream);
    if (holding.listening !== undefined && !isLingering) holding.listening.streams -= 1;
    this.drop(stream);
  }

  /** Called when the host crashed: streams and listeners end without notice. */
  abandon(): void {
    for (const stream of this.holdings.keys()) stream.abandon();
    this.holdings.clear();
    this.lingering.clear();
    this.addresses.clear();
  }

  private hold(stream: HostStream, holding: Holding): void {
    this.holdings.set(stream, holding);
    holding.address.add(stream);
  }

  private drop(stream: HostStream): void {
    const holding = this.holdings.get(stream);
    this.lingering.delete(stream);
    this.holdings.delete(stream);
    holding?.address.remove(stream);
    if (holding?.listening === undefined) this.usedPorts.delete(stream.identity.localPort);
    stream.phase = 'gone';
  }

  private segmentBytes(mtu: number): number {
    return Math.max(1, Math.min(this.options.segmentBytes, mtu - HEADER_BYTES));
  }

  /** The next port that neither a local stream nor a listener uses. */
  private freePort(): number | undefined {
    const count = LAST_PORT - FIRST_DYNAMIC_PORT + 1;
    for (let tries = 0; tries < count; tries += 1) {
      const port = this.nextPort;
      this.nextPort = port === LAST_PORT ? FIRST_DYNAMIC_PORT : port + 1;
      if (!this.usedPorts.has(port) && !this.isListening(port)) return port;
    }
    return undefined;
  }

  private isListening(port: number): boolean {
    for (const { listening } of this.addresses.values()) if (listening.has(port)) return true;
    return false;
  }
}
