/**
 * Where the project's own files are, whatever the current folder is.
 *
 * @module
 */
import { join } from 'node:path';
import { PROJECT_ROOT } from '../scenarios/folders.ts';

/** Path of a file of the project, from its path in the project. */
export function projectFilePath(path: string): string {
  return join(PROJECT_ROOT, path);
}
