/**
 * Interned (address, port) pairs and the sockets bound to them: a destination is one array read.
 *
 * Does not know routes, nor which addresses a host owns.
 *
 * @module
 */
import { InvariantError } from '../core/assert.ts';
import type { Endpoint } from '../host/socket.ts';
import type { SimSocket } from './sim-socket.ts';

/** Address that all members of a segment hear (RFC 919). */
export const BROADCAST_ADDRESS = '255.255.255.255';

/** All endpoints of one world. */
export class EndpointTable {
  /** Socket bound at each endpoint. */
  readonly sockets: (SimSocket | undefined)[] = [];
  private readonly numbers = new Map<string, Map<number, Endpoint>>();
  private readonly pairs: { readonly address: string; readonly port: number }[] = [];

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
    this.pairs.push({ address, port });
    this.sockets.push(undefined);
    ports.set(port, endpoint);
    return endpoint;
  }

  // hot: mixnet nodes ask once per datagram.
  /** Address and port of an endpoint. */
  pairOf(endpoint: Endpoint): { readonly address: string; readonly port: number } {
    const pair = this.pairs[endpoint];
    if (pair === undefined) throw new InvariantError(`endpoint ${endpoint} was never interned`);
    return pair;
  }
}
