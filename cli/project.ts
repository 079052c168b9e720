/**
 * Where the project's own files are, whatever the current folder is.
 *
 * @module
 */
import { join } from 'node:path';
import { PROJECT_ROOT } from '../scenarios/folders.ts';

/** A file of the project. */
export function projectFile(path: string): string {
  return join(PROJECT_ROOT, path);
}
