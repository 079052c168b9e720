/**
 * The privacy loss distribution of the Poisson-sampled Gaussian, composed by Fourier transform: the
 * tight account. Its grid is made by connecting the dots (Doroshenko, Ghazi, Kamath, Kumar,
 * Manurangsi 2022, arXiv 2207.04380): delta as a function of exp(epsilon) is convex, so the polygon
 * through its values at the grid is an upper bound, and the masses of that polygon are a distribution
 * of losses. Rounding losses up to the grid instead would add steps times half an interval.
 *
 * Neighbours differ by one client that is removed (P sampled, Q not) or added (the other way round);
 * an epsilon that holds for both is the larger of the two. It does not account discrete noise.
 *
 * @module
 */
import { greatestOf } from '../../../engine/pure/extremes.ts';
import { log } from '../../../engine/pure/log-exp.ts';
import { forwardFft, inverseFft, raiseEachToPower } from './fft.ts';
import type { SampledGaussianStep } from './rdp.ts';
import { expm1, expOf, log1p, normalCdf, normalSurvival } from './special-functions.ts';

/** How the neighbouring data differs: one client removed, or one added. */
export type PldDirection = 'remove' | 'add';

/** A number of equal steps of a mechanism, and the grid of losses on which they are computed. */
export interface PldSettings extends SampledGaussianStep {
  /** Number of steps, at least 1. */
  readonly steps: number;
  readonly direction: PldDirection;
  /** Distance between neighbouring losses of the grid. */
  readonly interval: number;
}

/** Default interval of the grid, as in published comparisons: epsilons are then right to six digits. */
export const PLD_GRID_INTERVAL = 1e-4;

/** Largest deviation of the sum of all masses from 1, by rounding. */
const MASS_TOLERANCE = 1e-10;
/** The grid covers noise within this number of standard deviations; the rest has probability 4e-33. */
const SPAN_SIGMAS = 12;
/**
 * Half the width of the transform's window, in standard deviations of the sum of all losses: so wide that its ends do
 * not overlap.
 */
const WINDOW_SIGMAS = 15;
/**
 * Largest loss that is computed, since exp of more leaves the range of doubles; noise below 0.04 has larger losses.
 */
const LOSS_MAX = 600;
/** Largest number of points of a transform, which then takes 0.5 s and 100 MB. */
const LENGTH_MAX = 2_097_152;
/** Largest interval of the grid in standard deviations of a step's loss; a coarser grid would widen the sum. */
const INTERVAL_PER_SIGMA = 0.1;
const COARSENING = 2;

/** Losses at points `first`, `first` + 1, ... times `interval`. */
interface LossGrid {
  readonly first: number;
  readonly masses: Float64Array;
  /** Mass of an infinite loss. */
  readonly infinite: number;
  readonly interval: number;
}

/** The distribution of the loss after all steps. */
export class PrivacyLossDistribution {
  readonly #infinite: number;
  readonly #interval: number;
  /** The first positive loss of the window, as a multiple of the interval. */
  readonly #first: number;
  /** Sum of masses from a point on. */
  readonly #tails: Float64Array;
  /** Sum of masses times exp(-loss) from a point on. */
  readonly #discounted: Float64Array;

