/**
 * Real ports of a world whose hosts all have the real address 127.0.0.1, for systems that have no other address
 * of 127.0.0.0/8: `addressPlan: ports`.
 *
 * Inside the world, every host keeps its address from the `loopback` plan. This file maps each (address, port) of a
 * host to a real port of the host's own range, and back. The n-th port of a link always maps to the
 * same real port. Other ports get the first free real port, in order of first use, and keep it until
 * they are closed. A connection begins at a real port that the system chooses, which is in the table
 * while the connection is open.
 *
 * The mapping is valid in one process; other processes do not know it.
 *
 * @module
 */

/** The one address that every system has. */
export const LOOPBACK_ADDRESS = '127.0.0.1';
/** First port number inside the world that belongs to links (topologies/assemble/address-plan.ts). */
const LINK_PORT_FIRST = 50_000;

/** IP address and port of a socket. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** The range of real ports that belongs to one host. */
export interface PortRange {
  /** The host's address inside the world. */
  readonly address: string;
  /** First real port of the host's range. */
  readonly first: number;
  /** Number of real ports for ports that do not belong to links; these real ports come first in the range. */
  readonly services: number;
  /** Number of all real ports of the range; the real ports of links come last. */
  readonly count: number;
}

/** A connection being made, as `node:net` shows it. */
export interface ConnectingSocket {
  readonly localPort?: number | undefined;
}

/** Maps addresses and ports of the world to real ports of 127.0.0.1, and back. */
export class PortPlan {
  readonly ranges: readonly PortRange[];
  readonly #rangeOf: ReadonlyMap<string, PortRange>;
  /** The real port by address, then by port. */
  readonly #real = new Map<string, Map<number, SocketAddress>>();
  /** Address and port inside the world, by real port. */
  readonly #logical = new Map<number, SocketAddress>();
  /** Number of open sockets at each real port. */
  readonly #users = new Map<number, number>();
  /** Real ports whose sockets are closed, in the order of closing. */
  readonly #idle = new Set<number>();
  /** Connections being made, with the address of the connecting host. */
  readonly #callers = new Map<ConnectingSocket, string>();
  /** Established connections, with the address and port inside the world from which each was made. */
  readonly #calls = new Map<ConnectingSocket, SocketAddress>();

  constructor(ranges: readonly PortRange[]) {
    this.ranges = ranges;
    this.#rangeOf = new Map(ranges.map((range) => [range.address, range]));
  }

  /** Finds the real address and port for a socket of (address, port); undefined if no real port is left. */
  open(place: SocketAddress): SocketAddress | undefined {
    const real = this.find(place) ?? this.#choose(place);
    if (real === undefined) return undefined;
    this.#idle.delete(real.port);
    this.#users.set(real.port, (this.#users.get(real.port) ?? 0) + 1);
    return real;
  }

  /** Called when the socket of (address, port) is closed: its real port may then be used for another port. */
  close(place: SocketAddress): void {
    const real = this.find(place);
    if (real === undefined) return;
    const users = Math.max(0, (this.#users.get(real.port) ?? 0) - 1);
    this.#users.set(real.port, users);
    if (users === 0) this.#idle.add(real.port);
  }

  // hot: once per datagram and hop.
  /** The real address and port of (address, port); undefined if it has none. */
  find(place: SocketAddress): SocketAddress | undefined {
    return this.#real.get(place.address)?.get(place.port);
  }

  // hot: once per datagram and hop.
  /** The sender of datagrams from a real port, as inside the world; unchanged if it does not belong to this world. */
  whose(address: string, port: number): SocketAddress {
    return (
      (address === LOOPBACK_ADDRESS ? this.#logical.get(port) : undefined) ?? { address, port }
    );
  }

  /** Called when a host begins to make a connection; the system chooses its port before anything else happens. */
  call(caller: ConnectingSocket, address: string): void {
    this.#callers.set(caller, address);
  }

  /** Called when a connection is established. @returns the address and port inside the world from which it was made. */
  connected(caller: ConnectingSocket): SocketAddress {
    const address = this.#callers.get(caller) ?? LOOPBACK_ADDRESS;
    const place = { address, port: caller.localPort ?? 0 };
    this.#callers.delete(caller);
    this.#calls.set(caller, place);
    return place;
  }

  /** Called when a connection has ended or failed. */
  hungUp(caller: ConnectingSocket): void {
    this.#callers.delete(caller);
    this.#calls.delete(caller);
  }

  /**
   * The address and port inside the world from which the connection from a real port was made, also before
   * {@link connected} was called for it.
   */
  caller(address: string, port: number): SocketAddress {
    for (const place of this.#calls.values()) if (place.port === port) return place;
    for (const [caller, owner] of this.#callers) {
      if (caller.localPort === port) return { address: owner, port };
    }
    return { address, port };
  }

  #choose(place: SocketAddress): SocketAddress | undefined {
    const { address, port } = place;
    const range = this.#rangeOf.get(address);
    if (range === undefined) return undefined;
    const { first, services, count } = range;
    const link = services + port - LINK_PORT_FIRST;
    const places = Array.from({ length: count }, (_, index) => first + index);
    const own = link >= services && link < count ? [first + link] : [];
    const candidates = [...own, ...places.slice(0, services)];
    const free = candidates.find((one) => !this.#logical.has(one));
    const chosen = free ?? [...this.#idle].find((one) => candidates.includes(one));
    if (chosen === undefined) return undefined;
    this.#forget(chosen);
    return this.#note(chosen, place);
  }

  #note(port: number, place: SocketAddress): SocketAddress {
    const real = { address: LOOPBACK_ADDRESS, port };
    const ports = this.#real.get(place.address) ?? new Map<number, SocketAddress>();
    this.#real.set(place.address, ports.set(place.port, real));
    this.#logical.set(port, { address: place.address, port: place.port });
    return real;
  }

  #forget(port: number): void {
    const place = this.#logical.get(port);
    this.#idle.delete(port);
    this.#logical.delete(port);
    if (place !== undefined) this.#real.get(place.address)?.delete(place.port);
  }
}
