/**
 * Reads the results of `npm run mutants`: which test found each planted defect.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * The file in which `npm run mutants` writes the planted defects and what found them, relative to the
 * root.
 */
export const FOUND_DEFECTS_PATH = 'runs/mutants.json';
/** Where `npm run mutants -- --everywhere` writes its results. */
export const FOUND_EVERYWHERE_PATH = 'runs/mutants-everywhere.json';
/** Where `npm run mutants -- --hunted` writes its results. */
export const FOUND_HUNTED_PATH = 'runs/mutants-hunted.json';
/** Where `npm run mutants -- --unguided` writes its results. */
export const FOUND_UNGUIDED_PATH = 'runs/mutants-unguided.json';

/** A defect that was planted. */
export const foundDefectSchema = z.strictObject({
  /** The number of its requirement; `everywhere` for a defect that belongs to none. */
  id: z.string(),
  text: z.string(),
  becomes: z.string(),
  commit: z.string(),
  /** The first test or KPI that failed; null if none did. */
  foundBy: z.string().nullable(),
});
/** A defect that was planted. */
export type FoundDefect = z.output<typeof foundDefectSchema>;

/** Reads the planted defects from a file; empty if there is none. */
export function readFoundDefects(
  root: string,
  file: string = FOUND_DEFECTS_PATH,
): readonly FoundDefect[] {
  const path = join(root, file);
  if (!existsSync(path)) return [];
  return z.array(foundDefectSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
}
