/**
 * A run that did not reach its end: the sentences about it, and how its KPIs are judged.
 *
 * A part of a run proves no limit met: faults may still be to come, and queues may still fill. So a
 * KPI that would pass is inconclusive, and so is a KPI that would fail, unless the rest of the run
 * could not undo the miss.
 *
 * @module
 */
import type { MetricKind } from '../engine/host/measure.ts';
import { isFinalMiss } from './final-miss.ts';
import { countWithNoun } from './format.ts';
import type { SeedResult } from './model.ts';
import type { KpiResult, Report } from './report-schema.ts';

type Ending = SeedResult['ending'];

/** The fields of a seed's result that say how its run ended. */
interface SeedEnd {
  readonly seed: number;
  readonly ending: string;
  readonly reachedNs: number;
}

/** The worst ending among the seeds, which counts as the ending of the whole run. */
export function findWorstEnding(seeds: readonly Pick<SeedEnd, 'ending'>[]): Ending {
  const endings = seeds.map((seed) => seed.ending);
  if (endings.includes('time-limit')) return 'time-limit';
  if (endings.includes('interrupted')) return 'interrupted';
  return endings.includes('aborted') ? 'aborted' : 'complete';
}

/** `interrupted at 12.3 s of 60 s`; undefined for a run that reached its end. */
export function earlyEndText(seeds: readonly SeedEnd[], durationNs: number): string | undefined {
  const ending = findWorstEnding(seeds);
  if (ending === 'complete') return undefined;
  const stopped = seeds.filter((seed) => seed.ending !== 'complete');
  const [first, ...others] = stopped.sort((a, b) => a.reachedNs - b.reachedNs);
  const at = `${seconds(first?.reachedNs ?? 0)} s of ${seconds(durationNs)} s`;
  const causes = {
    interrupted: 'interrupted',
    'time-limit': 'stopped by timeLimit',
    aborted: 'stopped by --abort-on fail',
  };
  const what = `${causes[ending]} at ${at}`;
  if (seeds.length === 1 || first === undefined) return what;
  const rest = others.length === 0 ? '' : ` and ${countWithNoun(others.length, 'other')}`;
  return `${what} (seed ${first.seed}${rest} of ${seeds.length})`;
}

function seconds(ns: number): number {
  return Number((ns / 1e9).toPrecision(3));
}

/** {@link earlyEndText} for a report. */
export function reportEarlyEndText({
  perSeed,
  scenario,
  twin,
}: Pick<Report, 'perSeed' | 'scenario' | 'twin'>): string | undefined {
  const seeds = [...perSeed, ...(twin?.perSeed ?? [])].map(({ seed, ending, virtualSeconds }) => ({
    ...{ seed, ending, reachedNs: virtualSeconds * 1e9 },
  }));
  return earlyEndText(seeds, scenario.durationNs);
}

/** The sentence that is printed once above the KPIs of a run that ended early. */
export function inconclusiveKpisText(earlyEnd: string): string {
  return `the run was ${earlyEnd}: an incomplete run meets no limit`;
}

/**
 * Marks a KPI of a run that ended early as inconclusive, unless the rest of the run could not have
 * changed its status.
 */
export function markKpiInconclusive(
  kpi: KpiResult,
  kind: MetricKind | undefined,
  earlyEnd: string,
): KpiResult {
  const isHopeless = kpi.code !== undefined && kpi.code !== NO_SAMPLES;
  if (kpi.status === 'fail' && (isHopeless || isFinalMiss(kpi, kind))) return kpi;
  const { code: _code, ...rest } = kpi;
  return { ...rest, status: 'inconclusive', pass: false, reason: `the run was ${earlyEnd}` };
}

/** The code of a KPI without samples, which might have had some later in the run. */
const NO_SAMPLES = 'E125';

/**
 * True if a KPI is inconclusive only because the run ended early. This reason is reported once for
 * all KPIs.
 */
export function isInconclusiveByEarlyEnd(kpi: KpiResult, report: Report): boolean {
  if (report.ending === 'complete') return false;
  return (
    kpi.status === 'inconclusive' && kpi.reason === `the run was ${reportEarlyEndText(report)}`
  );
}
