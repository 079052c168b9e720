/**
 * A mix: receives packets from the previous layer (or from providers), delays them, and sends them
 * to the next layer (or to providers).
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { Endpoint } from '../../../engine/host/socket.ts';
import { countDistinctSystems } from '../../vrf/index.ts';
import type { ArrivalOutcome, MixnetSetup } from '../behaviour.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';
import type { MixnetDropReason } from '../drops.ts';
import { NODE_POSITION_TRACE } from '../trace-states.ts';
import { type IncomingFrame, MixServer, type ServerRole } from './mix-server-node.ts';
import type { SenderRights } from './relay.ts';
import { listNextHopsAfterMix, NextHopTable } from './routes.ts';
import { createServerHandle, type ServerNode } from './server-handle.ts';

/** Creates a mix on `host`. */
export function createMix(host: Host, setup: MixnetSetup): NodeHandle {
  return createServerHandle(new MixNode(host, setup));
}

class MixNode implements ServerNode, ServerRole, SenderRights {
  readonly listedAs = 'mix';
  readonly endRefused = undefined;
  readonly kept = 0;
  readonly server: MixServer;
  #next: NextHopTable | undefined;
  /** All mixes of the next layer, whether this mix drew them as neighbours or not. */
  #inLayer: NextHopTable | undefined;
  #neighbours: readonly string[] = [];
  /** The neighbours that this mix drew for the previous document. */
  #drawnBefore: readonly Descriptor[] = [];
  /** Decides what happens to the next packet that arrives; see {@link ArrivalOutcome}. */
  readonly #arrivals: () => ArrivalOutcome;

  constructor(host: Host, setup: MixnetSetup) {
    this.server = new MixServer(host, setup, this);
    this.#arrivals = setup.behaviour.arrivals();
  }

  status(): Readonly<Record<string, unknown>> {
    const { relay, suspects } = this.server;
    return { neighbours: this.#neighbours, role: 'mix', suspects, waiting: relay.size };
  }

  useDocument(document: DirectoryDocument): void {
    const server = this.server;
    const inLayer = listNextHopsAfterMix(document, server.host.name);
    const drawn = server.neighbours?.neighboursOf(server.host.name);
    const nodes = drawn ?? inLayer;
    // Packets and SURBs whose paths follow the draw of the previous epoch are still under way.
    const late = drawn === undefined ? [] : this.#drawnBefore;
    this.#next = new NextHopTable([...nodes, ...late], ({ name }) => server.endpointOf(name) ?? -1);
    this.#inLayer = new NextHopTable(inLayer, () => -1);
    this.#drawnBefore = drawn ?? [];
    if (drawn !== undefined && drawn.length > 0) {
      server.host.meter.sample('mix.neighbours.systems', countDistinctSystems(drawn));
    }
    this.#neighbours = nodes.map(({ name }) => name).sort();
    this.#tellPlace(document.layers);
  }

  #tellPlace(layers: DirectoryDocument['layers']): void {
    const { name, trace } = this.server.host;
    const at = layers.findIndex((layer) => layer.some((mix) => mix.name === name));
    if (at < 0) return;
    const standing = { kind: 'layer', layer: at + 1, layers: layers.length } as const;
    trace.state(NODE_POSITION_TRACE.machine, NODE_POSITION_TRACE.state.write(standing));
  }

  /**
   * Returns the drop reason for a next hop that the topology allows but that this mix did not draw
   * as a neighbour; undefined for all other hops.
   */
  nextRefused(nodeId: Uint8Array): MixnetDropReason | undefined {
    return this.#inLayer?.find(nodeId) === undefined ? undefined : 'next-hop-not-neighbour';
  }

  next(nodeId: Uint8Array): Endpoint | undefined {
    return this.#next?.find(nodeId);
  }

  received({ buffer, offset, length }: IncomingFrame, sender: string): void {
    const { relay, codec } = this.server;
    const frame = codec.decode(buffer, offset, length);
    if (typeof frame === 'string') relay.refuse(frame);
    else if (frame.kind !== 'packet') relay.refuse('unexpected-frame');
    else if (!this.server.isListed(sender)) relay.refusePacket(frame.packet, 'unknown-sender');
    else {
      const arrival = this.#arrivals();
      if (arrival === 'taken') relay.receive(frame.packet, this);
      else if (arrival === 'refused') relay.refusePacket(frame.packet, 'outgoing-queue-full');
    }
  }

  ended(): { readonly drop: MixnetDropReason } {
    return { drop: 'mix-received-non-forward' };
  }
}
