/**
 * The outcomes of a requirement's checks in the last runs.
 *
 * A check passes only if it has shown something. A check that did not run, was skipped, had too few
 * seeds, or ran on other files has another outcome, with the reason.
 *
 * @module
 */
import { takesTurns } from '../long-tests.ts';
import { LONG_TESTS_ROW } from '../nightly/nightly-list.ts';
import type { FigureEvidence, Freshness, KpiEvidence, LastRun, TestResult } from './last-run.ts';
import type { Defect, Requirement, RequirementCheck } from './requirement-list.ts';

/**
 * The outcome of a check. `absent`: there is no valid result; `stale`: it ran too long ago or on
 * other files.
 */
export interface CheckOutcome {
  /** The check as text, with the reason if it did not pass. */
  readonly what: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'absent' | 'stale';
  /** The nightly that gave the result; absent if a run on the present files gave it. */
  readonly nightly?: Freshness['nightly'];
}

/**
 * Outcomes of all checks of a requirement. @param files Test files that name the requirement in a
 * title.
 */
export function outcomesOf(
  { id, checks, defects }: Requirement,
  run: LastRun,
  files: readonly string[],
): readonly CheckOutcome[] {
  const numbered = run.tests.filter(({ title }) => title.includes(id));
  const silent = files
    .filter((file) => file.endsWith('.test.ts') && !numbered.some((test) => test.file === file))
    .map((file) => outcomeOfSilentFile(file, run));
  return [
    ...numbered.map(outcomeOfTest),
    ...silent,
    ...checks.flatMap((check) => outcomesOfCheck(check, run)),
    ...defects.map((defect) => outcomeOfDefect(id, defect, run)),
  ];
}

function outcomesOfCheck(check: RequirementCheck, run: LastRun): readonly CheckOutcome[] {
  if ('kpi' in check) return [outcomeOfKpi(check, run)];
  if ('bench' in check) return [outcomeOfFigure(check, run)];
  if ('nightly' in check) return [outcomeOfRow(check.nightly, run)];
  const [file = '', part = ''] = check.test.split(' > ');
  const ofFile = run.tests.filter((test) => test.file === file);
  if (ofFile.length === 0) return [outcomeOfSilentFile(file, run)];
  const named = ofFile.filter(({ title }) => title.includes(part));
  if (named.length === 0) return [{ what: `no such test: ${check.test}`, status: 'failed' }];
  return named.map(outcomeOfTest);
}

/**
 * The outcome of a test file that did not run: the nightly run's outcome if the file is one
 * of those that take turns.
 */
function outcomeOfSilentFile(file: string, run: LastRun): CheckOutcome {
  if (!takesTurns(file)) return { what: `${file}: did not run`, status: 'absent' };
  const outcome = outcomeOfRow(LONG_TESTS_ROW, run);
  return { ...outcome, what: `${file}: ${outcome.what}` };
}

function outcomeOfTest({ file, title, status }: TestResult): CheckOutcome {
  const why = status === 'stale' ? ' (of other files)' : '';
  return { what: `${file}: ${title}${why}`, status };
}

function outcomeOfRow(name: string, { nightly }: LastRun): CheckOutcome {
  const row = nightly.find((one) => one.name === name);
  const what = `nightly ${name}`;
  if (row === undefined) return { what: `${what}: did not run`, status: 'absent' };
  if (row.stale !== undefined) return { what: `${what}: ${row.stale}`, status: 'stale' };
  return { what, status: row.isPassed ? 'passed' : 'failed', ...from(row) };
}

function outcomeOfDefect(id: string, { text, becomes }: Defect, run: LastRun): CheckOutcome {
  const what = `planted defect: ${text}`;
  const planted = run.defects.find(
    (one) => one.id === id && one.text === text && one.becomes === becomes,
  );
  if (planted === undefined) return { what: `${what}: was not planted`, status: 'absent' };
  if (planted.stale !== undefined) return { what: `${what}: ${planted.stale}`, status: 'stale' };
  if (planted.foundBy !== null) return { what, status: 'passed', ...from(planted) };
  return { what: `${what}: no test found it`, status: 'failed', ...from(planted) };
}

type KpiCheck = Extract<RequirementCheck, { readonly kpi: string }>;
/** Scenarios that can only run in real time. */
const WALL_CLOCK_ONLY = /^(emulate|soak)-/;

