/**
 * The files of a tab: those of a task and the shipped ones, as if both were in one folder. Of two files with the same
 * path, that of the task counts.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { relativePath, resolvePath } from '../../engine/pure/paths.ts';
import type { MachineFiles } from '../../topologies/files/machine.ts';
import type { LookupFolders } from '../../topologies/files/registry.ts';
import { type LabFiles, TOPOLOGIES } from './lab-task.ts';

/** Where a tab looks for files by name. */
export const TAB_FOLDERS: LookupFolders = { scenarios: '/scenarios', topologies: '/topologies' };

/**
 * The path in the tab of a file of a task: as it is for a file in `topologies/`, and in the folder of scenarios for
 * others.
 */
function tabPath(name: string): string {
  return resolvePath(name.startsWith(TOPOLOGIES) ? '/' : TAB_FOLDERS.scenarios, name);
}

/** The name that a file has in its task, from its path in a message. */
export function labName(shown: string): string {
  return shown.replace(/^\/?scenarios\//, '');
}

/** Makes the files of a task. */
export function makeTabFiles(own: LabFiles, shipped: LabFiles): MachineFiles {
  const files = new Map([...shipped, ...own].map(([name, bytes]) => [tabPath(name), bytes]));
  const isFolder = (path: string): boolean =>
    [...files.keys()].some((file) => file.startsWith(path === '/' ? path : `${path}/`));
  return {
    folder: '/',
    exists: (path) => files.has(path) || isFolder(path),
    isFile: (path) => files.has(path),
    isFolder,
    namesIn: (folder) => [
      ...new Set(
        [...files.keys()].flatMap((path) => {
          const [first = '..'] = relativePath(folder, path).split('/');
          return first === '..' ? [] : [first];
        }),
      ),
    ],
    mayOpen: () => true,
    realPath: (path) => path,
    isBelow: (path, folder) => path.startsWith(`${folder}/`),
    read: (path, check): Uint8Array | undefined => {
      const bytes = files.get(path);
      if (bytes === undefined && !isFolder(path)) throw new Error(`there is no ${path}`);
      if (bytes !== undefined) check(bytes.length);
      return bytes;
    },
    sha256: (bytes) => bytesToHex(sha256(bytes)),
  };
}
