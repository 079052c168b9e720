/**
 * Adds up the privacy that rounds spend: by Renyi orders during a run (microseconds per round), and by
 * privacy loss distributions at its end (seconds, with a smaller epsilon).
 *
 * An accountant takes settings that `privacySettingsProblem` accepts; for others its epsilon is infinite.
 *
 * @module
 */

import {
  type DistributedNoiseRound,
  discreteGaussianRho,
  poissonSampledCurve,
  ROUNDING_BETA,
  skellamRho,
} from './distributed.ts';
import { gaussianEpsilon, gaussianNoiseForBudget } from './gaussian-exact.ts';
import { PLD_GRID_INTERVAL, pldEpsilon } from './pld.ts';
import {
  addRdpCurves,
  INTEGER_RDP_ORDERS,
  type RdpCurve,
  rdpToEpsilon,
  repeatRdpCurve,
  sampledGaussianCurve,
} from './rdp.ts';
import { type PrivacySettings, privacySettingsProblem } from './settings.ts';
import { smallestSatisfying } from './smallest-that.ts';

/** The number of rounds that were spent with a certain number of clients. */
export interface SpentRounds {
  /** Number of clients whose shares of noise were in the sum. */
  readonly clients: number;
  readonly rounds: number;
}

const ROUNDS_MAX = 1_000_000_000;
const NOISE_MIN = 0.01;
const NOISE_MAX = 100_000;
/** The tight noise is found to within this factor of the smallest sufficient noise. */
const NOISE_PRECISION = 1.000_05;

/** The privacy that a run has spent. */
export class PrivacyAccountant {
  readonly #settings: PrivacySettings;
  /** Number of rounds, by the number of clients whose noise was in the sum. */
  readonly #spent = new Map<number, number>();
  readonly #curves = new Map<number, RdpCurve>();

  /** @param spent Rounds that were on disk before a restart. */
  constructor(settings: PrivacySettings, spent: readonly SpentRounds[] = []) {
    this.#settings = settings;
    for (const { clients, rounds } of spent) this.#add(clients, rounds);
  }

  /**
   * Counts a round, even one without clients.
   * @param survivors For `distributed` noise: how many clients' shares are in the sum. Default: the number
   * that the settings promise, which is right for the rules `enough` and `add-then-remove`.
   */
  step(survivors: number = this.#promised()): void {
    this.#add(this.#settings.place === 'distributed' ? survivors : this.#promised(), 1);
  }

