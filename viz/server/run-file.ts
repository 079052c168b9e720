/**
 * Finds the files of runs that a URL names, and no other files. Every part of a path is checked. A
 * symbolic link that leads out of the folder of the runs is treated as missing.
 *
 * @module
 */
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isRunFile, isRunName } from './runs.ts';

/** Largest number of parts in a run's id: scenario, seeds, combination of a sweep. */
const PARTS_MAX = 3;

/** A file of a run that may be sent to a page. */
export interface RunFile {
  /** The requested name; if it is a symbolic link, its target may have another name. */
  readonly name: string;
  /** Path of the folder of the runs, with symbolic links resolved. */
  readonly top: string;
  /** Path of the file below that folder, with symbolic links resolved. */
  readonly path: string;
}

/**
 * Finds the file that the parts of a URL name; undefined if there is none or if it must not be
 * served.
 */
export async function findRunFile(
  root: string,
  parts: readonly string[],
): Promise<RunFile | undefined> {
  const folders = parts.slice(0, -1);
  const name = parts.at(-1) ?? '';
  const isGood =
    folders.length > 0 &&
    folders.length <= PARTS_MAX &&
    folders.every(isRunName) &&
    isRunFile(name);
  if (!isGood) return undefined;
  try {
    const top = await realpath(root);
    const file = await realpath(join(root, parts.join('/')));
    const isInside = file.startsWith(top + sep);
    if (!isInside || !(await stat(file)).isFile()) return undefined;
    return { name, top, path: file.slice(top.length + sep.length) };
  } catch {
    // If a path cannot be resolved, the file is treated as missing.
    return undefined;
  }
}
