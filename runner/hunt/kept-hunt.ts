/**
 * The state of a hunt in a file, from which a later hunt of the same scenario continues.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { oneLine } from '../../reports/plain-text.ts';
import { CORPUS_MAX, REACHED_STATES_MAX } from './corpus.ts';
import { BREAKS_MAX, FRESH_HUNT, type HuntState } from './hunt.ts';

const FILE = 'hunt.json';
/** Largest file that is read, bytes. */
const FILE_MAX = 64_000_000;
/** Bounds of the content of the file, which may come from an unknown source. */
const EVENTS_MAX = 200;
const TEXT_MAX = 1_000;
/** Largest number of breaks of one run. */
export const BREAKS_PER_RUN_MAX = 1_000;

const text = z.string().max(TEXT_MAX);
const attempt = z.strictObject({
  seed: z.int().nonnegative(),
  option: text.optional(),
  events: z.array(z.record(z.string(), z.unknown())).max(EVENTS_MAX),
});
const kind = z.enum(['crash', 'invariant', 'always', 'recover', 'growth', 'held', 'fingerprint']);
const line = text.refine((one) => oneLine(one) === one, 'more than one line');
/** Schema of a broken property that a hunt found: which kind, where, and its message. */
export const huntBreakSchema = z.strictObject({ kind, place: line, text: line });
/** Schema of the list of states that runs have reached. */
export const reachedStatesSchema = z.array(text).max(REACHED_STATES_MAX);
const kept = z.strictObject({
  /** Identifies the hunt: files, values, seed. Another hunt begins anew. */
  of: text,
  /** The program that hunted. Another program has other breaks, but continues from the same corpus. */
  program: text,
  tried: z.int().nonnegative(),
  lastNew: z.int().nonnegative(),
  known: z.array(text).max(BREAKS_PER_RUN_MAX),
  breaks: z
    .array(
      z.strictObject({
        attempt,
        found: huntBreakSchema,
        number: z.int().positive(),
      }),
    )
    .max(2 * BREAKS_MAX),
  corpus: z.strictObject({
    attempts: z.array(attempt).max(CORPUS_MAX),
    reached: reachedStatesSchema,
  }),
});

/** The hunt and the program to which a kept state belongs. */
export interface HuntIdentity {
  readonly of: string;
  readonly program: string;
}

/** Reads the state of a hunt; a fresh one if there is no readable state of the same hunt. */
export function readHuntState(folder: string, { of, program }: HuntIdentity): HuntState {
  const path = join(folder, FILE);
  if (!existsSync(path) || statSync(path).size > FILE_MAX) return FRESH_HUNT;
  try {
    const read = kept.parse(JSON.parse(readFileSync(path, 'utf8')));
    const { of: was, program: by, ...state } = read;
    if (was !== of) return FRESH_HUNT;
    return by === program ? state : { ...state, breaks: [], known: [] };
  } catch {
    // The file is damaged or from another version. It is ignored, because its content can be found
    // again.
    return FRESH_HUNT;
  }
}

/** Writes the state of a hunt, atomically. */
export function writeHuntState(folder: string, identity: HuntIdentity, state: HuntState): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  writeFileSync(`${path}.part`, `${JSON.stringify({ ...identity, ...state })}\n`);
  renameSync(`${path}.part`, path);
}
