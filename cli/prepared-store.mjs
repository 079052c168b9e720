/**
 * The store of programs that were made ready: a folder for each state of the sources, named after what
 * they contain, with the programs of the command line and of its worker threads. See ADR 0030.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STORE = join(ROOT, 'node_modules/.cache/orrery/start');
const PROGRAMS = ['command=cli/run-command.ts', 'run-worker=scenarios/runner/run-worker.ts'];
/** Where sources are; the browser view's own are not among them. */
const SOURCES = [
  ...['cli', 'engine', 'nodes', 'reports', 'scenarios', 'services', 'tools/requirements'],
  ...['topologies', 'viz/format', 'viz/server'],
];
/** Folders of earlier sources that are left: another run may be under way with them. */
const KEPT_MAX = 3;

/** The folder of the sources as they are, made where it is missing; undefined when it cannot be had. */
export function preparedFolder() {
  try {
    const folder = join(STORE, keyOfSources());
    return existsSync(folder) || prepare(folder) ? folder : undefined;
  } catch {
    // Whatever is wrong, the sources say it better.
    return undefined;
  }
}

function keyOfSources() {
  const hash = createHash('sha256');
  const add = (path) => {
    const bytes = readFileSync(join(ROOT, path));
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  };
  for (const folder of SOURCES) {
    const names = readdirSync(join(ROOT, folder), { recursive: true });
    for (const name of names.sort()) if (name.endsWith('.ts')) add(`${folder}/${name}`);
  }
  add('package-lock.json');
  hash.update(`${ROOT} ${process.version} ${process.arch} ${PROGRAMS}`);
  return hash.digest('hex').slice(0, 32);
}

/** Makes the folder, whole or not at all; two that do so at once make the same. */
function prepare(folder) {
  mkdirSync(STORE, { recursive: true });
  accessSync(STORE, constants.W_OK);
  const draft = `${folder}.${process.pid}`;
  const words = ['--import', 'tsx', 'engine/live/prepare.ts', draft, ...PROGRAMS];
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'ignore' });
  try {
    if (status === 0 && !existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  if (existsSync(folder)) removeOld(folder);
  return existsSync(folder);
}

function removeOld(present) {
  const others = readdirSync(STORE)
    .map((name) => join(STORE, name))
    .filter((path) => path !== present)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const path of others.slice(KEPT_MAX)) rmSync(path, { recursive: true, force: true });
}
