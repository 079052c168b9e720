/**
 * Finds the built pages of the browser view and of the Lab. The npm package contains them; in a source tree a page is
 * built if it is missing or older than its sources.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { IS_RUN_FROM_SOURCE } from '../engine/live/own-form.ts';
import { greatestOf } from '../engine/pure/extremes.ts';
import { PROJECT_ROOT } from '../scenarios/folders.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { projectFilePath } from './project.ts';

/** Folders and files that the pages are built from. */
const SOURCES = [
  'viz/app',
  'viz/format',
  'viz/demo.yaml',
  'tools/build-viz.ts',
  'tools/page',
  'reports/html/tokens.ts',
];
/** Further sources of the Lab page, because the Lab contains the engine. */
const LAB_SOURCES = [
  ...SOURCES,
  ...['lab', 'engine', 'nodes', 'topologies', 'scenarios', 'runner', 'reports', 'schemas'],
  ...['tools/site', 'tools/build-site.ts'],
];

/** Path of the built page; builds it first if necessary. */
export function builtVizPagePath(): string {
  return built({
    page: 'dist/viz/index.html',
    sources: SOURCES,
    tool: 'viz',
    name: 'browser view',
  });
}

/** Path of the built Lab; builds it first if necessary. */
export function builtLabPagePath(): string {
  return built({ page: 'dist/lab/index.html', sources: LAB_SOURCES, tool: 'site', name: 'Lab' });
}

interface BuiltPage {
  readonly page: string;
  readonly sources: readonly string[];
  /** The last word of the name of the tool that builds the page. */
  readonly tool: string;
  readonly name: string;
}

function built(wanted: BuiltPage): string {
  const page = projectFilePath(wanted.page);
  if (IS_RUN_FROM_SOURCE && isStale(page, wanted.sources)) build(wanted);
  if (existsSync(page)) return page;
  throw new Refusal(`the ${wanted.name} is not built: npm run build:${wanted.tool}`);
}

function build({ tool, name }: BuiltPage): void {
  process.stderr.write(`building the ${name}, once\n`);
  const args = ['--import', 'tsx', `tools/build-${tool}.ts`];
  const { status } = spawnSync(process.execPath, args, {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Refusal(`the ${name} was not built; see above`);
}

function isStale(page: string, sources: readonly string[]): boolean {
  if (!existsSync(page)) return true;
  const built = statSync(page).mtimeMs;
  const plugins = readdirSync(projectFilePath('nodes')).map((name) => `nodes/${name}/viz.ts`);
  return [...sources, ...plugins].some((path) => newestMs(projectFilePath(path)) > built);
}

/**
 * The time, ms, at which a file, or the newest file in a folder, was last changed; 0 if there is no
 * file.
 */
function newestMs(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  const below = readdirSync(path).map((name) => newestMs(join(path, name)));
  return greatestOf([facts.mtimeMs, ...below]);
}
