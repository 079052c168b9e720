/**
 * The twin of a scenario in its report: each seed ran twice, as written and with the changes of `twin`.
 * Both runs had the same random numbers, so the changes alone cause their difference (common random
 * numbers: Law, "Simulation Modeling and Analysis", 5th ed., section 11.2).
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { findAggregatedUnit } from './estimate.ts';
import { judgeKpi, type KpiInput, seedPairs } from './kpi.ts';
import { DIFFERENCE_SUFFIX } from './kpi-text.ts';
import type { JudgeInput, SeedResult, TwinJudgeInput } from './model.ts';
import { networkOfSeedIfAny } from './networks.ts';
import { computeMeanDifference } from './paired.ts';
import type { KpiResult, Report } from './report-schema.ts';
import { findMetricDefinition } from './series.ts';

type TwinPart = NonNullable<Report['twin']>;
type Limits = Pick<JudgeInput, 'kpis' | 'definitions' | 'networks'>;

/** Judges a limit on the difference between the twin and the run as written. */
export function judgeTwinDifference(
  input: KpiInput & { readonly twins: readonly SeedResult[] },
): KpiResult {
  const kpi = judgeKpi(input);
  return { ...kpi, metric: `${kpi.metric}${DIFFERENCE_SUFFIX}` };
}

/** The twin in the report: its changes, its runs, and the difference of every metric that has a limit. */
export function twinReportPart(
  twin: TwinJudgeInput,
  seeds: readonly SeedResult[],
  limits: Limits,
): TwinPart {
  const { networks, definitions, kpis } = limits;
  const rows = new Map(
    [...kpis, ...twin.kpis].map((one) => [`${one.metric} ${one.aggregation}`, one] as const),
  );
  const differences = [...rows.values()].flatMap((spec) => {
    const definition = findMetricDefinition(definitions, spec.metric);
    return definition === undefined
      ? []
      : [differenceRow(spec, definition, { twin, seeds, networks })];
  });
  const perSeed = twin.seeds.map(({ seed, fingerprint, virtualNs, events, ending }) => {
    const network = networkOfSeedIfAny(networks, seed);
    const named = network === undefined ? { seed } : { seed, network };
    return { ...named, fingerprint, virtualSeconds: virtualNs / 1e9, events, ending };
  });
  return { set: twin.set, perSeed, differences };
}

function differenceRow(
  { metric, aggregation }: JudgeInput['kpis'][number],
  definition: MetricDefinition,
  {
    twin,
    seeds,
    networks,
  }: {
    readonly twin: TwinJudgeInput;
    readonly seeds: readonly SeedResult[];
    readonly networks: JudgeInput['networks'] | undefined;
  },
): TwinPart['differences'][number] {
  const what = { metric, aggregation };
  const pairs = seedPairs(what, seeds, twin.seeds);
  const { a, b, value, ci95, correlation } = computeMeanDifference(pairs, networks);
  return {
    ...{ ...what, unit: findAggregatedUnit(definition, aggregation), pairs: pairs.length },
    ...{ written: a, twin: b, difference: value, ci95 },
    ...(correlation === undefined ? {} : { correlation }),
  };
}
