/**
 * The results of the last runs: the tests of `npm test` and its siblings, reports of scenarios,
 * figures of benchmarks, and the last nightly. For each, it tells whether it is up to date.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readBenches } from './bench-files.ts';
import { type FoundDefect, readFoundDefects } from './found-defects.ts';
import { type BenchFigure, type NightlyRow, readNightly } from './nightly-table.ts';
import { type ReportKpi, readReports } from './reports.ts';
import { currentCommit, type ResultOrigin, type SourceState, sourceState } from './source-state.ts';

/** Where `npm test` writes the results of vitest, relative to the root. */
export const TEST_RESULTS_PATH = 'node_modules/.cache/orrery/test-results.json';
/** Where `npm run test:thorough` writes its results. */
export const THOROUGH_RESULTS_PATH = 'node_modules/.cache/orrery/thorough-results.json';
/** Where `npm run test:thorough` writes the results of tests that depend on the wall clock. */
export const THOROUGH_WALL_RESULTS_PATH = 'node_modules/.cache/orrery/thorough-wall-results.json';
/**
 * Where `npm run test:thorough` writes the results of tests that need the machine to themselves.
 */
export const ALONE_RESULTS_PATH = 'node_modules/.cache/orrery/alone-results.json';
/** Where `npm test` writes the results of tests that depend on the wall clock. */
export const WALL_CLOCK_RESULTS_PATH = 'node_modules/.cache/orrery/wall-results.json';
/** Where `npm run test:browser` writes its results. */
export const BROWSER_RESULTS_PATH = 'node_modules/.cache/orrery/browser-results.json';
/** Where `npm run test:fleet` writes its results. */
export const FLEET_RESULTS_PATH = 'node_modules/.cache/orrery/fleet-results.json';
/** Where `npm run test:package` writes its results. */
export const PACKAGE_RESULTS_PATH = 'node_modules/.cache/orrery/package-results.json';
const ALL_RESULTS = [
  ...[
    TEST_RESULTS_PATH,
    WALL_CLOCK_RESULTS_PATH,
    THOROUGH_RESULTS_PATH,
    THOROUGH_WALL_RESULTS_PATH,
  ],
  ...[ALONE_RESULTS_PATH, BROWSER_RESULTS_PATH, FLEET_RESULTS_PATH, PACKAGE_RESULTS_PATH],
];
/** The file that `npm run nightly` updates, relative to the root. */
export const NIGHTLY_TABLE_PATH = 'docs/nightly.json';
/** A result of a nightly is valid for this many days. */
const AGE_DAYS_MAX = 14;
const MS_PER_DAY = 86_400_000;

/** The result of one test; `stale` if it ran on files that have changed since. */
export interface TestResult {
  /** Path of the test file, relative to the root. */
  readonly file: string;
  /** The titles from the outermost group to the test, joined. */
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'stale';
}

/** Whether a result still counts. */
export interface Freshness {
  /** Why the result does not count; undefined if it does. */
  readonly stale: string | undefined;
  /** For a result of a nightly, the commit and the date of its run. */
  readonly nightly?: { readonly commit: string; readonly date: string };
}

/** A KPI from a report, and whether it still counts. */
export interface KpiEvidence extends ReportKpi, Freshness {}
/** A figure from a benchmark, and whether it still counts. */
export interface FigureEvidence extends BenchFigure, Freshness {
  readonly suite: string;
}
/** A row of the last nightly, and whether it still counts. */
export interface RowEvidence extends Freshness {
  readonly name: string;
  readonly isPassed: boolean;
}

/** A defect that was planted, and whether the result still counts. */
export interface DefectEvidence extends FoundDefect, Freshness {}

/** The results of the last runs. */
export interface LastRun {
  /** When `npm test` last ran; undefined if no run of it has left results. */
  readonly testedAt: Date | undefined;
  readonly tests: readonly TestResult[];
  readonly kpis: readonly KpiEvidence[];
  readonly figures: readonly FigureEvidence[];
  readonly nightly: readonly RowEvidence[];
  /** Defects that were planted on this commit, then those of the last nightly. */
  readonly defects: readonly DefectEvidence[];
}

/** The results file of vitest, as far as it is read. */
export interface VitestFile {
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
    }[];
  }[];
}

/** Reads all results; files that do not exist are left out. */
export function readLastRun(root: string, runsFolder: string): LastRun {
  const source = sourceState(root);
  const path = join(root, TEST_RESULTS_PATH);
  const testedAt = existsSync(path) ? new Date(readResults(path).startTime) : undefined;
  const { kpis, figures, rows, defects } = nightlyOf(join(root, NIGHTLY_TABLE_PATH), source);
  return {
    testedAt,
    tests: ALL_RESULTS.flatMap((one) => testsOf(root, one, source)),
    kpis: [...runKpis(runsFolder, source), ...kpis],
    figures: [...runFigures(runsFolder, source), ...figures],
    nightly: rows,
    defects: [...ownDefects(root), ...defects],
  };
}

