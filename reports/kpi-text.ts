/**
 * How a judged KPI is worded, the same for every emitter: name, measured value, interval, limit,
 * margin, and the explanation of a miss.
 *
 * @module
 */
import { runCompletionText } from './done-text.ts';
import { reportEarlyEndText } from './early-end.ts';
import {
  chooseUnitScale,
  countWithNoun,
  limitQuantityText,
  marginText,
  quantityText,
  quantityTextBesideLimit,
  scaledNumberText,
  type UnitScale,
} from './format.ts';
import { networkOfSeedIfAny, ofNetworkText } from './networks.ts';
import type { KpiResult, Report } from './report-schema.ts';
import { NO_WORSE_RULE, NOTHING_ARRIVES_RULE } from './rules.ts';
import { quoteShellWord } from './shell-word.ts';
import { isStraddlingLimit } from './straddle.ts';

/**
 * The suffix of a metric's name in a limit on the difference of the twin. No chart of the metric
 * draws such a limit.
 */
export const DIFFERENCE_SUFFIX = '.difference';

/** True for a limit on the difference between a run and its twin. */
export function isDifferenceKpi({ metric }: Pick<KpiResult, 'metric'>): boolean {
  return metric.endsWith(DIFFERENCE_SUFFIX);
}

/** The name of a KPI: `gateway.failover p95`; aggregations that the unit makes obvious are omitted. */
export function kpiName(kpi: Pick<KpiResult, 'metric' | 'aggregation'>): string {
  const isTold = ['rate', 'ratio', 'value', 'count'].includes(kpi.aggregation);
  return isTold ? kpi.metric : `${kpi.metric} ${kpi.aggregation}`;
}

/** The measured value with its unit, or `none`. */
export function measuredText(kpi: KpiResult): string {
  if (kpi.value === null) return 'none';
  return quantityTextBesideLimit(kpi.value, kpi.limit, kpi.unit);
}

/** A limit as text: `<= 750 ms`. */
export function limitText(kpi: KpiResult): string {
  return `${kpi.comparison} ${limitQuantityText(kpi.limit, kpi.unit)}`;
}

/** The margin of a KPI as text: `72 %`, `0.07 pt`, `-`. */
export function kpiMargin(kpi: KpiResult): string {
  return marginText(kpi.margin, kpi.marginUnit);
}

/**
 * The interval in the value's scale, with n: `[198, 231] n=120`, `± 410 n=30`, `[198, ∞) n=30` when
 * there is no upper bound, `all equal n=30`, `-` when an interval is meaningless.
 */
export function intervalText(kpi: KpiResult): string {
  const { kind, low, high, n } = kpi.ci95;
  if (kind === 'none') return n === 1 && kpi.aggregation !== 'count' ? 'n=1, none' : '-';
  if (kpi.value === null) return '-';
  if (low === high && low === kpi.value) return `all equal n=${n}`;
  return boundsText(kpi, kpi.value);
}

function boundsText(kpi: KpiResult, value: number): string {
  const { kind, low, high, n } = kpi.ci95;
  const scale = chooseUnitScale(value, kpi.unit);
  const half = low !== null && high !== null ? (high - low) / 2 : 0;
  const isCentred = low !== null && Math.abs(low + half - value) <= half * 0.05;
  if (kind === 'student-t' && !/^p\d/.test(kpi.aggregation) && isCentred) {
    const plain = { ...scale, suffix: scale.suffix === '%' ? '' : scale.suffix };
    return `± ${scaledNumberText(half, plain, { digits: 2 })} n=${n}`;
  }
  const digits = digitsApart(low, high, scale);
  const bound = (end: number | null): string =>
    end === null ? '∞' : scaledNumberText(end, scale, { digits });
  const left = low === null ? '(-' : '[';
  return `${left}${bound(low)}, ${bound(high)}${high === null ? ')' : ']'} n=${n}`;
}

/**
 * Smallest number of significant digits, from three to six, with which the two bounds of an interval
 * differ as text.
 */
function digitsApart(low: number | null, high: number | null, scale: UnitScale): number {
  let digits = 3;
  if (low === null || high === null || low === high) return digits;
  while (
    digits < 6 &&
    scaledNumberText(low, scale, { digits }) === scaledNumberText(high, scale, { digits })
  ) {
    digits += 1;
  }
  return digits;
}

