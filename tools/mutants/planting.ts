/**
 * Plants a defect in a copy of the product, and tells which test finds it.
 *
 * A defect is a text that occurs once in the product, and its replacement. It names no file, so files can be moved.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { VitestFile } from '../requirements/last-run.ts';
import { readReports } from '../requirements/reports.ts';
import type { Defect, Requirement } from '../requirements/requirement-list.ts';

/** Folders in which requirements are implemented: the product, its benchmarks, its tools and its manifests. */
const PRODUCT = [
  'engine',
  'nodes',
  'topologies',
  'scenarios',
  'runner',
  'lab',
  'reports',
  'services',
  'viz',
  'cli',
  'bench',
  'tools',
  'docs/deploy',
];
const IS_SOURCE = /(\.(ts|mjs|html|css|proto)|^[\w-]+\.yaml)$/;
/** Tests with programs of their own (a browser, servers, a package), or of many minutes. */
const OTHER_RUNNER = /\.(browser|fleet|package|nightly)\.test\.ts$/;
/** Suffixes of test files, those that take longest last. */
const BY_SLOWNESS = ['', 'reload', 'wall', 'alone', 'slow-wall', 'slow'];
/** Time limit of a run of tests, ms, as a planted defect may be an endless loop. */
const TIME_LIMIT = 300_000;

/** Text of the product's files, by path relative to the root. */
export function productFiles(root: string): ReadonlyMap<string, string> {
  const paths = PRODUCT.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => IS_SOURCE.test(path))
      .map((path) => join(folder, path).replaceAll('\\', '/')),
  );
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** Paths of the files that contain the text; a path is listed once per occurrence. */
export function pathsContaining(
  text: string,
  files: ReadonlyMap<string, string>,
): readonly string[] {
  return [...files].flatMap(([path, content]) =>
    Array.from({ length: content.split(text).length - 1 }, () => path),
  );
}

/**
 * The test files to run for a planted defect: those that name its requirement in a title, and those that the
 * requirement names. Quick files come first, since no file runs after the first that fails.
 */
export function testFilesForRequirement(
  { checks }: Requirement,
  titled: readonly string[],
): readonly { readonly file: string; readonly part?: string }[] {
  const named = checks.flatMap((check) => {
    if (!('test' in check)) return [];
    const [file = '', part] = check.test.split(' > ');
    return [{ file, ...(part === undefined ? {} : { part }) }];
  });
  return [...titled.map((file) => ({ file })), ...named]
    .filter(({ file }) => file.endsWith('.test.ts') && !OTHER_RUNNER.test(file))
    .sort((a, b) => slownessOf(a.file) - slownessOf(b.file));
}

/** Rank of a test file in {@link BY_SLOWNESS}: 0 without a suffix, larger for slower kinds. */
const slownessOf = (file: string): number => BY_SLOWNESS.indexOf(suffixOf(file));
const isByClock = (file: string): boolean => /wall|alone/.test(suffixOf(file));

function suffixOf(file: string): string {
  return /\.([\w-]+)\.test\.ts$/.exec(file)?.[1] ?? '';
}

/**
 * Plants the defect in the copy at `root`, and mends it when the promise of `act` is settled.
 * @param act Called with the path of the changed file.
 * @throws Error if the text does not occur exactly once.
 */
export async function withPlantedDefect<Result>(
  root: string,
  { text, becomes }: Pick<Defect, 'text' | 'becomes'>,
  act: (path: string) => Promise<Result>,
): Promise<Result> {
  const files = productFiles(root);
  const places = pathsContaining(text, files);
  const [path = ''] = places;
  if (places.length !== 1) throw new Error(`${places.length} places of ${text}`);
  const sound = files.get(path) as string;
  writeFileSync(
    join(root, path),
    sound.replace(text, () => becomes),
  );
  try {
    return await act(path);
  } finally {
    writeFileSync(join(root, path), sound);
  }
}

/**
 * Plants the defect in the copy at `root`, runs the tests of its requirement, and mends it.
 * @returns the first test or KPI that failed; null if none did.
 */
export function findFailingTest(
  defect: Defect,
  row: Requirement,
  { root, titled }: { readonly root: string; readonly titled: readonly string[] },
): Promise<string | null> {
  return withPlantedDefect(root, defect, async () => {
    for (const { file, part = row.id } of testFilesForRequirement(row, titled)) {
      const title = part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      // Other work of the machine may make a test by the wall clock fail once, hence the retry. A file that cannot be
      // loaded (`broken`) is no proof that a test found the defect.
      const retry = `--retry=${isByClock(file) ? 1 : 0}`;
      const { failed } = await runVitestForFindings(root, ['run', file, '-t', title, retry]);
      if (failed !== undefined) return failed;
    }
    for (const check of row.checks) {
      if ('kpi' in check && (await misses(root, check.kpi))) return check.kpi;
    }
    return null;
  });
}

/** The first failures of a run of vitest; a test is named by its file and its title. */
export interface VitestFindings {
  readonly failed: string | undefined;
  /** A test file that failed to load, so that none of its tests ran. */
  readonly broken: string | undefined;
  /** False if the run was ended at its limit. */
  readonly isOver: boolean;
}

/** Runs vitest with these arguments, for at most `limitMs`. */
export async function runVitestForFindings(
  root: string,
  words: readonly string[],
  limitMs: number = TIME_LIMIT,
): Promise<VitestFindings> {
  const results = join(root, 'node_modules/.cache/mutant.json');
  // A runner that dies writes no results; the results for the previous defect must not be read in their place.
  writeFileSync(results, '{}');
  const args = ['--reporter=json', `--outputFile.json=${results}`];
  const isOver = await run(root, ['node_modules/.bin/vitest', ...words, ...args], limitMs);
  const { testResults = [] } = JSON.parse(readFileSync(results, 'utf8')) as Partial<VitestFile>;
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: relative(root, name) })),
  );
  const failed = tests.find(({ status }) => status === 'failed');
  const broken = testResults.find(({ status }) => status === 'failed');
  return {
    failed: failed && `${failed.file}: ${failed.fullName}`,
    broken: broken && relative(root, broken.name),
    isOver,
  };
}

async function misses(root: string, kpi: string): Promise<boolean> {
  const [scenario = '', metric = ''] = kpi.split(' > ');
  const out = join(root, 'runs/mutant');
  const start = ['cli/start.mjs', 'scenario', `${scenario}.yaml`, '--seed', '1'];
  rmSync(out, { recursive: true, force: true });
  await run(root, [process.execPath, ...start, '--no-trace', '--out', out], TIME_LIMIT);
  const kpis = readReports(out).flatMap((report) => report.kpis);
  return kpis.some((one) => one.metric === metric && one.status === 'fail');
}

/** Runs a program. @returns false if it was ended at the time limit. */
function run(
  root: string,
  [program = '', ...args]: readonly string[],
  timeout: number,
): Promise<boolean> {
  const child = spawn(program, args, { cwd: root, stdio: 'ignore', timeout });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve(!child.killed));
  });
}
