/**
 * The success of an attack: how often it was right, with the confidence interval, and what guessing
 * would achieve (docs/spec/privacy-metrics.md, "Attacks").
 *
 * @module
 */
import { wilsonInterval } from '../../statistics/proportion.ts';
import type { RocPoint } from './roc.ts';

/** The success rate of an attack on one run with its confidence interval, and that of a random guess. */
export interface AttackSuccess {
  /** Name of the attack, the part `<name>` of the metric `privacy.attack.<name>.success`. */
  readonly attack: string;
  /** Share of right answers, or area under the ROC curve; 0..1. */
  readonly success: number;
  /** Bounds of the 95 % interval of the success. */
  readonly low: number;
  readonly high: number;
  /** Number of trials. */
  readonly trials: number;
  /** Number of right answers; undefined for an area. */
  readonly hits?: number;
  /** Success rate of a random guess. */
  readonly chance: number;
  /** Corners of the ROC curve, if success is the area under this curve. */
  readonly roc?: readonly RocPoint[];
  /** Kind of interval: `Wilson` or `DeLong`, 95 %. */
  readonly interval: string;
}

/** Name of the metric for the success of an attack. */
export function attackSuccessMetricName(attack: string): string {
  return `privacy.attack.${attack}.success`;
}

/** The number of right answers in independent trials. */
export interface HitCount {
  readonly attack: string;
  readonly hits: number;
  readonly trials: number;
  readonly chance: number;
}

/**
 * The success of an attack as a share of right answers, with Wilson's 95 % interval.
 * @returns undefined when nothing was tried: no trial, no share.
 */
export function successOfHits({
  attack,
  hits,
  trials,
  chance,
}: HitCount): AttackSuccess | undefined {
  if (trials === 0) return undefined;
  const interval = wilsonInterval(hits, trials);
  return {
    attack,
    success: hits / trials,
    ...interval,
    trials,
    hits,
    chance,
    interval: 'Wilson 95 %',
  };
}
