/**
 * The nodes to which a node may send packets, according to the directory document.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import { equalBytes, readUint32 } from '../../_kit/bytes.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';

/** The allowed next hops of a node, by identifier. */
export class NextHopTable {
  /**
   * The key is the first 32 bits of the identifier, which is a hash, so that collisions are rare.
   * The key is a signed number, since V8 stores such keys without an object.
   */
  readonly #byStart = new Map<number, { readonly nodeId: Uint8Array; readonly to: Endpoint }[]>();

  constructor(nodes: readonly Descriptor[], endpointOf: (node: Descriptor) => Endpoint) {
    for (const node of nodes) {
      const start = readUint32(node.nodeId, 0) | 0;
      const same = this.#byStart.get(start) ?? [];
      same.push({ nodeId: node.nodeId, to: endpointOf(node) });
      this.#byStart.set(start, same);
    }
  }

  // hot: once per packet.
  /** Returns the address of a node; undefined when packets must not go there. */
  find(nodeId: Uint8Array): Endpoint | undefined {
    const same = this.#byStart.get(readUint32(nodeId, 0) | 0);
    if (same === undefined) return undefined;
    for (const hop of same) if (equalBytes(hop.nodeId, nodeId)) return hop.to;
    return undefined;
  }
}

/** Returns the mixes to which providers send the packets of their clients: the first layer. */
export function listEntryMixes({ layers }: DirectoryDocument): readonly Descriptor[] {
  return layers[0] ?? [];
}

/** Returns the nodes that may follow the mix `name`. */
export function listNextHopsAfterMix(
  document: DirectoryDocument,
  name: string,
): readonly Descriptor[] {
  const { layers, topology, providers } = document;
  if (topology === 'free-route') {
    return [...(layers[0] ?? []).filter((mix) => mix.name !== name), ...providers];
  }
  const layer = layers.findIndex((mixes) => mixes.some((mix) => mix.name === name));
  if (layer < 0) return [];
  const next = layers[layer + 1] ?? providers;
  if (topology === 'stratified' || next === providers) return next;
  const chain = (layers[layer] ?? []).findIndex((mix) => mix.name === name);
  return next.slice(chain, chain + 1);
}

/** Returns the names of all listed nodes. */
export function listedNodeNames(document: DirectoryDocument): ReadonlySet<string> {
  const { layers, spares, providers } = document;
  return new Set([...layers.flat(), ...spares, ...providers].map(({ name }) => name));
}
