/**
 * The links of a node, each with its convergence layer.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import type { TransferId } from '../agent/input.ts';
import type { Outlet } from '../agent/outlet.ts';
import { listLinkEnds } from './link-end.ts';
import type { LinkHandlers, LinkLayer, LinkLayerParts, LinkTransmission } from './link-layer.ts';
import { LtpLinks } from './ltp-node.ts';
import { MeshLinks } from './mesh-node.ts';
import { TcpclLinks } from './tcpcl-node.ts';
import { UdpclLinks } from './udpcl-node.ts';

/** All links of a node; passes each call to the convergence layer of the link. */
export class NodeLinks implements LinkLayer {
  readonly #layers: readonly LinkLayer[];
  readonly #byOutlet = new Map<string, LinkLayer>();

  constructor(host: Host, parts: LinkLayerParts, handlers: LinkHandlers) {
    const { options, network, names } = parts;
    const layers = {
      udpcl: new UdpclLinks(host, handlers),
      tcpcl: new TcpclLinks(host, parts, handlers),
      ltp: new LtpLinks(host, options, names, handlers),
      mesh: new MeshLinks(host, options, names, handlers),
    };
    for (const end of listLinkEnds(host.name, network, names)) {
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

  turn(link: string, way: PeerReachability): void {
    for (const layer of this.#layers) layer.turn(link, way);
  }

  send(transmission: LinkTransmission): void {
    this.#byOutlet.get(transmission.outlet)?.send(transmission);
  }

  kept(transfer: TransferId): void {
    this.#byOutlet.get(transfer.outlet)?.kept?.(transfer);
  }
}
