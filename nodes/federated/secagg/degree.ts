/**
 * Computes the smallest degree of a sparse mask graph with which the bad events of Bell et al. (CCS
 * 2020) are improbable, by a union bound over the clients. The colluding and the lost neighbours of a
 * client follow hypergeometric distributions.
 *
 * @module
 */
import { floorOfShare } from '../../../engine/pure/fraction.ts';
import { exp, log } from '../../../engine/pure/log-exp.ts';
import { SHARE_THRESHOLD_MIN } from './geometry.ts';

/** The dropouts and corrupt clients that a mask graph must withstand. */
export interface MaskGraphRequirements {
  readonly clients: number;
  /** Share of the clients that collude with the server, 0 … 1. */
  readonly adversarial: number;
  /** Share of the clients that leave, 0 … 1. */
  readonly dropout: number;
  /** A semi-malicious server shows two lists of survivors. */
  readonly server: 'semi-honest' | 'semi-malicious';
  /** Security: bad events have probability at most 2 to the minus this; default 40. */
  readonly security?: number;
  /** Correctness: the sum fails with probability at most 2 to the minus this; default 20. */
  readonly correctness?: number;
}

/** A graph's degree and the threshold of its shares. */
export interface MaskGraphParameters {
  readonly degree: number;
  readonly threshold: number;
}

const SECURITY_BITS = 40;
const CORRECTNESS_BITS = 20;
/** `exp` refuses smaller exponents. */
const EXPONENT_MIN = -699;

/** The smallest even degree that meets the demand; undefined if even a complete graph does not. */
export function chooseMaskGraphDegree(
  demand: MaskGraphRequirements,
): MaskGraphParameters | undefined {
  const { clients, security = SECURITY_BITS } = demand;
  const events = new Events(demand);
  // Security can fail by two kinds of events; each gets half of the bound.
  const bound = 2 ** -(security + 1);
  for (let degree = 2; degree < clients; degree += 2) {
    if (events.partition(degree) >= bound) continue;
    const threshold = events.threshold(degree, bound);
    if (threshold !== undefined) return { degree, threshold };
  }
  return undefined;
}

class Events {
  readonly #clients: number;
  readonly #adversarial: number;
  readonly #dropout: number;
  readonly #server: MaskGraphRequirements['server'];
  readonly #correctness: number;
  /** Logarithms of factorials. */
  readonly #logs: Float64Array;

  constructor(demand: MaskGraphRequirements) {
    const { clients, adversarial, dropout, server, correctness = CORRECTNESS_BITS } = demand;
    this.#clients = clients;
    this.#adversarial = floorOfShare(adversarial, clients);
    this.#dropout = floorOfShare(dropout, clients);
    this.#server = server;
    this.#correctness = 2 ** -correctness;
    this.#logs = new Float64Array(clients + 1);
    for (let value = 2; value <= clients; value += 1) {
      this.#logs[value] = (this.#logs[value - 1] as number) + log(value);
    }
  }

  /**
   * Bound on the probability that two gaps of k/2 corrupt or lost clients divide the honest clients of
   * the ring.
   */
  partition(degree: number): number {
    const n = this.#clients;
    const bad = this.#adversarial + this.#dropout;
    if (degree > bad) return 0;
    const gaps = this.#log(bad) + this.#log(n - degree) - this.#log(n) - this.#log(bad - degree);
    return expOrZero(log((n * Math.max(n - degree - 1, 1)) / 2) + gaps);
  }

  /**
   * The smallest threshold that colluding clients do not reach; undefined if the survivors would miss
   * it too often.
   */
  threshold(degree: number, bound: number): number | undefined {
    const n = this.#clients;
    let threshold = this.#quantile(degree, bound / n);
    if (this.#server === 'semi-malicious') {
      // With this threshold, one of two different lists of survivors always has too few honest
      // clients.
      threshold = Math.ceil((threshold - 1 + degree - 1.25) / 2) + 1;
    }
    if (threshold > degree) return undefined;
    const alive = this.#pmf(n - this.#dropout, degree);
    let short = 0;
    for (let count = 0; count < threshold; count += 1) short += alive[count] as number;
    // A survivor holds a share of its own secret, so even for a threshold of 2, only one neighbour
    // is needed.
    return n * short < this.#correctness ? Math.max(threshold, SHARE_THRESHOLD_MIN) : undefined;
  }

  /** The smallest number of adversarial neighbours that is reached with less than this probability. */
  #quantile(degree: number, probability: number): number {
    const pmf = this.#pmf(this.#adversarial, degree);
    let tail = 0;
    for (let count = degree; count >= 0; count -= 1) {
      tail += pmf[count] as number;
      if (tail >= probability) return count + 1;
    }
    return 0;
  }

  /** Hypergeometric probabilities: element i is that of i marked clients among `drawn` drawn clients. */
  #pmf(marked: number, drawn: number): Float64Array {
    const n = this.#clients;
    const all = this.#choose(n, drawn);
    return Float64Array.from({ length: drawn + 1 }, (_, count) => {
      if (count > marked || drawn - count > n - marked) return 0;
      return expOrZero(this.#choose(marked, count) + this.#choose(n - marked, drawn - count) - all);
    });
  }

  #choose(n: number, k: number): number {
    return this.#log(n) - this.#log(k) - this.#log(n - k);
  }

  #log(value: number): number {
    return this.#logs[value] as number;
  }
}

/** A probability from its logarithm; 0 below the range of `exp`. */
function expOrZero(exponent: number): number {
  return exponent > EXPONENT_MIN ? exp(exponent) : 0;
}
