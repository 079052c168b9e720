/**
 * How an authority makes the document of an epoch from the previous document and the uploaded
 * descriptors (docs/spec/mixnet.md, "Directory").
 *
 * Nothing is drawn at random here: the shared random value is an argument.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { equalBytes, toHex } from '../../_kit/bytes.ts';
import { computeDocumentHash } from './document.ts';
import { ID_LENGTH, PRIOR_RANDOM_VALUES_MAX } from './geometry.ts';
import { assignLayers, compareNodeIds } from './layers.ts';
import type { Descriptor, DirectoryDocument } from './model.ts';

/** What an authority needs to make the document of one epoch. */
export interface MakeDocumentInput
  extends Pick<
    DirectoryDocument,
    | 'epoch'
    | 'epochLengthMs'
    | 'topology'
    | 'hops'
    | 'rates'
    | 'sphinxGeometryHash'
    | 'sharedRandomValue'
    | 'neighbours'
  > {
  /**
   * All nodes, in any order; makeDocument sets `vrfKeySince` and ignores its value in the input.
   */
  readonly nodes: readonly Descriptor[];
  /** The previous document; undefined for the network's first. */
  readonly previous: DirectoryDocument | undefined;
}

/**
 * Makes a document: assigns layers, and adds the hash of the previous document and, for each VRF
 * key, the first epoch in which the key was listed.
 */
export function makeDocument(crypto: CryptoProvider, input: MakeDocumentInput): DirectoryDocument {
  const { nodes, previous, ...decided } = input;
  const known = knownNodes(previous);
  const listed = nodes.map((node) => listedFrom(node, decided.epoch, known));
  const mixes = listed.filter(({ role }) => role === 'mix');
  const before = previous?.layers ?? [];
  const { topology, hops, sharedRandomValue } = decided;
  return {
    ...decided,
    ...assignLayers(crypto, { topology, hops, mixes, sharedRandomValue, before }),
    genesisEpoch: previous?.genesisEpoch ?? decided.epoch,
    providers: listed.filter(({ role }) => role === 'provider').sort(compareNodeIds),
    priorSharedRandom: priorValues(previous),
    previousDocument:
      previous === undefined ? new Uint8Array(ID_LENGTH) : computeDocumentHash(crypto, previous),
  };
}

/** Returns the nodes of a document by their identifiers in hexadecimal. */
function knownNodes(document: DirectoryDocument | undefined): ReadonlyMap<string, Descriptor> {
  if (document === undefined) return new Map();
  const nodes = [...document.layers.flat(), ...document.spares, ...document.providers];
  return new Map(nodes.map((node) => [toHex(node.nodeId), node]));
}

/**
 * Sets `vrfKeySince`, the first epoch in which the node's present VRF key was listed: the key
 * counts two epochs later.
 */
function listedFrom(
  node: Descriptor,
  epoch: number,
  known: ReadonlyMap<string, Descriptor>,
): Descriptor {
  const old = known.get(toHex(node.nodeId));
  const isKept = old !== undefined && equalBytes(old.vrfKey, node.vrfKey);
  return { ...node, vrfKeySince: isKept ? old.vrfKeySince : epoch };
}

function priorValues(previous: DirectoryDocument | undefined): readonly Uint8Array[] {
  if (previous === undefined) return [];
  return [previous.sharedRandomValue, ...previous.priorSharedRandom].slice(
    0,
    PRIOR_RANDOM_VALUES_MAX,
  );
}
