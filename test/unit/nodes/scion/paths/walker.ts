/**
 * Walks a packet over a path by the rules of the header specification ("Hop Field MAC
 * Computation"), implemented independently of the router: one step per AS, with MACs checked.
 *
 * @module
 */
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import { HopAuthenticator } from '../../../../../nodes/scion/mac.ts';
import type { ScionTopology } from '../../../../../nodes/scion/paths/topology.ts';
import { encodePacket } from '../../../../../nodes/scion/wire/header.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import type { IsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import type { WirePath } from '../../../../../nodes/scion/wire/path.ts';

/** Where the packet ended, and which ASes it passed. */
export interface Walk {
  /** The last AS, or the reason why the packet did not get further. */
  readonly end: string;
  readonly interfaces: readonly string[];
  readonly packet: Uint8Array;
  /** The full MAC of each hop field. */
  readonly tags: readonly Uint8Array[];
}

/** The present position of the packet. */
interface Place {
  readonly at: string;
  /** Interface of arrival; 0 in the source AS. */
  readonly ingress: number;
}

/** Walks packets through the ASes of one topology. */
export class Walker {
  readonly #neighbours = new Map<string, string>();
  readonly #authenticators = new Map<string, HopAuthenticator>();
  #tags: Uint8Array[] = [];

  constructor(topology: ScionTopology, crypto: CryptoProvider) {
    for (const { isdAs, forwardingKey } of topology.ases) {
      this.#authenticators.set(isdAs, new HopAuthenticator(crypto.aesCmac(forwardingKey)));
    }
    for (const { a, b } of topology.links) {
      this.#neighbours.set(`${a.isdAs}#${a.ifId}`, `${b.isdAs}#${b.ifId}`);
      this.#neighbours.set(`${b.isdAs}#${b.ifId}`, `${a.isdAs}#${a.ifId}`);
    }
  }

  /** Sends a packet from the source AS and follows it. */
  walk(source: IsdAs, target: IsdAs, path: WirePath): Walk {
    const targetHost = requireHostAddress('127.0.0.1');
    const ends = { source, target, targetHost, sourceHost: targetHost };
    const header = { trafficClass: 0, flowId: 1, nextHeader: 253, path, ...ends };
    const packet = encodePacket(header, new Uint8Array(0));
    const view = new PacketView();
    const interfaces: string[] = [];
    this.#tags = [];
    const tags = this.#tags;
    let place: Place = { at: source, ingress: 0 };
    for (;;) {
      const problem = view.parse(packet, 0, packet.length) ?? this.#enter(view, place);
      if (problem !== undefined) return { end: problem, interfaces, packet, tags };
      if (view.isLastHop) return { end: place.at, interfaces, packet, tags };
      const crossing = this.#cross(view, place);
      if (crossing !== undefined) return { end: crossing, interfaces, packet, tags };
      const egress = `${place.at}#${view.egress}`;
      const neighbour = this.#neighbours.get(egress);
      if (neighbour === undefined) return { end: `no link ${egress}`, interfaces, packet, tags };
      interfaces.push(egress, neighbour);
      // In construction direction, the egress router updates the SegID after the check.
      if (view.isConsDir && !view.isPeeringHop) view.foldMacIntoSegmentId();
      view.advance();
      const [at, ifId] = neighbour.split('#') as [string, string];
      place = { at, ingress: Number(ifId) };
    }
  }

  #enter(view: PacketView, { at, ingress }: Place): string | undefined {
    if (ingress !== 0 && ingress !== view.ingress) return `ingress at ${at}`;
    // Against construction direction, the ingress router updates the SegID before the check.
    if (ingress !== 0 && !view.isConsDir && !view.isPeeringHop) view.foldMacIntoSegmentId();
    return this.#check(view, at);
  }

  #cross(view: PacketView, { at }: Place): string | undefined {
    if (!view.isCrossover || view.isPeeringHop) return undefined;
    view.advance();
    return this.#check(view, at);
  }

  #check(view: PacketView, at: string): string | undefined {
    const hops = this.#authenticators.get(at);
    if (hops?.verify(view) !== true) return `mac at ${at}`;
    this.#tags.push(hops.latestTag.slice());
    return undefined;
  }
}
