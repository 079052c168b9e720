/**
 * Compares a report with a baseline, KPI by KPI. If both ran the same seeds on the same topology,
 * values are paired by seed (Student's t over the differences); else they are two independent
 * groups, labelled as such (Welch 1947).
 *
 * @module
 */
import { reportEarlyEndText } from './early-end.ts';
import { significantDigitsText } from './format.ts';
import { isDifferenceKpi, kpiName } from './kpi-text.ts';
import { groupIndependentEntries } from './networks.ts';
import { independentPairs, pairBySeed } from './paired.ts';
import { findSeedDivergences, type SeedDivergence } from './partings.ts';
import type { KpiResult, Report } from './report-schema.ts';
import { NO_WORSE_RULE } from './rules.ts';
import {
  type DifferenceInterval,
  interpretDifference,
  pairedDifference,
  SMALLEST_EFFECT_SHARE,
  unpairedDifference,
} from './statistics/comparison.ts';
import { summariseSample } from './statistics/summary.ts';

const LEVEL = 0.95;

/** How a KPI changed between two runs: better, worse, equal or unclear. */
export type ChangeVerdict = 'better' | 'worse' | 'same' | 'inconclusive' | 'not comparable';

/** One KPI in both reports: its values, and what their difference means. */
export interface KpiChange {
  readonly metric: string;
  readonly aggregation: string;
  readonly unit: string;
  readonly baseline: number | null;
  readonly value: number | null;
  /** Change of the judged value relative to the baseline; null when that is not a number. */
  readonly relative: number | null;
  /** Mean difference per seed; undefined with too few seeds. */
  readonly difference?: DifferenceInterval;
  readonly verdict: ChangeVerdict;
  /** Why the KPI is not comparable, or its change inconclusive. */
  readonly note?: string;
}

/** A comparison of two reports. */
export interface ReportComparison {
  readonly baseline: { readonly name: string; readonly commit: string; readonly seeds: number };
  readonly isPaired: boolean;
  /** Why the seeds could not be paired. */
  readonly pairingNote?: string;
  /** Which of the two runs ended early, and when. If one did, no KPI is better, worse or the same. */
  readonly earlyEnd?: string;
  /** Changes below this share of the baseline do not count. */
  readonly smallestEffect: number;
  readonly kpis: readonly KpiChange[];
  /**
   * For each seed of both runs: where its events first differ. Seeds without checkpoints are left
   * out.
   */
  readonly partings: readonly SeedDivergence[];
  /** Worse if any KPI is worse, else better if any is better, else inconclusive or same. */
  readonly verdict: ChangeVerdict;
}

/** Compares a report with a baseline. */
export function compareReports(
  baseline: Report,
  candidate: Report,
  options: { readonly smallestEffect: number } = { smallestEffect: SMALLEST_EFFECT_SHARE },
): ReportComparison {
  const obstacle = pairingObstacle(baseline, candidate);
  const earlyEnd = earlyEnds(baseline, candidate);
  const context = {
    isPaired: obstacle === undefined,
    smallestEffect: options.smallestEffect,
    ...{ baseline, candidate },
  };
  const kpis = candidate.kpis.map((kpi) => {
    const before = baseline.kpis.find((one) => keyOf(one) === keyOf(kpi));
    const change = compareKpi(before, kpi, context);
    return earlyEnd === undefined ? change : undecided(change);
  });
  return {
    baseline: {
      name: baseline.scenario.name,
      commit: baseline.environment.commit,
      seeds: baseline.seeds.length,
    },
    isPaired: context.isPaired,
    ...(obstacle === undefined ? {} : { pairingNote: obstacle }),
    ...(earlyEnd === undefined ? {} : { earlyEnd }),
    smallestEffect: options.smallestEffect,
    kpis,
    partings: findSeedDivergences(baseline, candidate),
    verdict: overall(kpis.map((kpi) => kpi.verdict)),
  };
}

