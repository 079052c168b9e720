/**
 * Theoretical entropies of networks of mixes in dense traffic: entropies of densities by integration on
 * a grid, and the closed form with corrupt mixes for any number of layers.
 *
 * A message that leaves a network a time t after the target entered it is the target with probability
 * f(t) / lambda, f being the density of the delay. With corrupt mixes on the route, f is that of the
 * delay from the first to the last honest mix of the route.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import { logGamma } from '../../../reports/statistics/special.ts';

/** Number of grid steps per unit. */
const STEPS = 500;
/** Length of the grid, units. */
const UNITS = 60;

/** The values of a density at 0, 1/500, 2/500, ... of its unit; 0 beyond its end. */
type Density = Float64Array;

/** Density of the sum of `stages` exponential delays of mean 1. */
export function erlangDensity(stages: number): Density {
  const scale = -logGamma(stages);
  return Float64Array.from({ length: STEPS * UNITS }, (_, i) => {
    const x = (i + 0.5) / STEPS;
    return Math.exp((stages - 1) * Math.log(x) - x + scale);
  });
}

/** The density of the sum of a delay and an independent uniform delay in 0..width units. */
export function addUniformDelay(density: Density, width: number): Density {
  const steps = Math.round(width * STEPS);
  assert(steps > 0, `a uniform delay of ${width} is narrower than the grid`);
  const result = new Float64Array(density.length);
  let sum = 0;
  for (let i = 0; i < density.length; i += 1) {
    sum += (density[i] as number) - (i < steps ? 0 : (density[i - steps] as number));
    result[i] = sum / steps;
  }
  return result;
}

/** Differential entropy in bits of a density whose unit lasts `unitSeconds`. */
export function densityEntropyBits(density: Density, unitSeconds: number): number {
  let bits = 0;
  for (const value of density) if (value > 0) bits -= (value * Math.log2(value)) / STEPS;
  return bits + Math.log2(unitSeconds);
}

/** Density of a uniform delay in 0..width units. */
export function uniformDensity(width: number): Density {
  const steps = Math.round(width * STEPS);
  return Float64Array.from({ length: STEPS * UNITS }, (_, i) => (i < steps ? 1 / width : 0));
}

/** Layers of Poisson mixes, some of which are corrupt. */
export interface CorruptNetwork {
  readonly rate: number;
  readonly layers: number;
  readonly width: number;
  readonly meanSeconds: number;
  /** Share of corrupt mixes in each layer. */
  readonly corrupt: number;
}

/** Entropy of a message in dense traffic with uniform routes, bits; see {@link corruptNetworkEntropyBits}. */
export function corruptStratifiedEntropyBits(network: CorruptNetwork): number {
  const { rate, layers, width, meanSeconds, corrupt } = network;
  // All honest mixes of a layer have equal shares, so one entry with their number describes them.
  const honest = [{ share: 1 / width, count: width * (1 - corrupt) }];
  const layer = { corrupt, honest };
  return corruptNetworkEntropyBits({
    rate,
    meanSeconds,
    layers: new Array<BiasedLayer>(layers).fill(layer),
  });
}

/** A layer, described by the shares of its traffic that its mixes get; all shares together are 1. */
export interface BiasedLayer {
  /** Total share of all corrupt mixes. */
  readonly corrupt: number;
  /** Honest mixes: each of `count` mixes gets `share`. */
  readonly honest: readonly { readonly share: number; readonly count: number }[];
}

/** Layers of Poisson mixes that are chosen by weight. */
export interface BiasedNetwork {
  readonly rate: number;
  readonly meanSeconds: number;
  readonly layers: readonly BiasedLayer[];
}

/**
 * Entropy of a message in dense traffic, bits. With i the first and j the last honest mix of a
 * route: the sum over i <= j of P(i, j) (log2 lambda_ij + h_ij), where lambda_ij is the rate of all
 * mixes or, for i = j, of the one that the message takes, and h_ij is the entropy of two
 * exponential delays plus one for each honest mix in between. A route without an honest mix adds 0.
 *
 * The preference for a mix matters only for i = j: a mix with the share w of the traffic gets the
 * share w of the mass that reaches its layer, so what leaves it is as likely as elsewhere.
 */
export function corruptNetworkEntropyBits({ rate, meanSeconds, layers }: BiasedNetwork): number {
  const single = densityEntropyBits(erlangDensity(1), meanSeconds);
  let bits = 0;
  for (const [first, { honest }] of layers.entries()) {
    const outside = allCorrupt(layers.filter((_, i) => i !== first));
    for (const { share, count } of honest) {
      bits += outside * count * share * (Math.log2(rate * share) + single);
    }
    for (let last = first + 1; last < layers.length; last += 1) {
      const ends = honestShare(layers[first]) * honestShare(layers[last]);
      const weight = ends * allCorrupt(layers.filter((_, i) => i < first || i > last));
      if (weight < 1e-12) continue;
      const between = layers.slice(first + 1, last).map(honestShare);
      bits += weight * (Math.log2(rate) + densityEntropyBits(mixtureOf(between), meanSeconds));
    }
  }
  return bits;
}

function honestShare(layer: BiasedLayer | undefined): number {
  return 1 - (layer?.corrupt ?? 0);
}

function allCorrupt(layers: readonly BiasedLayer[]): number {
  return layers.reduce((product, { corrupt }) => product * corrupt, 1);
}

/**
 * Density of the sum of two exponential delays of mean 1, plus one more delay with each of the given
 * probabilities.
 */
function mixtureOf(probabilities: readonly number[]): Density {
  let counts = [1];
  for (const p of probabilities) {
    counts = [...counts, 0].map((own, k) => own * (1 - p) + (counts[k - 1] ?? 0) * p);
  }
  const result = new Float64Array(STEPS * UNITS);
  for (const [k, weight] of counts.entries()) {
    const density = erlangDensity(2 + k);
    for (let i = 0; i < result.length; i += 1) {
      result[i] = (result[i] as number) + weight * (density[i] as number);
    }
  }
  return result;
}
