/**
 * A mix: receives packets from the previous layer (or from providers), holds them, and sends them
 * to the next.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../../engine/host/protocol.ts';
import type { Endpoint } from '../../../engine/host/socket.ts';
import { distinctSystems } from '../../vrf/index.ts';
import type { MixnetOptions } from '../config.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';
import type { MixnetDrop } from '../drops.ts';
import { PLACE } from '../trace-states.ts';
import { type IncomingFrame, MixServer, type ServerRole } from './mix-server-node.ts';
import type { Origin } from './relay.ts';
import { afterMix, HopTable } from './routes.ts';
import { type ServerNode, serverHandle } from './server-handle.ts';

/** Test double `lossy`: one packet in this many is dropped. */
const LOSSY_EACH = 10;

/** Creates a mix on `host`. */
export function createMix(host: Host, setup: NodeSetup<MixnetOptions>): NodeHandle {
  return serverHandle(new MixNode(host, setup));
}

class MixNode implements ServerNode, ServerRole, Origin {
  readonly listedAs = 'mix';
  readonly endRefused = undefined;
  readonly kept = 0;
  readonly server: MixServer;
  #next: HopTable | undefined;
  /** All mixes of the next layer, neighbours or not. */
  #inLayer: HopTable | undefined;
  #neighbours: readonly string[] = [];
  /** The neighbours in the previous document. */
  #drawnBefore: readonly Descriptor[] = [];
  #packets = 0;

  constructor(host: Host, setup: NodeSetup<MixnetOptions>) {
    this.server = new MixServer(host, setup, this);
  }

  status(): Readonly<Record<string, unknown>> {
    const { relay, suspects } = this.server;
    return { neighbours: this.#neighbours, role: 'mix', suspects, waiting: relay.size };
  }

  useDocument(document: DirectoryDocument): void {
    const server = this.server;
    const inLayer = afterMix(document, server.host.name);
    const drawn = server.neighbours?.neighboursOf(server.host.name);
    const nodes = drawn ?? inLayer;
    // Packets and SURBs with paths drawn one epoch ago are still under way.
    const late = drawn === undefined ? [] : this.#drawnBefore;
    this.#next = new HopTable([...nodes, ...late], ({ name }) => server.endpointOf(name) ?? -1);
    this.#inLayer = new HopTable(inLayer, () => -1);
    this.#drawnBefore = drawn ?? [];
    if (drawn !== undefined && drawn.length > 0) {
      server.host.meter.sample('mix.neighbours.systems', distinctSystems(drawn));
    }
    this.#neighbours = nodes.map(({ name }) => name).sort();
    this.#tellPlace(document.layers);
  }

  #tellPlace(layers: DirectoryDocument['layers']): void {
    const { name, trace } = this.server.host;
    const at = layers.findIndex((layer) => layer.some((mix) => mix.name === name));
    if (at < 0) return;
    const standing = { kind: 'layer', layer: at + 1, layers: layers.length } as const;
    trace.state(PLACE.machine, PLACE.state.write(standing));
  }

  /** The topology allows the hop, but this mix did not draw it as a neighbour. */
  nextRefused(nodeId: Uint8Array): MixnetDrop | undefined {
    return this.#inLayer?.find(nodeId) === undefined ? undefined : 'next-hop-not-neighbour';
  }

  next(nodeId: Uint8Array): Endpoint | undefined {
    return this.#next?.find(nodeId);
  }

  received({ buffer, offset, length }: IncomingFrame, sender: string): void {
    const { relay, codec, options } = this.server;
    const frame = codec.decode(buffer, offset, length);
    if (typeof frame === 'string') relay.refuse(frame);
    else if (frame.kind !== 'packet') relay.refuse('unexpected-frame');
    else if (!this.server.isListed(sender)) relay.refusePacket(frame.packet, 'unknown-sender');
    else if (options.double === 'swallowing' && this.#packets++ % LOSSY_EACH === 0) {
      // Drops silently, which is the defect.
    } else if (options.double === 'lossy' && this.#packets++ % LOSSY_EACH === 0) {
      relay.refusePacket(frame.packet, 'outgoing-queue-full');
    } else relay.receive(frame.packet, this);
  }

  ended(): { readonly drop: MixnetDrop } {
    return { drop: 'mix-received-non-forward' };
  }
}
