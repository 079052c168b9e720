/**
 * The peers of a gateway: the gateways of the network that may be its peers, and the state of each
 * peer.
 *
 * @module
 */

import type { HostView } from '../../engine/host/network-view.ts';
import type { NodeSetup } from '../../engine/host/protocol.ts';
import { OTHER_LABEL_VALUE } from '../../engine/pure/series-name.ts';
import { type IsdAs, isdAsOf, type PacketView } from '../scion/index.ts';
import type { GatewayOptions } from './config.ts';
import type { Peer } from './peer.ts';
import type { PeerContext } from './peer-context.ts';
import { PeerHostAdapter, type PeerHostAdapterParts } from './peer-node.ts';

/** The peers of one gateway. */
export class PeerSet {
  /** All other gateways of the network. */
  readonly #others: readonly HostView[];
  #views: readonly HostView[];
  readonly #parts: PeerHostAdapterParts;
  readonly #peers = new Map<string, PeerHostAdapter>();

  /**
   * @param protocol The protocol of gateways. The peers are those named by the option `peers`, or
   * all gateways of the network.
   */
  constructor(
    protocol: string | undefined,
    { network, options }: Pick<NodeSetup<GatewayOptions>, 'network' | 'options'>,
    parts: PeerHostAdapterParts,
  ) {
    this.#others = network.hosts.filter(
      (view) => view.protocol === protocol && view.name !== parts.host.name,
    );
    this.#parts = parts;
    this.#views = chosenOf(this.#others, options.peers);
  }

  /** Changes which gateways may be peers; undefined allows all. Neither adds nor removes a peer. */
  change(peers: readonly string[] | undefined): void {
    this.#views = chosenOf(this.#others, peers);
  }

  /** Names of all gateways that may be peers. */
  get names(): readonly string[] {
    return this.#views.map(({ name }) => name);
  }

  get all(): readonly Peer[] {
    return [...this.#peers.values()].map(({ peer }) => peer);
  }

  get isReady(): boolean {
    return this.all.every((peer) => peer.isReady);
  }

  /** Number of packets that all peers hold. */
  get holding(): number {
    return this.all.reduce((sum, peer) => sum + peer.holding, 0);
  }

  get(name: string): Peer | undefined {
    return this.#peers.get(name)?.peer;
  }

  /** The peer that a packet names as its sender. */
  // hot: once per datagram.
  find(view: PacketView): Peer | undefined {
    // Two peers are usual: scanning addresses is cheaper than making a key for each packet.
    for (const { peer } of this.#peers.values()) if (view.isFrom(peer.end)) return peer;
    return undefined;
  }

  /**
   * The value of a metric's label for an AS. ASes without a peer share one value, because callers
   * could invent any number of them.
   */
  labelOf(isdAs: IsdAs): string {
    return this.nameOf(isdAs) === undefined ? OTHER_LABEL_VALUE : isdAs;
  }

  /** Finds a gateway that may be a peer by its name or its AS, and returns its name. */
  nameOf(target: string): string | undefined {
    const isMeant = (view: HostView): boolean =>
      view.name === target || isdAsOf(view) === (target as IsdAs);
    return this.#views.find(isMeant)?.name;
  }

  /** Adds a peer; the caller must start it. */
  add(name: string, context: PeerContext): Peer {
    const node = new PeerHostAdapter(name, this.#parts, context);
    this.#peers.set(name, node);
    return node.peer;
  }

  /**
   * Removes a peer, drops the packets that it holds, and erases its keys.
   * @returns false if there was no such peer.
   */
  forget(name: string): boolean {
    const node = this.#peers.get(name);
    node?.peer.discard();
    node?.stop();
    return this.#peers.delete(name);
  }

  stop(): void {
    for (const node of this.#peers.values()) node.stop();
  }

  invariant(now: number): string | undefined {
    for (const peer of this.all) {
      const broken = peer.session.invariant() ?? peer.invariant(now);
      if (broken !== undefined) return `${peer.name}: ${broken}`;
    }
    return undefined;
  }
}

function chosenOf(
  views: readonly HostView[],
  peers: readonly string[] | undefined,
): readonly HostView[] {
  return views.filter(({ name }) => peers?.includes(name) !== false);
}
