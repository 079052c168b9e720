/**
 * The assignment of mixes to layers: a function of the shared random value, the nodes and the
 * previous document, so that anyone can repeat it (docs/spec/mixnet.md, "Directory").
 *
 * A mix that is in a layer already stays there; newcomers fill the gaps in an order that depends
 * only on the shared random value. When one node leaves, at most one other node moves.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { compareBytes, concatBytes, toHex } from '../../_kit/bytes.ts';
import type { Descriptor, DirectoryDocument, MixTopology } from './model.ts';

/** The input of an assignment of mixes to layers. */
export interface LayerAssignmentInput {
  readonly topology: MixTopology;
  /** Number of mixes on a path; >= 1. */
  readonly hops: number;
  /** The mixes, in any order. */
  readonly mixes: readonly Descriptor[];
  /**
   * 32 bytes that nobody could choose; they determine the order of mixes that were not in a layer
   * before.
   */
  readonly sharedRandomValue: Uint8Array;
  /** Layers of the previous document; empty for the first. */
  readonly before: readonly (readonly Descriptor[])[];
}

/** The mixes of each layer, and the spare mixes, which are in no layer. */
export interface LayerAssignment {
  readonly layers: readonly (readonly Descriptor[])[];
  readonly spares: readonly Descriptor[];
}

/**
 * The prefix that makes this use of the hash distinct from all others: the hash orders newcomers.
 */
const SCORE_DOMAIN = Uint8Array.from('orrery/layer/v1', (character) => character.charCodeAt(0));

/** Assigns a layer to every mix, or makes it a spare. */
export function assignLayers(
  crypto: CryptoProvider,
  question: LayerAssignmentInput,
): LayerAssignment {
  const { topology, hops } = question;
  // Mixes are sorted bytewise by identifier first, so that the result does not depend on the input
  // order.
  const mixes = [...question.mixes].sort(compareNodeIds);
  switch (topology) {
    case 'free-route':
      return { layers: [mixes], spares: [] };
    case 'stratified':
      return { layers: stratified(crypto, { ...question, mixes }), spares: [] };
    case 'cascade':
      return cascade(crypto, { ...question, mixes }, Math.floor(mixes.length / hops));
  }
}

/**
 * True when the layers of a document follow from its nodes, its random value and the previous
 * document (undefined for the network's first document).
 */
export function hasDerivedLayers(
  crypto: CryptoProvider,
  document: DirectoryDocument,
  previous: DirectoryDocument | undefined,
): boolean {
  const { topology, hops, layers, spares, sharedRandomValue } = document;
  const mixes = [...layers.flat(), ...spares];
  const before = previous?.layers ?? [];
  const expected = assignLayers(crypto, { topology, hops, mixes, sharedRandomValue, before });
  return shape(expected) === shape({ layers, spares });
}

/** Compares two nodes by their identifiers, bytewise. */
export function compareNodeIds(left: Descriptor, right: Descriptor): number {
  return compareBytes(left.nodeId, right.nodeId);
}

/** Returns mixes in the order that the shared random value determines. */
function dealt(
  crypto: CryptoProvider,
  sharedRandomValue: Uint8Array,
  mixes: readonly Descriptor[],
): readonly Descriptor[] {
  const scored = mixes.map((mix) => ({
    mix,
    score: crypto.sha256(concatBytes(SCORE_DOMAIN, sharedRandomValue, mix.nodeId)),
  }));
  scored.sort(
    (left, right) => compareBytes(left.score, right.score) || compareNodeIds(left.mix, right.mix),
  );
  return scored.map(({ mix }) => mix);
}

function stratified(
  crypto: CryptoProvider,
  question: LayerAssignmentInput,
): readonly Descriptor[][] {
  const { hops, mixes, sharedRandomValue, before } = question;
  const layerOf = layerNumbers(before.slice(0, hops));
  const layers: Descriptor[][] = Array.from({ length: hops }, () => []);
  const newcomers: Descriptor[] = [];
  for (const mix of mixes) (layers[layerOf.get(toHex(mix.nodeId)) ?? -1] ?? newcomers).push(mix);
  for (const mix of dealt(crypto, sharedRandomValue, newcomers)) smallest(layers).push(mix);
  level(crypto, sharedRandomValue, layers);
  for (const layer of layers) layer.sort(compareNodeIds);
  return layers;
}

/** Moves mixes from the largest to the smallest layer until sizes differ by at most one. */
function level(
  crypto: CryptoProvider,
  sharedRandomValue: Uint8Array,
  layers: readonly Descriptor[][],
): void {
  for (;;) {
    const from = largest(layers);
    const to = smallest(layers);
    if (from.length - to.length <= 1) return;
    const moved = dealt(crypto, sharedRandomValue, from)[0] as Descriptor;
    from.splice(from.indexOf(moved), 1);
    to.push(moved);
  }
}

/**
 * Assigns mixes to `chains` chains, each with one mix in every layer. A mix of the previous
 * document keeps its layer and its chain.
 */
function cascade(
  crypto: CryptoProvider,
  question: LayerAssignmentInput,
  chains: number,
): LayerAssignment {
  const { hops, mixes, sharedRandomValue, before } = question;
  const present = new Map(mixes.map((mix) => [toHex(mix.nodeId), mix]));
  const places: (Descriptor | undefined)[][] = Array.from({ length: hops }, (_, layer) =>
    Array.from({ length: chains }, (_unused, chain) => {
      const id = before[layer]?.[chain]?.nodeId;
      return id && present.get(toHex(id));
    }),
  );
  const kept = new Set(places.flat());
  const free = dealt(
    crypto,
    sharedRandomValue,
    mixes.filter((mix) => !kept.has(mix)),
  );
  const rest = free.values();
  const layers = places.map((row) => row.map((mix) => mix ?? (rest.next().value as Descriptor)));
  return { layers, spares: [...rest].sort(compareNodeIds) };
}

function layerNumbers(layers: readonly (readonly Descriptor[])[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const [layer, mixes] of layers.entries()) {
    for (const mix of mixes) numbers.set(toHex(mix.nodeId), layer);
  }
  return numbers;
}

/** Returns the smallest layer; of several equal ones, the first. */
function smallest(layers: readonly Descriptor[][]): Descriptor[] {
  return layers.reduce((best, layer) => (layer.length < best.length ? layer : best));
}

/** Returns the largest layer; of several equal ones, the first. */
function largest(layers: readonly Descriptor[][]): Descriptor[] {
  return layers.reduce((best, layer) => (layer.length > best.length ? layer : best));
}

/**
 * Formats an assignment as text for comparison: the identifiers of the mixes layer by layer, then
 * those of the spares.
 */
function shape(answer: LayerAssignment): string {
  const ids = (mixes: readonly Descriptor[]): string =>
    mixes.map((mix) => toHex(mix.nodeId)).join(' ');
  return [...answer.layers, answer.spares].map(ids).join('\n');
}