function outcomeOfKpi(check: KpiCheck, { kpis }: LastRun): CheckOutcome {
  const [scenario = '', metric = ''] = check.kpi.split(' > ');
  const found = kpis.filter(
    (kpi) =>
      kpi.scenario === scenario &&
      kpi.metric === metric &&
      (kpi.mode === 'sim' || WALL_CLOCK_ONLY.test(scenario)),
  );
  const fresh = found.filter(({ stale }) => stale === undefined);
  const missed = fresh.find((kpi) => !isMet(kpi, check));
  if (missed !== undefined) {
    const what = `${check.kpi}: ${missed.aggregation} ${missed.value ?? 'nothing'} ${missed.status}`;
    return { what, status: 'failed', ...from(missed) };
  }
  const enough = fresh.filter((kpi) => lackOf(kpi, check) === undefined);
  const [best] = enough;
  if (best !== undefined) {
    // A result of this run is preferred to that of a nightly.
    const own = enough.find(({ nightly }) => nightly === undefined) ?? best;
    return { what: check.kpi, status: 'passed', ...from(own) };
  }
  const [weak] = fresh;
  if (weak !== undefined) {
    return { what: `${check.kpi}: ${lackOf(weak, check) ?? ''}`, status: 'absent' };
  }
  const [old] = found;
  if (old === undefined) return { what: `${check.kpi}: no report`, status: 'absent' };
  return { what: `${check.kpi}: ${old.stale ?? ''}`, status: 'stale' };
}

/**
 * False if a KPI missed its limit. A KPI that is not applicable has missed nothing, but {@link lackOf}
 * keeps it from passing.
 */
function isMet({ status, value }: KpiEvidence, { limit }: KpiCheck): boolean {
  if (status === 'not-applicable') return true;
  if (status !== 'pass') return false;
  return limit === undefined || (value !== null && isWithin(value, limit));
}

function lackOf({ status, seeds, n }: KpiEvidence, check: KpiCheck): string | undefined {
  if (status === 'not-applicable') return 'nothing was there to be judged';
  if (seeds < check.seeds) return `${seeds} of ${check.seeds} seeds`;
  if (n < (check.samples ?? 0)) return `${n} of ${check.samples} samples`;
  return undefined;
}

type BenchCheck = Extract<RequirementCheck, { readonly bench: string }>;

function outcomeOfFigure(check: BenchCheck, { figures }: LastRun): CheckOutcome {
  const [suite = '', ...name] = check.bench.split(' > ');
  const found = figures.filter(
    (one) => one.suite === suite && one.name.trim() === name.join(' > '),
  );
  const fresh = found.filter(({ stale }) => stale === undefined);
  const missed = fresh.find((figure) => missOf(figure, check) !== undefined);
  if (missed !== undefined) {
    return { what: `${check.bench}: ${missOf(missed, check)}`, status: 'failed', ...from(missed) };
  }
  // The committed result of a nightly is preferred, because it has a date and everybody can read it.
  const best = fresh.find(({ nightly }) => nightly !== undefined) ?? fresh[0];
  if (best !== undefined) return { what: check.bench, status: 'passed', ...from(best) };
  const [old] = found;
  if (old === undefined) return { what: `${check.bench}: not measured`, status: 'absent' };
  return { what: `${check.bench}: ${old.stale ?? ''}`, status: 'stale' };
}

/**
 * Why a figure misses its limits. The figure and its multiple of the calibration loop are both judged,
 * so that a fast machine cannot hide slow code.
 */
function missOf({ value, ratio, unit }: FigureEvidence, check: BenchCheck): string | undefined {
  if (!isWithin(value, check.limit)) return `${value} ${unit}, ${check.limit} wanted`;
  if (ratio === null) return 'has no multiple of the calibration loop';
  if (!isWithin(ratio, check.ratio)) return `${ratio} of the loop, ${check.ratio} wanted`;
  return undefined;
}

/**
 * True if a value is within a bound.
 * @param bound A bound such as `<= 120`.
 */
function isWithin(value: number, bound: string): boolean {
  const [comparison = '', text = ''] = bound.split(' ');
  const limit = Number(text);
  switch (comparison) {
    case '<=':
      return value <= limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '>':
      return value > limit;
    case '==':
      return value === limit;
    default:
      throw new Error(`no comparison: ${bound}`);
  }
}

function from({ nightly }: Freshness): Pick<CheckOutcome, 'nightly'> {
  return nightly === undefined ? {} : { nightly };
}
