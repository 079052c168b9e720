/**
 * Whether any loop of a network can be audited (docs/spec/mixnet.md, Audits). A loop is a packet
 * that returns to its sender; to audit it, the sender asks each hop for a proof, and so needs a
 * link to that hop.
 *
 * @module
 */
import type { AddressBook } from '../address-book.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';

/** The warning for a network in which no loop can be audited. */
export const NO_AUDITABLE_LOOP_MESSAGE =
  'no loop is audited: a mix needs links to all hops of its loops, which placement: beacon and ' +
  'topology: free-route make; vrfAudit: { enabled: false } says that none is wanted';

/** True when some mix or provider has links to a mix of every other layer and to a provider. */
export function hasAuditableLoop(document: DirectoryDocument, book: AddressBook): boolean {
  const { layers, providers } = document;
  return [...layers.flat(), ...providers].some(({ name }) => {
    const near = book.byName(name)?.neighbours ?? new Set<string>();
    const isNear = (node: Descriptor): boolean => near.has(node.name);
    const isLinked = (nodes: readonly Descriptor[]): boolean => nodes.some(isNear);
    const needed = layers.filter((layer) => isOther(layer, name, document));
    const isProvider = providers.some((provider) => provider.name === name);
    return needed.every(isLinked) && (isProvider || isLinked(providers));
  });
}

/**
 * True if the loops of the node `name` pass through this layer: through every layer but the node's
 * own, or through the only layer of the topology `free-route`.
 */
function isOther(
  layer: readonly Descriptor[],
  name: string,
  { topology }: DirectoryDocument,
): boolean {
  return topology === 'free-route' || !layer.some((node) => node.name === name);
}
