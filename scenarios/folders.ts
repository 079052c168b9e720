/**
 * Folders of the shipped files: those of the repository, or of the installed package, whose built
 * code lies a few folders deeper.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LookupFolders } from '../topologies/files/registry.ts';

/** The folder that contains the `package.json` of this project. */
export const PROJECT_ROOT: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Folders of the scenarios and topologies that this repository or package ships. */
export const SHIPPED_FILE_FOLDERS: LookupFolders = {
  scenarios: join(PROJECT_ROOT, 'scenarios'),
  topologies: join(PROJECT_ROOT, 'topologies'),
};

function findRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) return from;
    folder = above;
  }
  return folder;
}
