/**
 * The package as a user gets it: packed from this repository and installed in an empty folder.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Packs and installs the package, which takes half a minute.
 * @param folder An empty folder.
 * @returns the file that `npx orrery` starts.
 */
export function installPackage(folder: string): string {
  npm(ROOT, ['pack', '--silent', '--pack-destination', folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const home = join(folder, 'consumer');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }\n');
  const how = ['--ignore-scripts', '--prefer-offline', ...QUIET];
  npm(home, ['install', ...how, join(folder, tarball)]);
  return join(home, 'node_modules/.bin/orrery');
}

function npm(cwd: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${words.join(' ')}: ${stderr}`);
}
