/**
 * Finds the published test vectors, which are third-party data outside the repository.
 * `ORRERY_VECTORS` names another folder; `ORRERY_VECTORS_REQUIRED=1` makes a missing folder a
 * failure. Without these, if the folder is missing, one line is printed and each suite runs only the
 * few published figures that stand in its test.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';

const root =
  process.env['ORRERY_VECTORS'] ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url));

const hasVectors = existsSync(root);

/** For the few tests that are about whole files. */
export const itWhole = it.runIf(hasVectors);

/** What a suite runs. */
export interface VectorSet<T> {
  /** "figures", or the path of the file. */
  readonly set: string;
  readonly isWhole: boolean;
  readonly file: T;
}

/**
 * The figures that stand in a test, and the whole published file if it is installed.
 *
 * @param figures A few cases, in the form of the file.
 */
export function vectorSets<T>(path: string, figures: T): readonly VectorSet<T>[] {
  const own = { set: 'figures', isWhole: false, file: figures };
  return hasVectors ? [own, { set: path, isWhole: true, file: vectors<T>(path) }] : [own];
}

if (!hasVectors) {
  const message = `published vectors are not at ${root}; set ORRERY_VECTORS to run them all`;
  if (process.env['ORRERY_VECTORS_REQUIRED'] === '1') throw new Error(message);
  process.stderr.write(`skip: ${message}\n`);
}

/** Reads a vector file as text; `path` is relative to the folder of vectors. */
export function vectorText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Names of the vector files in a folder, sorted. */
export function vectorFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.json'))
    .sort();
}

/** Reads a vector file as JSON. */
export function vectors<T>(path: string): T {
  return JSON.parse(vectorText(path)) as T;
}
