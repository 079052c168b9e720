/**
 * The real sockets of one live world, one per bound endpoint, and the numbers of datagrams that passed through
 * them.
 *
 * Datagrams that were written but not received were lost in the kernel (a full receive buffer); comparing
 * the counters at both ends shows their number without reading `/proc`.
 *
 * On loopback each socket has a second real socket for urgent datagrams (urgent-address.ts), which
 * therefore never wait behind data; users of the table see one socket.
 *
 * Senders of this world and configured senders are looked up first. All others are guests of the endpoint table, in
 * which newcomers replace silent entries: however many strangers send, a node still receives from its
 * peers.
 *
 * @module
 */
import type { Endpoint, UrgencyTest } from '../host/socket.ts';
import type { EndpointTable } from '../net/endpoint-table.ts';
import type { WallClock } from './live-clock.ts';
import type { PortPlan } from './port-plan.ts';
import { SocketQueue, SocketQueues } from './socket-queues.ts';
import { BoundUdpSocket, type UdpAddress } from './udp-wire.ts';
import { findUrgentAddress } from './urgent-address.ts';
import { UrgentAllowance } from './urgent-allowance.ts';

/** The owner of a socket, which receives its datagrams. */
export interface UdpSocketUser {
  /** Index of the host that bound the socket. */
  readonly host: number;
  readonly onDatagram: (bytes: Uint8Array, from: Endpoint) => void;
  /** Called instead of `onDatagram` for a datagram that waited too long in the socket (ADR 0033). */
  readonly onLate: (bytes: Uint8Array, from: Endpoint) => void;
  /** Decides which datagrams of the socket overtake others; none when absent. */
  readonly isUrgent?: UrgencyTest | undefined;
  readonly onError: (reason: string) => void;
}

/** Numbers of datagrams of all sockets of one world. */
export interface UdpSocketCounts {
  /** Number of datagrams passed to the kernel for sockets of this world. */
  readonly written: number;
  /** Number of the written datagrams that were received. */
  readonly received: number;
  /**
   * Number of datagrams whose sending socket was closed or had a full queue when they left the link, or that
   * were still queued when the port had to be freed.
   */
  readonly unsent: number;
  /** Number of received datagrams that no socket of this world sent. */
  readonly foreign: number;
}

/** The objects and callbacks that a {@link UdpSocketTable} needs from its world. */
export interface UdpSocketTableParts {
  readonly clock: WallClock;
  readonly endpoints: EndpointTable;
  /** True for the address of a host of the run that is in another process. */
  readonly isPeer: (address: string) => boolean;
  /** True for the address of any host of the run. */
  readonly isOfRun: (address: string) => boolean;
  /** Receives the buffers of datagrams that have left. */
  readonly release: (buffer: Uint8Array) => void;
  /** Maps addresses and ports to real ports; absent if sockets are bound to the addresses of the topology. */
  readonly ports?: PortPlan | undefined;
}

/** Why a real socket could not be bound. */
export interface UdpSocketFailure {
  /** Name of the error, e.g. `EADDRINUSE`. */
  readonly code: string;
  /** The real address and port that the system refused; undefined if no real port is left. */
  readonly place: UdpAddress | undefined;
}

interface OpenWire {
  readonly wire: BoundUdpSocket;
  /** Receives urgent datagrams; absent if there is no address for a second socket. */
  readonly urgentWire: BoundUdpSocket | undefined;
  /** Decides which of the datagrams sent are urgent. */
  readonly urgent: UrgentAllowance | undefined;
  readonly host: number;
  readonly place: string;
}

/** The sender of the last datagram to a socket; the socket of a link receives from one neighbour only. */
interface LastSender {
  address: string;
  port: number;
  endpoint: Endpoint;
  /** True if the sender belongs to this world or is a peer. */
  isOwn: boolean;
}

/** The real UDP sockets of one live world, one per bound endpoint, and the numbers of their datagrams. */
export class UdpSocketTable {
  /** Smallest receive buffer that the system granted, bytes. */
  receiveBufferBytes = Number.POSITIVE_INFINITY;
  /** Maps addresses and ports to real ports; undefined if sockets are bound to the addresses of the topology. */
  readonly ports: PortPlan | undefined;
  readonly #endpoints: EndpointTable;
  readonly #isPeer: (address: string) => boolean;
  readonly #isOfRun: (address: string) => boolean;
  readonly #open: (OpenWire | undefined)[] = [];
  /**
   * For each endpoint, true if it belongs to this world or to a peer; undefined if not yet
   * determined.
   */
  readonly #isOwn: (boolean | undefined)[] = [];
  readonly #release: (buffer: Uint8Array) => void;
  /** Closed wires whose last datagrams have not left, by real address and port. */
  readonly #draining = new Map<string, BoundUdpSocket>();
  #written = 0;
  #received = 0;
  #unsent = 0;
  #foreign = 0;
  readonly #clock: WallClock;
  readonly #queues: SocketQueues;

  constructor(parts: UdpSocketTableParts) {
    this.#clock = parts.clock;
    this.#queues = new SocketQueues(parts.clock);
    this.#endpoints = parts.endpoints;
    this.#isPeer = parts.isPeer;
    this.#isOfRun = parts.isOfRun;
    this.#release = parts.release;
    this.ports = parts.ports;
  }

  get counts(): UdpSocketCounts {
    return {
      written: this.#written,
      received: this.#received,
      unsent: this.#unsent,
      foreign: this.#foreign,
    };
  }

  /** True if, since the last call, a socket gave as many datagrams as libuv reads at a time. */
  takeBacklog(): boolean {
    return this.#queues.takeBacklog();
  }

