/**
 * The reference's default graph (graph-default.json) and segments built from it as combinator.json
 * describes. A helper for tests.
 *
 * @module
 */

import type { AsEntry, PathSegment, PeerEntry } from '../../nodes/scion/paths/segment.ts';
import type { ScionLink, ScionLinkEnd, ScionTopology } from '../../nodes/scion/paths/topology.ts';
import { type IsdAs, requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { vectorSets } from '../vectors-root.ts';

/** The file graph-default.json. */
export interface GraphFile {
  readonly ases: readonly { readonly isdAs: string; readonly core: boolean }[];
  readonly links: readonly { readonly a: string; readonly b: string; readonly peer: boolean }[];
  readonly beaconDefaults: {
    readonly asMtu: number;
    readonly ingressMtu: number;
    readonly peerMtu: number;
    readonly expTime: number;
  };
}

/** Part of `pkg/private/xtest/graph/default_gen.go` of scionproto/scion. */
const FIGURES: GraphFile = {
  ases: [
    { isdAs: '1-ff00:0:110', core: true },
    { isdAs: '1-ff00:0:111', core: false },
    { isdAs: '1-ff00:0:112', core: false },
    { isdAs: '1-ff00:0:120', core: true },
    { isdAs: '1-ff00:0:121', core: false },
    { isdAs: '1-ff00:0:122', core: false },
    { isdAs: '1-ff00:0:130', core: true },
    { isdAs: '1-ff00:0:131', core: false },
    { isdAs: '1-ff00:0:132', core: false },
  ],
  links: [
    { a: '1-ff00:0:110#1129', b: '1-ff00:0:120#2911', peer: false },
    { a: '1-ff00:0:110#1113', b: '1-ff00:0:130#1311', peer: false },
    { a: '1-ff00:0:120#3015', b: '1-ff00:0:121#1530', peer: false },
    { a: '1-ff00:0:130#1316', b: '1-ff00:0:131#1613', peer: false },
    { a: '1-ff00:0:130#3214', b: '1-ff00:0:111#1432', peer: false },
    { a: '1-ff00:0:130#1317', b: '1-ff00:0:112#1713', peer: false },
    { a: '1-ff00:0:111#1417', b: '1-ff00:0:112#1714', peer: false },
    { a: '1-ff00:0:121#1518', b: '1-ff00:0:122#1815', peer: false },
    { a: '1-ff00:0:131#1619', b: '1-ff00:0:132#1916', peer: false },
  ],
  beaconDefaults: { asMtu: 2000, ingressMtu: 1280, peerMtu: 1280, expTime: 63 },
};

/** The reference's default graph, and the part of it in figures. */
export const GRAPHS = vectorSets('scion/graph-default.json', FIGURES);

/** The graph for cases that are figures, or those of a whole file. */
export function graphFor({ isWhole }: { readonly isWhole: boolean }): GraphFile {
  return GRAPHS.find((graph) => graph.isWhole === isWhole)!.file;
}

/** A change of the graph, in the notation of combinator.json. */
export interface GraphChange {
  readonly addPeerLink?: readonly [string, string];
  readonly deleteInterfaceOnOneSide?: number;
  readonly removeLink?: number;
}

interface GraphInterface {
  readonly isdAs: IsdAs;
  readonly ifId: number;
  readonly remote: ScionLinkEnd;
  readonly peer: boolean;
}

const NOBODY: ScionLinkEnd = { isdAs: requireIsdAs('0-0'), ifId: 0 };

function end(text: string): ScionLinkEnd {
  const [as, ifId] = text.split('#');
  return { isdAs: requireIsdAs(as as string), ifId: Number(ifId) };
}

/**
 * The graph, which can be changed like the reference's. Interface ids are unique in the whole
 * graph.
 */
export class Graph {
  readonly file: GraphFile;
  readonly #interfaces = new Map<number, GraphInterface>();

  constructor(file: GraphFile) {
    this.file = file;
    for (const { a, b, peer } of this.file.links) this.#addLink(end(a), end(b), peer);
  }

  /**
   * @throws RangeError for an unknown change.
   */
  apply(change: GraphChange): void {
    const known = ['addPeerLink', 'deleteInterfaceOnOneSide', 'removeLink'];
    for (const key of Object.keys(change)) {
      if (!known.includes(key)) throw new RangeError(`unknown change of the graph: ${key}`);
    }
    if (change.removeLink !== undefined) this.removeLink(change.removeLink);
    if (change.addPeerLink !== undefined) {
      this.#addLink(end(change.addPeerLink[0]), end(change.addPeerLink[1]), true);
    }
    const deleted = change.deleteInterfaceOnOneSide;
    if (deleted !== undefined) {
      const { remote } = this.at(deleted);
      this.#interfaces.delete(deleted);
      const other = this.#interfaces.get(remote.ifId);
      if (other !== undefined) this.#interfaces.set(remote.ifId, { ...other, remote: NOBODY });
    }
  }

  removeLink(ifId: number): void {
    const { remote } = this.at(ifId);
    this.#interfaces.delete(ifId);
    this.#interfaces.delete(remote.ifId);
  }

  at(ifId: number): GraphInterface {
    const found = this.#interfaces.get(ifId);
    if (found === undefined) throw new RangeError(`no interface ${ifId}`);
    return found;
  }

  peersOf(as: IsdAs): readonly GraphInterface[] {
    const own = [...this.#interfaces.values()].filter((item) => item.isdAs === as && item.peer);
    return own.sort((left, right) => left.ifId - right.ifId);
  }

  /** The segment of a beacon that leaves by these interfaces, one after the other. */
  segment(egresses: readonly number[]): PathSegment {
    const entries: AsEntry[] = [];
    let at = this.at(egresses[0] as number).isdAs;
    let ingress = 0;
    for (const [index, egress] of [...egresses, 0].entries()) {
      entries.push(this.#entry({ at, ingress, egress, index }));
      if (egress === 0) break;
      const { remote } = this.at(egress);
      at = remote.isdAs;
      ingress = remote.ifId;
    }
    return { segmentId: 0x1234, timestamp: 1_700_000_000, entries };
  }

  /** The same graph as a topology. */
  topology(forwardingKeyOf: (as: IsdAs) => Uint8Array): ScionTopology {
    const cores = new Set(this.file.ases.filter((as) => as.core).map((as) => as.isdAs));
    const { asMtu, ingressMtu } = this.file.beaconDefaults;
    return {
      ases: this.file.ases.map(({ isdAs: text, core }) => {
        return {
          isdAs: requireIsdAs(text),
          core,
          mtu: asMtu,
          forwardingKey: forwardingKeyOf(requireIsdAs(text)),
        };
      }),
      links: this.file.links.map(({ a, b, peer }): ScionLink => {
        const isCore = cores.has(end(a).isdAs) && cores.has(end(b).isdAs);
        const type = peer ? 'peer' : isCore ? 'core' : 'parent-child';
        return { a: end(a), b: end(b), type, mtu: ingressMtu };
      }),
    };
  }

  #addLink(a: ScionLinkEnd, b: ScionLinkEnd, peer: boolean): void {
    this.#interfaces.set(a.ifId, { ...a, remote: b, peer });
    this.#interfaces.set(b.ifId, { ...b, remote: a, peer });
  }

  #entry(place: { at: IsdAs; ingress: number; egress: number; index: number }): AsEntry {
    const { at, ingress, egress, index } = place;
    const { asMtu, ingressMtu, peerMtu, expTime } = this.file.beaconDefaults;
    // A bit per entry instead of its number, so that every prefix has a different SegID.
    const mac = Uint8Array.of(1 << index, 0, 0, 0, 0, 0);
    const peers = this.peersOf(at).map(({ ifId, remote }): PeerEntry => {
      const hop = { consIngress: ifId, consEgress: egress, expTime, mac };
      return { peer: remote.isdAs, peerIfId: remote.ifId, mtu: peerMtu, hop };
    });
    const hop = { consIngress: ingress, consEgress: egress, expTime, mac };
    return { isdAs: at, mtu: asMtu, ingressMtu, hop, peers };
  }
}