/** Makes a report fail if a KPI is worse than in the baseline: adds this as a rule among its invariants. */
export function withBaselineRule(comparison: ReportComparison, report: Report): Report {
  const { kpis, earlyEnd, baseline } = comparison;
  const worse = kpis.filter(({ verdict }) => verdict === 'worse');
  const changes = worse.map((change) => `${kpiName(change)} ${changeText(change)}`);
  const of = `the baseline of ${baseline.commit}`;
  const found =
    worse.length === 0
      ? `nothing is significantly worse than in ${of}`
      : `${changes.join(', ')} against ${of}`;
  const pass = worse.length === 0 && earlyEnd === undefined;
  const rule = { name: NO_WORSE_RULE, pass, detail: earlyEnd ?? found };
  return { ...report, pass: report.pass && pass, invariants: [...report.invariants, rule] };
}

/** Explains why two reports cannot be compared; undefined if they can. */
export function incomparableReason({ verdict, kpis }: ReportComparison): string | undefined {
  if (verdict !== 'not comparable') return undefined;
  const notes = new Set(kpis.flatMap(({ note }) => note ?? []));
  return kpis.length === 0 ? 'there is no limit to compare' : [...notes].join('; ');
}

/** Finds the change of a KPI in a comparison. */
export function findKpiChange(
  comparison: ReportComparison,
  kpi: Pick<KpiResult, 'metric' | 'aggregation'>,
): KpiChange | undefined {
  return comparison.kpis.find((one) => keyOf(one) === keyOf(kpi));
}

/** The change in short form: `+283 %`, or `n.s.` when the interval of the difference contains 0. */
export function changeText(change: KpiChange | undefined): string {
  if (change === undefined || change.verdict === 'not comparable') return '-';
  const { difference, relative } = change;
  if (difference !== undefined && difference.low <= 0 && difference.high >= 0) return 'n.s.';
  if (relative === null) return change.verdict;
  const text = sizeOfChange(change, relative);
  return difference === undefined ? `${text} (n=1)` : text;
}

/** The change in percent of the baseline; for ratios in percentage points. */
function sizeOfChange(change: KpiChange, relative: number): string {
  const isRatio = change.unit === 'ratio' || change.unit === 'points';
  const points = (change.value ?? 0) - (change.baseline ?? 0);
  const percent = 100 * (isRatio ? points : relative);
  const digits = Math.abs(percent) < 100 ? 2 : 3;
  return `${percent > 0 ? '+' : ''}${significantDigitsText(percent, digits)} ${isRatio ? 'pt' : '%'}`;
}

interface Context {
  readonly isPaired: boolean;
  readonly smallestEffect: number;
  readonly baseline: Report;
  readonly candidate: Report;
}

function keyOf(kpi: Pick<KpiResult, 'metric' | 'aggregation'>): string {
  return `${kpi.metric} ${kpi.aggregation}`;
}

function pairingObstacle(a: Report, b: Report): string | undefined {
  if (a.scenario.topologySha256 !== b.scenario.topologySha256) return 'the topologies differ';
  if (a.mode !== b.mode) return `the modes differ (${a.mode}, ${b.mode})`;
  const isSame = a.seeds.length === b.seeds.length && a.seeds.every((s) => b.seeds.includes(s));
  return isSame ? undefined : 'the seeds differ';
}

/** The sentence printed if at least one of the two runs did not reach its end. */
function earlyEnds(baseline: Report, candidate: Report): string | undefined {
  const ends = [
    { who: 'the baseline was', end: reportEarlyEndText(baseline) },
    { who: 'this run was', end: reportEarlyEndText(candidate) },
  ];
  const said = ends.flatMap(({ who, end }) => (end === undefined ? [] : [`${who} ${end}`]));
  return said.length === 0 ? undefined : said.join('; ');
}

/** Makes the change of a KPI inconclusive, because a run did not reach its end. */
function undecided(change: KpiChange): KpiChange {
  if (change.verdict === 'not comparable') return change;
  const { difference: _difference, ...rest } = change;
  return { ...rest, relative: null, verdict: 'inconclusive', note: 'ended early' };
}

