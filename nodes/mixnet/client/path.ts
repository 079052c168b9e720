/**
 * Paths through the mixes, with the delay requested at each hop (docs/spec/mixnet.md, Topologies
 * and paths).
 *
 * A path runs from a provider through the mixes to a provider; the loop of a mix runs through all
 * other layers and a provider back to that mix. A packet is encrypted for each hop with the hop's
 * key of the epoch in which the packet will arrive there.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  type Descriptor,
  type DirectoryDocument,
  drawMixes,
  type NeighbourGraph,
} from '../directory/index.ts';
import type { MeanIntervalNs } from './rates.ts';

const NS_PER_MS = 1_000_000;
/**
 * A path is drawn at most this many times: it is drawn again if one of its hops has no key for the
 * epoch in which the packet arrives there.
 */
const ATTEMPTS = 3;
/**
 * Delays are capped at this multiple of their mean: ln(1e12), so that a fraction of 1e-12 is
 * affected (katzenpost, core/sphinx/path/path.go).
 */
const CAP_MEANS = 27.63;

/** The data from which paths are drawn. */
export interface PathDrawInput {
  readonly document: DirectoryDocument;
  /** The drawn neighbours of each mix; when absent, any mix of the next layer may follow a mix. */
  readonly neighbours?: NeighbourGraph | undefined;
  /** Random stream for the choice of nodes. */
  readonly choices: Random;
  /** Random stream for the delays. */
  readonly delays: Random;
  /** Mean delay at each hop; 0 means the smallest possible delay. */
  readonly delayMeanNs: MeanIntervalNs;
  epochAt(at: Nanoseconds): number;
}

/** A hop of a path, with its key and its delay. */
export interface ChosenHop {
  readonly node: Descriptor;
  readonly publicKey: Uint8Array;
  /** Epoch of the public key. */
  readonly epoch: number;
  /** Whole milliseconds; 0 at the last hop, which does not delay. */
  readonly delayMs: number;
}

/** A path that was drawn, with the key of each hop. */
export interface ChosenPath {
  readonly hops: readonly ChosenHop[];
  /** Sum of the delays. */
  readonly delayNs: Nanoseconds;
}

/** Draws a path from provider to provider; undefined if none of three draws has a key for every hop. */
export function choosePath(
  source: PathDrawInput,
  ends: { readonly from: Descriptor; readonly to: Descriptor },
  startAt: Nanoseconds,
): ChosenPath | undefined {
  return firstWithKeys(source, startAt, () => {
    const mixes = drawRoute(source);
    return mixes && [ends.from, ...mixes, ends.to];
  });
}

/**
 * Draws the path of a loop that begins and ends at a mix or provider: the layers after its own, a
 * provider, the layers before its own, itself (docs/spec/mixnet.md, "Topologies and paths").
 */
export function chooseLoopPath(
  source: PathDrawInput,
  own: Descriptor,
  startAt: Nanoseconds,
): ChosenPath | undefined {
  return firstWithKeys(source, startAt, () => drawRound(source, own));
}

function firstWithKeys(
  source: PathDrawInput,
  startAt: Nanoseconds,
  draw: () => readonly Descriptor[] | undefined,
): ChosenPath | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const nodes = draw();
    const path = nodes && withKeys(source, nodes, startAt);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** Draws the mixes of a path between two providers. */
function drawRoute({
  document,
  neighbours,
  choices,
}: PathDrawInput): readonly Descriptor[] | undefined {
  return neighbours === undefined ? drawMixes(document, choices) : neighbours.drawPath(choices);
}

