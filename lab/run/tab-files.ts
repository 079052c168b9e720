/**
 * The files of a tab: those of a task, before the shipped ones, as if both were in one folder.
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

/** The path in the tab of a file of a task: below `topologies/`, else beside the scenarios. */
function tabPath(name: string): string {
  return resolvePath(name.startsWith(TOPOLOGIES) ? '/' : TAB_FOLDERS.scenarios, name);
}

/** The name in its task of the file at a path that a message shows. */
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
