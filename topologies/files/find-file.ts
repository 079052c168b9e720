/**
 * Finds the file that a name or path refers to (E116). Looks in the folder of the file that
 * contains the name, then in the given folders; `.yaml` may be omitted. Reads directory listings
 * only.
 *
 * @module
 */
import {
  extensionOfPath,
  fileNameOfPath,
  folderOfPath,
  isAbsolutePath,
  resolvePath,
} from '../../engine/pure/paths.ts';
import { OUTSIDE_FOLDERS_MESSAGE } from './files-read.ts';
import type { MachineFiles } from './machine.ts';
import { listFirstNames, suggestNearestWord } from './suggest.ts';

/** A file found, or the message that it was not. */
export type FoundFile =
  | { readonly path: string }
  | { readonly message: string; readonly hint?: string };

/** Where a file is looked for. */
export interface FilePlaces {
  readonly files: MachineFiles;
  /** Folders, in the order in which they are looked in. */
  readonly folders: readonly string[];
  /** Names of the folders for the message. */
  readonly labels: readonly string[];
}

/** Finds the file that a name refers to, in the folder of the file that contains the name. */
export function findFileBeside(name: string, path: string, files: MachineFiles): FoundFile {
  const folders = [folderOfPath(path)];
  return findFile(name, { files, folders, labels: ['the folder of this file'] });
}

/** Finds the file that a name, as written by the user, refers to. */
export function findFile(name: string, { files, folders, labels }: FilePlaces): FoundFile {
  const isAbsolute = isAbsolutePath(name);
  const places = isAbsolute
    ? [name]
    : folders.map((folder) => resolvePath(files.folder, folder, name));
  const path = places.flatMap(pathsOf).find((place) => files.isFile(place));
  if (path !== undefined)
    return files.mayOpen(path) ? { path } : { message: `"${name}" ${OUTSIDE_FOLDERS_MESSAGE}` };
  const folder = places.find((place) => files.isFolder(place) && files.mayOpen(place));
  if (folder !== undefined) return isFolder(name, listFiles(files, folder));
  const known = folders.flatMap((one) => listFiles(files, one));
  const near = suggestNearestWord(fileNameOfPath(name), known);
  const where = labels.map((label) => `${label}/`).join(' or ');
  const message = `"${name}" not found${isAbsolute ? '' : ` in ${where}`}`;
  return near === undefined ? { message } : { message, hint: `did you mean ${near}?` };
}

function pathsOf(place: string): readonly string[] {
  // A file with exactly this name is tried first, because files of other programs often have no
  // extension.
  return extensionOfPath(place) === '' ? [place, `${place}.yaml`, `${place}.json`] : [place];
}

function isFolder(name: string, files: readonly string[]): FoundFile {
  const hint =
    files.length === 0 ? 'no YAML or JSON file is in it' : `files in it: ${listFirstNames(files)}`;
  return { message: `"${name}" is a folder, a file is needed`, hint };
}

function listFiles(files: MachineFiles, folder: string): readonly string[] {
  return files
    .namesIn(folder)
    .filter(
      (name) =>
        /\.(?:yaml|json|topo|csv)$/.test(name) &&
        files.exists(resolvePath(files.folder, folder, name)),
    )
    .sort();
}
