/**
 * Identifiers of the hosts of a network: each has a name and a node number, which is its position in
 * the topology, counted from 1. All nodes derive the same identifiers.
 *
 * @module
 */
import type { NetworkMap } from '../../engine/host/network-view.ts';
import { memoisePerObject } from '../../engine/pure/once-per.ts';
import {
  APPLICATION_DEMUX,
  APPLICATION_SERVICE_NUMBER,
  ROUTER_DEMUX,
  ROUTER_SERVICE_NUMBER,
} from './geometry.ts';
import { deriveNodeEid, type Eid, formatEid } from './wire/eid.ts';

/** Maps names of hosts to their endpoint identifiers, and back. */
export class HostEids {
  readonly #scheme: 'ipn' | 'dtn';
  /** Numbers of hosts by name, from 0: one less than the node numbers in their identifiers. */
  readonly #numbers = new Map<string, number>();
  readonly #names: readonly string[];
  readonly #byNode = new Map<string, string>();

  /** @param names Names of hosts in the order of the topology. */
  constructor(names: readonly string[], scheme: 'ipn' | 'dtn') {
    this.#scheme = scheme;
    this.#names = names;
    for (const [number, name] of names.entries()) {
      this.#numbers.set(name, number);
      this.#byNode.set(formatEid(this.nodeOf(name)), name);
    }
  }

  /** Number of hosts. */
  get size(): number {
    return this.#names.length;
  }

  /** True if `other` has the same hosts with the same numbers. */
  isSameAs(other: HostEids): boolean {
    if (this === other) return true;
    return this.size === other.size && this.#names.every((name, at) => other.nameAt(at) === name);
  }

  /** The number of a host, from 0; undefined if no host has this name. */
  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  nameAt(number: number): string | undefined {
    return this.#names[number];
  }

  /** The identifier of the node on a host: its administrative endpoint. */
  nodeOf(name: string): Eid {
    return deriveNodeEid(this.applicationOf(name));
  }

  /** The identifier of the application on a host. */
  applicationOf(name: string): Eid {
    return this.#endpoint(name, APPLICATION_SERVICE_NUMBER, APPLICATION_DEMUX);
  }

  /** The identifier of the router on a host. */
  routerOf(name: string): Eid {
    return this.#endpoint(name, ROUTER_SERVICE_NUMBER, ROUTER_DEMUX);
  }

  #endpoint(name: string, service: number, demux: string): Eid {
    const number = this.#numbers.get(name);
    if (this.#scheme === 'dtn' || number === undefined) {
      return { scheme: 'dtn', node: name, demux };
    }
    return { scheme: 'ipn', allocator: 0, node: number + 1, service };
  }

  /** Name of the host of an endpoint; undefined if no host of the network has it. */
  hostOf(eid: Eid): string | undefined {
    return this.#byNode.get(formatEid(deriveNodeEid(eid)));
  }
}

type Hosts = NetworkMap['hosts'];

/**
 * The identifiers of a list of hosts, for each scheme. They never change, so all nodes of a process
 * share them.
 */
const namesIn = {
  ipn: memoisePerObject((hosts: Hosts) => new HostEids(namesRunning(hosts), 'ipn')),
  dtn: memoisePerObject((hosts: Hosts) => new HostEids(namesRunning(hosts), 'dtn')),
};

/** Makes the identifiers of the hosts that run DTN. */
export function makeHostEids(
  { hosts }: Pick<NetworkMap, 'hosts'>,
  scheme: 'ipn' | 'dtn',
): HostEids {
  return namesIn[scheme](hosts);
}

function namesRunning(hosts: Hosts): readonly string[] {
  return hosts.filter(({ stack }) => stack.includes('dtn')).map(({ name }) => name);
}
