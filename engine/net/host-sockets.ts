/**
 * Ports and routes of one simulated host: binds sockets and decides by which link a datagram
 * leaves: (1) the socket's `link`, (2) the link whose far end is the destination (address, port),
 * (3) the first link or segment that joins the two hosts.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { DatagramSocket, Endpoint, UdpOptions } from '../host/socket.ts';
import type { WatchedLink } from './contact-watch.ts';
import type { LinkDirection } from './direction.ts';
import { BROADCAST_ADDRESS } from './endpoint-table.ts';
import type { Machine } from './machine.ts';
import type { PacketTable } from './packet-table.ts';
import { DEFERRED_SEND_EVENT, type HostWorld } from './sim-host-world.ts';
import { type BufferOwnership, SimSocket, type SocketContext } from './sim-socket.ts';

/** First port that `udp({ port: 0 })` assigns (RFC 6335 section 6). */
const FIRST_DYNAMIC_PORT = 49_152;
const LAST_PORT = 65_535;

/** The host that owns the sockets. */
export interface SocketOwner {
  readonly name: string;
  readonly index: number;
  readonly address: string;
  readonly machine: Machine;
}

/** A cloud that this host has an access to, and the direction from the host into the cloud. */
interface CloudEnd {
  readonly up: LinkDirection;
  readonly cloud: { hasMember(host: number): boolean };
}

/** Binds the sockets of one host, and finds the link by which a datagram leaves. */
export class HostSockets implements SocketContext {
  readonly hostIndex: number;
  readonly table: PacketTable;
  readonly ownership: BufferOwnership;
  private readonly world: HostWorld;
  private readonly owner: SocketOwner;
  /** Addresses besides the owner's own; absent as long as there are none. */
  private addresses: Set<string> | undefined;
  private readonly open: SimSocket[] = [];
  private readonly linkByRemote = new Map<Endpoint, LinkDirection>();
  private readonly linkByHost = new Map<number, LinkDirection>();
  /** Links and segments in the order in which they were attached. */
  private readonly attached: LinkDirection[] = [];
  /** Clouds that this host has an access to; absent as long as there are none. */
  private clouds: CloudEnd[] | undefined;
  /** The attached links and segments by id, made when first needed. */
  private linkById: Map<string, LinkDirection> | undefined;
  private nextPort = FIRST_DYNAMIC_PORT;

  constructor(world: HostWorld, owner: SocketOwner) {
    this.world = world;
    this.owner = owner;
    this.hostIndex = owner.index;
    this.table = world.network.table;
    this.ownership = world.ownership;
  }

  /** Attaches a link or segment to this host; `remote` is the other end of a link. */
  attach(direction: LinkDirection, remote?: Endpoint): void {
    this.attached.push(direction);
    this.linkById?.set(direction.linkId, direction);
    if (remote !== undefined) this.linkByRemote.set(remote, direction);
  }

  /** Attaches the access to a cloud, which leads to all its other members. */
  attachCloud(up: LinkDirection, cloud: CloudEnd['cloud']): void {
    this.attach(up);
    this.clouds ??= [];
    this.clouds.push({ up, cloud });
  }

  /** The links and segments with contacts, in the order in which they were attached. */
  get withContacts(): readonly WatchedLink[] {
    return this.attached.flatMap(({ linkId: id, spec: { contacts }, toNode }) =>
      contacts === undefined ? [] : [{ id, peer: this.world.hostName(toNode), contacts }],
    );
  }

  /** Sets the direction by which packets to another host leave, unless one was set earlier. */
  attachNeighbour(host: number, direction: LinkDirection): void {
    if (!this.linkByHost.has(host)) this.linkByHost.set(host, direction);
  }

  /** Another address of this host (a link end may have its own). */
  addAddress(address: string): void {
    if (address === this.owner.address) return;
    this.addresses ??= new Set();
    this.addresses.add(address);
  }

  /**
   * Binds a socket.
   * @param protocol Owner of the socket, whose code is charged; by default the lowest protocol of the host.
   * @returns undefined if the port is taken or the address is not the host's.
   */
  bind(options: UdpOptions, protocol?: string): DatagramSocket | undefined {
    const address = options.address ?? this.owner.address;
    if (address !== this.owner.address && this.addresses?.has(address) !== true) return undefined;
    const { sockets } = this.world.endpoints;
    const port = options.port === 0 ? this.freePort(address) : options.port;
    const local = this.world.endpoints.intern(address, port);
    if (sockets[local] !== undefined) return undefined;
    const out = options.link === undefined ? undefined : this.directions.get(options.link);
    const isKnown = options.link === undefined || out !== undefined;
    assert(isKnown, `${this.owner.name} has no link ${options.link}`);
    const socket = new SimSocket(this, local, out, { ...options, protocol });
    sockets[local] = socket;
    this.open.push(socket);
    return socket;
  }

  /** Closes all sockets after a crash of the host. */
  closeAll(): void {
    for (const socket of [...this.open]) socket.close();
    this.nextPort = FIRST_DYNAMIC_PORT;
  }

  unbind(socket: SimSocket): void {
    this.world.endpoints.sockets[socket.local] = undefined;
    this.open.splice(this.open.indexOf(socket), 1);
  }

  route(to: Endpoint): LinkDirection | undefined {
    const direct = this.linkByRemote.get(to);
    if (direct !== undefined) return direct;
    const { address } = this.world.endpoints.pairOf(to);
    if (address === BROADCAST_ADDRESS) return this.world.segmentOf(this.hostIndex);
    const host = this.world.hostOf(address);
    if (host === undefined) return undefined;
    if (host === this.hostIndex) return this.world.loopback(host);
    const joined = this.linkByHost.get(host);
    return joined ?? this.clouds?.find(({ cloud }) => cloud.hasMember(host))?.up;
  }

  noRoute(packet: number): void {
    this.world.noRoute(this.hostIndex, packet);
  }

  // hot: once per datagram.
  transmit(direction: LinkDirection, packet: number): boolean {
    const { machine } = this.owner;
    if (!machine.isCharging) return direction.offer(packet);
    const bytes = this.table.length[packet] as number;
    machine.charge('send', bytes);
    machine.charge('link', bytes);
    const { scheduler } = this.world.network;
    scheduler.schedule(machine.chargedNs, DEFERRED_SEND_EVENT, packet, direction.id);
    return true;
  }

  /** Links and segments by id. */
  private get directions(): ReadonlyMap<string, LinkDirection> {
    this.linkById ??= new Map(this.attached.map((direction) => [direction.linkId, direction]));
    return this.linkById;
  }

  private freePort(address: string): number {
    const { endpoints } = this.world;
    for (let port = this.nextPort; port <= LAST_PORT; port += 1) {
      if (endpoints.sockets[endpoints.intern(address, port)] !== undefined) continue;
      this.nextPort = port + 1;
      return port;
    }
    throw new RangeError(`${this.owner.name}: no dynamic port is free`);
  }
}
