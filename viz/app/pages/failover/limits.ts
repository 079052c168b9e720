/**
 * Converts the limits of KPIs to the units of the strips. Limits are drawn only for a run with a
 * single flow, because a KPI covers all flows together.
 *
 * @module
 */
import { kpiName, limitText } from '../../../../reports/kpi-text.ts';
import type { KpiResult } from '../../../../reports/report-schema.ts';
import type { StripsData } from './scene.ts';
import type { StripLimit } from './strips.ts';

/** Unit of the throughput strip. */
export const THROUGHPUT_UNIT = 'packets/s';
const SECONDS_PER_MINUTE = 60;

/** Returns the limit of a throughput KPI in packets per second; undefined if no limit applies. */
export function throughputLimit(scene: StripsData): StripLimit | undefined {
  const isWanted = ({ metric, unit }: KpiResult): boolean =>
    metric.endsWith('.throughput') && unit === '1/min';
  return limitOf(scene, isWanted, SECONDS_PER_MINUTE);
}

/** Returns the limit of a KPI on the p95 latency, ns; undefined if no limit applies. */
export function latencyLimit(scene: StripsData): StripLimit | undefined {
  const isWanted = ({ metric, unit, aggregation }: KpiResult): boolean =>
    metric.endsWith('.latency') && unit === 'ns' && aggregation === 'p95';
  return limitOf(scene, isWanted, 1);
}

function limitOf(
  { report, suffix }: StripsData,
  isWanted: (kpi: KpiResult) => boolean,
  per: number,
): StripLimit | undefined {
  const kpi = suffix === '' ? report.kpis.find(isWanted) : undefined;
  if (kpi === undefined) return undefined;
  return { value: kpi.limit / per, text: `limit ${limitText(kpi)} for ${kpiName(kpi)}` };
}
