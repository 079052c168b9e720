/**
 * Paths through the mixes of a document, and the nodes that may follow a node (docs/spec/mixnet.md,
 * Topologies and paths).
 *
 * Only the mixes are drawn here: the sender adds providers, delays and keys.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { equalBytes, readUint48 } from '../../_kit/bytes.ts';
import type { Descriptor, DirectoryDocument } from './model.ts';

/** A listed node and its position in the layers. */
interface Placed {
  readonly node: Descriptor;
  /** The layer, 0 first; -1 for providers and spares. */
  readonly layer: number;
  /** Number of the chain in a cascade, 0 first; -1 for spares, which are on no path. */
  readonly chain: number;
}

/**
 * Draws the mixes of one path: one mix of each layer (stratified), one chain (cascade), or `hops`
 * different mixes (free route). Mixes are drawn in proportion to their load weights; with equal
 * weights every path of the topology is equally likely. A chain has one weight, that of its first
 * mix.
 */
export function drawMixes(document: DirectoryDocument, random: Random): readonly Descriptor[] {
  const { layers, hops } = document;
  switch (document.topology) {
    case 'stratified':
      return layers.map((layer) => layer[drawIndex(layer, random)] as Descriptor);
    case 'cascade': {
      const chain = drawIndex(layers[0] as readonly Descriptor[], random);
      return layers.map((layer) => layer[chain] as Descriptor);
    }
    case 'free-route': {
      const left = [...(layers[0] as readonly Descriptor[])];
      return Array.from({ length: hops }, () => removed(left, drawIndex(left, random)));
    }
  }
}

/** Draws an index in proportion to the load weights; equal weights give a uniform draw. */
function drawIndex(mixes: readonly Descriptor[], random: Random): number {
  const first = mixes[0]?.loadWeight ?? 1;
  if (mixes.every(({ loadWeight }) => loadWeight === first)) return random.below(mixes.length);
  const total = mixes.reduce((sum, { loadWeight }) => sum + loadWeight, 0);
  let left = random.uniform() * total;
  for (const [index, { loadWeight }] of mixes.entries()) {
    left -= loadWeight;
    if (left < 0) return index;
  }
  return mixes.length - 1;
}

/** Finds the nodes of one document by their identifiers. */
export class DirectoryIndex {
  readonly #topology: DirectoryDocument['topology'];
  readonly #lastLayer: number;
  // This map is read for every packet. Its key, 48 bits of the identifier as a number, is faster
  // than a text.
  readonly #places = new Map<number, readonly Placed[]>();

  constructor(document: DirectoryDocument) {
    this.#topology = document.topology;
    this.#lastLayer = document.layers.length - 1;
    for (const [layer, mixes] of document.layers.entries()) {
      for (const [chain, node] of mixes.entries()) this.#add({ node, layer, chain });
    }
    for (const node of [...document.spares, ...document.providers]) {
      this.#add({ node, layer: -1, chain: -1 });
    }
  }

  /** Returns the node with this identifier (32 bytes); undefined when it is not listed. */
  find(nodeId: Uint8Array): Descriptor | undefined {
    return this.#find(nodeId)?.node;
  }

  /** Returns the layer of a mix, 0 first; -1 for a provider, a spare mix and an unknown node. */
  layerOf(nodeId: Uint8Array): number {
    return this.#find(nodeId)?.layer ?? -1;
  }

  /**
   * True when packets may go from one node to the other: provider to first layer, layer to next
   * layer (in a cascade along the chain), last layer to provider. In a free route, any mix may
   * follow a provider, and any other mix or a provider may follow a mix.
   */
  mayFollow(from: Uint8Array, to: Uint8Array): boolean {
    const source = this.#find(from);
    const target = this.#find(to);
    if (source === undefined || target === undefined) return false;
    if (source.node.role === 'provider') return target.layer === 0;
    if (target.node.role === 'provider') return source.layer === this.#lastLayer;
    switch (this.#topology) {
      case 'stratified':
        return target.layer === source.layer + 1;
      case 'cascade':
        return target.layer === source.layer + 1 && target.chain === source.chain;
      case 'free-route':
        return target.layer === 0 && target !== source;
    }
  }

  #find(nodeId: Uint8Array): Placed | undefined {
    const places = this.#places.get(readUint48(nodeId, 0));
    return places?.find(({ node }) => equalBytes(node.nodeId, nodeId));
  }

  #add(placed: Placed): void {
    const key = readUint48(placed.node.nodeId, 0);
    this.#places.set(key, [...(this.#places.get(key) ?? []), placed]);
  }
}

function removed(nodes: Descriptor[], index: number): Descriptor {
  return nodes.splice(index, 1)[0] as Descriptor;
}
