/**
 * Which files may be opened while somebody else says which ones to open: a job of a fleet names files of
 * a worker, results name a scenario and its values, and links may lead anywhere.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

/** What is said of a file that may not be opened. */
export const OUTSIDE = 'is outside the folders of this run';

type Bound = (path: string) => boolean;

const bounds = new AsyncLocalStorage<Bound>();

/** Works with files below these folders only; whatever else it opens is refused as a mistake of its name. */
export function openingBelow<Result>(folders: readonly string[], work: () => Result): Result {
  return bounded((path) => folders.some((folder) => isBelow(path, folder)), work);
}

/** Works, and notes which files it opens, by where links lead. */
export function notingOpened<Result>(opened: Set<string>, work: () => Result): Result {
  return bounded((path) => {
    opened.add(realPath(path));
    return true;
  }, work);
}

/**
 * Works with these files only.
 * @param known Where links lead, as {@link notingOpened} notes it.
 * @param onRefused Told each file that is refused.
 */
export function openingOnly<Result>(
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

/** True of a file that may be opened, and of a module that may be loaded; of all unless work is bounded. */
export function mayOpen(path: string): boolean {
  return bounds.getStore()?.(path) ?? true;
}

/** Where links lead; the path itself if there is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** True of a file in a folder or below, whatever links say. */
export function isBelow(path: string, folder: string): boolean {
  try {
    const way = relative(realpathSync(folder), realpathSync(path));
    return way !== '' && !/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way);
  } catch {
    return false;
  }
}

/** Bounds inside others hold together. */
function bounded<Result>(bound: Bound, work: () => Result): Result {
  const outer = bounds.getStore() ?? ((): boolean => true);
  return bounds.run((path) => outer(path) && bound(path), work);
}