  /** Number of rounds so far. */
  get rounds(): number {
    return [...this.#spent.values()].reduce((sum, rounds) => sum + rounds, 0);
  }

  /** The rounds so far, in the form in which an accountant takes them after a restart. */
  get spent(): readonly SpentRounds[] {
    const entries = [...this.#spent].sort(([first], [second]) => first - second);
    return entries.map(([clients, rounds]) => ({ clients, rounds }));
  }

  /** Epsilon of all rounds so far at the settings' delta, by Renyi orders. */
  epsilon(): number {
    return this.#epsilonOf(this.#spentCurve(), this.rounds);
  }

  /** Epsilon after one more round in which as many clients add noise as the settings promise. */
  epsilonAfterNext(): number {
    const next = addRdpCurves(this.#spentCurve(), this.#curveOf(this.#promised()));
    return this.#epsilonOf(next, this.rounds + 1);
  }

  /**
   * The tight epsilon of all rounds so far; takes seconds. For discrete noise, which has no tight
   * account here, the epsilon by Renyi orders.
   */
  tight(): number {
    const { mechanism, delta } = this.#settings;
    const running = this.epsilon();
    if (mechanism !== 'gaussian' || !Number.isFinite(running) || running === 0) return running;
    const { rate, noise } = gaussianStep(this.#settings);
    const steps = this.rounds;
    const account =
      rate === 1
        ? gaussianEpsilon({ noise: noise / Math.sqrt(steps), delta })
        : pldEpsilon({ rate, noise, steps, delta });
    return Math.min(running, account);
  }

  /**
   * How many rounds a budget allows in all, by Renyi orders.
   * @param budget Epsilon at the settings' delta.
   * @returns at most 1,000,000,000.
   */
  roundsThatFit(budget: number): number {
    const fits = (rounds: number): boolean =>
      this.#epsilonOf(repeatRdpCurve(this.#curveOf(this.#promised()), rounds), rounds) <= budget;
    if (fits(ROUNDS_MAX)) return ROUNDS_MAX;
    let [least, most] = [0, ROUNDS_MAX];
    while (most - least > 1) {
      const middle = Math.floor((least + most) / 2);
      if (fits(middle)) least = middle;
      else most = middle;
    }
    return least;
  }

  /**
   * The smallest noise with which a number of rounds stays within a budget, by Renyi orders.
   * @returns undefined if not even 100,000 times the clipping norm is enough.
   */
  noiseFor(target: { readonly epsilon: number; readonly rounds: number }): number | undefined {
    const { epsilon, rounds } = target;
    const spends = (noise: number): number => {
      const other = new PrivacyAccountant({ ...this.#settings, noise });
      return other.#epsilonOf(repeatRdpCurve(other.#curveOf(other.#promised()), rounds), rounds);
    };
    if (!(spends(NOISE_MAX) <= epsilon)) return undefined;
    return smallestSatisfying((noise) => spends(noise) <= epsilon, {
      least: NOISE_MIN,
      most: NOISE_MAX,
    });
  }

  /**
   * The noise of {@link PrivacyAccountant.noiseFor} by the tight account, rounded up to four digits; takes
   * seconds.
   * Equal to {@link PrivacyAccountant.noiseFor} for discrete noise.
   */
  tightNoiseFor(target: { readonly epsilon: number; readonly rounds: number }): number | undefined {
    const { epsilon, rounds } = target;
    const { mechanism, delta } = this.#settings;
    const running = this.noiseFor(target);
    if (mechanism !== 'gaussian' || running === undefined) return running;
    const { rate, noise: perUnit } = gaussianStep({ ...this.#settings, noise: 1 });
    if (rate === 1)
      return (gaussianNoiseForBudget({ epsilon, delta }) * Math.sqrt(rounds)) / perUnit;
    let [least, most] = [NOISE_MIN, running];
    while (most / least > NOISE_PRECISION) {
      const noise = (least + most) / 2;
      const step = {
        rate,
        noise: noise * perUnit,
        steps: rounds,
        delta,
        coarsest: 10 * PLD_GRID_INTERVAL,
      };
      if (pldEpsilon(step) <= epsilon) most = noise;
      else least = noise;
    }
    return most;
  }

  #add(clients: number, rounds: number): void {
    this.#spent.set(clients, (this.#spent.get(clients) ?? 0) + rounds);
  }

  /** Number of clients whose noise is in the sum if the settings hold. */
  #promised(): number {
    return this.#settings.place === 'distributed' ? (this.#settings.clients ?? 0) : 1;
  }

  #epsilonOf(curve: RdpCurve, rounds: number): number {
    if (rounds === 0) return 0;
    return rdpToEpsilon(curve, this.#settings.delta).epsilon;
  }

  #spentCurve(): RdpCurve {
    const orders = this.#settings.orders ?? INTEGER_RDP_ORDERS;
    let sum: RdpCurve = { orders, rhos: orders.map(() => 0) };
    for (const { clients, rounds } of this.spent) {
      sum = addRdpCurves(sum, repeatRdpCurve(this.#curveOf(clients), rounds));
    }
    return sum;
  }

  #curveOf(clients: number): RdpCurve {
    const known = this.#curves.get(clients);
    if (known !== undefined) return known;
    const curve = roundCurve(this.#settings, clients);
    this.#curves.set(clients, curve);
    return curve;
  }
}

/**
 * Why a plan would exceed its budget, and how many rounds would fit; undefined if it would not.
 * @param plan `budget` is an epsilon at the settings' delta.
 */
export function privacyBudgetProblem(
  settings: PrivacySettings,
  plan: { readonly rounds: number; readonly budget: number },
): string | undefined {
  const { rounds, budget } = plan;
  const accountant = new PrivacyAccountant(settings);
  const fit = accountant.roundsThatFit(budget);
  if (rounds <= fit) return undefined;
  const noise = accountant.noiseFor({ epsilon: budget, rounds });
  const louder = noise === undefined ? [] : [`noise: ${(Math.ceil(noise * 1e3) / 1e3).toFixed(3)}`];
  const number = ['not even 1 round fits', '1 round fits'][fit] ?? `${fit} rounds fit`;
  const ways = [...(fit === 0 ? [] : [`rounds: ${fit}`]), ...louder].join(', or ');
  const advice = ways === '' ? 'Write a larger budget' : `Write ${ways}`;
  return `${rounds} rounds would overspend a budget of epsilon ${budget}: ${number}. ${advice}`;
}

/**
 * Renyi curve of one round with the noise of `clients` clients; infinite if the settings have no finite
 * epsilon.
 */
function roundCurve(settings: PrivacySettings, clients: number): RdpCurve {
  const orders = settings.orders ?? INTEGER_RDP_ORDERS;
  if (
    !(clients - (settings.colluders ?? 0) >= 1) ||
    privacySettingsProblem(settings) !== undefined
  ) {
    return { orders, rhos: orders.map(() => Number.POSITIVE_INFINITY) };
  }
  const step = gaussianStep(settings);
  if (settings.mechanism === 'gaussian') return sampledGaussianCurve(step, orders);
  const round = distributedRound(settings, clients);
  const rhoOf = settings.mechanism === 'skellam' ? skellamRho : discreteGaussianRho;
  return poissonSampledCurve((order) => rhoOf(round, order), step.rate, orders);
}

/**
 * Sampling rate, and noise over sensitivity. Local noise has rate 1, since the observer sees which clients
 * were sampled.
 */
function gaussianStep({ place, rate, noise, weightCap = 1 }: PrivacySettings): {
  readonly rate: number;
  readonly noise: number;
} {
  return { rate: place === 'local' ? 1 : rate, noise: noise / weightCap };
}

function distributedRound(settings: PrivacySettings, clients: number): DistributedNoiseRound {
  const { noise, weightCap = 1, clip = 1, gamma = 1, dimension = 1, dropout } = settings;
  const { beta = ROUNDING_BETA, clients: promised = 1, colluders = 0 } = settings;
  // With `add-then-remove`, the sum has the whole planned variance, however many clients survive.
  const isKept = dropout === 'add-then-remove';
  const sharers = settings.place === 'distributed' ? (isKept ? clients : promised) : 1;
  return {
    clients: settings.place === 'distributed' ? clients - colluders : 1,
    dimension,
    clip: clip * weightCap,
    gamma,
    deviation: (noise * clip) / Math.sqrt(sharers),
    beta,
  };
}
