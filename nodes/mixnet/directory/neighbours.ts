/**
 * The mixes that may follow a mix, if each mix draws its neighbours by verifiable random function
 * (docs/spec/mixnet.md, "Neighbours by VRF"). A document contains everything that is needed to
 * check a draw, so anyone can check it.
 *
 * The beacon is the random value of the previous document: mixes know it when they upload their
 * descriptors, but it had not been drawn when their keys were listed. A mix proves its draw for
 * each layer, because its own layer is not decided yet. The candidates are the mixes of the next
 * layer in the document; the proof selects among them.
 *
 * A mix without a valid proof, or with a key too new to count, has no neighbours, and no path goes
 * through it. How a mix treats a packet for a hop that may not follow is in `mix/mix-node.ts`.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Random } from '../../../engine/host/random.ts';
import {
  BEACON_LENGTH,
  type NeighbourCandidate,
  neighboursFromProof,
  neighbourVrfInput,
  type VrfSuite,
  verifyVrf,
} from '../../vrf/index.ts';
import type { NeighbourRefusal } from './drops.ts';
import { isVrfKeyOldEnough } from './epochs.ts';
import type { Descriptor, DirectoryDocument, NeighbourRules } from './model.ts';

/** The beacon for a network's first document, which has no predecessor. */
const FIRST_BEACON: Uint8Array = new Uint8Array(BEACON_LENGTH);

/**
 * A mix whose proof of its neighbours is missing or wrong, so that no mix may follow it, and the
 * reason.
 */
export interface MixWithoutNeighbours {
  readonly name: string;
  readonly drop: NeighbourRefusal;
}

/**
 * Returns the beacon for the epoch of a document: the random value of the previous document, or
 * zeros.
 */
export function readEpochBeacon({ priorSharedRandom }: DirectoryDocument): Uint8Array {
  return priorSharedRandom[0] ?? FIRST_BEACON;
}

/**
 * Returns the beacon for the epoch after that of a document. `document` is undefined before the
 * network has its first document.
 */
export function nextEpochBeacon(document: DirectoryDocument | undefined): Uint8Array {
  return document?.sharedRandomValue ?? FIRST_BEACON;
}

/**
 * Checks the descriptor that a mix uploads for an epoch: it needs a valid proof for every layer but
 * the last.
 * @returns why the upload is rejected, or undefined.
 */
export function checkNeighbourProofs(
  crypto: CryptoProvider,
  suite: VrfSuite,
  { vrfKey, neighbourProofs }: Descriptor,
  draw: { readonly epoch: number; readonly beacon: Uint8Array; readonly layers: number },
): NeighbourRefusal | undefined {
  const { epoch, beacon, layers } = draw;
  for (let layer = 0; layer < layers - 1; layer++) {
    const proof = neighbourProofs?.get(layer);
    if (proof === undefined) return 'neighbours-missing';
    const input = neighbourVrfInput({ epoch, beacon, layer });
    const output = verifyVrf(crypto, { suite, publicKey: vrfKey }, input, proof);
    if (output === undefined) return 'neighbours-proof';
  }
  return undefined;
}

/** Returns the document with only the proofs for the layers to which the mixes are assigned. */
export function keepOwnLayerProofs(document: DirectoryDocument): DirectoryDocument {
  const layers = document.layers.map((mixes, layer) =>
    mixes.map(({ neighbourProofs, ...mix }): Descriptor => {
      const proof = neighbourProofs?.get(layer);
      return proof === undefined ? mix : { ...mix, neighbourProofs: new Map([[layer, proof]]) };
    }),
  );
  return { ...document, layers };
}

/**
 * Derives the neighbours of all mixes from the proofs in a document; undefined if its mixes draw no
 * neighbours.
 */
export function deriveNeighbourGraph(
  crypto: CryptoProvider,
  suite: VrfSuite,
  document: DirectoryDocument,
): NeighbourGraph | undefined {
  const { neighbours: rules, layers } = document;
  if (rules === undefined) return undefined;
  const edges = new Map<string, readonly Descriptor[]>();
  const refused: MixWithoutNeighbours[] = [];
  for (const [layer, mixes] of layers.slice(0, -1).entries()) {
    for (const mix of mixes) {
      const chosen = drawnBy(crypto, suite, { document, rules, layer, mix });
      if (typeof chosen === 'string') refused.push({ name: mix.name, drop: chosen });
      edges.set(mix.name, typeof chosen === 'string' ? [] : chosen);
    }
  }
  return new NeighbourGraph(layers, edges, refused);
}

/** A mix of a document, its layer (0 first), and the rules for its draw. */
interface Drawing {
  readonly document: DirectoryDocument;
  readonly rules: NeighbourRules;
  readonly layer: number;
  readonly mix: Descriptor;
}

function drawnBy(
  crypto: CryptoProvider,
  suite: VrfSuite,
  { document, rules, layer, mix }: Drawing,
): readonly Descriptor[] | NeighbourRefusal {
  // If the owner of a key could choose it after the beacon was known, the owner could choose the
  // neighbours.
  if (!isVrfKeyOldEnough(mix, document)) return [];
  const proof = mix.neighbourProofs?.get(layer);
  if (proof === undefined) return 'neighbours-missing';
  const byCandidate = new Map<NeighbourCandidate, Descriptor>();
  for (const node of document.layers[layer + 1] ?? []) {
    const { nodeId: id, asn, family, loadWeight: weight } = node;
    byCandidate.set({ id, asn, family, weight }, node);
  }
  const { epoch } = document;
  const candidates = [...byCandidate.keys()];
  const question = { epoch, beacon: readEpochBeacon(document), layer, candidates, ...rules };
  const chosen = neighboursFromProof(crypto, { suite, publicKey: mix.vrfKey }, question, proof);
  if (typeof chosen === 'string') return 'neighbours-proof';
  return chosen.flatMap((candidate) => byCandidate.get(candidate) ?? []);
}

