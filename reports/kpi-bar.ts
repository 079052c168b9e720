/**
 * A row of the KPI table, as shown by `report.html` and the report page: headings, the word for a
 * status, why a KPI was missed, and the bar that shows value, interval and seeds beside the limit.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf, leastOf } from '../engine/pure/extremes.ts';
import { missedText } from './kpi-text.ts';
import type { KpiResult, Report } from './report-schema.ts';

/** Headings of the table; the first column contains the mark. */
export const KPI_HEADINGS: readonly string[] = [
  ...['', 'KPI', 'measured', '95 % interval'],
  ...['against the limit', 'limit', 'margin'],
];

/** A status in words. */
export const STATUS_WORDS: Readonly<Record<KpiResult['status'], string>> = {
  pass: 'met',
  fail: 'missed',
  'not-applicable': 'not applicable',
  inconclusive: 'inconclusive',
};

/** The reason why a KPI was not met, as text; undefined if there is nothing to explain. */
export function kpiMissReason(kpi: KpiResult, report: Report): string | undefined {
  if (kpi.status === 'pass') return undefined;
  const parts = [kpi.reason, kpi.status === 'fail' ? missedText(kpi, report) : undefined];
  const known = parts.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : known.join('; ');
}

/** The marks on a bar, as px from its left end. */
export interface KpiBar {
  readonly value: number;
  readonly limit: number;
  /** The range that meets the limit; undefined if only a single value does. */
  readonly allowed: { readonly from: number; readonly width: number } | undefined;
  /** Undefined if there is no interval. An unbounded end is drawn at the edge. */
  readonly interval:
    | {
        readonly from: number;
        readonly to: number;
        readonly hasLow: boolean;
        readonly hasHigh: boolean;
      }
    | undefined;
  /** The values of the seeds; empty if there is only one seed. */
  readonly seeds: readonly number[];
}

/** Margin at both ends, px. */
const EDGE = 4;

/** The bar of a KPI; undefined when nothing was measured. */
export function kpiBar(kpi: KpiResult, width: number): KpiBar | undefined {
  if (kpi.value === null) return undefined;
  const right = width - EDGE;
  const x = scaleLinear([...barDomain(kpi)], [EDGE, right]);
  const limit = x(kpi.limit);
  const isUpper = kpi.comparison === '<=' || kpi.comparison === '<';
  const from = isUpper ? EDGE : limit;
  const allowed = { from, width: Math.max(0, isUpper ? limit - EDGE : right - limit) };
  const { kind, low, high } = kpi.ci95;
  const hasInterval = kind !== 'none' && (low !== null || high !== null);
  const ends = {
    ...{ from: low === null ? EDGE : x(low), to: high === null ? right : x(high) },
    ...{ hasLow: low !== null, hasHigh: high !== null },
  };
  const seeds = kpi.perSeed.length < 2 ? [] : kpi.perSeed;
  return {
    ...{ value: x(kpi.value), limit },
    allowed: kpi.comparison === '==' ? undefined : allowed,
    interval: hasInterval ? ends : undefined,
    seeds: seeds.flatMap(({ value }) => (value === null ? [] : [x(value)])),
  };
}

/** The range of values that a bar shows: all known values, with a margin at both ends. */
export function barDomain(kpi: KpiResult): readonly [number, number] {
  const { low, high } = kpi.ci95;
  const seeds = kpi.perSeed.map(({ value }) => value);
  const known = [kpi.value, kpi.limit, low, high, ...seeds].filter((one) => one !== null);
  const least = leastOf(known);
  const most = greatestOf(known);
  // A ratio near 1 is shown by its distance from 1.
  if (kpi.unit === 'ratio' && least > 0.5) return [least - (1 - least) * 0.15, Math.max(1, most)];
  return [Math.min(0, least), most === 0 ? 1 : most * 1.12];
}
