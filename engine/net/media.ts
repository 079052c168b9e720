/**
 * The media of a simulated world that join more than two hosts: segments and clouds. A packet that reaches the end of
 * one of their directions has no single receiving host, so the medium passes it on.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { LinkDirection } from './direction.ts';
import type { EndpointTable } from './endpoint-table.ts';
import type { LinkDirectionSpec } from './link-spec.ts';
import type { Network } from './network.ts';
import type { HostPair } from './partition.ts';
import { SimCloud, type SimCloudOptions } from './sim-cloud.ts';
import type { SimHost } from './sim-host.ts';
import { SimLink } from './sim-link.ts';
import { SimSegment } from './sim-segment.ts';
import type { SimSocket } from './sim-socket.ts';

/** A multi-access segment to add (docs/spec/link-model.md#segments). */
export interface SimSegmentOptions {
  readonly id: string;
  readonly members: readonly { readonly host: string; readonly port: number }[];
  readonly medium: LinkDirectionSpec;
}

/** What segments and clouds need from the world in which they are. */
export interface MediaWorld {
  readonly network: Network;
  readonly endpoints: EndpointTable;
  host(name: string): SimHost;
  /** Index of the host of that name; undefined if there is none. */
  indexOf(name: string): number | undefined;
  /** Index of the host that owns an address; undefined if no host does. */
  hostOf(address: string): number | undefined;
  /** Counts a packet that has reached the end of a direction. */
  count(direction: LinkDirection, packet: number): void;
  /** Passes a packet to the node that has opened the socket. */
  handOver(socket: SimSocket, packet: number): void;
}

/** The segments and clouds of a world, found by name or by direction. One per world. */
export class Media {
  private readonly world: MediaWorld;
  private readonly segments = new Map<string, SimSegment>();
  private readonly clouds = new Map<string, SimCloud>();
  /** Parts of clouds in the form of links, by id; made when {@link part} is first called for them. */
  private readonly parts = new Map<string, SimLink>();
  /** The medium to which a direction belongs, by the direction's index. */
  private readonly byDirection = new Map<number, SimSegment | SimCloud>();

  constructor(world: MediaWorld) {
    this.world = world;
  }

  /** All segments and clouds, which a partition can cut. */
  get all(): readonly (SimSegment | SimCloud)[] {
    return [...this.segments.values(), ...this.clouds.values()];
  }

  /** How often clouds passed a packet on to their next direction, which counts the packet again. */
  get passedOn(): number {
    let sum = 0;
    for (const cloud of this.clouds.values()) sum += cloud.passedOn;
    return sum;
  }

  addSegment({ id, members: named, medium: spec }: SimSegmentOptions): SimSegment {
    this.assertNew(id);
    const { network, endpoints } = this.world;
    const place = { linkId: id, name: 'medium', fromNode: -1, toNode: -1 };
    const medium = network.addDirection(place, spec);
    const members = named.map((member) => this.world.host(member.host));
    const segment = new SimSegment({ id, medium, table: network.table, endpoints, members });
    this.segments.set(id, segment);
    this.byDirection.set(medium.id, segment);
    for (const member of members) {
      member.sockets.attach(medium);
      for (const other of members) {
        if (other !== member) member.sockets.attachNeighbour(other.index, medium);
      }
    }
    return segment;
  }

  addCloud({ id, regions, members, between }: SimCloudOptions): SimCloud {
    this.assertNew(id);
    const { network, endpoints } = this.world;
    const accesses = members.map(({ host: name, region, up, down }) => {
      const { index } = this.world.host(name);
      const linkId = `${id}/${name}`;
      const away = { linkId, name: `${name}->`, fromNode: index, toNode: -1 };
      const home = { linkId, name: `->${name}`, fromNode: -1, toNode: index };
      return {
        ...{ host: index, region },
        up: network.addDirection(away, up),
        down: network.addDirection(home, down),
      };
    });
    const cores = regions.flatMap((from, a) =>
      regions.map((to, b) => {
        const linkId = a <= b ? `${id}/${from}--${to}` : `${id}/${to}--${from}`;
        const place = { linkId, name: `${from}->${to}`, fromNode: -1, toNode: -1 };
        return network.addDirection(place, between(a, b));
      }),
    );
    const cloud = new SimCloud({
      ...{ id, regions, accesses, cores, endpoints, table: network.table },
      hostOf: (address): number | undefined => this.world.hostOf(address),
      count: (direction, packet): void => this.world.count(direction, packet),
    });
    this.clouds.set(id, cloud);
    for (const direction of cores) this.byDirection.set(direction.id, cloud);
    for (const [at, { up }] of accesses.entries()) {
      this.byDirection.set(up.id, cloud);
      this.world.host(members[at]?.host ?? '').sockets.attachCloud(up, cloud);
    }
    return cloud;
  }

  /** A part of a cloud that can be changed like a link: `cloud/host` (an access) or `cloud/a--b` (between regions). */
  part(id: string): SimLink | undefined {
    const known = this.parts.get(id);
    if (known !== undefined) return known;
    const slash = id.indexOf('/');
    const cloud = this.clouds.get(id.slice(0, Math.max(0, slash)));
    const ends = cloud?.part(id.slice(slash + 1), (host) => this.world.indexOf(host));
    if (ends === undefined) return undefined;
    const nowhere = { host: '', port: 0 };
    const part = new SimLink({ id, a: nowhere, b: nowhere }, ends.forward, ends.backward);
    this.parts.set(id, part);
    return part;
  }

  /** Cuts the pairs that a cloud joins; `end` removes all these cuts, `ids` names the clouds. */
  cutClouds(pairs: readonly HostPair[]): {
    readonly ids: readonly string[];
    readonly end: () => void;
  } {
    const joined = [...this.clouds.values()].map((cloud) => ({
      cloud,
      pairs: pairs.filter(([from, to]) => cloud.hasMember(from) && cloud.hasMember(to)),
    }));
    const cut = joined.filter((one) => one.pairs.length > 0);
    const change = (by: 1 | -1): void => {
      for (const one of cut) {
        for (const [from, to] of one.pairs) one.cloud.partition(from, to, by);
      }
    };
    change(1);
    return { ids: cut.map(({ cloud }) => cloud.id), end: (): void => change(-1) };
  }

  /** The segment with the given id. */
  segment(id: string): SimSegment {
    const segment = this.segments.get(id);
    assert(segment !== undefined, `there is no segment ${id}`);
    return segment;
  }

  /** The cloud with the given id. */
  cloud(id: string): SimCloud {
    const cloud = this.clouds.get(id);
    assert(cloud !== undefined, `there is no cloud ${id}`);
    return cloud;
  }

  /** The first segment that a host is on; undefined if it is on none. */
  segmentOf(host: number): LinkDirection | undefined {
    for (const segment of this.segments.values()) {
      if (segment.hasMember(host)) return segment.medium;
    }
    return undefined;
  }

  /** Called when a packet has reached the end of a segment's or cloud's direction, which leads to no single host. */
  arrive(direction: LinkDirection, packet: number): void {
    const medium = this.byDirection.get(direction.id);
    assert(medium !== undefined, `direction ${direction.linkId} has no receiver`);
    if (medium instanceof SimCloud) {
      medium.arrive(direction, packet);
      return;
    }
    medium.arrive(packet, (socket, copy) => {
      this.world.count(direction, copy);
      this.world.handOver(socket, copy);
    });
  }

  private assertNew(id: string): void {
    assert(!this.segments.has(id), `segment ${id} exists already`);
    assert(!this.clouds.has(id), `cloud ${id} exists already`);
  }
}
