/**
 * Entropy of targets in a network of mixes, by the mass propagation of reports/privacy
 * (docs/PRIVACY.md#metrics), and its weighted mean over classes of routes.
 *
 * With corrupt mixes, the entropy of a target depends mostly on how many corrupt mixes its own
 * route starts with. The probability of each such class is known, so the mean is taken class by
 * class and weighted: with one layer the plain mean of 60 targets has a standard error of 0.4 bit.
 *
 * @module
 */

import { greatestOf } from '../../../engine/pure/extremes.ts';
import { uniformHazard } from '../../../reports/privacy/mass/aging-pool.ts';
import { computePosteriors } from '../../../reports/privacy/mass/posterior.ts';
import type { NodeMixingModel } from '../../../reports/privacy/mass/propagate.ts';
import { shannonBits } from '../../../reports/privacy/metrics/uncertainty.ts';
import { summariseSample } from '../../../reports/statistics/summary.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import {
  type MixNetworkOptions,
  type MixNetworkResult,
  runMixes,
  type TargetPlan,
} from './mix-network.ts';

/**
 * Warm-up and drain of a layer, in mean delays; after the drain almost no mass is still inside:
 * P(Exp > 16) = 1e-7.
 */
const STAGES_OF_WARMUP = 8;
const STAGES_OF_DRAIN = 16;
/**
 * Smallest time between two targets, s: targets closer to each other would be hidden among the same
 * messages.
 */
const GAP_SECONDS = 0.1;
/** Smallest number of targets in a class of routes. */
const TARGETS_OF_CLASS = 4;
/**
 * Number of classes, by the number of corrupt mixes at the start of a route: with 10 % corrupt
 * mixes, all routes that begin with more corrupt mixes together have the probability 1e-5.
 */
const CLASSES = 5;

/** The estimated entropy of targets. */
export interface TargetEntropyEstimate {
  /** Entropy in bits, weighted over the classes. */
  readonly bits: number;
  /** Standard error of the mean, as if targets were independent. */
  readonly error: number;
  /** Largest mass of a target that had not arrived at the end. */
  readonly left: number;
}

/** The number of targets, and the distance between them. */
export interface TargetSampling {
  readonly targets: number;
  /** Default: half a mean delay, but at least 0.1 s. */
  readonly gapSeconds?: number;
}

/** The mean entropy of some targets. */
export function measureMixEntropy(
  engine: SeededEngine,
  options: MixNetworkOptions,
  { targets, ...gap }: TargetSampling,
): TargetEntropyEstimate {
  const classes = classesOf(options);
  const corruptFirst = classes.flatMap(({ corruptFirst: forced, weight }) => {
    const count = Math.max(TARGETS_OF_CLASS, Math.round(targets * weight));
    return new Array<number | undefined>(count).fill(forced);
  });
  const run = runMixes(engine, options, { ...timesOf(options), ...gap, corruptFirst });
  const { bits, left } = entropies(engine, options, run);
  let mean = 0;
  let variance = 0;
  for (const { weight, corruptFirst: forced } of classes) {
    const own = bits.filter((_, i) => corruptFirst[i] === forced);
    const { mean: ofClass, deviation } = summariseSample(own);
    mean += weight * ofClass;
    variance += (weight * deviation) ** 2 / own.length;
  }
  return { bits: mean, error: Math.sqrt(variance), left };
}

/** Warm-up, spacing and drain for a network. */
function timesOf(options: MixNetworkOptions): Omit<TargetPlan, 'corruptFirst'> {
  const { layers, meanSeconds, linkSeconds } = options;
  const link = typeof linkSeconds === 'number' ? linkSeconds : linkSeconds[1];
  const path = layers * meanSeconds + (layers + 1) * link;
  return {
    warmupSeconds: path + STAGES_OF_WARMUP * meanSeconds,
    gapSeconds: Math.max(meanSeconds / 2, GAP_SECONDS),
    drainSeconds: path + STAGES_OF_DRAIN * meanSeconds + 2 * layers * meanSeconds,
  };
}

interface RouteClass {
  readonly corruptFirst: number | undefined;
  /** Probability of this class. */
  readonly weight: number;
}

/**
 * The classes of routes, by the number of corrupt mixes at their start. A route of only corrupt mixes
 * has 0 bits and needs no class.
 */
function classesOf({
  layers,
  width,
  shares,
  corruptPerLayer = 0,
}: MixNetworkOptions): readonly RouteClass[] {
  if (corruptPerLayer === 0) return [{ corruptFirst: undefined, weight: 1 }];
  const uniform = corruptPerLayer / width;
  const classes: RouteClass[] = [];
  let before = 1;
  for (let first = 0; first < Math.min(layers, CLASSES); first += 1) {
    const of = shares?.[first]?.slice(0, corruptPerLayer);
    const corrupt = of === undefined ? uniform : of.reduce((sum, share) => sum + share, 0);
    classes.push({ corruptFirst: first, weight: before * (1 - corrupt) });
    before *= corrupt;
  }
  return classes;
}

function entropies(
  engine: SeededEngine,
  options: MixNetworkOptions,
  { truth, targets }: MixNetworkResult,
): { readonly bits: readonly number[]; readonly left: number } {
  const posteriors = computePosteriors({ truth, laws: lawsOf(engine, options), targets });
  return {
    bits: posteriors.map(({ p }) => shannonBits(p)),
    left: greatestOf(posteriors.map(({ left }) => left)),
  };
}

function lawsOf(engine: SeededEngine, options: MixNetworkOptions): readonly NodeMixingModel[] {
  const { layers, width, corruptPerLayer = 0, delay, meanSeconds } = options;
  const honest: NodeMixingModel =
    delay === 'uniform'
      ? { kind: 'aging', hazard: uniformHazard(2e9 * meanSeconds) }
      : { kind: 'memoryless' };
  const corrupt: NodeMixingModel =
    engine.defects.mixes?.isCorruptTrusted === true ? honest : { kind: 'open' };
  const mixes = Array.from({ length: layers * width }, (_, i) =>
    i % width < corruptPerLayer ? corrupt : honest,
  );
  return [...mixes, { kind: 'end' }];
}
