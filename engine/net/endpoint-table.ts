/**
 * Numbers for (address, port) pairs, and the sockets bound to the pairs: finding the socket of a
 * destination is one array read.
 *
 * Pairs that are configured, bound or named by a node keep their number for good (they are interned). Any other
 * sender of a datagram at a real socket is a guest (guest-endpoints.ts) and temporarily gets a number from a
 * different range.
 *
 * Does not know routes, nor which host owns an address.
 *
 * @module
 */
import { InvariantError } from '../core/assert.ts';
import type { Endpoint } from '../host/socket.ts';
import { type AddressAndPort, GuestEndpoints } from './guest-endpoints.ts';
import type { SimSocket } from './sim-socket.ts';

/** Address that all members of a segment receive (RFC 919). */
export const BROADCAST_ADDRESS = '255.255.255.255';

/** Numbers from here on belong to guests; packet tables hold endpoints in 31 bits. */
const GUESTS_FIRST = 2 ** 30;
const GUESTS_SPAN = 2 ** 29;
/**
 * Largest number of guests of each kind: more senders than one socket can receive from in a second. They take about
 * 10 MB.
 */
export const GUESTS_MAX = 65_536;
/** Address and port of a guest that was removed; no link leads there. */
const REMOVED_GUEST: AddressAndPort = { address: '0.0.0.0', port: 0 };

/** Kinds of guests by origin: hosts of the run at ports that no file names, and all others. */
export type GuestKind = 'peer' | 'stranger';

/** The numbers of the endpoints of one world, and the sockets bound to them. */
export class EndpointTable {
  /** The socket bound at each endpoint, by the endpoint's number. */
  readonly sockets: (SimSocket | undefined)[] = [];
  private readonly numbers = new Map<string, Map<number, Endpoint>>();
  private readonly pairs: AddressAndPort[] = [];
  /** Separate tables, so that strangers never evict a peer. */
  private readonly guests: Readonly<Record<GuestKind, GuestEndpoints>> = {
    peer: new GuestEndpoints({ first: GUESTS_FIRST, span: GUESTS_SPAN, limit: GUESTS_MAX }),
    stranger: new GuestEndpoints({
      first: GUESTS_FIRST + GUESTS_SPAN,
      span: GUESTS_SPAN,
      limit: GUESTS_MAX,
    }),
  };

  /** Number of interned pairs and of present guests. */
  get size(): number {
    return this.pairs.length + this.guests.peer.size + this.guests.stranger.size;
  }

  /** The number of (address, port); it never changes. */
  intern(address: string, port: number): Endpoint {
    let ports = this.numbers.get(address);
    if (ports === undefined) {
      ports = new Map();
      this.numbers.set(address, ports);
    }
    const known = ports.get(port);
    if (known !== undefined) return known;
    const endpoint = this.pairs.length;
    if (endpoint >= GUESTS_FIRST) throw new InvariantError('endpoints have run out');
    this.pairs.push({ address, port });
    this.sockets.push(undefined);
    ports.set(port, endpoint);
    return endpoint;
  }

  /** The number of an interned (address, port); undefined if the pair is not interned. */
  find(address: string, port: number): Endpoint | undefined {
    return this.numbers.get(address)?.get(port);
  }

  /**
   * Returns a number for a sender that is not interned; it is valid as long as the sender is
   * active.
   */
  meet(address: string, port: number, kind: GuestKind): Endpoint {
    return this.guests[kind].meet(address, port);
  }

  /** Returns a number for the other end of a connection, valid until the connection is released. */
  hold(address: string, port: number): Endpoint {
    const known = this.find(address, port);
    if (known !== undefined) return known;
    const endpoint = this.guests.peer.meet(address, port);
    this.guests.peer.hold(endpoint);
    return endpoint;
  }

  /** Releases a number from {@link hold} when the connection has ended. */
  letGo(endpoint: Endpoint): void {
    if (endpoint >= GUESTS_FIRST) this.guests.peer.letGo(endpoint);
  }

  // hot: mixnet nodes ask once per datagram.
  /** Address and port of an endpoint; 0.0.0.0 for a guest that was silent and therefore removed. */
  pairOf(endpoint: Endpoint): AddressAndPort {
    const pair = this.pairs[endpoint];
    if (pair !== undefined) return pair;
    if (endpoint < GUESTS_FIRST)
      throw new InvariantError(`endpoint ${endpoint} was never interned`);
    const kind = endpoint < GUESTS_FIRST + GUESTS_SPAN ? 'peer' : 'stranger';
    return this.guests[kind].pairOf(endpoint) ?? REMOVED_GUEST;
  }
}
