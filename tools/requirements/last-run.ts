/**
 * What the last runs said: the tests of `npm test`, and the newest report of each scenario.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where `npm test` leaves what vitest counted, below the root. */
export const TEST_RESULTS = 'node_modules/.cache/orrery/test-results.json';
/** The same of `npm run test:thorough`. */
export const THOROUGH_RESULTS = 'node_modules/.cache/orrery/thorough-results.json';
/** The same of those of its tests that nothing runs beside. */
export const ALONE_RESULTS = 'node_modules/.cache/orrery/alone-results.json';
/** The same of the tests of `npm test` on the wall clock. */
export const WALL_RESULTS = 'node_modules/.cache/orrery/wall-results.json';
/** The same of `npm run test:browser`. */
export const BROWSER_RESULTS = 'node_modules/.cache/orrery/browser-results.json';
/** The same of `npm run test:package`. */
export const PACKAGE_RESULTS = 'node_modules/.cache/orrery/package-results.json';

/** One test that ran. */
export interface TestResult {
  /** Path below the root. */
  readonly file: string;
  /** All titles from the outermost group to the test. */
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
}

/** A verdict of a report. */
export interface KpiResult {
  readonly metric: string;
  readonly pass: boolean;
}

/** What the last runs said. */
export interface LastRun {
  /** Undefined when no `npm test` has left results. */
  readonly testedAt: Date | undefined;
  readonly tests: readonly TestResult[];
  /** KPIs of the newest report of a scenario, by its name. */
  readonly kpis: ReadonlyMap<string, readonly KpiResult[]>;
}

interface VitestFile {
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
    }[];
  }[];
}

/** Reads them; what is not there is left out. */
export function readLastRun(root: string, runsFolder: string): LastRun {
  const path = join(root, TEST_RESULTS);
  const kpis = newestReports(runsFolder);
  if (!existsSync(path)) return { testedAt: undefined, tests: [], kpis };
  const { startTime } = readResults(path);
  const tests = [
    path,
    ...[WALL_RESULTS, THOROUGH_RESULTS, ALONE_RESULTS, BROWSER_RESULTS, PACKAGE_RESULTS].map(
      (one) => join(root, one),
    ),
  ]
    .filter((one) => existsSync(one))
    .flatMap((one) => readResults(one).testResults)
    .flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({
        file: relative(root, name).replaceAll('\\', '/'),
        title: fullName,
        status: statusOf(status),
      })),
    );
  return { testedAt: new Date(startTime), tests, kpis };
}

function readResults(path: string): VitestFile {
  return JSON.parse(readFileSync(path, 'utf8')) as VitestFile;
}

function statusOf(status: string): TestResult['status'] {
  if (status === 'passed' || status === 'failed') return status;
  return 'skipped';
}

interface ReportFile {
  readonly mode: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly kpis: readonly KpiResult[];
}

/** Scenarios that exist in real time only. */
const WALL_CLOCK_ONLY = /^(emulate|soak)-/;

/** KPIs of the newest run of each scenario as it is shipped, in virtual time where it can. */
function newestReports(folder: string): ReadonlyMap<string, readonly KpiResult[]> {
  const found = new Map<string, readonly KpiResult[]>();
  if (!existsSync(folder)) return found;
  for (const scenario of readdirSync(folder)) {
    const reports = reportsBelow(join(folder, scenario));
    const newest = reports
      .sort((a, b) => b.changedMs - a.changedMs)
      .map(({ path }) => JSON.parse(readFileSync(path, 'utf8')) as ReportFile)
      .find(
        ({ mode, overrides }) =>
          (mode === 'sim' || WALL_CLOCK_ONLY.test(scenario)) && Object.keys(overrides).length === 0,
      );
    if (newest !== undefined) found.set(scenario, newest.kpis);
  }
  return found;
}

function reportsBelow(folder: string): { readonly path: string; readonly changedMs: number }[] {
  if (!statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .map((id) => join(folder, id, 'report.json'))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, changedMs: statSync(path).mtimeMs }));
}
