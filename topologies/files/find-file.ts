/**
 * Finds the file that a name or path refers to (E116). Looks in the folder of the file that
 * contains the name, then in the given folders; `.yaml` may be omitted. Reads directory listings
 * only.
 *
 * @module
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, join, resolve } from 'node:path';
import { mayOpenFile, OUTSIDE_FOLDERS_MESSAGE } from './file-bounds.ts';
import { listFirstNames, suggestNearestWord } from './suggest.ts';

/** A file found, or the message that it was not. */
export type FoundFile =
  | { readonly path: string }
  | { readonly message: string; readonly hint?: string };

/**
 * Finds the file that a name refers to, in the given folders.
 * @param name As written by the user.
 * @param folders Where to look, in this order.
 * @param labels Names of the folders for the message.
 */
export function findFile(
  name: string,
  folders: readonly string[],
  labels: readonly string[],
): FoundFile {
  const places = isAbsolute(name) ? [name] : folders.map((folder) => resolve(folder, name));
  const path = places.flatMap(pathsOf).find(isFileAt);
  if (path !== undefined)
    return mayOpenFile(path) ? { path } : { message: `"${name}" ${OUTSIDE_FOLDERS_MESSAGE}` };
  const folder = places.find((place) => isFolderAt(place) && mayOpenFile(place));
  if (folder !== undefined) return isFolder(name, folder);
  const known = folders.flatMap(listFiles);
  const near = suggestNearestWord(basename(name), known);
  const where = labels.map((label) => `${label}/`).join(' or ');
  const message = `"${name}" not found${isAbsolute(name) ? '' : ` in ${where}`}`;
  return near === undefined ? { message } : { message, hint: `did you mean ${near}?` };
}

function pathsOf(place: string): readonly string[] {
  // Files of other programs often have no ending: a file of exactly this name goes first.
  return extname(place) === '' ? [place, `${place}.yaml`, `${place}.json`] : [place];
}

function isFileAt(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isFolderAt(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isFolder(name: string, folder: string): FoundFile {
  const files = listFiles(folder);
  const hint =
    files.length === 0 ? 'no YAML or JSON file is in it' : `files in it: ${listFirstNames(files)}`;
  return { message: `"${name}" is a folder, a file is needed`, hint };
}

function listFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /\.(?:yaml|json|topo|csv)$/.test(file) && existsSync(join(folder, file)))
    .sort();
}
