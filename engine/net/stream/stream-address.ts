/**
 * One address of a simulated host as its streams see it: the hidden socket, the listening ports,
 * and which segment belongs to which stream. A segment that belongs to none is answered by a reset.
 *
 * Does not know how a stream works (sim-stream.ts), nor the limits of the host (stream-stack.ts).
 *
 * @module
 */
import type { DatagramSocket, Endpoint } from '../../host/socket.ts';
import type { Stream } from '../../host/stream.ts';
import { decodeSegment, emptySegment, HEADER_BYTES, RESET, type Segment, SYN } from './segment.ts';
import type { HostStream, StreamIdentity } from './stream-carrier.ts';

/** A port that accepts streams. */
export interface ListeningPort {
  readonly onStream: (stream: Stream) => void;
  /** Number of accepted streams that have not ended. */
  streams: number;
}

/** What an address needs from its host. */
export interface AddressOwner {
  /** Called when a peer requests a stream; returns false to reject it. */
  accept(address: StreamAddress, from: Endpoint, segment: Segment): boolean;
  /** Answers a segment that belongs to no stream. */
  refuse(address: StreamAddress, from: Endpoint, segment: Segment): void;
}

const PORTS = 0x1_0000;

/** The streams and listening ports of one address of a simulated host. */
export class StreamAddress {
  readonly address: string;
  readonly listening = new Map<number, ListeningPort>();
  private readonly owner: AddressOwner;
  private readonly streams = new Map<number, HostStream>();
  private readonly segment = emptySegment();
  private bound: DatagramSocket | undefined;

  constructor(owner: AddressOwner, address: string) {
    this.owner = owner;
    this.address = address;
  }

  /** The hidden socket; undefined if the address is not the host's. */
  get socket(): DatagramSocket | undefined {
    return this.bound;
  }

  /** Sets the hidden socket of this address; its opener passes the socket's datagrams to {@link onDatagram}. */
  bind(socket: DatagramSocket | undefined): void {
    this.bound = socket;
  }

  add(stream: HostStream): void {
    this.streams.set(keyOf(stream.identity), stream);
  }

  remove(stream: HostStream): void {
    const key = keyOf(stream.identity);
    if (this.streams.get(key) === stream) this.streams.delete(key);
  }

  // hot: once per segment. A damaged one is silently dropped, as in TCP.
  onDatagram(buffer: Uint8Array, offset: number, length: number, from: Endpoint): void {
    const { segment } = this;
    if (!decodeSegment(buffer, offset, length, segment)) return;
    const stream = this.streams.get(keyFor(from, segment.sourcePort, segment.targetPort));
    if (stream !== undefined && stream.identity.connection === segment.connection) {
      stream.onSegment(segment, buffer, offset + HEADER_BYTES, length - HEADER_BYTES);
      return;
    }
    const isFree = stream === undefined || stream.phase === 'lingering';
    const isAccepted = isFree && segment.kind === SYN && this.owner.accept(this, from, segment);
    if (!isAccepted && segment.kind !== RESET) this.owner.refuse(this, from, segment);
  }
}

function keyOf(identity: StreamIdentity): number {
  return keyFor(identity.peer, identity.remotePort, identity.localPort);
}

/** Key of a stream in the map; exact in a double, because endpoint numbers stay far below 2^21. */
function keyFor(peer: Endpoint, remotePort: number, localPort: number): number {
  return (peer * PORTS + remotePort) * PORTS + localPort;
}
