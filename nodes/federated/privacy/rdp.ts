/**
 * Renyi differential privacy (Mironov 2017, arXiv 1702.07476) of the Poisson-sampled Gaussian mechanism (Mironov,
 * Talwar, Zhang 2019, arXiv 1908.10530, section 3.3), and its conversion into epsilon at a delta.
 *
 * One step with sampling probability q and noise z (standard deviation over sensitivity) has
 * rho(alpha) = ln A(alpha) / (alpha - 1). Steps add up, order by order. The neighbouring relation is:
 * one client added or removed.
 *
 * The sums here omit terms that add up to exactly 1, so that they stay precise for tiny q. For fractional orders they
 * keep the signs of the binomial coefficients; a sum of absolute values would be up to 3 % too high.
 *
 * @module
 */
import { log } from '../../../engine/pure/log-exp.ts';
import {
  expm1,
  expOf,
  log1p,
  logAbsExpm1,
  logOf,
  logOfNormalCdf,
  logOfNormalSurvival,
  logSumExp,
} from './special-functions.ts';

/** One step of a mechanism. */
export interface SampledGaussianStep {
  /** Probability with which each client joins, 0 to 1, independent of all others. */
  readonly rate: number;
  /** Standard deviation of the noise over the sensitivity, above 0. */
  readonly noise: number;
}

/** Upper bounds of rho at some orders. */
export interface RdpCurve {
  /** Orders alpha above 1, ascending. */
  readonly orders: readonly number[];
  /** Bound on rho at each order; infinite where there is none. */
  readonly rhos: readonly number[];
}

/** An epsilon, and the order at which it is smallest. */
export interface EpsilonAtOrder {
  readonly epsilon: number;
  readonly order: number;
}

/** A delta, and the order at which it is smallest. */
export interface DeltaAtOrder {
  readonly delta: number;
  readonly order: number;
}

/** The Rényi orders at which privacy is accounted for by default: for whole numbers the divergence is a finite sum. */
export const INTEGER_RDP_ORDERS: readonly number[] = [
  ...Array.from({ length: 63 }, (_, at) => at + 2),
  128,
  256,
  512,
];

/** Orders in tenths up to 10.9, then whole ones: with little noise, they give a smaller epsilon. */
export const FRACTIONAL_RDP_ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, at) => (at + 11) / 10),
  ...Array.from({ length: 52 }, (_, at) => at + 12),
];

/** Smaller orders are not used in the conversion, which is numerically useless near 1. */
const CONVERSION_ORDER_MIN = 1.01;
const SERIES_TERMS_MAX = 1_000;
/** Terms whose natural logarithm is this much below that of the largest are omitted: they are below 2e-15 of it. */
const NEGLIGIBLE = 34;
/** Below this rate the binomial series converges fast enough to be taken out of the sum. */
const BINOMIAL_RATE_MAX = 0.25;

/**
 * Rho of one step at one order.
 * @param order Above 1.
 */
export function sampledGaussianRho({ rate, noise }: SampledGaussianStep, order: number): number {
  if (rate === 0) return 0;
  // Noise whose square underflows to 0 counts as none.
  if (!(noise > 0 && noise * noise > 0) || order === Number.POSITIVE_INFINITY) {
    return Number.POSITIVE_INFINITY;
  }
  if (rate === 1) return order / (2 * noise * noise);
  const step = { rate, noise };
  const logA = Number.isInteger(order) ? wholeOrder(step, order) : fractionalOrder(step, order);
  return Math.max(0, logA / (order - 1));
}

/** Rho of one step at each order. */
export function sampledGaussianCurve(
  step: SampledGaussianStep,
  orders: readonly number[] = INTEGER_RDP_ORDERS,
): RdpCurve {
  return { orders, rhos: orders.map((order) => sampledGaussianRho(step, order)) };
}

/** The curve of a number of equal steps. */
export function repeatRdpCurve({ orders, rhos }: RdpCurve, steps: number): RdpCurve {
  return { orders, rhos: rhos.map((rho) => (steps === 0 ? 0 : rho * steps)) };
}

/** The curve of two mechanisms applied one after the other; both curves have the same orders. */
export function addRdpCurves(first: RdpCurve, second: RdpCurve): RdpCurve {
  const { orders } = first;
  return { orders, rhos: orders.map((_, at) => rhoAt(first, at) + rhoAt(second, at)) };
}

/**
 * Epsilon at a delta: Canonne, Kamath, Steinke 2020 (arXiv 2004.00010), proposition 12. The accountant uses this
 * conversion everywhere.
 * @param delta In (0, 1).
 * @returns infinite epsilon if no order has a bound.
 */
export function rdpToEpsilon(curve: RdpCurve, delta: number): EpsilonAtOrder {
  return bestOf(curve, (order, rho) => {
    // The total variation of the two outputs is at most delta, so epsilon is 0.
    if (delta * delta + expm1(-rho) > 0) return 0;
    if (order <= CONVERSION_ORDER_MIN) return Number.POSITIVE_INFINITY;
    return rho + log1p(-1 / order) - log(delta * order) / (order - 1);
  });
}

/**
 * Epsilon after Mironov 2017, proposition 3: 0.2 to 1.4 larger in usual settings, for comparison
 * with older publications only.
 * @param delta In (0, 1).
 */
export function rdpToEpsilonClassic(curve: RdpCurve, delta: number): EpsilonAtOrder {
  return bestOf(curve, (order, rho) => rho - log(delta) / (order - 1));
}

/**
 * Delta at an epsilon, the same conversion solved for delta.
 * @param epsilon At least 0.
 */
