/**
 * Folders of which files may come while somebody else says which ones to open: a job of a fleet names
 * files of a worker, and links in its folder may lead anywhere.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

/** What is said of a file that may not be opened. */
export const OUTSIDE = 'is outside the folders of this run';

const bounds = new AsyncLocalStorage<readonly string[]>();

/** Works with files below these folders only; whatever else it opens is refused as a mistake of its name. */
export function openingBelow<Result>(folders: readonly string[], work: () => Result): Result {
  return bounds.run(folders, work);
}

/** True of a file that may be opened; of every one unless {@link openingBelow} works. */
export function mayOpen(path: string): boolean {
  return bounds.getStore()?.some((folder) => isBelow(path, folder)) ?? true;
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