  /** Binds a real socket for `local`; returns the failure if it cannot be bound. */
  open(local: Endpoint, user: UdpSocketUser): UdpSocketFailure | undefined {
    const pair = this.#endpoints.pairOf(local);
    const real = this.ports === undefined ? pair : this.ports.open(pair);
    if (real === undefined) return { code: 'EADDRNOTAVAIL', place: undefined };
    const place = keyOf(real);
    // A port that was just closed may be bound again immediately.
    this.#draining.get(place)?.abandon();
    const wire = this.#bind(local, real, user);
    const inFront = this.#urgentAddressOf(real);
    const urgentWire = inFront && typeof wire !== 'string' && this.#bind(local, inFront, user);
    if (typeof wire === 'string' || typeof urgentWire === 'string') {
      this.ports?.close(pair);
      if (typeof wire === 'string') return { code: wire, place: real };
      wire.abandon();
      return { code: String(urgentWire), place: inFront };
    }
    this.receiveBufferBytes = Math.min(this.receiveBufferBytes, wire.receiveBufferBytes);
    const { host, isUrgent } = user;
    const urgent = isUrgent && new UrgentAllowance(this.#clock, isUrgent);
    this.#open[local] = { wire, urgentWire: urgentWire || undefined, urgent, host, place };
    this.#isOwn[local] = true;
    return undefined;
  }

  #bind(local: Endpoint, real: UdpAddress, user: UdpSocketUser): BoundUdpSocket | string {
    const last: LastSender = { address: '', port: -1, endpoint: -1, isOwn: false };
    const queue = new SocketQueue((mark) => void this.#open[local]?.wire.send(mark, real));
    return BoundUdpSocket.bind(real.address, real.port, {
      onMessage: (bytes, address, port): void => {
        // hot: once per datagram and hop.
        if (this.#queues.read(queue, bytes)) return;
        const isLast = port === last.port && address === last.address;
        if (!isLast) this.#findSender(last, address, port);
        if (last.isOwn) this.#received += 1;
        else this.#foreign += 1;
        if (queue.isLate) user.onLate(bytes, last.endpoint);
        else user.onDatagram(bytes, last.endpoint);
      },
      onError: user.onError,
      onSent: this.#release,
    });
  }

  // hot: once per datagram and hop.
  /**
   * Sends from the real socket at `from`.
   * @param bytes Must not change until `buffer`, which holds them, has been released.
   */
  send(from: Endpoint, bytes: Uint8Array, to: UdpAddress, buffer: Uint8Array = bytes): void {
    let real: UdpAddress | undefined = this.ports === undefined ? to : this.ports.find(to);
    const open = this.#open[from];
    if (open?.urgent?.admits(bytes) === true) real = this.#urgentAddressOfPeer(to) ?? real;
    const result = real === undefined ? 'full' : (open?.wire.send(bytes, real, buffer) ?? 'full');
    if (result === 'taken') {
      this.#written += 1;
      return;
    }
    this.#unsent += 1;
    this.#release(buffer);
  }

  /** The address at which the socket at `to` receives urgent datagrams, if its host belongs to the run. */
  #urgentAddressOfPeer(to: UdpAddress): UdpAddress | undefined {
    return this.#isOfRun(to.address) ? this.#urgentAddressOf(to) : undefined;
  }

  /**
   * The urgent address of a socket. With a port plan there is none, because there are too few real ports for two per
   * socket.
   */
  #urgentAddressOf(real: UdpAddress): UdpAddress | undefined {
    return this.ports === undefined ? findUrgentAddress(real) : undefined;
  }

  /** Closes a socket; queued datagrams leave before its port is free. */
  close(local: Endpoint): void {
    const open = this.#open[local];
    if (open === undefined) return;
    const { wire, urgentWire, place } = open;
    this.ports?.close(this.#endpoints.pairOf(local));
    this.#open[local] = undefined;
    this.#draining.set(place, wire);
    urgentWire?.close();
    wire.close();
    wire.onceFreed(() => {
      if (this.#draining.get(place) === wire) this.#draining.delete(place);
      this.#written -= wire.lost;
      this.#unsent += wire.lost;
    });
  }

  /** Resolves when the ports of all closed sockets are free. */
  async drained(): Promise<void> {
    const wires = [...this.#draining.values()];
    await Promise.all(wires.map((wire) => new Promise<void>((free) => wire.onceFreed(free))));
  }

  /** Closes the sockets of one host, or all. */
  closeAll(host?: number): void {
    for (const [local, open] of this.#open.entries()) {
      if (open !== undefined && (host === undefined || open.host === host)) this.close(local);
    }
  }

  /** Finds the sender's endpoint, and remembers it for the next datagram. */
  #findSender(last: LastSender, address: string, port: number): void {
    const place = this.ports?.whose(address, port) ?? { address, port };
    const known = this.#endpoints.find(place.address, place.port);
    // With a port plan, a real port may get another owner and a guest may become known, so the
    // sender is looked up for every datagram.
    const isKept = known !== undefined && this.ports === undefined;
    last.address = isKept ? address : '';
    last.port = isKept ? port : -1;
    if (known === undefined) {
      last.isOwn = this.#isPeer(place.address);
      const kind = last.isOwn ? 'peer' : 'stranger';
      last.endpoint = this.#endpoints.meet(place.address, place.port, kind);
      return;
    }
    last.endpoint = known;
    last.isOwn = this.#isOwn[known] ??= this.#isPeer(place.address);
  }
}

function keyOf({ address, port }: UdpAddress): string {
  return `${address}:${port}`;
}
