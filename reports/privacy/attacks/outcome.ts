/**
 * What an attack reports: how often it was right, with the interval, and what guessing would get
 * (spec/mixnet.md 4.1 "Linking probability", 4.4).
 *
 * @module
 */
import { wilsonInterval } from '../../statistics/proportion.ts';
import type { RocPoint } from './roc.ts';

/** The result of one attack on one run. */
export interface AttackOutcome {
  /** Last part but one of `privacy.attack.<name>.success`. */
  readonly attack: string;
  /** Share of right answers, or the area under the ROC curve; 0..1. */
  readonly success: number;
  /** Bounds of the 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Trials behind it. */
  readonly trials: number;
  /** Right answers among them; undefined for an area. */
  readonly hits?: number;
  /** Success of guessing without looking. */
  readonly chance: number;
  /** Corners of the ROC curve, where the success is the area under it. */
  readonly roc?: readonly RocPoint[];
  /** Which interval: `Wilson` or `DeLong`, 95 %. */
  readonly interval: string;
}

/** The metric of an attack. */
export function successMetric(attack: string): string {
  return `privacy.attack.${attack}.success`;
}

/** Right answers of independent trials. */
export interface Hits {
  readonly attack: string;
  readonly hits: number;
  readonly trials: number;
  readonly chance: number;
}

/**
 * A share of right answers with Wilson's 95 % interval.
 * @returns undefined when nothing was tried: no trial, no share.
 */
export function ofHits({ attack, hits, trials, chance }: Hits): AttackOutcome | undefined {
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