function compareKpi(before: KpiResult | undefined, kpi: KpiResult, context: Context): KpiChange {
  const { metric, aggregation, unit, value } = kpi;
  const base = { metric, aggregation, unit, value, baseline: before?.value ?? null };
  if (before === undefined || before.unit !== unit) {
    return { ...base, relative: null, verdict: 'not comparable', note: 'not in the baseline' };
  }
  if (isOfOtherTwin(kpi, context)) {
    return { ...base, relative: null, verdict: 'not comparable', note: 'the twins differ' };
  }
  if (before.value === null || value === null) {
    return { ...base, relative: null, verdict: 'not comparable', note: 'not measured' };
  }
  const relative = before.value === 0 ? null : (value - before.value) / Math.abs(before.value);
  const difference = differenceOf(before, kpi, context);
  if (difference === undefined) {
    const note = `fewer than two ${countedBy(context)}: no interval`;
    return { ...base, relative, verdict: value === before.value ? 'same' : 'inconclusive', note };
  }
  const shift = interpretDifference(difference, smallestOf(before.value, unit, context));
  const verdict = shift === 'up' || shift === 'down' ? direction(shift, kpi, before.value) : shift;
  const note = noteOn(difference);
  return { ...base, relative, difference, verdict, ...(note === undefined ? {} : { note }) };
}

/** True for a limit on a difference if the twins of the two reports have different changes. */
function isOfOtherTwin(kpi: KpiResult, { baseline, candidate }: Context): boolean {
  if (!isDifferenceKpi(kpi)) return false;
  return JSON.stringify(baseline.twin?.set) !== JSON.stringify(candidate.twin?.set);
}

function countedBy({ candidate }: Context): string {
  return candidate.networks === undefined ? 'seeds' : 'networks';
}

/**
 * The smallest change that counts, in the unit of the KPI. For a ratio near 1 it is a share of the
 * loss, 1 - ratio.
 */
function smallestOf(baseline: number, unit: string, context: Context): number {
  const size = Math.abs(baseline);
  const scale = unit === 'ratio' && size <= 1 ? Math.min(size, 1 - size) : size;
  return context.smallestEffect * scale;
}

function differenceOf(
  a: KpiResult,
  b: KpiResult,
  context: Context,
): DifferenceInterval | undefined {
  const { isPaired, baseline, candidate } = context;
  const groups = { a: valuesOf(a, baseline), b: valuesOf(b, candidate) };
  if (!isPaired) return unpairedDifference(groups, LEVEL);
  const pairs = pairBySeed(a.perSeed, b.perSeed);
  return pairedDifference(independentPairs(pairs, candidate.networks ?? baseline.networks), LEVEL);
}

/**
 * The independent values of a KPI: one for each seed, or the mean of each network if there are
 * several.
 */
function valuesOf({ perSeed }: KpiResult, { networks }: Report): number[] {
  const known = perSeed.flatMap(({ seed, value }) => (value === null ? [] : [{ seed, value }]));
  return groupIndependentEntries(known, networks).map(
    (group) => summariseSample(group.map(({ value }) => value)).mean,
  );
}

function direction(shift: 'up' | 'down', kpi: KpiResult, baseline: number): ChangeVerdict {
  if (kpi.comparison === '==') {
    const isCloser = Math.abs((kpi.value ?? NaN) - kpi.limit) < Math.abs(baseline - kpi.limit);
    return isCloser ? 'better' : 'worse';
  }
  const wantsLess = kpi.comparison === '<=' || kpi.comparison === '<';
  return (shift === 'down') === wantsLess ? 'better' : 'worse';
}

function noteOn(difference: DifferenceInterval): string | undefined {
  if (!difference.isPaired || !(difference.correlation < 0.3)) return undefined;
  const r = difference.correlation.toFixed(2);
  return `correlation ${r}: common seeds did not help, streams may have moved`;
}

function overall(verdicts: readonly ChangeVerdict[]): ChangeVerdict {
  const order = ['worse', 'better', 'inconclusive', 'same'] as const;
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'not comparable';
}
