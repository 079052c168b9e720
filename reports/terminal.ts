/**
 * The report for a terminal: verdict first, then every limit with measured value, interval and
 * margin, then faults, packets, the worst seed and what to do next. The layout is computed on plain
 * text and painted afterwards, so colour never changes a character.
 *
 * @module
 */

import picocolors from 'picocolors';
import { predictionLines } from './against-text.ts';
import { carriedRateText } from './carried.ts';
import { changeText, findKpiChange, type ReportComparison } from './compare.ts';
import { CPU_NOT_MODELLED, throughputNote } from './cpu-note.ts';
import { inconclusiveKpisText, isInconclusiveByEarlyEnd, reportEarlyEndText } from './early-end.ts';
import {
  countWithNoun,
  runSpanText,
  runTimeUnitFor,
  shortCountText,
  shortFingerprint,
  significantDigitsText,
  wallSecondsText,
} from './format.ts';
import {
  conditionsText,
  intervalText,
  isIntervalNoteShown,
  kpiMargin,
  kpiMark,
  kpiName,
  limitText,
  measuredText,
  metKpisText,
  missedText,
  repeatSeedCommand,
  sortMissedFirst,
  verdictWord,
} from './kpi-text.ts';
import { memoryTerminalTexts } from './memory.ts';
import { ofNetworkText } from './networks.ts';
import type { KpiResult, Report } from './report-schema.ts';
import {
  adversaryLines,
  faultLines,
  messageLines,
  packetLines,
  warningTexts,
} from './terminal-details.ts';
import {
  foldIntoLines,
  type KpiTableRow,
  layoutRows,
  toAscii,
  withoutControlCharacters,
  wrapIndented,
} from './terminal-layout.ts';
import { readRunningWallSeconds } from './timing.ts';
import { seedsText, twinLines } from './twin-text.ts';

/** What to print, and how. */
export interface TerminalOptions {
  /** Columns of the terminal; 80 without a terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** If false, only ASCII characters are used. */
  readonly unicode: boolean;
  /** Files that were written: folder, and names with sizes, e.g. `trace.orr 4.1 MB`. */
  readonly written?: { readonly folder: string; readonly files: readonly string[] };
  /** Comparison with `--baseline`: adds the column `change`. */
  readonly comparison?: ReportComparison;
  /** Time that the command took in addition to the run, seconds. */
  readonly besides?: { readonly loading: number; readonly writing: number };
  /** One command that is suggested next. */
  readonly next?: string;
}

type Paint = ReturnType<typeof picocolors.createColors>;

const INDENT = 2;
/** The gap between the parts of the verdict line. */
const VERDICT_GAP = '  ';

/** The whole report, with a final newline. */
export function renderTerminal(raw: Report, options: TerminalOptions): string {
  const report = printable(raw);
  const paint = picocolors.createColors(options.colour);
  const { width } = options;
  const blocks = [
    [...verdictLines(report, paint, width), ...questionLines(report, width)],
    kpiLines(report, options, paint),
    invariantLines(report, paint, options.width),
    [
      ...faultLines(report, width),
      ...packetLines(report, width),
      ...messageLines(report, width),
      ...adversaryLines(report),
      ...worstLines(report, width),
      ...warningLines(report, paint, width),
    ],
    report.twin === undefined ? [] : twinLines(report.twin),
    report.against === undefined ? [] : predictionLines(report.against),
    footerLines(report, options),
  ];
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
  return `${options.unicode ? text : toAscii(text)}\n`;
}

/** The first line alone (`-q`), never folded. */
export function renderVerdictLine(raw: Report, options: TerminalOptions): string {
  const report = printable(raw);
  const paint = picocolors.createColors(options.colour);
  const [line = ''] = verdictLines(report, paint, Number.POSITIVE_INFINITY);
  return `${options.unicode ? line : toAscii(line)}\n`;
}

/**
 * The report without control characters in the parts that are printed: only the names of series, and no
 * text of metrics.
 */
function printable(report: Report): Report {
  const { metrics, series, ...printed } = report;
  const named = series.map((one) => ({ ...one, name: withoutControlCharacters(one.name) }));
  return { ...withoutControlCharacters(printed), metrics, series: named };
}