/**
 * The neighbours of all mixes of a document; draws paths on which each mix is a neighbour of the
 * mix before it. Mixes from which the last layer cannot be reached are excluded.
 */
export class NeighbourGraph {
  /** Mixes whose proof of their neighbours is missing or wrong: no path continues from them. */
  readonly refused: readonly MixWithoutNeighbours[];
  readonly #edges: ReadonlyMap<string, readonly Descriptor[]>;
  readonly #layers: readonly (readonly Descriptor[])[];
  /**
   * For each mix on a path, by name: those of its neighbours from which the last layer can be
   * reached; never empty.
   */
  readonly #onward = new Map<string, readonly Descriptor[]>();
  /** For each mix, by name: the share of paths that go through it, 0..1. */
  readonly #shares = new Map<string, number>();

  constructor(
    layers: readonly (readonly Descriptor[])[],
    edges: ReadonlyMap<string, readonly Descriptor[]>,
    refused: readonly MixWithoutNeighbours[],
  ) {
    this.#layers = layers;
    this.#edges = edges;
    this.refused = refused;
    this.#findOnward();
    this.#findShares();
  }

  /**
   * Neighbours of a mix in the order drawn; undefined for mixes of the last layer and for unknown
   * names.
   */
  neighboursOf(name: string): readonly Descriptor[] | undefined {
    return this.#edges.get(name);
  }

  /** Share of drawn paths that go through a mix, 0..1. */
  shareOf(name: string): number {
    return this.#shares.get(name) ?? 0;
  }

  /**
   * Draws the mixes of a path: one of the first layer, then each time a neighbour of the last drawn
   * mix; undefined when no path reaches the last layer.
   */
  drawPath(random: Random): readonly Descriptor[] | undefined {
    const first = oneOf(this.#entries(), random);
    const rest = first && this.drawAfter(first, random);
    return first && rest && [first, ...rest];
  }

  /**
   * Draws the mixes after a given mix, up to the last layer; undefined when no path from it reaches
   * that layer.
   */
  drawAfter({ name }: Descriptor, random: Random): readonly Descriptor[] | undefined {
    const drawn: Descriptor[] = [];
    let onward = this.#onward.get(name);
    if (onward === undefined) return undefined;
    while (onward.length > 0) {
      const next = oneOf(onward, random) as Descriptor;
      drawn.push(next);
      onward = this.#onward.get(next.name) ?? [];
    }
    return drawn;
  }

  /**
   * Draws the mixes before a given mix, each with the probability that it has on paths drawn
   * through that mix. Undefined when no path goes through that mix.
   */
  drawBefore({ name }: Descriptor, random: Random): readonly Descriptor[] | undefined {
    if (this.shareOf(name) === 0) return undefined;
    const drawn: Descriptor[] = [];
    let target = name;
    let layer = this.#layers.findIndex((mixes) => mixes.some((mix) => mix.name === name));
    for (layer--; layer >= 0; layer--) {
      const before = this.#weightedBefore(layer, target, random);
      drawn.unshift(before);
      target = before.name;
    }
    return drawn;
  }

  #weightedBefore(layer: number, target: string, random: Random): Descriptor {
    let left = random.uniform() * this.shareOf(target);
    let last: Descriptor | undefined;
    for (const mix of this.#layers[layer] ?? []) {
      const onward = this.#onward.get(mix.name) ?? [];
      const share = this.shareOf(mix.name);
      if (share === 0 || !onward.some(({ name }) => name === target)) continue;
      last = mix;
      left -= share / onward.length;
      if (left < 0) break;
    }
    // The share of the target is the sum of the terms subtracted above, so at least one mix was
    // found. Because of rounding `left` may still be positive; then the last mix is drawn.
    return last as Descriptor;
  }

  #entries(): readonly Descriptor[] {
    return (this.#layers[0] ?? []).filter(({ name }) => this.#onward.has(name));
  }

  #findOnward(): void {
    for (const { name } of this.#layers.at(-1) ?? []) this.#onward.set(name, []);
    for (const mixes of this.#layers.slice(0, -1).reverse()) {
      for (const { name } of mixes) {
        const onward = (this.#edges.get(name) ?? []).filter((next) => this.#onward.has(next.name));
        if (onward.length > 0) this.#onward.set(name, onward);
      }
    }
  }

  #findShares(): void {
    const entries = this.#entries();
    for (const { name } of entries) this.#shares.set(name, 1 / entries.length);
    for (const { name } of this.#layers.flat()) {
      const onward = this.#onward.get(name) ?? [];
      const share = this.shareOf(name) / onward.length;
      for (const next of onward) this.#shares.set(next.name, this.shareOf(next.name) + share);
    }
  }
}

function oneOf<T>(items: readonly T[], random: Random): T | undefined {
  return items.length === 0 ? undefined : items[random.below(items.length)];
}
