/**
 * Finds the published test vectors, which are third-party data outside the repository.
 * `ORRERY_VECTORS` names another folder; `ORRERY_VECTORS_REQUIRED=1` makes a missing folder a
 * failure. Without these, if the folder is missing, one line is printed and the tests are skipped.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root =
  process.env['ORRERY_VECTORS'] ?? fileURLToPath(new URL('../../shared/vectors', import.meta.url));

/** True if the folder with the published vectors exists. */
export const hasVectors: boolean = existsSync(root);

if (!hasVectors) {
  const message = `published vectors are not at ${root}; set ORRERY_VECTORS to run their suites`;
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