/** Names the method by which an interval was obtained. */
export function intervalKind(kpi: KpiResult): string {
  const { kind, lowRank, highRank, n, note, over = 'seeds' } = kpi.ci95;
  if (kind === 'none') return note ?? 'no interval';
  if (kind === 'student-t') return `Student t over ${countWithNoun(n, over.slice(0, -1))}`;
  const ranks = `ranks ${lowRank ?? '–'}..${highRank ?? '–'} of ${n}`;
  return `order statistics, ${ranks}${note === undefined ? '' : `; ${note}`}`;
}

/**
 * True if the method of an interval gets a line of its own: for an interval by ranks, and for a
 * single network.
 */
export function isIntervalNoteShown({ ci95 }: KpiResult): boolean {
  return ci95.kind === 'order-statistics' || (ci95.kind === 'none' && ci95.over === 'networks');
}

/** A sentence about a missed KPI: in how many seeds it was missed, and which seed to inspect. */
export function missedText(
  kpi: KpiResult,
  { seeds: all, networks }: Pick<Report, 'seeds' | 'networks'>,
): string | undefined {
  const seeds = all.length;
  if (seeds < 2 || kpi.value === null) return undefined;
  const where = `missed in ${kpi.seedsMissed} of ${countWithNoun(seeds, 'seed')}`;
  const worst = kpi.perSeed.find((entry) => entry.seed === kpi.worstSeed);
  if (worst === undefined || worst.value === null) return where;
  return `${where}; worst seed ${worst.seed}${ofNetworkText(networks, worst.seed)}: ${quantityText(worst.value, kpi.unit)}`;
}

/** The KPIs with the missed ones first, otherwise in the same order. */
export function sortMissedFirst(kpis: readonly KpiResult[]): readonly KpiResult[] {
  return [...kpis.filter((kpi) => !kpi.pass), ...kpis.filter((kpi) => kpi.pass)];
}

/**
 * `5 of 5 KPIs met`, `1 of 5 KPIs missed`; also says how many are inconclusive or not applicable,
 * and how many have an interval that contains the limit.
 */
export function metKpisText(report: Report): string {
  const { kpis } = report;
  if (kpis.length === 0) return 'no KPIs';
  const countOf = (status: KpiResult['status']): number =>
    kpis.filter((kpi) => kpi.status === status).length;
  const missed = countOf('fail');
  const open = countOf('inconclusive');
  const idle = countOf('not-applicable');
  const noun = kpis.length === 1 ? 'KPI' : 'KPIs';
  const others =
    (open === 0 ? '' : `, ${open} inconclusive`) + (idle === 0 ? '' : `, ${idle} not applicable`);
  const told = `${others}${undecidedText(report)}`;
  if (missed > 0) return `${missed} of ${kpis.length} ${noun} missed${told}`;
  return `${kpis.length - open - idle} of ${kpis.length} ${noun} met${told}`;
}

/** `, but 2 undecided at 3 seeds`: the number of KPIs whose interval contains the limit. */
function undecidedText({ kpis, seeds }: Report): string {
  const judged = kpis.filter(({ status }) => status === 'pass' || status === 'fail');
  const count = judged.filter(isStraddlingLimit).length;
  return count === 0 ? '' : `, but ${count} undecided at ${countWithNoun(seeds.length, 'seed')}`;
}

/**
 * `STOP`: the run did not reach its end (if a missed limit ended it: `FAIL`). `NO VERDICT`: it has
 * no limits. `INCONCLUSIVE`: nothing was missed, but clock uncertainty leaves a limit open.
 */
export type VerdictWord = 'PASS' | 'FAIL' | 'STOP' | 'INCONCLUSIVE' | 'NO VERDICT';

/** False if the run had neither KPIs nor other rules to meet. */
export function hasLimits({ kpis, invariants }: Report): boolean {
  return (
    kpis.length > 0 ||
    invariants.some(({ name }) => [NOTHING_ARRIVES_RULE, NO_WORSE_RULE].includes(name))
  );
}

/** The word for the verdict on a run. */
export function verdictWord(report: Report): VerdictWord {
  if (report.ending === 'aborted') return 'FAIL';
  if (report.ending !== 'complete') return 'STOP';
  if (report.pass) return hasLimits(report) ? 'PASS' : 'NO VERDICT';
  const isMissed =
    report.kpis.some((kpi) => kpi.status === 'fail') || report.invariants.some((one) => !one.pass);
  return isMissed ? 'FAIL' : 'INCONCLUSIVE';
}

