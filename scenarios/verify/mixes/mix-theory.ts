/**
 * What networks of mixes give in dense traffic, by integration: entropies of densities on a grid, and
 * the closed form with corrupt mixes, of which spec/mixnet.md 4.3 knows the case L = 1 only.
 *
 * A message that leaves a network at time t after the target entered it has the probability f(t) /
 * lambda to be the target (spec 4.2). With corrupt mixes in the way f is the law of the delays in
 * honest mixes, between the first and the last honest one on the message's route.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import { logGamma } from '../../../reports/statistics/special.ts';

/** Steps per unit of a grid, and its length in units. */
const STEPS = 500;
const UNITS = 60;

/** A density on 0, 1/500, 2/500, ... of its unit; it is 0 from the end on. */
type Density = Float64Array;

/** Density of the sum of `stages` exponential delays of mean 1. */
export function erlangDensity(stages: number): Density {
  const scale = -logGamma(stages);
  return Float64Array.from({ length: STEPS * UNITS }, (_, i) => {
    const x = (i + 0.5) / STEPS;
    return Math.exp((stages - 1) * Math.log(x) - x + scale);
  });
}

/** The density after adding a delay that is uniform in 0..width units. */
export function plusUniform(density: Density, width: number): Density {
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
export function densityBits(density: Density, unitSeconds: number): number {
  let bits = 0;
  for (const value of density) if (value > 0) bits -= (value * Math.log2(value)) / STEPS;
  return bits + Math.log2(unitSeconds);
}

/** Density of a uniform delay in 0..width units. */
export function uniformDensity(width: number): Density {
  const steps = Math.round(width * STEPS);
  return Float64Array.from({ length: STEPS * UNITS }, (_, i) => (i < steps ? 1 / width : 0));
}

/** Poisson mixes in layers, some corrupt. */
export interface CorruptNetwork {
  readonly rate: number;
  readonly layers: number;
  readonly width: number;
  readonly meanSeconds: number;
  /** Corrupt mixes of each layer over its width. */
  readonly corrupt: number;
}

/**
 * Entropy of a message in dense traffic, bits. With i the first and j the last honest mix of a route:
 * sum over i <= j of P(i, j) (log2 lambda_ij + h_ij), where lambda_ij is the rate of all mixes, or of
 * one for i = j, and h_ij that of 2 + Binomial(j - i - 1, 1 - b) exponential delays. A route without
 * honest mix adds 0.
 */
export function corruptStratifiedBits(network: CorruptNetwork): number {
  const { rate, layers, width, meanSeconds, corrupt: b } = network;
  const alone = Math.log2(rate / width) + densityBits(erlangDensity(1), meanSeconds);
  let bits = layers * b ** (layers - 1) * (1 - b) * alone;
  for (let span = 1; span < layers; span += 1) {
    const outside = layers - 1 - span;
    const weight = (outside + 1) * b ** outside * (1 - b) ** 2;
    if (weight < 1e-12) continue;
    const mixed = densityBits(mixtureOf(span - 1, 1 - b), meanSeconds);
    bits += weight * (Math.log2(rate) + mixed);
  }
  return bits;
}

/** Density of 2 + Binomial(trials, p) exponential delays of mean 1. */
function mixtureOf(trials: number, p: number): Density {
  const result = new Float64Array(STEPS * UNITS);
  for (let k = 0; k <= trials; k += 1) {
    const choose = logGamma(trials + 1) - logGamma(k + 1) - logGamma(trials - k + 1);
    const weight = Math.exp(choose) * p ** k * (1 - p) ** (trials - k);
    const density = erlangDensity(2 + k);
    for (let i = 0; i < result.length; i += 1) {
      result[i] = (result[i] as number) + weight * (density[i] as number);
    }
  }
  return result;
}
