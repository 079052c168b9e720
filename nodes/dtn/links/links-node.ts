/**
 * The links of a node, each with its convergence layer.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { Way } from '../../../engine/host/transport.ts';
import type { Transfer } from '../agent/input.ts';
import type { Outlet } from '../agent/outlet.ts';
import { linkEndsOf } from './link-end.ts';
import type { LinkHandlers, LinkLayer, LinkParts, LinkTransmission } from './link-layer.ts';
import { LtpNode } from './ltp-node.ts';
import { MeshNode } from './mesh-node.ts';
import { TcpclNode } from './tcpcl-node.ts';
import { UdpclNode } from './udpcl-node.ts';

/** All links of a node; passes each call to the layer of the link. */
export class LinksNode implements LinkLayer {
  readonly #layers: readonly LinkLayer[];
  readonly #byOutlet = new Map<string, LinkLayer>();

  constructor(host: Host, parts: LinkParts, handlers: LinkHandlers) {
    const { options, network, names } = parts;
    const layers = {
      udpcl: new UdpclNode(host, handlers),
      tcpcl: new TcpclNode(host, parts, handlers),
      ltp: new LtpNode(host, options, names, handlers),
      mesh: new MeshNode(host, options, names, handlers),
    };
    for (const end of linkEndsOf(host.name, network, names)) {
      layers[options.layer].add(end);
    }
    this.#layers = Object.values(layers);
    for (const layer of this.#layers) {
      for (const { id } of layer.outlets) this.#byOutlet.set(id, layer);
    }
  }

  get outlets(): readonly Outlet[] {
    return this.#layers.flatMap(({ outlets }) => outlets);
  }

  start(): void {
    for (const layer of this.#layers) layer.start();
  }

  stop(): void {
    for (const layer of this.#layers) layer.stop();
  }

  turn(link: string, way: Way): void {
    for (const layer of this.#layers) layer.turn(link, way);
  }

  send(transmission: LinkTransmission): void {
    this.#byOutlet.get(transmission.outlet)?.send(transmission);
  }

  kept(transfer: Transfer): void {
    this.#byOutlet.get(transfer.outlet)?.kept?.(transfer);
  }
}