function verdictLines(report: Report, paint: Paint, width: number): readonly string[] {
  const word = verdictWord(report);
  const title = `${word}  ${report.scenario.name}`;
  const parts = [
    title,
    ...carriedPart(report, width - title.length - VERDICT_GAP.length),
    metKpisText(report),
    seedsText(report),
    ...conditionsText(report),
    `fingerprint ${shortFingerprint(report.fingerprint)}`,
  ];
  const wide = foldIntoLines(parts, { width, indent: 6, gap: '   ' });
  const [first = '', ...rest] =
    wide.length === 1 ? wide : foldIntoLines(parts, { width, indent: 6, gap: VERDICT_GAP });
  const { green, red, yellow } = paint;
  const isJudged = word === 'PASS' || word === 'FAIL';
  const colour = isJudged ? { PASS: green, FAIL: red }[word] : yellow;
  return [paint.bold(colour(word)) + first.slice(word.length), ...rest];
}

/**
 * The sentence on traffic that was not carried, in the form that fits beside the title; empty if all
 * was carried.
 */
function carriedPart(report: Report, room: number): readonly string[] {
  const text = carriedRateText(report);
  if (text === undefined) return [];
  return [text.full.length <= room ? text.full : text.brief];
}

function questionLines(report: Report, width: number): readonly string[] {
  const words = report.scenario.question.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return [];
  const lines = foldIntoLines(words, { width: Math.min(width, 78) - 6, indent: 0, gap: ' ' });
  return lines.map((line) => `      ${line}`);
}

function kpiLines(report: Report, options: TerminalOptions, paint: Paint): readonly string[] {
  if (report.kpis.length === 0) return [];
  const kpis = sortMissedFirst(report.kpis);
  const { comparison } = options;
  const header: KpiTableRow = {
    name: 'KPI',
    measured: 'measured',
    interval: '95 % interval',
    limit: 'limit',
    margin: 'margin',
    change: comparison === undefined ? undefined : 'change',
  };
  const rows = kpis.map((kpi) => rowOf(kpi, comparison));
  const [head = '', ...body] = layoutRows([header, ...rows], options.width - INDENT - 2);
  const earlyEnd = reportEarlyEndText(report);
  const lines = [
    ...(earlyEnd === undefined
      ? []
      : wrapIndented(inconclusiveKpisText(earlyEnd), options.width, 4)),
    `${' '.repeat(INDENT + 2)}${paint.dim(head)}`,
  ];
  for (const [i, kpi] of kpis.entries()) {
    lines.push(`${' '.repeat(INDENT)}${markOf(kpi, paint)} ${body[i] ?? ''}`);
    for (const one of missLines(kpi, report, options.width)) lines.push(one);
  }
  return [...lines, ...noteLines(report, options)];
}

function rowOf(kpi: KpiResult, comparison: ReportComparison | undefined): KpiTableRow {
  return {
    name: kpiName(kpi),
    measured: measuredText(kpi),
    interval: intervalText(kpi),
    limit: limitText(kpi),
    margin: kpiMargin(kpi),
    change: comparison === undefined ? undefined : changeText(findKpiChange(comparison, kpi)),
  };
}

function markOf(kpi: KpiResult, paint: Paint): string {
  const mark = kpiMark(kpi);
  const { green, red, yellow } = paint;
  return { '✓': green, '✗': red, '?': yellow, '–': String }[mark](mark);
}

function missLines(kpi: KpiResult, report: Report, width: number): readonly string[] {
  if (isInconclusiveByEarlyEnd(kpi, report)) return [];
  if (kpi.status === 'not-applicable' || kpi.status === 'inconclusive') {
    return wrapIndented(kpi.reason ?? '', width, 6);
  }
  if (kpi.pass) return [];
  const reason = kpi.value === null || kpi.judgedBy === 'inside' ? kpi.reason : undefined;
  const missed = missedText(kpi, report);
  const seed = kpi.worstSeed ?? report.seeds[0];
  const look = seed === undefined ? [] : [`      ${repeatSeedCommand(report, seed)} --trace`];
  return [
    ...(reason === undefined ? [] : wrapIndented(reason, width, 6)),
    ...(missed === undefined ? [] : wrapIndented(missed, width, 6)),
    ...look,
  ];
}

