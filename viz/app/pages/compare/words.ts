/**
 * Formats the result of a comparison as text: the overall result, how a KPI changed, and the
 * confidence interval of its difference.
 *
 * @module
 */
import { changeText, type KpiChange, type ReportComparison } from '../../../../reports/compare.ts';
import {
  chooseUnitScale,
  countWithNoun,
  quantityText,
  scaledNumberText,
} from '../../../../reports/format.ts';
import { kpiName } from '../../../../reports/kpi-text.ts';
import type { Report } from '../../../../reports/report-schema.ts';

/** For each verdict, the sign and the colour with which it is shown. */
export const VERDICT_STYLES: Readonly<
  Record<KpiChange['verdict'], readonly [sign: string, tone: string]>
> = {
  better: ['✓', 'pass-text'],
  worse: ['✗', 'fail-text'],
  same: ['=', 'muted'],
  inconclusive: ['?', 'open-text'],
  'not comparable': ['–', 'muted'],
};

/** Returns a headline such as `B is worse than A in 1 of 6 KPIs, better in none`. */
export function headline({ kpis, verdict }: ReportComparison): string {
  const count = (wanted: KpiChange['verdict']): number =>
    kpis.filter((one) => one.verdict === wanted).length;
  const [worse, better] = [count('worse'), count('better')];
  const all = countWithNoun(kpis.length, 'KPI');
  switch (verdict) {
    case 'worse':
      return `B is worse than A in ${worse} of ${all}, better in ${better === 0 ? 'none' : better}`;
    case 'better':
      return `B is better than A in ${better} of ${all}, worse in none`;
    case 'same':
      return `B is the same as A in ${count('same')} of ${all}`;
    case 'inconclusive':
      return `No certain difference between A and B: ${count('inconclusive')} of ${all} are undecided`;
    case 'not comparable':
      return 'A and B have no KPI in common that both measured';
  }
}

/** Says how the seeds were paired, or why they could not be paired. */
export function pairingSentence(comparison: ReportComparison, a: Report, b: Report): string {
  const effect = `changes below ${comparison.smallestEffect * 100} % of A do not count`;
  if (comparison.isPaired) return `${countWithNoun(a.seeds.length, 'seed')}, paired; ${effect}.`;
  const why = comparison.pairingNote ?? '';
  const seeds =
    why === 'the seeds differ' ? ` (${seedText(a.seeds)} and ${seedText(b.seeds)})` : '';
  return `Not paired: ${why}${seeds}. A and B are compared as independent groups, which needs larger differences; ${effect}.`;
}

/** Formats seeds as text: `1-30`, or a list such as `1, 4, 9`. */
export function seedText(seeds: readonly number[]): string {
  const sorted = [...seeds].sort((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  const isRow = last - first + 1 === sorted.length && sorted.length > 2;
  return isRow ? `${first}-${last}` : sorted.join(', ');
}

/** Formats the mean difference per seed with its confidence interval: `-2.1 ms [-4.1, -0.2]`. */
export function differenceText({ difference, unit }: KpiChange): string {
  if (difference === undefined) return '–';
  const { low, high, mean } = difference;
  const scale = chooseUnitScale(Math.max(Math.abs(low), Math.abs(high)), unit);
  const plain = { divisor: scale.divisor, suffix: scale.suffix === '%' ? '' : scale.suffix };
  const suffix = scale.suffix === '%' ? 'pt' : scale.suffix;
  const sign = mean > 0 ? '+' : '';
  const bounds = `[${scaledNumberText(low, plain)}, ${scaledNumberText(high, plain)}]`;
  return `${sign}${scaledNumberText(mean, plain)} ${suffix} ${bounds}`.replace('  ', ' ');
}

/**
 * Returns the title of a chart, such as `gateway.latency p95: B differs by +2.1 ms, which is no
 * chance`.
 */
export function differenceTitle(change: KpiChange): string {
  const name = kpiName(change);
  const { difference } = change;
  if (difference === undefined) return `${name}: ${kpiChangeNote(change) ?? 'not comparable'}`;
  const { low, high, n, isPaired } = difference;
  const size = differenceText(change);
  const seeds = isPaired
    ? countWithNoun(n, 'pair')
    : `independent groups of at least ${countWithNoun(n, 'seed')}`;
  if (low === 0 && high === 0) return `${name}: no difference in any of ${seeds}`;
  const isChance = low <= 0 && high >= 0;
  const sense = isChance ? 'the interval contains 0, so it could be chance' : 'hardly chance';
  return `${name}: B minus A is ${size} over ${seeds}; ${sense}`;
}

/** Names the KPIs that A has and B has not; undefined if there are none. */
export function missingKpisText(a: Report, b: Report): string | undefined {
  const ofB = new Set(b.kpis.map(kpiName));
  const names = a.kpis.map(kpiName).filter((name) => !ofB.has(name));
  return names.length === 0 ? undefined : `B has no KPI ${names.join(', ')}, which A has.`;
}

/** Returns the note beside the verdict on a KPI; undefined if there is no note. */
export function kpiChangeNote({ note }: KpiChange): string | undefined {
  return note === 'not in the baseline' ? 'A has no such KPI' : note;
}

/** Returns the cells of a KPI's row in the table. */
export function kpiChangeCells(change: KpiChange): readonly string[] {
  const text = (value: number | null): string =>
    value === null ? 'none' : quantityText(value, change.unit);
  return [
    ...[kpiName(change), text(change.baseline), text(change.value)],
    ...[changeText(change), differenceText(change), change.verdict],
  ];
}
