/**
 * What `npm run mutants` wrote: which test found each planted defect.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where it writes, relative to the root. */
export const FOUND_DEFECTS = 'runs/mutants.json';
/** Where it writes with `--everywhere`. */
export const FOUND_EVERYWHERE = 'runs/mutants-everywhere.json';
/** Where it writes with `--hunted`, and with `--unguided`. */
export const FOUND_HUNTED = 'runs/mutants-hunted.json';
/** See {@link FOUND_HUNTED}. */
export const FOUND_UNGUIDED = 'runs/mutants-unguided.json';

/** A defect that was planted. */
export const foundDefect = z.strictObject({
  /** The requirement; `everywhere` for one of no requirement. */
  id: z.string(),
  text: z.string(),
  becomes: z.string(),
  commit: z.string(),
  /** The first test or KPI that failed; null if none did. */
  foundBy: z.string().nullable(),
});
/** A defect that was planted. */
export type FoundDefect = z.output<typeof foundDefect>;

/** Reads the file; empty if there is none. */
export function readFound(root: string, file: string = FOUND_DEFECTS): readonly FoundDefect[] {
  const path = join(root, file);
  if (!existsSync(path)) return [];
  return z.array(foundDefect).parse(JSON.parse(readFileSync(path, 'utf8')));
}
