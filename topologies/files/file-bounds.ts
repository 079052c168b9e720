/**
 * Limits which files may be opened when input from elsewhere names them: a fleet's job names files of a worker,
 * results name a scenario and its values, and symbolic links may lead anywhere.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

type Bound = (path: string) => boolean;

const bounds = new AsyncLocalStorage<Bound>();

/** Runs `work`, which may open files below these folders only; others are refused as mistakes in their names. */
export function runWithinFolders<Result>(folders: readonly string[], work: () => Result): Result {
  return bounded((path) => folders.some((folder) => isBelowFolder(path, folder)), work);
}

/** Runs `work` and adds each file that it opens to `opened`, by its path without symbolic links. */
export function runNotingOpenedFiles<Result>(opened: Set<string>, work: () => Result): Result {
  return bounded((path) => {
    opened.add(realPath(path));
    return true;
  }, work);
}

/**
 * Runs `work`, which may open these files only.
 * @param known Paths without symbolic links, as {@link runNotingOpenedFiles} collects them.
 * @param onRefused Called with the path of each file that is refused.
 */
export function runWithinFiles<Result>(
  known: ReadonlySet<string>,
  onRefused: (path: string) => void,
  work: () => Result,
): Result {
  return bounded((path) => {
    const isKnown = known.has(realPath(path));
    if (!isKnown) onRefused(path);
    return isKnown;
  }, work);
}

/** True if a file may be opened, or a module loaded; always true outside of the `run...` functions of this module. */
export function mayOpenFile(path: string): boolean {
  return bounds.getStore()?.(path) ?? true;
}

/** The path without symbolic links; the given path if there is no such file. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** True if a file lies below a folder, after following symbolic links. */
export function isBelowFolder(path: string, folder: string): boolean {
  try {
    const way = relative(realpathSync(folder), realpathSync(path));
    return way !== '' && !/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way);
  } catch {
    return false;
  }
}

/** Runs `work` within a bound, and within the bounds of the work around it. */
function bounded<Result>(bound: Bound, work: () => Result): Result {
  const outer = bounds.getStore() ?? ((): boolean => true);
  return bounds.run((path) => outer(path) && bound(path), work);
}
