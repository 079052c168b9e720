/**
 * Finds, while a seed runs, a limit that it cannot meet any more. It looks at fixed instants of the run's
 * time, so that a seed in virtual time stops at the same event in every run.
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
import { interimResultReader, type SeedRunFacts } from './measured-so-far.ts';
import { SLICE_NS, sliceEnd } from './slices.ts';

/** Number of looks at a run; each of them sums up the counters of all nodes. */
const LOOKS = 100;

/** True if a run can miss a limit with this aggregation before its end, whatever follows. */
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
    this.#everyNs = Math.max(SLICE_NS, sliceEnd(durationNs / LOOKS));
    this.#nextNs = this.#everyNs;
    this.#soFar = interimResultReader(world, facts);
    // Times of work are zeros where the processor is not modelled, and are not judged.
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

  /** True if the run, which is at `nowNs`, may as well end. */
  isMissed(nowNs: number, experiment: Experiment): boolean {
    if (nowNs < this.#nextNs) return false;
    this.#nextNs = nowNs + this.#everyNs;
    return this.#isMissed(this.#soFar(experiment));
  }
}

/** The watch over the limits of a run by the wall clock, if the run is to end at a missed limit. */
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
