/**
 * Checks that the parts of a document are consistent, beyond the guarantees of its text form. The
 * checks need no key and no other document.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import { toHex } from '../../_kit/bytes.ts';
import { DOCUMENT_NODES_MAX } from './geometry.ts';
import { compareNodeIds } from './layers.ts';
import type { Descriptor, DirectoryDocument } from './model.ts';

/** True when paths can be drawn from the document and every node in it is listed exactly once. */
export function isConsistentDocument(document: DirectoryDocument): boolean {
  return (
    hasSoundEpochs(document) &&
    hasSoundShape(document) &&
    hasSoundNodes(document) &&
    hasUniqueNodes([...document.layers.flat(), ...document.spares, ...document.providers])
  );
}

function hasSoundEpochs(document: DirectoryDocument): boolean {
  const { epoch, genesisEpoch } = document;
  return genesisEpoch <= epoch && document.priorSharedRandom.length <= epoch - genesisEpoch;
}

function hasSoundShape(document: DirectoryDocument): boolean {
  const { layers, hops, spares } = document;
  const widths = layers.map((layer) => layer.length);
  if (leastOf(widths) < 1 || document.providers.length < 1) return false;
  // Each mix draws its neighbours from the next layer: in a cascade a mix has only one successor,
  // and a free route has only one layer.
  if (document.neighbours !== undefined && document.topology !== 'stratified') return false;
  switch (document.topology) {
    case 'stratified':
      return layers.length === hops && spares.length === 0;
    case 'cascade':
      return layers.length === hops && spares.length < hops && new Set(widths).size === 1;
    case 'free-route':
      // Each path of a free route visits `hops` different mixes.
      return layers.length === 1 && spares.length === 0 && (widths[0] ?? 0) >= hops;
  }
}

function hasSoundNodes(document: DirectoryDocument): boolean {
  const { topology, layers, spares, providers } = document;
  const groups = topology === 'cascade' ? [spares, providers] : [...layers, spares, providers];
  if (!groups.every(isSorted)) return false;
  if (!providers.every(({ role }) => role === 'provider')) return false;
  const mixes = [...layers.flat(), ...spares];
  if (!mixes.every(({ role }) => role === 'mix')) return false;
  return [...mixes, ...providers].every((node) => isListable(node, document.epoch));
}

/**
 * True if a node may be listed: it has a mix key for the epoch, and its VRF key was not first
 * listed in a later epoch.
 */
function isListable(node: Descriptor, epoch: number): boolean {
  return node.mixKeys.has(epoch) && node.vrfKeySince <= epoch;
}

function isSorted(nodes: readonly Descriptor[]): boolean {
  return nodes.every((node, index) => {
    const before = nodes[index - 1];
    return before === undefined || compareNodeIds(before, node) < 0;
  });
}

function hasUniqueNodes(nodes: readonly Descriptor[]): boolean {
  if (nodes.length > DOCUMENT_NODES_MAX) return false;
  const ids = new Set(nodes.map(({ nodeId }) => toHex(nodeId)));
  const names = new Set(nodes.map(({ name }) => name));
  return ids.size === nodes.length && names.size === nodes.length;
}
