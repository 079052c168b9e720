/**
 * The routing table: finds the peers that announced prefixes which contain an address, with those
 * of the longest prefix first (RFC 4632, section 5.1).
 *
 * There is one hash table for each prefix length, so a lookup costs one access for each length in
 * use, whatever the number of routes. Routes end at an instant; the caller provides the time.
 *
 * @module
 */
import { ADDRESS_BITS } from './geometry.ts';
import { type IpAddress, type IpFamily, type IpPrefix, prefixOf } from './ip-prefix.ts';

/** A prefix, and the peer that announced it. */
export interface Route {
  readonly prefix: IpPrefix;
  readonly peer: string;
  /** The instant from which on the route is not used, ns. */
  readonly endNs: number;
}

/**
 * The routes of each prefix by their peers, by the first address of the prefix. There is one such
 * table for each prefix length.
 */
type ByLength = (Map<bigint, Map<string, Route>> | undefined)[];

/** The routes of one gateway. */
export class RouteTable {
  readonly #families: Readonly<Record<IpFamily, ByLength>> = { ipv4: [], ipv6: [] };
  readonly #byPeer = new Map<string, Set<Route>>();

  /** The routes of a peer, in the order of their arrival. */
  routesOf(peer: string): readonly Route[] {
    return [...(this.#byPeer.get(peer) ?? [])];
  }

  /** All routes, ordered by peer. */
  list(): readonly Route[] {
    return [...this.#byPeer.keys()].sort().flatMap((peer) => this.routesOf(peer));
  }

  /** Number of routes of a peer. */
  count(peer: string): number {
    return this.#byPeer.get(peer)?.size ?? 0;
  }

  /** The route of a peer for exactly this prefix. */
  get({ family, address, length }: IpPrefix, peer: string): Route | undefined {
    return this.#families[family][length]?.get(address)?.get(peer);
  }

  /** Adds a route; replaces the route of the same prefix and peer. */
  set(route: Route): void {
    const { prefix, peer } = route;
    const known = this.get(prefix, peer);
    const ofPeer = this.#byPeer.get(peer) ?? new Set<Route>();
    this.#byPeer.set(peer, ofPeer);
    if (known !== undefined) ofPeer.delete(known);
    ofPeer.add(route);
    const byLength = this.#families[prefix.family];
    const byAddress = byLength[prefix.length] ?? new Map<bigint, Map<string, Route>>();
    byLength[prefix.length] = byAddress;
    const byPeer = byAddress.get(prefix.address) ?? new Map<string, Route>();
    byAddress.set(prefix.address, byPeer);
    byPeer.set(peer, route);
  }

  /** Removes a route that is in the table. */
  delete(route: Route): void {
    const { prefix, peer } = route;
    const byLength = this.#families[prefix.family];
    const byAddress = byLength[prefix.length];
    const byPeer = byAddress?.get(prefix.address);
    byPeer?.delete(peer);
    if (byPeer?.size === 0) byAddress?.delete(prefix.address);
    if (byAddress?.size === 0) byLength[prefix.length] = undefined;
    const ofPeer = this.#byPeer.get(peer);
    ofPeer?.delete(route);
    if (ofPeer?.size === 0) this.#byPeer.delete(peer);
  }

  /**
   * The routes of the longest prefix that contains an address, in the order of their peers' names;
   * empty if no prefix contains it.
   */
  // hot: once per IP packet.
  lookup({ family, address }: IpAddress, nowNs: number): readonly Route[] {
    const byLength = this.#families[family];
    for (let length = ADDRESS_BITS[family]; length >= 0; length -= 1) {
      const byAddress = byLength[length];
      if (byAddress === undefined) continue;
      const byPeer = byAddress.get(prefixOf(family, address, length).address);
      const found = [...(byPeer?.values() ?? [])].filter(({ endNs }) => endNs > nowNs);
      if (found.length > 0) return found.sort(byName);
    }
    return [];
  }

  /** Removes the routes that have ended. */
  expire(nowNs: number): void {
    for (const route of this.list()) if (route.endNs <= nowNs) this.delete(route);
  }
}

function byName({ peer: one }: Route, { peer: other }: Route): number {
  return one < other ? -1 : 1;
}
