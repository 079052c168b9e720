/**
 * Finds hosts by address and addresses by host: one table of all hosts of a network, shared by all its nodes, and
 * the endpoints of the hosts with which one node communicates.
 *
 * @module
 */
import type { NetworkMap } from '../../engine/host/network-view.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import { memoisePerObject } from '../../engine/pure/once-per.ts';
import type { HostPart } from './host-part.ts';

interface Names {
  readonly addresses: ReadonlyMap<string, string>;
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The table of all hosts. It is made once for all nodes, because a thousand tables of a thousand
 * hosts would have a million entries.
 */
const namesOf = memoisePerObject(
  (hosts: NetworkMap['hosts']): Names => ({
    addresses: new Map(hosts.map(({ name, address }) => [name, address])),
    names: new Map(hosts.map(({ name, address }) => [address, name])),
  }),
);

/** The peers of one node, all at the same UDP port. */
export class PeerDirectory {
  readonly #host: HostPart<'endpoint' | 'endpointOf'>;
  readonly #port: number;
  readonly #all: Names;
  /** Endpoints of the hosts for which {@link endpointOf} was called, by name. */
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #names = new Map<Endpoint, string>();

  constructor(
    host: HostPart<'endpoint' | 'endpointOf'>,
    { hosts }: Pick<NetworkMap, 'hosts'>,
    port: number,
  ) {
    this.#host = host;
    this.#port = port;
    this.#all = namesOf(hosts);
  }

  /** The endpoint of a host; undefined if the network has no host of that name. */
  endpointOf(name: string): Endpoint | undefined {
    const before = this.#endpoints.get(name);
    if (before !== undefined) return before;
    const address = this.#all.addresses.get(name);
    if (address === undefined) return undefined;
    const endpoint = this.#host.endpoint(address, this.#port);
    this.#endpoints.set(name, endpoint);
    return endpoint;
  }

  /**
   * The name of the host with an endpoint; undefined for unknown addresses, and for other ports of
   * a known host.
   */
  nameOf(endpoint: Endpoint): string | undefined {
    const before = this.#names.get(endpoint);
    if (before !== undefined) return before;
    const { address, port } = this.#host.endpointOf(endpoint);
    const name = port === this.#port ? this.#all.names.get(address) : undefined;
    if (name !== undefined) this.#names.set(endpoint, name);
    return name;
  }
}
