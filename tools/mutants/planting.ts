/**
 * Plants a defect in a copy of the product, and tells whether the tests of its requirement find it.
 *
 * A defect is a piece of text that occurs once in the product, and what it becomes: so it survives that files are moved.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VitestFile } from '../requirements/last-run.ts';
import { readReports } from '../requirements/reports.ts';
import type { Defect, Requirement } from '../requirements/requirement-list.ts';

/** Where the product is; tests, tools and benchmarks are not part of it. */
const PRODUCT = ['engine', 'nodes', 'topologies', 'scenarios', 'reports', 'services', 'viz', 'cli'];
const IS_SOURCE = /\.(ts|mjs|html|css)$/;
/** Tests with programs of their own: a browser, servers, a package. */
const OTHER_RUNNER = /^test\/(viz|fleet|package)\//;
/** A planted endless loop ends here, ms. */
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

/** Paths of the files that have the text, as often as they have it. */
export function placesOf(text: string, files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, content]) =>
    Array.from({ length: content.split(text).length - 1 }, () => path),
  );
}

/** The test files that a planted defect runs: those that name the requirement or that it names. */
export function testsOf(
  { checks }: Requirement,
  titled: readonly string[],
): readonly { readonly file: string; readonly part?: string }[] {
  const named = checks.flatMap((check) => {
    if (!('test' in check)) return [];
    const [file = '', part] = check.test.split(' > ');
    return [{ file, ...(part === undefined ? {} : { part }) }];
  });
  return [...titled.map((file) => ({ file })), ...named].filter(
    ({ file }) => file.endsWith('.test.ts') && !OTHER_RUNNER.test(file),
  );
}

/**
 * Plants the defect in the copy at `root`, runs the tests of its requirement, and mends it.
 * @returns the first test or KPI that failed; null if none did. A file that cannot be loaded shows nothing.
 * @throws if the text is not there once.
 */
export async function finderOf(
  defect: Defect,
  row: Requirement,
  { root, titled }: { readonly root: string; readonly titled: readonly string[] },
): Promise<string | null> {
  const files = productFiles(root);
  const places = placesOf(defect.text, files);
  const [path = ''] = places;
  if (places.length !== 1) throw new Error(`${row.id}: ${places.length} places of ${defect.text}`);
  const sound = files.get(path) as string;
  writeFileSync(
    join(root, path),
    sound.replace(defect.text, () => defect.becomes),
  );
  try {
    for (const { file, part = row.id } of testsOf(row, titled)) {
      const failed = await failureIn(root, file, part);
      if (failed !== undefined) return `${file}: ${failed}`;
    }
    for (const check of row.checks) {
      if ('kpi' in check && (await misses(root, check.kpi))) return check.kpi;
    }
    return null;
  } finally {
    writeFileSync(join(root, path), sound);
  }
}

/** The title of the first test that fails. */
async function failureIn(root: string, file: string, part: string): Promise<string | undefined> {
  const title = part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const results = join(root, 'node_modules/.cache/mutant.json');
  const args = ['run', file, '-t', title, '--retry=0', '--reporter=json'];
  // A runner that dies leaves no results: those of the defect before are none of this one.
  writeFileSync(results, '{}');
  await run(root, ['node_modules/.bin/vitest', ...args, `--outputFile.json=${results}`]);
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as Partial<VitestFile>;
  const tests = (testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  return tests.find(({ status }) => status === 'failed')?.fullName;
}

async function misses(root: string, kpi: string): Promise<boolean> {
  const [scenario = '', metric = ''] = kpi.split(' > ');
  const out = join(root, 'runs/mutant');
  const start = ['cli/start.mjs', 'scenario', `${scenario}.yaml`, '--seed', '1'];
  rmSync(out, { recursive: true, force: true });
  await run(root, [process.execPath, ...start, '--no-trace', '--out', out]);
  const kpis = readReports(out).flatMap((report) => report.kpis);
  return kpis.some((one) => one.metric === metric && one.status === 'fail');
}

function run(root: string, [program = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(program, args, { cwd: root, stdio: 'ignore', timeout: TIME_LIMIT });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