/** The sign before a KPI in a table, by its status. */
export function kpiMark(kpi: KpiResult): '✓' | '✗' | '–' | '?' {
  return ({ pass: '✓', fail: '✗', 'not-applicable': '–', inconclusive: '?' } as const)[kpi.status];
}

/** The suffix of the crypto provider's name if each key agreement is computed once for both ends. */
export const SHARED_CRYPTO_SUFFIX = ', agreements shared';

/**
 * The conditions of the verdict: the kind of run, modelled cryptography, what protocols
 * have to say, a modelled processor, an early end.
 */
export function conditionsText(report: Report): readonly string[] {
  const done = runCompletionText(report);
  return [
    ...(report.ending === 'complete' ? [] : [reportEarlyEndText(report) ?? report.ending]),
    report.mode,
    ...(done === undefined ? [] : [done]),
    ...(report.layout === undefined ? [] : [report.layout]),
    ...pacedText(report),
    ...interactiveText(report),
    ...(report.crypto.startsWith('modelled') ? ['crypto modelled'] : []),
    ...(report.crypto.endsWith(SHARED_CRYPTO_SUFFIX) ? ['crypto shared'] : []),
    ...(report.remarks ?? []),
    ...(report.cpu.startsWith('calibrated') ? [`cpu ${report.cpu}`] : []),
  ];
}

/**
 * `interactive, 2 faults injected`: the fingerprint of such a run differs from that of its scenario
 * file alone.
 */
function interactiveText({ interactive }: Report): readonly string[] {
  if (interactive === undefined) return [];
  return [`interactive, ${countWithNoun(interactive.faults, 'fault')} injected`];
}

/**
 * `paced, p99 lateness 0.4 ms`: how well an emulated run kept up (docs/spec/live.md, "Emulation").
 */
function pacedText({ metrics }: Report): readonly string[] {
  const p99 = metrics['emulate.lateness']?.quantiles?.find(({ p }) => p === 0.99);
  if (p99 === undefined) return [];
  return [`paced, p99 lateness ${quantityText(p99.value, 'ns')}`];
}

/** Flags of a command about the place of files, and about the processes and machines of a live run. */
const PLACE = / --(?:from-here|processes(?: machine)?|loops \d+|deployment \S+|shape off)(?= |$)/g;

/** The command that repeats one seed. */
export function repeatSeedCommand(report: Report, seed: number): string {
  const command = { sim: 'scenario', live: 'live', emulate: 'emulate' }[report.mode];
  const file = fileOf(report);
  // The exported file of an interactive run contains the changes by `--set`, so the flags are left
  // out.
  const changed = report.interactive === undefined ? Object.entries(report.overrides) : [];
  const network = networkOfSeedIfAny(report.networks, seed);
  const own = changed.filter(([path]) => network === undefined || path !== 'networks');
  if (network !== undefined) own.push(['networks', `[${network}]`]);
  const sets = own.map(([path, value]) => ` --set ${quoteShellWord(`${path}=${value}`)}`);
  // The command has the same form as that of the run itself, because an installed package has no
  // npm scripts.
  const isPackage = report.reproduce.startsWith('npx ');
  const [start, flags] = isPackage ? ['npx orrery', '--seed'] : ['npm run', '-- --seed'];
  const places = report.reproduce.match(PLACE) ?? [];
  return `${start} ${command} ${file} ${flags} ${seed}${sets.join('')}${places.join('')}`;
}

/**
 * The command that repeats the run of a report, with one more flag.
 * @param word The value of the flag, if it takes one.
 */
export function repeatCommandWithFlag({ reproduce }: Report, flag: string, word?: string): string {
  const isDirect = reproduce.startsWith('npx ') || reproduce.includes(' -- ');
  const more = word === undefined ? flag : `${flag} ${quoteShellWord(word)}`;
  return `${reproduce}${isDirect ? '' : ' --'} ${more}`;
}

/** The scenario file, or for an interactive run the exported file with the injected faults. */
function fileOf({ interactive, reproduce, scenario }: Report): string {
  const [, exported] = /^(?:npm run|npx orrery) \w+ ('(?:[^']|'\\'')*'|\S+)/.exec(reproduce) ?? [];
  if (interactive !== undefined && exported !== undefined) return exported;
  return quoteShellWord(scenario.file.replace(/^(node_modules\/orrery\/)?scenarios\//, ''));
}
