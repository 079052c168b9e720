/**
 * Finds the built page of the browser view. The npm package contains the page; in a source tree it is built if it
 * is missing or older than its sources.
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

/** Folders and files that the page is built from. */
const SOURCES = [
  'viz/app',
  'viz/format',
  'viz/demo.yaml',
  'tools/build-viz.ts',
  'reports/html/tokens.ts',
];

/** Path of the built page; builds it first if necessary. */
export function builtVizPagePath(): string {
  const page = projectFilePath('dist/viz/index.html');
  if (IS_RUN_FROM_SOURCE && isStale(page)) build();
  if (existsSync(page)) return page;
  throw new Refusal('the browser view is not built: npm run build:viz');
}

function build(): void {
  process.stderr.write('building the browser view, once\n');
  const args = ['--import', 'tsx', 'tools/build-viz.ts'];
  const { status } = spawnSync(process.execPath, args, {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Refusal('the browser view was not built; see above');
}

function isStale(page: string): boolean {
  if (!existsSync(page)) return true;
  const built = statSync(page).mtimeMs;
  const plugins = readdirSync(projectFilePath('nodes')).map((name) => `nodes/${name}/viz.ts`);
  return [...SOURCES, ...plugins].some((path) => newestMs(projectFilePath(path)) > built);
}

/** When a file or the newest file in a folder was changed, ms; 0 if there is none. */
function newestMs(path: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  const below = readdirSync(path).map((name) => newestMs(join(path, name)));
  return greatestOf([facts.mtimeMs, ...below]);
}
