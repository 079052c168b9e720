/**
 * Files of npm packages that users install themselves: where they are, and what to say if they are not.
 *
 * They are looked for as Node looks for packages, in `node_modules` of every folder from this program
 * upwards, and then from the current folder upwards.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageFile } from '../../engine/host/protocol.ts';
import type { LocatedFile } from './machine.ts';

/**
 * Finds an installed file.
 * @param starts Absolute folders from which to search upwards; by default those of this program and of the caller.
 */
export function locatePackageFile(
  file: PackageFile,
  starts: readonly string[] = [dirname(fileURLToPath(import.meta.url)), process.cwd()],
): LocatedFile {
  const { package: name, version, path } = file;
  const hint = `npm install --no-save ${name}@${version}`;
  const folder = starts
    .flatMap(upwards)
    .find((at) => existsSync(join(at, 'node_modules', name, 'package.json')));
  if (folder === undefined) {
    return { kind: 'missing', message: `needs the package ${name}, which is not installed`, hint };
  }
  const root = join(folder, 'node_modules', name);
  const found = versionOf(join(root, 'package.json'));
  if (found !== version) {
    const message = `needs version ${version} of the package ${name}, and ${found} is installed`;
    return { kind: 'missing', message, hint };
  }
  const full = join(root, path);
  if (existsSync(full)) return { kind: 'found', path: full };
  return { kind: 'missing', message: `the installed package ${name} has no file ${path}`, hint };
}

/**
 * Contents of a file.
 * @throws Error with the command to install it if it is missing, although the loader had found it.
 */
export function readPackageFile(file: PackageFile): Uint8Array {
  const found = locatePackageFile(file);
  if (found.kind === 'missing') throw new Error(`${found.message}: ${found.hint}`);
  return readFileSync(found.path);
}

/** A folder and all folders above it, the innermost first. */
function upwards(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}

/** The version in a package.json; "no version" if it states none. */
function versionOf(path: string): string {
  try {
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : 'no version';
  } catch (error) {
    if (error instanceof SyntaxError) return 'no version';
    throw error;
  }
}
