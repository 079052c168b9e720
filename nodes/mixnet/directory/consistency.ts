/**
 * Whether the parts of a document fit together, beyond what its text form guarantees. Nothing here
 * needs a key or another document.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import { toHex } from '../../_kit/bytes.ts';
import { DOCUMENT_NODES_MAX } from './geometry.ts';
import { compareNodeIds } from './layers.ts';
import type { Descriptor, DirectoryDocument } from './model.ts';

/** True when paths can be drawn from the document and every node in it has one place. */
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
  // Neighbours are drawn from a next layer; in a cascade or a free route there is no choice of next
  // layer.
  if (document.neighbours !== undefined && document.topology !== 'stratified') return false;
  switch (document.topology) {
    case 'stratified':
      return layers.length === hops && spares.length === 0;
    case 'cascade':
      return layers.length === hops && spares.length < hops && new Set(widths).size === 1;
    case 'free-route':
      // A free route visits `hops` different mixes.
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

/** A node is useful in an epoch only with a mix key for it. */
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
