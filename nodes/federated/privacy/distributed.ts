/**
 * Noise that clients add before a secure sum: the privacy that a round spends (Kairouz, Liu, Steinke
 * 2021, "The distributed discrete Gaussian mechanism", arXiv 2102.06387; Skellam: Agarwal, Kairouz,
 * Liu 2021, arXiv 2110.04995).
 *
 * A client clips its update to norm C, divides it by gamma, rounds it at random to whole numbers
 * until the norm is below a bound, and adds noise of variance (sigma / gamma)^2. Because of the
 * rounding, the sensitivity is a little larger than C.
 *
 * @module
 */
import { log } from '../../../engine/pure/log-exp.ts';
import { INTEGER_RDP_ORDERS, type RdpCurve } from './rdp.ts';
import { expOf, log1p, logSumExp } from './special-functions.ts';

/** A round in which every client adds its share of the noise. */
export interface DistributedNoiseRound {
  /** Number of clients whose noise is in the sum. */
  readonly clients: number;
  /** Number of coordinates that are rounded: after padding, if there is a rotation. */
  readonly dimension: number;
  /** L2 norm C of an update. */
  readonly clip: number;
  /** Width of a ring unit, in units of the update. */
  readonly gamma: number;
  /** Standard deviation of one client's noise, in units of the update. */
  readonly deviation: number;
  /**
   * Upper bound of the probability that a rounded update is too long and is rounded again; 0: its
   * length is not checked, and rounding is never repeated.
   */
  readonly beta: number;
}

/** Probability of a repeated rounding that the publications use: exp(-1/2). */
export const ROUNDING_BETA = 0.6065306597126334;

const TAU_FACTOR = 10;
/**
 * Largest number of summands of tau that are computed; the others, which hardly differ, are replaced by an
 * upper bound.
 */
const TAU_TERMS_MAX = 1_000;
/** Factor of the terms of order 3 and above in the bound on Poisson sampling, {@link poissonSampledCurve}. */
const HIGHER_TERMS = 3;

/** Largest L2 norm, in ring units, that a rounded update may have: the condition of rounding. */
export function roundedNormBound(
  round: Pick<DistributedNoiseRound, 'clip' | 'gamma' | 'dimension' | 'beta'>,
): number {
  const { clip, gamma, dimension, beta } = round;
  const scaled = clip / gamma;
  const always = scaled + Math.sqrt(dimension);
  if (beta === 0) return always;
  const excess = Math.sqrt(-2 * log(beta)) * (scaled + Math.sqrt(dimension) / 2);
  return Math.min(always, Math.sqrt(scaled * scaled + dimension / 4 + excess));
}

/** Sensitivity of the sum: {@link roundedNormBound} in units of the update. */
export function roundedSensitivity(
  round: Pick<DistributedNoiseRound, 'clip' | 'gamma' | 'dimension' | 'beta'>,
): number {
  return round.gamma * roundedNormBound(round);
}

/**
 * Distance, per coordinate, of the sum of discrete Gaussians from one discrete Gaussian (theorem 1
 * of the paper); practically 0 for a deviation of at least 3 ring units.
 */
export function discreteGaussianSumPenalty(
  round: Pick<DistributedNoiseRound, 'clients' | 'deviation' | 'gamma'>,
): number {
  const units = round.deviation / round.gamma;
  const exponent = -2 * Math.PI * Math.PI * units * units;
  const terms = Math.min(round.clients - 1, TAU_TERMS_MAX);
  let sum = 0;
  for (let k = 1; k <= terms; k += 1) sum += expOf((exponent * k) / (k + 1));
  // Summands fall with k, so each one left out is at most the last one counted.
  const left = round.clients - 1 - terms;
  if (left > 0) sum += left * expOf((exponent * terms) / (terms + 1));
  return TAU_FACTOR * sum;
}