/**
 * The defects that were planted on this commit without changes, which the last nightly does not
 * contain.
 */
function ownDefects(root: string): readonly DefectEvidence[] {
  const commit = currentCommit(root);
  const own = readFoundDefects(root).filter((one) => one.commit === commit);
  return own.map((one) => ({ ...one, stale: undefined }));
}

/** Records, before the tests start, which version of the files they run on. */
export function recordResultsOrigin(results: string, root: string): void {
  const origin: ResultOrigin = { commit: currentCommit(root), at: new Date().toISOString() };
  writeFileSync(originOf(results), JSON.stringify(origin));
}

function originOf(results: string): string {
  return results.replace(/\.json$/, '.origin.json');
}

function testsOf(root: string, results: string, source: SourceState): readonly TestResult[] {
  const path = join(root, results);
  if (!existsSync(path)) return [];
  const origin = existsSync(originOf(path))
    ? (JSON.parse(readFileSync(originOf(path), 'utf8')) as ResultOrigin)
    : undefined;
  const isFresh = origin !== undefined && source.isSame(origin.commit);
  return readResults(path).testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: relative(root, name).replaceAll('\\', '/'),
      title: fullName,
      status: isFresh ? statusOf(status) : 'stale',
    })),
  );
}

function readResults(path: string): VitestFile {
  return JSON.parse(readFileSync(path, 'utf8')) as VitestFile;
}

function statusOf(status: string): TestResult['status'] {
  if (status === 'passed' || status === 'failed') return status;
  return 'skipped';
}

function runKpis(folder: string, source: SourceState): readonly KpiEvidence[] {
  return readReports(folder).flatMap(({ commit, kpis }) => {
    const stale = ofOtherFiles(commit, source);
    return kpis.map((kpi) => ({ ...kpi, stale }));
  });
}

function runFigures(folder: string, source: SourceState): readonly FigureEvidence[] {
  return readBenches(folder).flatMap(({ suite, commit, figures }) => {
    const stale = ofOtherFiles(commit, source);
    return figures.map((figure) => ({ ...figure, suite, stale }));
  });
}

function ofOtherFiles(commit: string, source: SourceState): string | undefined {
  return source.isSame(commit) ? undefined : `of commit ${commit}`;
}

interface NightlyEvidence {
  readonly kpis: readonly KpiEvidence[];
  readonly figures: readonly FigureEvidence[];
  readonly rows: readonly RowEvidence[];
  readonly defects: readonly DefectEvidence[];
}

function nightlyOf(path: string, source: SourceState): NightlyEvidence {
  const { round, rows } = readNightly(path);
  const all = Object.entries(rows).map(([name, row]) => ({
    name,
    row,
    freshness: {
      stale: nightlyStaleness(row, round, source.judgedAt),
      nightly: { commit: row.commit, date: row.at.slice(0, 10) },
    },
  }));
  return {
    rows: all.map(({ name, row: { isPassed }, freshness }) => ({ name, isPassed, ...freshness })),
    kpis: all.flatMap(({ row, freshness }) =>
      row.kpis.map((kpi) => ({ ...kpi, ...freshness, stale: freshness.stale ?? spoilt(row, kpi) })),
    ),
    defects: all.flatMap(({ row, freshness }) =>
      (row.defects ?? []).map((defect) => ({ ...defect, ...freshness })),
    ),
    figures: all.flatMap(({ name, row, freshness }) =>
      row.figures.map((figure) => ({ ...figure, suite: suiteOf(name), ...freshness })),
    ),
  };
}

/** Why a KPI of a nightly row does not count: in a row that failed, only missed KPIs count. */
function spoilt({ isPassed }: NightlyRow, { status }: ReportKpi): string | undefined {
  return isPassed || status === 'fail' ? undefined : 'of a nightly that failed';
}

/** The benchmark suite that a row of a nightly is named after: `bench-SUITE`. */
function suiteOf(row: string): string {
  return row.replace(/^bench-/, '');
}

/** Why a row of a nightly does not count; undefined if it does. */
export function nightlyStaleness(
  { commit, at, round }: Pick<NightlyRow, 'commit' | 'at' | 'round'>,
  lastRound: string,
  judgedAt: Date,
): string | undefined {
  if (round !== lastRound) return 'the last nightly did not run it';
  if (!/^[0-9a-f]+$/.test(commit)) return `of files that no commit holds (${commit})`;
  const days = (judgedAt.getTime() - new Date(at).getTime()) / MS_PER_DAY;
  return days > AGE_DAYS_MAX ? `${Math.floor(days)} days old` : undefined;
}
