/**
 * What `npm run mutants` wrote: which test found each planted defect.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where `npm run mutants` writes which planted defects were found, relative to the root of the repository. */
export const FOUND_DEFECTS_PATH = 'runs/mutants.json';
/** The same with `--everywhere`. */
export const FOUND_EVERYWHERE_PATH = 'runs/mutants-everywhere.json';
/** The same with `--hunted`, and with `--unguided`. */
export const FOUND_HUNTED_PATH = 'runs/mutants-hunted.json';
/** See {@link FOUND_HUNTED_PATH}. */
export const FOUND_UNGUIDED_PATH = 'runs/mutants-unguided.json';

/** A defect that was planted. */
export const foundDefectSchema = z.strictObject({
  /** The requirement; `everywhere` for one of no requirement. */
  id: z.string(),
  text: z.string(),
  becomes: z.string(),
  commit: z.string(),
  /** The first test or KPI that failed; null if none did. */
  foundBy: z.string().nullable(),
});
/** A defect that was planted. */
export type FoundDefect = z.output<typeof foundDefectSchema>;

/** Reads the file; empty if there is none. */
export function readFoundDefects(
  root: string,
  file: string = FOUND_DEFECTS_PATH,
): readonly FoundDefect[] {
  const path = join(root, file);
  if (!existsSync(path)) return [];
  return z.array(foundDefectSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
}
