/**
 * The name of a program in the store. The name changes when our own modules, the package manager's
 * record of installed packages, the location or the version of Node changes. It does not change
 * when packages are edited by hand.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORM } from '../engine/live/prepared.mjs';

/** Root folder of this project's modules: the project itself, or dist/lib of the package. */
export const CODE = fileURLToPath(new URL('..', import.meta.url));
/** Top folder of the project, or of the installed package. */
export const HOME = FORM === 'ts' ? CODE : join(CODE, '../..');
/** Folders with modules of this project, except those of the browser view. */
const MODULES = [
  ...['cli', 'engine', 'nodes', 'reports', 'runner', 'scenarios', 'services'],
  ...['topologies', 'viz/format', 'viz/server'],
];
/**
 * Files in which npm, yarn and pnpm record installed packages, in the project's folder or a folder above
 * it.
 */
const INSTALLED = [
  'package-lock.json',
  ...['.package-lock.json', '.yarn-integrity', '.modules.yaml', '.pnpm/lock.yaml'].map(
    (name) => `node_modules/${name}`,
  ),
];

/** @param programs Arguments of prepare.mjs. @returns the name: a hash in hex digits. */
export function keyOfProgram(programs) {
  const hash = createHash('sha256');
  const add = (path) => {
    const bytes = readFileSync(path);
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  };
  for (const folder of MODULES.map((name) => join(CODE, name))) {
    const names = readdirSync(folder, { recursive: true });
    for (const name of names.sort()) if (name.endsWith(`.${FORM}`)) add(join(folder, name));
  }
  for (const path of notes()) add(path);
  hash.update(`${CODE} ${process.version} ${process.arch} ${programs}`);
  return hash.digest('hex').slice(0, 32);
}

function notes() {
  const folders = [HOME];
  for (let path = HOME; dirname(path) !== path; path = dirname(path)) folders.push(dirname(path));
  return folders
    .flatMap((folder) => INSTALLED.map((name) => join(folder, name)))
    .filter((path) => existsSync(path));
}