/** Draws the nodes of a loop that begins and ends at `own`; see {@link chooseLoopPath}. */
function drawRound(source: PathDrawInput, own: Descriptor): readonly Descriptor[] | undefined {
  const { document, neighbours, choices } = source;
  if (neighbours !== undefined) return drawNeighbourly(source, neighbours, own);
  const mixes = drawMixes(document, choices);
  if (own.role === 'provider') return [...mixes, own];
  const { layers, providers, topology } = document;
  const provider = providers[choices.below(providers.length)] as Descriptor;
  if (topology === 'free-route') {
    const others = mixes.filter((mix) => mix.name !== own.name);
    return [...others.slice(0, document.hops - 1), provider, own];
  }
  const place = placeOf(layers, own);
  if (place === undefined) return undefined;
  const { layer, index } = place;
  const round = topology === 'cascade' ? layers.map((mix) => mix[index] as Descriptor) : mixes;
  return [...round.slice(layer + 1), provider, ...round.slice(0, layer), own];
}

/** Draws the nodes of a loop of `own` if mixes have drawn their neighbours. */
function drawNeighbourly(
  { document, choices }: PathDrawInput,
  neighbours: NeighbourGraph,
  own: Descriptor,
): readonly Descriptor[] | undefined {
  if (own.role === 'provider') {
    const mixes = neighbours.drawPath(choices);
    return mixes && [...mixes, own];
  }
  const { providers } = document;
  const after = neighbours.drawAfter(own, choices);
  const provider = providers[choices.below(providers.length)] as Descriptor;
  const before = neighbours.drawBefore(own, choices);
  return after && before && [...after, provider, ...before, own];
}

/** The layer of a mix and its index in the layer; undefined for spares, which are on no path. */
function placeOf(
  layers: DirectoryDocument['layers'],
  own: Descriptor,
): { readonly layer: number; readonly index: number } | undefined {
  for (const [layer, nodes] of layers.entries()) {
    const index = nodes.findIndex((node) => node.name === own.name);
    if (index >= 0) return { layer, index };
  }
  return undefined;
}

/** Adds to each hop its delay, and the key of the epoch in which the packet arrives there. */
function withKeys(
  source: PathDrawInput,
  nodes: readonly Descriptor[],
  startAt: Nanoseconds,
): ChosenPath | undefined {
  const hops: ChosenHop[] = [];
  let delayNs = 0;
  for (const [index, node] of nodes.entries()) {
    const epoch = source.epochAt(startAt + delayNs);
    const publicKey = node.mixKeys.get(epoch);
    if (publicKey === undefined) return undefined;
    const isLast = index === nodes.length - 1;
    const delayMs = isLast ? 0 : drawDelayMs(source.delays, source.delayMeanNs);
    delayNs += delayMs * NS_PER_MS;
    hops.push({ node, publicKey, epoch, delayMs });
  }
  return { hops, delayNs };
}

/**
 * Draws an exponential delay x and returns it in whole milliseconds: floor(x) + 1, capped, as the
 * reference client does (katzenpost, core/sphinx/path/path.go).
 */
export function drawDelayMs(random: Random, meanNs: MeanIntervalNs): number {
  if (meanNs === 0) return 1;
  const drawn = random.exponential(meanNs / NS_PER_MS);
  return Math.floor(Math.min(drawn, (CAP_MEANS * meanNs) / NS_PER_MS)) + 1;
}

/** The least and greatest transit time of a hop, and the greatest clock error. */
export interface TransitBounds {
  readonly transitMinNs: Nanoseconds;
  readonly transitMaxNs: Nanoseconds;
  readonly clockErrorNs: Nanoseconds;
}

/**
 * Returns the arrival windows (ns) of stop-and-go mixing for the hops of a path, first to last
 * (Kesdogan, Egner, Bueschkes 1998): a mix drops a packet that arrives outside its window.
 * @param startAt When the packet leaves its sender.
 */
export function computeStopAndGoWindows(
  path: ChosenPath,
  startAt: Nanoseconds,
  bounds: TransitBounds,
): readonly (readonly [Nanoseconds, Nanoseconds])[] {
  let before = startAt;
  return path.hops.map((hop, index) => {
    const links = index + 1;
    const from = before + links * bounds.transitMinNs;
    const until = before + links * bounds.transitMaxNs + bounds.clockErrorNs;
    before += hop.delayMs * NS_PER_MS;
    return [from, until];
  });
}
