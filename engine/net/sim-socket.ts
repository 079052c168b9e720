/**
 * A datagram socket of a simulated host. A buffer passed to `send` is neither copied nor freed
 * until the packet ends.
 *
 * Interface: engine/host/socket.ts; choice of the link: host-sockets.ts.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type {
  DatagramHandler,
  DatagramSocket,
  Endpoint,
  SendResult,
  UdpOptions,
  UrgencyTest,
} from '../host/socket.ts';
import { DSCP_VALUE_COUNT } from '../pure/traffic-class.ts';
import { NO_BUFFER } from './buffer-pool.ts';
import type { LinkDirection } from './direction.ts';
import type { PacketTable } from './packet-table.ts';

/** Largest UDP payload over IPv4: 65,535 - 20 - 8 (RFC 768, RFC 791). */
const MAX_DATAGRAM_BYTES = 65_507;

/** What a socket needs from its host and world. */
export interface SocketContext {
  readonly hostIndex: number;
  readonly table: PacketTable;
  /** The buffer that the running handler received and still owns. */
  readonly ownership: BufferOwnership;
  /** The direction by which packets to `to` leave; undefined if no link leads there. */
  route(to: Endpoint): LinkDirection | undefined;
  /** Drops a packet that has no route. */
  noRoute(packet: number): void;
  /** Sends a packet now, or when the modelled processor gets to it. */
  transmit(direction: LinkDirection, packet: number): boolean;
  unbind(socket: SimSocket): void;
}

/** The socket's port, and the owner's callbacks: for received datagrams, and to decide which of them are urgent. */
export interface SocketUser extends Pick<UdpOptions, 'onDatagram' | 'isUrgent' | 'port'> {
  /** The protocol whose code is charged; absent: the lowest one of the host. */
  readonly protocol?: string | undefined;
}

/** The received buffer that belongs to the running handler. */
export class BufferOwnership {
  current: Uint8Array = NO_BUFFER;
}

/** A simulated {@link DatagramSocket}. */
export class SimSocket implements DatagramSocket {
  readonly local: Endpoint;
  readonly hostIndex: number;
  readonly onDatagram: DatagramHandler;
  readonly isUrgent: UrgencyTest | undefined;
  /** The protocol whose code is charged for datagrams; undefined: the lowest one of the host. */
  readonly protocol: string | undefined;
  /** True for sockets of the stream model, which no node can open. */
  readonly isHidden: boolean;
  /**
   * Number of shares of the receive buffer that waiting datagrams take, of `FULL_RECEIVE_BUFFER_SHARES` (machine.ts).
   */
  backlog = 0;
  private readonly context: SocketContext;
  private readonly table: PacketTable;
  private readonly out: LinkDirection | undefined;
  private isClosed = false;
  private lastTo = -1;
  private lastDirection: LinkDirection | undefined;

  constructor(
    context: SocketContext,
    local: Endpoint,
    out: LinkDirection | undefined,
    { onDatagram, isUrgent, port, protocol }: SocketUser,
  ) {
    this.isHidden = port < 0;
    this.context = context;
    this.table = context.table;
    this.hostIndex = context.hostIndex;
    this.local = local;
    this.out = out;
    this.onDatagram = onDatagram;
    this.isUrgent = isUrgent;
    this.protocol = protocol;
  }

  // hot: once per datagram.
  // biome-ignore lint/complexity/useMaxParams: an object for each datagram would be garbage
  send(buffer: Uint8Array, offset: number, length: number, to: Endpoint, dscp = 0): SendResult {
    if (!(length >= 0 && length <= MAX_DATAGRAM_BYTES)) refuseLength(length);
    if (!(offset >= 0 && offset + length <= buffer.length)) refuseRange(buffer, offset, length);
    if (!(dscp >= 0 && dscp < DSCP_VALUE_COUNT)) refuseClass(dscp);
    const { context, table } = this;
    const { ownership } = context;
    if (buffer === ownership.current) ownership.current = NO_BUFFER;
    table.pool.checkOwned(buffer, 'send');
    const direction = this.out ?? (to === this.lastTo ? this.lastDirection : this.find(to));
    const packet = table.acquire(buffer, offset, length, this.local, to);
    if (direction === undefined || this.isClosed) {
      context.noRoute(packet);
      return 'sent';
    }
    if (dscp !== 0) table.dscp[packet] = dscp;
    return context.transmit(direction, packet) ? 'sent' : 'full';
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.context.unbind(this);
  }

  private find(to: Endpoint): LinkDirection | undefined {
    this.lastTo = to;
    this.lastDirection = this.context.route(to);
    return this.lastDirection;
  }
}

function refuseRange(buffer: Uint8Array, offset: number, length: number): never {
  const range = `${length} bytes from ${offset}`;
  assert(false, `send: ${range} are not inside a buffer of ${buffer.length} bytes`);
}

function refuseClass(dscp: number): never {
  assert(false, `a class of ${dscp}: 0..${DSCP_VALUE_COUNT - 1} is allowed`);
}

function refuseLength(length: number): never {
  assert(false, `a datagram of ${length} bytes: 0..${MAX_DATAGRAM_BYTES} is allowed`);
}
