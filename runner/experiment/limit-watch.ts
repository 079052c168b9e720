/**
 * Finds, while a seed runs, a limit that the seed cannot meet any more. It checks at fixed instants of
 * the run's time, so that a seed in virtual time always stops at the same event.
 *
 * @module
 */
import { isFinalMiss } from '../../reports/final-miss.ts';
import { kpisForMode } from '../../reports/judge.ts';
import { judgeKpi } from '../../reports/kpi.ts';
import type { KpiSpec, SeedResult } from '../../reports/model.ts';
import { findMetricDefinition } from '../../reports/series.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import type { World } from '../world.ts';
import type { Experiment } from './experiment.ts';
import { makeInterimResultReader, type SeedRunFacts } from './measured-so-far.ts';
import { SLICE_NS, sliceEnd } from './slices.ts';

/** Number of checks during a run. Each check adds up the counters of all nodes. */
const CHECKS = 100;

/** True if a limit with this aggregation can be missed for good before the end of a run. */
export function canMissForGood({ aggregation }: Pick<KpiSpec, 'aggregation'>): boolean {
  return ['count', 'max', 'min'].includes(aggregation);
}

/** Finds, while a seed runs, a limit that the seed can no longer meet. */
export class LimitWatch {
  readonly #everyNs: number;
  readonly #soFar: (experiment: Experiment) => SeedResult;
  readonly #isMissed: (result: SeedResult) => boolean;
  #nextNs: number;

  constructor(world: World, facts: SeedRunFacts) {
    const { durationNs, kpis, warmupNs } = facts.scenario;
    this.#everyNs = Math.max(SLICE_NS, sliceEnd(durationNs / CHECKS));
    this.#nextNs = this.#everyNs;
    this.#soFar = makeInterimResultReader(world, facts);
    // If the processor is not modelled, times of its work are 0 and not judged.
    const definitions = scenarioMetrics(facts.scenario, facts.registry).filter(
      ({ needs }) => needs !== 'processor',
    );
    const specs = kpis.filter(canMissForGood);
    this.#isMissed = (result): boolean =>
      specs.some((spec) => {
        const definition = findMetricDefinition(definitions, spec.metric);
        if (definition === undefined) return false;
        const seeds = [result];
        const kpi = judgeKpi({ spec, definition, definitions, seeds, mode: 'sim', warmupNs });
        return isFinalMiss(kpi, definition.kind);
      });
  }

  /** True if a check is due at `nowNs` and finds a limit that is missed for good. */
  isMissed(nowNs: number, experiment: Experiment): boolean {
    if (nowNs < this.#nextNs) return false;
    this.#nextNs = nowNs + this.#everyNs;
    return this.#isMissed(this.#soFar(experiment));
  }
}

/** Makes the watch for a real-time run; undefined if the run does not end at a missed limit. */
export function makeLimitWatch(
  {
    endsOnMiss,
    scenario,
    registry,
  }: Pick<SeedRunFacts, 'scenario' | 'registry'> & {
    readonly endsOnMiss?: boolean;
  },
  world: World,
  seed: number,
): LimitWatch | undefined {
  if (endsOnMiss !== true) return undefined;
  const judged = { ...scenario, kpis: kpisForMode('live', scenario.kpis) };
  return new LimitWatch(world, { scenario: judged, registry, seed });
}
