/**
 * The twin of a scenario in its report: each seed ran twice, as written and with the changes of `twin`, so both
 * runs had the same random numbers and their difference is that of the changes (common random numbers: Law,
 * "Simulation Modeling and Analysis", 5th ed., section 11.2).
 *
 * @module
 */
import type { MetricDefinition } from '../engine/host/measure.ts';
import { unitOf } from './estimate.ts';
import { judgeKpi, type KpiInput, seedPairs } from './kpi.ts';
import { DIFFERENCE } from './kpi-text.ts';
import type { RunInput, SeedResult, TwinInput } from './model.ts';
import { networkIn } from './networks.ts';
import { differenceOf } from './paired.ts';
import type { KpiResult, Report } from './report-schema.ts';
import { definitionOf } from './series.ts';

type TwinPart = NonNullable<Report['twin']>;
type Limits = Pick<RunInput, 'kpis' | 'definitions' | 'networks'>;

/** Judges a limit on the difference between the twin and the run as written. */
export function judgeDifference(
  input: KpiInput & { readonly twins: readonly SeedResult[] },
): KpiResult {
  const kpi = judgeKpi(input);
  return { ...kpi, metric: `${kpi.metric}${DIFFERENCE}` };
}

/** The part of the report: what the twin changes, its runs, and the difference of all that has a limit. */
export function twinPart(twin: TwinInput, seeds: readonly SeedResult[], limits: Limits): TwinPart {
  const { networks, definitions, kpis } = limits;
  const rows = new Map(
    [...kpis, ...twin.kpis].map((one) => [`${one.metric} ${one.aggregation}`, one] as const),
  );
  const differences = [...rows.values()].flatMap((spec) => {
    const definition = definitionOf(definitions, spec.metric);
    return definition === undefined
      ? []
      : [differenceRow(spec, definition, { twin, seeds, networks })];
  });
  const perSeed = twin.seeds.map(({ seed, fingerprint, virtualNs, events, ending }) => {
    const network = networkIn(networks, seed);
    const named = network === undefined ? { seed } : { seed, network };
    return { ...named, fingerprint, virtualSeconds: virtualNs / 1e9, events, ending };
  });
  return { set: twin.set, perSeed, differences };
}

function differenceRow(
  { metric, aggregation }: RunInput['kpis'][number],
  definition: MetricDefinition,
  {
    twin,
    seeds,
    networks,
  }: {
    readonly twin: TwinInput;
    readonly seeds: readonly SeedResult[];
    readonly networks: RunInput['networks'] | undefined;
  },
): TwinPart['differences'][number] {
  const what = { metric, aggregation };
  const pairs = seedPairs(what, seeds, twin.seeds);
  const { a, b, value, ci95, correlation } = differenceOf(pairs, networks);
  return {
    ...{ ...what, unit: unitOf(definition, aggregation), pairs: pairs.length },
    ...{ written: a, twin: b, difference: value, ci95 },
    ...(correlation === undefined ? {} : { correlation }),
  };
}
