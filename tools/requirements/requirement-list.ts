/**
 * Reads `docs/requirements.yaml`: what the project owes, in its own words.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** `<= 120`, in the unit of the number that it bounds. */
const bound = z.string().regex(/^(<=|>=|<|>|==) -?\d+(\.\d+)?$/);

const check = z.union([
  /** A test file, or `file > part of the title`. */
  z.strictObject({ test: z.string() }),
  /** `scenario > metric`: of a report of this commit, or of the last nightly. */
  z.strictObject({
    kpi: z.string().regex(/^[\w-]+ > [\w.]+$/),
    /** Results with fewer seeds, or fewer samples over all of them, show nothing. */
    seeds: z.int().positive().default(1),
    samples: z.int().positive().optional(),
    /** Stricter than the scenario's limit, in the base unit of the report (ns for times). */
    limit: bound.optional(),
  }),
  /** A row of `npm run nightly`. */
  z.strictObject({ nightly: z.string() }),
  /** `suite > figure` of `npm run bench -- suite`: the figure, and its multiple of the calibration loop. */
  z.strictObject({
    bench: z.string().regex(/^[\w-]+ > .+$/),
    limit: bound,
    ratio: bound,
  }),
]);

const row = z.strictObject({
  id: z.string().regex(/^R-\d{3}$/),
  /** Owed now; otherwise `wave` says when. */
  due: z.literal(true).optional(),
  wave: z.union([z.literal(1), z.literal(2)]).optional(),
  shall: z.string().min(1),
  target: z.string().optional(),
  checks: z.array(check).default([]),
  /** What no check shows yet, in words: such a row is not green, whatever passes. */
  open: z.string().min(1).optional(),
});

const file = z.strictObject({
  sections: z.array(z.strictObject({ title: z.string(), rows: z.array(row) })),
});

/** One check beside the tests that carry the number in their title. */
export type Check = z.output<typeof check>;
/** One requirement. */
export type Requirement = z.output<typeof row>;
/** Requirements under a heading. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Requirement[];
}

/** The list; throws if a number is missing, repeated or out of order. */
export function readRequirements(path: string): readonly Section[] {
  const { sections } = file.parse(parse(readFileSync(path, 'utf8')));
  sections
    .flatMap(({ rows }) => rows)
    .forEach(({ id, due, wave }, index) => {
      const expected = `R-${String(index + 1).padStart(3, '0')}`;
      if (id !== expected) throw new Error(`${path}: ${id} stands where ${expected} belongs`);
      if ((due === true) === (wave !== undefined)) {
        throw new Error(`${path}: ${id} is either due or has a wave`);
      }
    });
  return sections;
}
