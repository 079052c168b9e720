/**
 * Probabilities of the discrete Gaussian distribution, and the privacy that one draw guarantees
 * (Canonne, Kamath, Steinke 2020, arXiv 2004.00010, theorem 7).
 *
 * @module
 */
import { expOf } from './special-functions.ts';

/** Number of standard deviations from 0 beyond which no term changes a sum. */
const SPAN_SIGMAS = 40;

/**
 * The discrete Gaussian distribution with one parameter, computed as sums over the whole numbers.
 */
export class DiscreteGaussianDistribution {
  /** Sum of exp(-x^2 / (2 s)) over all whole numbers. */
  readonly normaliser: number;
  /** Variance, at most the parameter. */
  readonly variance: number;
  readonly #parameter: number;
  readonly #last: number;

  /** @param parameter s, above 0: the variance of the Gaussian before it is made discrete. */
  constructor(parameter: number) {
    this.#parameter = parameter;
    this.#last = Math.ceil(SPAN_SIGMAS * Math.sqrt(parameter)) + 1;
    let normaliser = 0;
    let square = 0;
    for (let x = this.#last; x >= 1; x -= 1) {
      const weight = 2 * this.#weight(x);
      normaliser += weight;
      square += weight * x * x;
    }
    this.normaliser = normaliser + 1;
    this.variance = square / this.normaliser;
  }

  /** Probability of a whole number. */
  mass(x: number): number {
    return this.#weight(x) / this.normaliser;
  }

  /** Probability of more than `x`. */
  above(x: number): number {
    const first = Math.floor(x) + 1;
    if (first <= -this.#last) return 1;
    let sum = 0;
    for (let at = this.#last; at >= first; at -= 1) sum += this.mass(at);
    return sum;
  }

  /**
   * Delta, at an epsilon, of publishing a whole number of sensitivity 1 plus one draw.
   * @param epsilon At least 0.
   */
  delta(epsilon: number): number {
    const middle = epsilon * this.#parameter;
    return Math.max(0, this.above(middle - 0.5) - expOf(epsilon) * this.above(middle + 0.5));
  }

  #weight(x: number): number {
    return expOf((-x * x) / (2 * this.#parameter));
  }
}
