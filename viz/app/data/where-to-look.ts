/**
 * Decides where a reader should look first: the page and the instant that show why a KPI missed its
 * limit, and the instant at which the pages of the trace open. Uses no DOM.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import type { KpiResult, Report, ReportFault } from '../../../reports/report-schema.ts';
import type { FaultRow } from './trace-answers.ts';

/** A page with its parameters and an instant. */
export interface PageAtInstant {
  readonly page: string;
  /** The instant, ns of the run; undefined if the page shows no particular instant. */
  readonly timeNs: number | undefined;
  /** The page's parameters, as in the address of the page. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The cursor is placed this long before an event, ns, so that the reader sees it happen. */
const LEAD_NS = 50_000_000;
/**
 * A bin in which a KPI was missed is explained by a fault that began at most this long before the
 * bin, ns.
 */
const FAULT_NS = 5e9;

/**
 * Returns the page and the instant that show why a KPI missed its limit: at the worst fault, or at
 * the worst bin of a series.
 */
export function pageOfMissedKpi(report: Report, kpi: KpiResult): PageAtInstant {
  const { metric, unit } = kpi;
  if (metric.startsWith('privacy.')) return { page: 'privacy', timeNs: undefined, parameters: {} };
  const seed = report.shownSeed;
  const own = report.faults.filter((fault) => fault.seed === seed);
  if (/\.(failover|recovery|detection)$/.test(metric) && own.length > 0) {
    const [worst] = [...own].sort((a, b) => costOf(b) - costOf(a));
    return atFault(worst as ReportFault);
  }
  const isDistribution = report.metrics[metric]?.quantiles !== undefined;
  if (isDistribution && unit === 'ns') {
    const timeNs = worstBin(report, 'latency.p95', greatestOf);
    return { page: 'latency', timeNs, parameters: { metric } };
  }
  const binNs = worstBin(report, 'delivered', leastOf);
  const fault = own.find(({ beginNs }) => isNear(beginNs, binNs)) ?? own[0];
  if (fault !== undefined) return atFault(fault);
  return { page: 'network', timeNs: binNs, parameters: {} };
}

/**
 * Returns the first position of the cursor, ns: just before the first fault or, in a run without
 * faults, just before the earliest instant that shows a missed KPI. Undefined if there is neither.
 */
export function initialCursorNs(
  faults: readonly FaultRow[],
  report: Report | undefined,
): number | undefined {
  const fault = faults.find(({ kind }) => kind === 'begin')?.timeNs;
  const missed = (report?.kpis ?? []).flatMap((kpi) =>
    kpi.status === 'fail' && report !== undefined
      ? (pageOfMissedKpi(report, kpi).timeNs ?? [])
      : [],
  );
  const first = fault ?? (missed.length === 0 ? undefined : leastOf(missed));
  return first === undefined ? undefined : Math.max(0, first - LEAD_NS);
}

/**
 * Returns the middle, ns, of the first bin after the warm-up that has at least half as many packets
 * as the fullest bin. Bins of the warm-up count only if no later bin has packets. Undefined if
 * nothing was sent.
 */
export function firstBusyInstant(
  bins: readonly { readonly startNs: number; readonly widthNs: number; readonly count: number }[],
  warmupNs: number,
): number | undefined {
  const measured = bins.filter(({ startNs, widthNs }) => startNs + widthNs > warmupNs);
  const known = measured.some(({ count }) => count > 0) ? measured : bins;
  const most = greatestOf([0, ...known.map(({ count }) => count)]);
  const first = known.find(({ count }) => count > 0 && 2 * count >= most);
  return first && first.startNs + Math.round(first.widthNs / 2);
}

function atFault({ id, beginNs }: ReportFault): PageAtInstant {
  return { page: 'failover', timeNs: beginNs, parameters: { fault: id } };
}

/**
 * Returns how much a fault cost, ns: its longest gap in deliveries or, if no gap is known, the
 * delay of its latest effect.
 */
function costOf({ gaps = [], effects, beginNs }: ReportFault): number {
  const lengths = gaps.map(({ gapNs }) => gapNs);
  return greatestOf([
    0,
    ...(lengths.length > 0 ? lengths : Object.values(effects).map((at) => at - beginNs)),
  ]);
}

function isNear(beginNs: number, binNs: number | undefined): boolean {
  return binNs !== undefined && binNs >= beginNs && binNs - beginNs < FAULT_NS;
}

/**
 * Returns the start, ns, of the time step after the warm-up in which a series of the shown seed has
 * its worst value.
 */
function worstBin(
  { series, scenario }: Report,
  name: string,
  worse: (values: Iterable<number>) => number,
): number | undefined {
  const found =
    series.find((one) => one.name === name) ??
    series.find((one) => one.name.startsWith(`${name} `));
  if (found === undefined) return undefined;
  const { stepNs, shownSeed } = found;
  const first = Math.ceil(scenario.warmupNs / stepNs);
  // The last step is ignored: it may be shorter than the other steps and then has fewer packets
  // although none were lost.
  const steps = shownSeed
    .slice(first, -1)
    .map((value, at) => ({ value, timeNs: (first + at) * stepNs }));
  const known = steps.filter(
    (step): step is typeof step & { value: number } => step.value !== null,
  );
  const worst = worse(known.map(({ value }) => value));
  return known.find(({ value }) => value === worst)?.timeNs;
}