export function rdpToDelta(curve: RdpCurve, epsilon: number): DeltaAtOrder {
  let best: DeltaAtOrder = { delta: 1, order: 1 };
  curve.orders.forEach((order, at) => {
    const rho = rhoAt(curve, at);
    const apart = Math.sqrt(-expm1(-rho));
    const exponent = (order - 1) * (rho - epsilon + log1p(-1 / order));
    const converted = order > CONVERSION_ORDER_MIN ? expOf(exponent) / order : 1;
    const delta = Math.min(apart, converted);
    if (delta < best.delta) best = { delta, order };
  });
  return best;
}

function bestOf(
  curve: RdpCurve,
  epsilonOf: (order: number, rho: number) => number,
): EpsilonAtOrder {
  let best: EpsilonAtOrder = { epsilon: Number.POSITIVE_INFINITY, order: curve.orders[0] ?? 1 };
  curve.orders.forEach((order, at) => {
    const rho = rhoAt(curve, at);
    if (!(rho < Number.POSITIVE_INFINITY)) return;
    const epsilon = Math.max(0, epsilonOf(order, rho));
    if (epsilon < best.epsilon) best = { epsilon, order };
  });
  return best;
}

function rhoAt({ rhos }: RdpCurve, at: number): number {
  return rhos[at] ?? Number.POSITIVE_INFINITY;
}

/**
 * ln A for a whole order: A = sum of C(a,i) q^i (1-q)^(a-i) exp((i^2-i)/(2 z^2)). The binomial
 * weights sum to 1, which leaves 1 + sum over i >= 2 of weight times (exp(...) - 1).
 */
function wholeOrder({ rate, noise }: SampledGaussianStep, order: number): number {
  const logRate = log(rate);
  const logRest = log1p(-rate);
  const terms: number[] = [];
  let logChoose = 0;
  for (let i = 1; i <= order; i += 1) {
    logChoose += log((order - i + 1) / i);
    if (i < 2) continue;
    const gain = (i * i - i) / (2 * noise * noise);
    terms.push(logChoose + i * logRate + (order - i) * logRest + logAbsExpm1(gain));
  }
  return logOfOnePlus(logSumExp(terms));
}

/** ln(1 + exp(x)). */
function logOfOnePlus(x: number): number {
  return x > 30 ? x + log1p(expOf(-x)) : log1p(expOf(x));
}

/** A sum of terms of either sign, each by its logarithm. */
class SignedSum {
  readonly #signs: number[] = [];
  readonly #logs: number[] = [];
  largest: number = Number.NEGATIVE_INFINITY;

  add(sign: number, logTerm: number): void {
    if (logTerm === Number.NEGATIVE_INFINITY) return;
    this.#signs.push(sign);
    this.#logs.push(logTerm);
    this.largest = Math.max(this.largest, logTerm);
  }

  /** ln(base + sum). */
  log(base: 0 | 1): number {
    const scale = base === 1 ? Math.max(0, this.largest) : this.largest;
    let sum = 0;
    this.#logs.forEach((logTerm, at) => {
      sum += (this.#signs[at] as number) * expOf(logTerm - scale);
    });
    if (scale === 0 && base === 1) return log1p(sum);
    return scale + logOf(Math.max(0, sum + base * expOf(-scale)));
  }
}

/**
 * ln A for a fractional order alpha (arXiv 1908.10530, section 3.3; q is `rate`): two series that meet
 * at the point z0 where both densities are equal. For a small `rate` the binomial series, whose sum is
 * 1, is taken out term by term. Terms i > alpha alternate in sign and fall like a power of i, so a sum
 * that is cut off after a positive one is an upper bound.
 */
function fractionalOrder({ rate, noise }: SampledGaussianStep, order: number): number {
  const logRates = { rate: log(rate), rest: log1p(-rate) };
  const isSmall = rate < BINOMIAL_RATE_MAX;
  const sum = new SignedSum();
  let coefficient = { sign: 1, log: 0 };
  let previous = Number.POSITIVE_INFINITY;
  for (let i = 0; i < SERIES_TERMS_MAX; i += 1) {
    const { low, gain, high } = seriesTerms({ order, i, noise, logRates });
    const { sign } = coefficient;
    const lowLog = isSmall ? low + logAbsExpm1(gain) : low + gain;
    sum.add(isSmall && gain < 0 ? -sign : sign, coefficient.log + lowLog);
    sum.add(sign, coefficient.log + high);
    const larger = coefficient.log + Math.max(lowLog, high);
    const isLast = larger < sum.largest - NEGLIGIBLE || i >= SERIES_TERMS_MAX - 2;
    if (isLast && i > order && larger < previous && sign > 0) return sum.log(isSmall ? 1 : 0);
    previous = larger;
    const factor = (order - i) / (i + 1);
    coefficient = {
      sign: factor < 0 ? -sign : sign,
      log: coefficient.log + log(Math.abs(factor)),
    };
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Logarithms of term i without its binomial coefficient: of the half below z0, as a binomial weight
 * and the gain on it, and of the half above.
 */
function seriesTerms(at: {
  readonly order: number;
  readonly i: number;
  readonly noise: number;
  readonly logRates: { readonly rate: number; readonly rest: number };
}): { readonly low: number; readonly gain: number; readonly high: number } {
  const { i, noise, logRates } = at;
  const j = at.order - i;
  const variance = noise * noise;
  const middle = variance * (logRates.rest - logRates.rate) + 0.5;
  return {
    low: i * logRates.rate + j * logRates.rest,
    gain: (i * i - i) / (2 * variance) + logOfNormalCdf((middle - i) / noise),
    high:
      j * logRates.rate +
      i * logRates.rest +
      (j * j - j) / (2 * variance) +
      logOfNormalSurvival((middle - j) / noise),
  };
}
