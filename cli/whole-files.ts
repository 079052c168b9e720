/**
 * Writes several files so that all of them appear complete, or none does: each is written under another name
 * and synced to disk, and they are renamed only when all of them are written.
 *
 * @module
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findEnvironmentError, findPathError } from '../engine/live/environment.ts';

/** Name and text of a file; a long text comes in parts, which are made while it is written. */
export type NamedFileContent = readonly [
  name: string,
  text: string | Iterable<string | Uint8Array>,
];

/** Size of the trial file by which a folder is tested before a run begins, bytes. */
const TRIAL_BYTES = 4_096;

/**
 * Creates a folder and tests whether a file can be written there.
 * @throws EnvironmentError that names the folder and says why not.
 */
export function makeWritableFolder(folder: string): void {
  try {
    makeFolder(folder);
    tryToWrite(join(folder, `.trial-${process.pid}`));
  } catch (error) {
    throw findPathError(error, folder) ?? error;
  }
}

/**
 * Creates a folder and those above it. Does not use `mkdirSync` with `recursive`, which never
 * returns below /proc.
 */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder);
}

function tryToWrite(path: string): void {
  try {
    writeFileSync(path, new Uint8Array(TRIAL_BYTES));
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * Writes files into a folder, all of them or none. If that fails, the earlier files remain.
 * @throws EnvironmentError that names the file that could not be written, and says why.
 */
export function writeAllOrNone(folder: string, files: readonly NamedFileContent[]): void {
  const partOf = (name: string): string => join(folder, `.${name}.part`);
  try {
    for (const [name, text] of files) writeDurably(partOf(name), join(folder, name), text);
    for (const [name] of files) renameSync(partOf(name), join(folder, name));
  } finally {
    for (const [name] of files) rmSync(partOf(name), { force: true });
  }
}

function writeDurably(part: string, shown: string, text: NamedFileContent[1]): void {
  try {
    const file = openSync(part, 'w');
    try {
      for (const piece of typeof text === 'string' ? [text] : text) {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      }
      // Some systems report a full disk only at this call.
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw findEnvironmentError(error) === undefined
      ? error
      : (findPathError(error, shown) ?? error);
  }
}