  constructor(grid: LossGrid) {
    this.#infinite = grid.infinite;
    this.#interval = grid.interval;
    const skipped = Math.max(0, 1 - grid.first);
    this.#first = grid.first + skipped;
    const count = Math.max(0, grid.masses.length - skipped);
    this.#tails = new Float64Array(count + 1);
    this.#discounted = new Float64Array(count + 1);
    for (let at = count - 1; at >= 0; at -= 1) {
      const mass = grid.masses[at + skipped] as number;
      const loss = (this.#first + at) * this.#interval;
      this.#tails[at] = (this.#tails[at + 1] as number) + mass;
      this.#discounted[at] = (this.#discounted[at + 1] as number) + mass * expOf(-loss);
    }
  }

  /**
   * Delta at an epsilon.
   * @param epsilon At least 0.
   */
  delta(epsilon: number): number {
    const point = Math.floor(epsilon / this.#interval) + 1 - this.#first;
    return this.#deltaFrom(Math.max(0, point), epsilon);
  }

  /**
   * The smallest epsilon at a delta.
   * @param delta In (0, 1).
   * @returns infinity if the probability of losses outside the grid is at least delta.
   */
  epsilon(delta: number): number {
    if (this.#infinite >= delta) return Number.POSITIVE_INFINITY;
    if (this.#deltaFrom(0, 0) <= delta) return 0;
    // Binary search for the last point whose loss, taken as epsilon, has a delta above the wanted one.
    let low = -1;
    let high = this.#tails.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const loss = (this.#first + middle) * this.#interval;
      if (this.#deltaFrom(middle + 1, loss) > delta) low = middle;
      else high = middle;
    }
    // Between two points, delta is tail - exp(epsilon) * discounted.
    const excess = this.#infinite + (this.#tails[high] as number) - delta;
    const discounted = this.#discounted[high] as number;
    // For losses above 700, exp is 0 or infinite, so the loss of the point itself is returned,
    // which is an upper bound of epsilon.
    if (discounted === 0) return (this.#first + high) * this.#interval;
    return Math.max(0, log(excess / discounted));
  }

  #deltaFrom(point: number, epsilon: number): number {
    const at = Math.min(point, this.#tails.length - 1);
    const tail = this.#tails[at] as number;
    const discounted = this.#discounted[at] as number;
    const kept = discounted === 0 ? 0 : expOf(epsilon) * discounted;
    return this.#infinite + Math.max(0, tail - kept);
  }
}

/** Computes the distribution of the loss after all steps. `rate` in (0, 1], `noise` above 0. */
export function composePld(settings: PldSettings): PrivacyLossDistribution {
  const step = lossOfStep(settings);
  return new PrivacyLossDistribution(settings.steps === 1 ? step : compose(step, settings.steps));
}

/**
 * Epsilon that holds both for a removed and an added client, on a suitable grid: finer than {@link PLD_GRID_INTERVAL}
 * if the losses of a step are small, coarser if their range is large.
 * @param account `delta` in (0, 1).
 * @returns infinity if a step can lose more than 600 (noise below 0.04).
 */
export function pldEpsilon(
  account: SampledGaussianStep & {
    readonly steps: number;
    readonly delta: number;
    /** Largest interval that the grid starts from; {@link PLD_GRID_INTERVAL} by default. */
    readonly coarsest?: number;
  },
): number {
  if (account.steps === 0 || account.rate === 0) return 0;
  if (!(lossSpan({ ...account, direction: 'remove' }).most < LOSS_MAX)) {
    return Number.POSITIVE_INFINITY;
  }
  const interval = fittingPldInterval(account);
  const epsilons = (['remove', 'add'] as const).map((direction) =>
    composePld({ ...account, direction, interval }).epsilon(account.delta),
  );
  return greatestOf(epsilons);
}

/** The interval that {@link pldEpsilon} uses. */
export function fittingPldInterval(
  account: SampledGaussianStep & { readonly steps: number; readonly coarsest?: number },
): number {
  // If this is small, ln(1 - q + q exp(...)) is about q (exp(...) - 1), whose variance is q^2
  // (exp(1/z^2) - 1).
  const { rate, noise, steps, coarsest = PLD_GRID_INTERVAL } = account;
  const sigma = rate * Math.sqrt(expm1(1 / (noise * noise)));
  let interval = Math.min(coarsest, sigma * INTERVAL_PER_SIGMA);
  const { least, most } = lossSpan({ ...account, direction: 'remove' });
  const reach = 2 * Math.max(-least, most);
  const spread = WINDOW_SIGMAS * Math.sqrt(steps) * Math.min(sigma, 1 / noise);
  while ((2 * (spread + reach + most - least)) / interval > LENGTH_MAX) interval *= COARSENING;
  return interval;
}

/** The least and the largest loss of one step, for noise within {@link SPAN_SIGMAS} standard deviations. */
function lossSpan(step: SampledGaussianStep & { readonly direction: PldDirection }): {
  readonly least: number;
  readonly most: number;
} {
  const { rate, noise, direction } = step;
  const reach = SPAN_SIGMAS * noise + 1;
  const lossAt = (x: number): number => logMixture(rate, (2 * x - 1) / (2 * noise * noise));
  const [low, high] = [lossAt(-reach), lossAt(reach)];
  return direction === 'remove' ? { least: low, most: high } : { least: -high, most: -low };
}

/** ln(1 - q + q exp(x)). */
function logMixture(rate: number, x: number): number {
  if (x > 30) return x + log(rate + (1 - rate) * expOf(-x));
  return rate === 1 ? x : log1p(rate * expm1(x));
}

/** The loss of one step on a grid, by connecting the dots. */
function lossOfStep(settings: PldSettings): LossGrid {
  const { interval } = settings;
  const { least, most } = lossSpan(settings);
  const first = Math.floor(least / interval);
  const count = Math.ceil(most / interval) - first + 1;
  const deltaAt = settings.direction === 'remove' ? removeDelta : addDelta;
  const masses = new Float64Array(count);
  let delta = deltaAt(settings, first * interval);
  let slope = -1;
  let total = 0;
  for (let at = 0; at < count; at += 1) {
    const epsilon = (first + at) * interval;
    const y = expOf(epsilon);
    const next = at + 1 < count ? deltaAt(settings, epsilon + interval) : delta;
    const nextSlope = at + 1 < count ? (next - delta) / (y * expm1(interval)) : 0;
    masses[at] = y * (nextSlope - slope);
    total += masses[at] as number;
    if (at + 1 < count) delta = next;
    slope = nextSlope;
  }
  if (!(Math.abs(total + delta - 1) < MASS_TOLERANCE)) {
    throw new Error(`the masses of a privacy loss sum to ${total + delta}`);
  }
  return { first, masses, infinite: delta, interval };
}

/** Hockey-stick divergence of the sampled from the plain Gaussian. */
function removeDelta({ rate, noise }: SampledGaussianStep, epsilon: number): number {
  const z = expm1(epsilon) + rate;
  if (z <= 0) return clip(-expm1(epsilon));
  const x = noise * noise * log(z / rate) + 0.5;
  return clip(rate * normalSurvival((x - 1) / noise) - z * normalSurvival(x / noise));
}

/** Hockey-stick divergence of the plain from the sampled Gaussian. */
function addDelta({ rate, noise }: SampledGaussianStep, epsilon: number): number {
  const z = expm1(-epsilon) + rate;
  if (z <= 0) return 0;
  const x = noise * noise * log(z / rate) + 0.5;
  const y = expOf(epsilon);
  return clip(y * (z * normalCdf(x / noise) - rate * normalCdf((x - 1) / noise)));
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Adds up equal independent losses: a power of the transform, on a window around their mean. */
function compose(step: LossGrid, steps: number): LossGrid {
  const { first, masses, interval } = step;
  const { mean, variance } = momentsOf(step);
  const extreme = Math.max(Math.abs(first), Math.abs(first + masses.length - 1)) * interval;
  const wanted =
    2 * ((WINDOW_SIGMAS * Math.sqrt(steps * variance) + 2 * extreme) / interval + masses.length);
  let length = 2;
  while (length < wanted) length *= 2;
  const vector = { real: new Float64Array(length), imaginary: new Float64Array(length) };
  vector.real.set(masses);
  forwardFft(vector);
  raiseEachToPower(vector, steps);
  inverseFft(vector);
  // The transform is cyclic: index i holds the masses of all sums that are i modulo the length. Only
  // one of these sums is inside the window around the mean.
  const start = Math.round((steps * mean) / interval) - length / 2;
  const folded = new Float64Array(length);
  for (let at = 0; at < length; at += 1) {
    const index = (((start + at - steps * first) % length) + length) % length;
    folded[at] = Math.max(0, vector.real[index] as number);
  }
  return {
    first: start,
    masses: folded,
    infinite: -expm1(steps * log1p(-step.infinite)),
    interval,
  };
}

function momentsOf({ first, masses, interval }: LossGrid): {
  readonly mean: number;
  readonly variance: number;
} {
  let mean = 0;
  let square = 0;
  masses.forEach((mass, at) => {
    const loss = (first + at) * interval;
    mean += mass * loss;
    square += mass * loss * loss;
  });
  return { mean, variance: Math.max(0, square - mean * mean) };
}
