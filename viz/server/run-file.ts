/**
 * Finds a file of a run, and nothing else: every part of the path is checked, and what a symbolic
 * link leads to outside the folder does not exist.
 *
 * @module
 */
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isRunFile, isRunName } from './runs.ts';

/** Parts of a run's id: scenario, seeds, point of a sweep. */
const PARTS_MAX = 3;

/** A file that may be served. */
export interface RunFile {
  /** As requested; links may lead to another. */
  readonly name: string;
  /** The folder of the runs, resolved. */
  readonly top: string;
  /** Below it, resolved. */
  readonly path: string;
}

/** The file on disk; undefined if there is none that may be served. */
export async function runFile(
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
    const file = await realpath(join(root, ...parts));
    const isInside = file.startsWith(top + sep);
    if (!isInside || !(await stat(file)).isFile()) return undefined;
    return { name, top, path: file.slice(top.length + sep.length) };
  } catch {
    // A path that cannot be resolved does not exist.
    return undefined;
  }
}
