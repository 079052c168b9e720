/**
 * Theoretical values for mixes, to compare measurements with (docs/spec/privacy-metrics.md, Closed
 * forms).
 *
 * @module
 */
import { logGamma } from '../../statistics/special.ts';

/** Euler's constant: psi(1) = -0.5772. */
const EULER = 0.577_215_664_901_532_9;

function digamma(k: number): number {
  let psi = -EULER;
  for (let i = 1; i < k; i += 1) psi += 1 / i;
  return psi;
}

/**
 * Differential entropy of an Erlang distribution, bits.
 * @param stages k, a whole number from 1.
 * @param meanSeconds theta: mean of one stage.
 */
export function erlangEntropyBits(stages: number, meanSeconds: number): number {
  const nats = stages + Math.log(meanSeconds) + logGamma(stages) + (1 - stages) * digamma(stages);
  return nats / Math.LN2;
}

/** A stratified network of Poisson mixes. */
export interface StratifiedMixes {
  /** Rate of all messages through a layer, lambda, 1/s. */
  readonly rate: number;
  readonly layers: number;
  /** Number of mixes in a layer. */
  readonly width: number;
  /** Mean delay of a mix, s. */
  readonly meanSeconds: number;
}

/** Entropy of a message in dense traffic without corrupt mixes, bits. */
export function stratifiedPoissonEntropyBits({
  rate,
  layers,
  width,
  meanSeconds,
}: StratifiedMixes): number {
  // With a single layer the target can only be confused with messages of its own mix.
  const seen = layers === 1 ? rate / width : rate;
  return Math.log2(seen) + erlangEntropyBits(layers, meanSeconds);
}

/** Entropy of one Poisson mix, bits: log2(e rho) (Danezis, PET 2004). @param rho lambda / mu. */
export function poissonMixEntropyBits(rho: number): number {
  return Math.log2(Math.E * rho);
}

/** Entropy of one mix with uniform delays in dense traffic, bits: log2(2 rho), rho = rate x mean delay. */
export function uniformMixEntropyBits(rho: number): number {
  return Math.log2(2 * rho);
}

/** A threshold pool mix: `batch` messages leave at a time, `kept` stay. */
export interface PoolMix {
  readonly batch: number;
  readonly kept: number;
}

/** The entropy of a threshold pool mix, bits (Serjantov and Danezis 2002). */
export function poolMixEntropyBits({ batch, kept }: PoolMix): number {
  const ratio = kept / batch;
  const stays = kept === 0 ? 0 : ratio * Math.log2(kept);
  return (1 + ratio) * Math.log2(batch + kept) - stays;
}

/** The min-entropy of a threshold pool mix, bits. */
export function poolMixMinEntropyBits({ batch, kept }: PoolMix): number {
  return Math.log2(batch + kept);
}

/** Mean number of rounds that a message stays in a threshold pool mix. */
export function poolMixRounds({ batch, kept }: PoolMix): number {
  return 1 + kept / batch;
}

/** The numbers of all and of corrupt nodes, and the length of paths. */
export interface CorruptNodeCounts {
  readonly nodes: number;
  readonly corrupt: number;
  readonly layers: number;
}

/**
 * Share of paths with only corrupt nodes when these are placed at random in layers of equal width
 * (hypergeometric): the first node is corrupt with probability B/N, the second with (B - 1)/(N -
 * 1), and so on.
 */
export function randomCompromisedPathShare({ nodes, corrupt, layers }: CorruptNodeCounts): number {
  let share = 1;
  for (let i = 0; i < layers; i += 1) share *= Math.max(0, corrupt - i) / (nodes - i);
  return share;
}

/**
 * Share of paths with only corrupt nodes if the adversary spreads its nodes evenly over the layers,
 * which is optimal for it: (B/N)^L.
 */
export function balancedCompromisedPathShare({
  nodes,
  corrupt,
  layers,
}: CorruptNodeCounts): number {
  return (corrupt / nodes) ** layers;
}

/** Share of paths with only corrupt nodes, from the number of corrupt nodes in each layer. */
export function compromisedPathShare(
  layers: readonly { readonly nodes: number; readonly corrupt: number }[],
): number {
  return layers.reduce((share, { nodes, corrupt }) => share * (corrupt / nodes), 1);
}

/** Probability that at least one of k packets took a fully compromised path: 1 - (1 - alpha)^k. */
export function compromisedWithinProbability(share: number, packets: number): number {
  return -Math.expm1(packets * Math.log1p(-share));
}