/** Explanations of the intervals: the rank behind a percentile, the pairing of a comparison. */
function noteLines(report: Report, options: TerminalOptions): readonly string[] {
  const notes = report.kpis.flatMap((kpi) =>
    isIntervalNoteShown(kpi) && kpi.ci95.note !== undefined ? [kpi.ci95.note] : [],
  );
  const cpu = throughputNote(report);
  if (cpu !== undefined) notes.push(cpu);
  const { comparison } = options;
  if (comparison !== undefined) {
    const { commit, seeds } = comparison.baseline;
    const pairing = comparison.isPaired ? 'paired by seed' : `unpaired, ${comparison.pairingNote}`;
    notes.push(`change: against ${commit}, ${countWithNoun(seeds, 'seed')}, ${pairing}`);
  }
  return [...new Set(notes)].flatMap((note) => wrapIndented(note, options.width, 4));
}

function invariantLines(report: Report, paint: Paint, width: number): readonly string[] {
  return report.invariants
    .filter((one) => !one.pass)
    .flatMap((one) => {
      const [first = '', ...rest] = wrapIndented(`${one.name}: ${one.detail}`, width, INDENT + 2);
      return [`${' '.repeat(INDENT)}${paint.red('✗')} ${first.trimStart()}`, ...rest];
    });
}

function worstLines(report: Report, width: number): readonly string[] {
  // If a KPI was missed, its own line has already named the worst seed.
  if (report.kpis.some((one) => !one.pass)) return [];
  const kpi = report.kpis.find((one) => one.worstSeed !== undefined);
  const entry = kpi?.perSeed.find((one) => one.seed === kpi.worstSeed);
  if (kpi === undefined || entry === undefined || entry.value === null) return [];
  const value = measuredText({ ...kpi, value: entry.value });
  const name = kpi.metric.slice(kpi.metric.indexOf('.') + 1);
  const parts = [
    `  Worst    seed ${entry.seed}${ofNetworkText(report.networks, entry.seed)}: ${name} ${value}`,
    repeatSeedCommand(report, entry.seed),
  ];
  return foldIntoLines(parts, { width, indent: 11, gap: '  ' });
}

function warningLines(report: Report, paint: Paint, width: number): readonly string[] {
  return warningTexts(report).flatMap((text) => {
    const [first = '', ...rest] = wrapIndented(text, width, 11);
    return [`  ${paint.yellow('WARN')}     ${first.trimStart()}`, ...rest];
  });
}

function footerLines(report: Report, options: TerminalOptions): readonly string[] {
  const { environment, seeds } = report;
  const each = seeds.length === 0 ? 0 : report.virtualSeconds / seeds.length;
  const length = runSpanText(each, runTimeUnitFor(each), Number.isInteger(each) ? 1 : 3);
  const runs = seeds.length === 1 ? length : `${seeds.length} x ${length}`;
  const parts = [
    `${runs} ${report.clock} in ${wallSecondsText(readRunningWallSeconds(report))}`,
    rateText(report),
    ...paceText(report),
    ...besidesText(options),
    ...memoryTerminalTexts(report),
    ...(report.cpu === CPU_NOT_MODELLED ? [`CPU time ${CPU_NOT_MODELLED}`] : []),
    `node ${environment.node.replace(/^v/, '')}`,
    environment.commit.slice(0, 7),
  ];
  const fit = { width: options.width - INDENT, indent: 0, gap: ' · ' };
  const lines = [...foldIntoLines(parts, fit)];
  const { written, next } = options;
  if (written !== undefined) {
    for (const one of foldIntoLines(
      [`${written.folder}  ${written.files[0] ?? ''}`, ...written.files.slice(1)],
      fit,
    ))
      lines.push(one);
  }
  if (next !== undefined) lines.push(next);
  return lines.map((line) => ' '.repeat(INDENT) + line);
}

/** The rate of the engine; in real-time runs, the rate of the whole run. */
function rateText({ timing, eventsPerWallSecond, seeds }: Report): string {
  if (timing === undefined) return `${shortCountText(eventsPerWallSecond)} events/s`;
  return `${shortCountText(timing.eventsPerSecond)} events/s${seeds.length > 1 ? ' a thread' : ''}`;
}

/**
 * A text such as `pace 98.3 M steps/s`: the speed of the machine, on which the rates of live runs
 * depend.
 */
function paceText({ metrics }: Report): readonly string[] {
  const pace = metrics['live.pace']?.value ?? null;
  return pace === null ? [] : [`pace ${significantDigitsText(pace / 1e6, 3)} M steps/s`];
}

/** A text such as `0.61 s loading, 0.05 s writing`. */
function besidesText({ besides }: TerminalOptions): readonly string[] {
  if (besides === undefined) return [];
  return [
    `${wallSecondsText(besides.loading)} loading, ${wallSecondsText(besides.writing)} writing`,
  ];
}
