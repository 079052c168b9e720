/**
 * Interned (address, port) pairs and the sockets bound to them: a destination is one array read.
 *
 * Configured, bound and named endpoints are interned and stay. A sender that is merely heard at a real
 * socket is a guest (guest-endpoints.ts) and has a number of another range for a while.
 *
 * Does not know routes, nor which addresses a host owns.
 *
 * @module
 */
import { InvariantError } from '../core/assert.ts';
import type { Endpoint } from '../host/socket.ts';
import { type EndpointPair, GuestEndpoints } from './guest-endpoints.ts';
import type { SimSocket } from './sim-socket.ts';

/** Address that all members of a segment hear (RFC 919). */
export const BROADCAST_ADDRESS = '255.255.255.255';

/** Numbers from here on are guests'; packet tables hold endpoints in 31 bits. */
const GUESTS_FIRST = 2 ** 30;
const GUESTS_SPAN = 2 ** 29;
/** Guests of each kind, some 10 MB of them: more senders than one socket hears in a second. */
export const GUESTS_MAX = 65_536;
/** Stands for a guest who is forgotten: no way leads there. */
const NOWHERE: EndpointPair = { address: '0.0.0.0', port: 0 };

/** Hosts of the run at ports that nobody named, or anybody else. */
export type GuestKind = 'peer' | 'stranger';

/** All endpoints of one world. */
export class EndpointTable {
  /** Socket bound at each endpoint. */
  readonly sockets: (SimSocket | undefined)[] = [];
  private readonly numbers = new Map<string, Map<number, Endpoint>>();
  private readonly pairs: EndpointPair[] = [];
  /** Apart, so that strangers take no place of a peer's. */
  private readonly guests: Readonly<Record<GuestKind, GuestEndpoints>> = {
    peer: new GuestEndpoints({ first: GUESTS_FIRST, span: GUESTS_SPAN, limit: GUESTS_MAX }),
    stranger: new GuestEndpoints({
      first: GUESTS_FIRST + GUESTS_SPAN,
      span: GUESTS_SPAN,
      limit: GUESTS_MAX,
    }),
  };

  /** Pairs that are interned, and guests that are known now. */
  get size(): number {
    return this.pairs.length + this.guests.peer.size + this.guests.stranger.size;
  }

  /** The number of (address, port); always the same. */
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

  /** The number of an interned (address, port). */
  find(address: string, port: number): Endpoint | undefined {
    return this.numbers.get(address)?.get(port);
  }

  /** A number for a sender who is not interned, while it is heard. */
  meet(address: string, port: number, kind: GuestKind): Endpoint {
    return this.guests[kind].meet(address, port);
  }

  /** Gives a connection's other end a number for as long as it is held. */
  hold(address: string, port: number): Endpoint {
    const known = this.find(address, port);
    if (known !== undefined) return known;
    const endpoint = this.guests.peer.meet(address, port);
    this.guests.peer.hold(endpoint);
    return endpoint;
  }

  /** The connection is over. */
  letGo(endpoint: Endpoint): void {
    if (endpoint >= GUESTS_FIRST) this.guests.peer.letGo(endpoint);
  }

  // hot: mixnet nodes ask once per datagram.
  /** Address and port of an endpoint; 0.0.0.0 of a guest who was silent and is forgotten. */
  pairOf(endpoint: Endpoint): EndpointPair {
    const pair = this.pairs[endpoint];
    if (pair !== undefined) return pair;
    if (endpoint < GUESTS_FIRST)
      throw new InvariantError(`endpoint ${endpoint} was never interned`);
    const kind = endpoint < GUESTS_FIRST + GUESTS_SPAN ? 'peer' : 'stranger';
    return this.guests[kind].pairOf(endpoint) ?? NOWHERE;
  }
}
