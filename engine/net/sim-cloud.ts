/**
 * A cloud: each host reaches every other one, over its access and a core that only delays and loses
 * (docs/spec/link-model.md#clouds). There is one direction up and one down for each host, with rate and queue, and
 * one for each ordered pair of regions; there is none for a pair of hosts.
 *
 * A packet crosses three directions and is counted on each; `passedOn` says how often packets went on to the next one.
 * The order of packets between two hosts is kept unless the specification of their regions says otherwise.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { LinkDirection } from './direction.ts';
import { DROP_NO_ROUTE, DROP_PARTITION } from './drop-reasons.ts';
import type { EndpointTable } from './endpoint-table.ts';
import type { LinkDirectionSpec } from './link-spec.ts';
import type { PacketTable } from './packet-table.ts';

/** A host of a cloud, as the file describes it. */
export interface CloudMember {
  readonly host: string;
  /** Number of the host's region. */
  readonly region: number;
  readonly up: LinkDirectionSpec;
  readonly down: LinkDirectionSpec;
}

/** The settings of a new cloud. */
export interface SimCloudOptions {
  readonly id: string;
  /** Names of the regions. */
  readonly regions: readonly string[];
  readonly members: readonly CloudMember[];
  /** The direction from one region to another, or within one, by the numbers of the regions. */
  readonly between: (from: number, to: number) => LinkDirectionSpec;
}

/** The directions of links by which a host is attached to a region of a cloud. */
export interface CloudAccess {
  readonly host: number;
  readonly region: number;
  readonly up: LinkDirection;
  readonly down: LinkDirection;
}

/** The directions of a cloud, and what it needs from its world. */
export interface CloudParts {
  readonly id: string;
  readonly regions: readonly string[];
  readonly accesses: readonly CloudAccess[];
  /** Direction from region a to region b at a * regions + b. */
  readonly cores: readonly LinkDirection[];
  readonly table: PacketTable;
  readonly endpoints: EndpointTable;
  /** Index of the host that owns an address. */
  readonly hostOf: (address: string) => number | undefined;
  /** Counts a packet that has reached the end of a direction. */
  readonly count: (direction: LinkDirection, packet: number) => void;
}

/**
 * A cloud: each host reaches every other one, over its access and a core that only delays and loses.
 */
export class SimCloud {
  readonly id: string;
  /** How often a packet went from an access into the core, or from the core into an access. */
  passedOn = 0;
  private readonly parts: CloudParts;
  private readonly byHost: ReadonlyMap<number, CloudAccess>;
  /** Number of partitions in force, by `sender/receiver`. */
  private readonly partitions = new Map<string, number>();

  constructor(parts: CloudParts) {
    this.id = parts.id;
    this.parts = parts;
    this.byHost = new Map(parts.accesses.map((access) => [access.host, access]));
  }

  /** True when the host has an access to the cloud. */
  hasMember(host: number): boolean {
    return this.byHost.has(host);
  }

  /** The access of a host; undefined if it has none. */
  access(host: number): CloudAccess | undefined {
    return this.byHost.get(host);
  }

  /**
   * The two directions of a part of the cloud.
   * @param name Name of a host, for its access; or `a--b` for the regions a and b, the one with the lower number first.
   */
  part(
    name: string,
    indexOf: (host: string) => number | undefined,
  ): { readonly forward: LinkDirection; readonly backward: LinkDirection } | undefined {
    const access = this.byHost.get(indexOf(name) ?? -1);
    if (access !== undefined) return { forward: access.up, backward: access.down };
    const { regions } = this.parts;
    for (const [a, from] of regions.entries()) {
      const to = name.startsWith(`${from}--`) ? name.slice(from.length + 2) : '';
      // A region's name may contain `--`, so `name` may be split in two ways. The region with the lower number comes
      // first: with the regions `a--b`, `c`, `b--c` and `a`, in this order, `a--b--c` is `a--b` and `c`.
      if (regions.indexOf(to) < a) continue;
      return { forward: this.core(from, to), backward: this.core(to, from) };
    }
    return undefined;
  }

  /** The direction from one region to another, or within one. */
  core(from: string, to: string): LinkDirection {
    const { regions, cores } = this.parts;
    const found = cores[regions.indexOf(from) * regions.length + regions.indexOf(to)];
    const isKnown = regions.includes(from) && regions.includes(to) && found !== undefined;
    assert(isKnown, `cloud ${this.id} has no regions ${from} and ${to}`);
    return found;
  }

  /** Adds or removes a partition from one host to another. */
  partition(from: number, to: number, change: 1 | -1): void {
    const key = `${from}/${to}`;
    const count = (this.partitions.get(key) ?? 0) + change;
    if (count === 0) this.partitions.delete(key);
    else this.partitions.set(key, count);
  }

  // hot: twice per packet.
  /** Called when a packet has crossed an access upwards, or the core. */
  arrive(direction: LinkDirection, packet: number): void {
    const { table, endpoints, hostOf, cores, regions, count } = this.parts;
    const { address } = endpoints.pairOf(table.to[packet] as number);
    const to = this.byHost.get(hostOf(address) ?? -1);
    if (to === undefined) {
      direction.drop(packet, DROP_NO_ROUTE);
      return;
    }
    const from = this.byHost.get(direction.fromNode);
    if (from === undefined) {
      count(direction, packet);
      this.passedOn += 1;
      to.down.offer(packet);
      return;
    }
    if (this.partitions.size > 0 && this.partitions.has(`${from.host}/${to.host}`)) {
      direction.drop(packet, DROP_PARTITION);
      return;
    }
    count(direction, packet);
    this.passedOn += 1;
    (cores[from.region * regions.length + to.region] as LinkDirection).offer(packet);
  }
}