/** Rho of one round of discrete Gaussian noise, all clients taking part (equation 17). */
export function discreteGaussianRho(round: DistributedNoiseRound, order: number): number {
  const s = roundedSensitivity(round) / (Math.sqrt(round.clients) * round.deviation);
  const tau = discreteGaussianSumPenalty(round);
  const { dimension } = round;
  const shifted = s + Math.sqrt(dimension) * tau;
  return Math.min((order * s * s) / 2 + tau * dimension, (order / 2) * shifted * shifted);
}

/** Rho of one round of Skellam noise, all clients taking part. */
export function skellamRho(round: DistributedNoiseRound, order: number): number {
  const { clients, dimension, gamma, deviation } = round;
  const bound = roundedNormBound(round);
  const variance = clients * deviation * deviation;
  const l2 = gamma * bound;
  const l1 = gamma * bound * Math.min(Math.sqrt(dimension), bound);
  const perUnit = 1 / gamma;
  const exact =
    ((2 * order - 1) * perUnit * l2 * l2 + 6 * l1) /
    (4 * perUnit * perUnit * perUnit * variance * variance);
  const coarse = (3 * l1) / (2 * perUnit * variance);
  return (order * l2 * l2) / (2 * variance) + Math.min(exact, coarse);
}

/**
 * The curve of a mechanism behind Poisson sampling, at whole orders: Zhu and Wang 2019 (ICML,
 * "Poisson subsampled Renyi differential privacy", theorem 5), and never more than without sampling.
 * @param rhoAt Rho of the mechanism itself at a whole order.
 * @param rate In (0, 1].
 */
export function poissonSampledCurve(
  rhoAt: (order: number) => number,
  rate: number,
  orders: readonly number[] = INTEGER_RDP_ORDERS,
): RdpCurve {
  if (rate === 1) return { orders, rhos: orders.map(rhoAt) };
  const largest = orders.reduce((most, order) => Math.max(most, order), 2);
  const whole = [0, 0];
  for (let order = 2; order <= largest; order += 1) whole.push(rhoAt(order));
  return {
    orders,
    rhos: orders.map((order) =>
      Math.min(whole[order] ?? rhoAt(order), sampledRho(whole, { order, rate })),
    ),
  };
}

function sampledRho(
  whole: readonly number[],
  { order, rate }: { readonly order: number; readonly rate: number },
): number {
  if (!Number.isInteger(order)) return Number.POSITIVE_INFINITY;
  const logRate = log(rate);
  const logRest = log1p(-rate);
  const terms = [(order - 1) * logRest + log1p((order - 1) * rate)];
  let logChoose = log(order);
  for (let l = 2; l <= order; l += 1) {
    logChoose += log((order - l + 1) / l);
    const factor = l === 2 ? 0 : log(HIGHER_TERMS);
    const gain = (l - 1) * (whole[l] as number);
    terms.push(factor + logChoose + (order - l) * logRest + l * logRate + gain);
  }
  return Math.max(0, logSumExp(terms) / (order - 1));
}

/**
 * Ring units per unit of the update (1 / gamma) so that a sum of n clients keeps `headroom` standard
 * deviations on either side within 2^bits values.
 * @param ring `headroom` is 4 in the publication.
 * @returns undefined if the ring is too small for the noise of rounding alone.
 */
export function ringScaleFromBits(
  ring: Pick<DistributedNoiseRound, 'clip' | 'clients' | 'deviation' | 'dimension'> & {
    readonly bits: number;
    readonly headroom: number;
  },
): number | undefined {
  const { clip, clients, deviation, dimension, bits, headroom } = ring;
  let values = 1;
  for (let bit = 0; bit < bits; bit += 1) values *= 2;
  const numerator = values * values - clients * headroom * headroom;
  if (numerator <= 0) return undefined;
  const spread = (clip * clip * clients * clients) / dimension + clients * deviation * deviation;
  return Math.sqrt(numerator) / (2 * headroom * Math.sqrt(spread));
}
