/**
 * Delay-tolerant networking: the adapter between the port and a radio mesh. The mesh itself relays
 * frames, so for the agent every node of the mesh is one hop away.
 *
 * @module
 */

import type { Host } from '../../../engine/host/host.ts';
import type { DatagramSocket, Endpoint } from '../../../engine/host/socket.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { leastOf } from '../../../engine/pure/extremes.ts';
import { StateMachineRunner } from '../../_kit/shell.ts';
import { LinkOutlet } from '../agent/adjacency.ts';
import type { Outlet } from '../agent/outlet.ts';
import type { DtnOptions } from '../config.ts';
import { MESH_NJ_PER_BIT } from '../geometry.ts';
import { type MeshEffect, type MeshInput, MeshRelay } from '../layer/mesh.ts';
import { MESH_PROFILES, type MeshProfile } from '../layer/mesh-profile.ts';
import type { HostEids } from '../names.ts';
import type { LinkEnd } from './link-end.ts';
import type { LinkHandlers, LinkLayer, LinkTransmission } from './link-layer.ts';

const BITS = 8;
const NS_PER_S = 1e9;
const NJ_PER_UJ = 1_000;

interface Neighbour {
  readonly end: LinkEnd;
  readonly to: Endpoint;
  socket: DatagramSocket | undefined;
}

/** All links of a node on which a mesh runs. */
export class MeshLinks implements LinkLayer {
  readonly #host: Host;
  readonly #names: HostEids;
  readonly #handlers: LinkHandlers;
  readonly #profile: MeshProfile;
  /** Neighbours by the id of the link. */
  readonly #neighbours = new Map<string, Neighbour>();
  /** By the id of an outlet, the number of the node to which it leads. */
  readonly #targets = new Map<string, number>();
  #outlets: readonly Outlet[] | undefined;
  #shell: StateMachineRunner<MeshInput, MeshEffect> | undefined;

  constructor(host: Host, { mesh }: DtnOptions, names: HostEids, handlers: LinkHandlers) {
    this.#host = host;
    this.#names = names;
    this.#handlers = handlers;
    const profile = MESH_PROFILES[mesh.profile];
    const { relay = profile.relay, repair = profile.repair } = mesh;
    this.#profile = { ...profile, relay, repair };
  }

  /** One outlet for each other node of the network; made when all links have been added. */
  get outlets(): readonly Outlet[] {
    this.#outlets ??= this.#neighbours.size === 0 ? [] : this.#outletsToAll();
    return this.#outlets;
  }

  /** Adds a link on which the mesh is to run. */
  add(end: LinkEnd): void {
    const to = this.#host.endpoint(end.far.address, end.far.port);
    this.#neighbours.set(end.link.id, { end, to, socket: undefined });
  }

  start(): void {
    if (this.#neighbours.size === 0) return;
    const relay = this.#relay();
    this.#shell = new StateMachineRunner(this.#host, relay, (effect) => this.#perform(effect));
    for (const [link, neighbour] of this.#neighbours) {
      this.#listen(link, neighbour);
      // A neighbour with planned contacts sleeps until its first contact begins; `turn` is called
      // then.
      if (neighbour.end.contacts !== undefined) {
        this.#shell.take({ kind: 'way', link, way: 'closed' });
      }
    }
  }

  stop(): void {
    this.#shell?.stop();
    for (const { socket } of this.#neighbours.values()) socket?.close();
  }

  turn(link: string, way: PeerReachability): void {
    if (this.#neighbours.has(link)) this.#shell?.take({ kind: 'way', link, way });
  }

  send({ outlet, bundle }: LinkTransmission): void {
    const target = this.#targets.get(outlet);
    if (target === undefined) return;
    this.#host.meter.counter('mesh.messages').add(1);
    this.#shell?.take({ kind: 'send', target, message: bundle });
  }

  #relay(): MeshRelay {
    return new MeshRelay({
      own: this.#names.numberOf(this.#host.name) ?? 0,
      profile: this.#profile,
      links: [...this.#neighbours].map(([id, { end }]) => ({
        id,
        peer: this.#names.numberOf(end.neighbour) ?? 0,
      })),
      paceNs: Math.ceil((this.#profile.frameBytes * BITS * NS_PER_S) / this.#rateBps()),
      firstMessage: this.#host.random('mesh-messages').u32(),
      relays: this.#host.random('mesh-relays'),
      waits: this.#host.random('mesh-waits'),
    });
  }

  #rateBps(): number {
    return leastOf([...this.#neighbours.values()].map(({ end }) => end.link.rateBps));
  }

  #outletsToAll(): readonly Outlet[] {
    const { frameBytes, headBytes, messageBytes, repair } = this.#profile;
    const share = (1 + repair) / (frameBytes - headBytes);
    const all = Array.from({ length: this.#names.size }, (_, number) => number);
    return all.flatMap((number) => {
      const name = this.#names.nameAt(number) ?? '';
      if (name === this.#host.name) return [];
      const id = `mesh to ${name}`;
      this.#targets.set(id, number);
      const outlet = new LinkOutlet({
        link: id,
        neighbour: name,
        maxBytes: messageBytes,
        rateBps: this.#rateBps(),
        contacts: undefined,
        bytesOnLink: (bytes): number => frameBytes * Math.ceil(bytes * share),
      });
      return [outlet];
    });
  }

  #listen(link: string, neighbour: Neighbour): void {
    const { port } = neighbour.end.near;
    neighbour.socket = this.#host.udp({
      port,
      link,
      onDatagram: (buffer, offset, length, from) => {
        if (from !== neighbour.to) this.#host.drop('unknown-peer');
        else {
          this.#spend(length);
          const bytes = buffer.slice(offset, offset + length);
          this.#shell?.take({ kind: 'frame', link, bytes });
        }
      },
    });
    if (neighbour.socket === undefined) this.#host.log.warn(`port ${port} is taken on ${link}`);
  }

  #perform(effect: MeshEffect): void {
    const { meter } = this.#host;
    switch (effect.kind) {
      case 'transmit':
        this.#transmit(effect.link, effect.bytes);
        return;
      case 'message': {
        const from = this.#names.nameAt(effect.origin);
        if (from === undefined) this.#host.drop('mesh-bad-frame');
        else {
          meter.counter('mesh.arrived').add(1);
          this.#handlers.onBundle(effect.message, from);
        }
        return;
      }
      case 'repaired':
        meter.counter('mesh.repaired').add(effect.fragments);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
    }
  }

  #transmit(link: string, bytes: Uint8Array): void {
    const neighbour = this.#neighbours.get(link);
    if (neighbour?.socket === undefined) return;
    this.#host.meter.counter('mesh.transmissions').add(1);
    this.#spend(bytes.length);
    const buffer = this.#host.alloc(bytes.length);
    buffer.set(bytes);
    // All frames are in one traffic class: they have no priority field, which relays would need.
    neighbour.socket.send(buffer, 0, bytes.length, neighbour.to);
  }

  /** Counts the energy that the radio uses to send or receive these bytes. */
  #spend(bytes: number): void {
    const energyUj = Math.round((bytes * BITS * MESH_NJ_PER_BIT) / NJ_PER_UJ);
    this.#host.meter.counter('mesh.energy').add(energyUj);
  }
}
