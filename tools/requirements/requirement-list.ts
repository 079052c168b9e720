/**
 * Reads `docs/requirements.yaml`, the list of the project's requirements.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** A limit such as `<= 120`, in the unit of the value that it applies to. */
const bound = z.string().regex(/^(<=|>=|<|>|==) -?\d+(\.\d+)?$/);

const check = z.union([
  /** A test file, or `file > part of the title`. */
  z.strictObject({ test: z.string() }),
  /** `scenario > metric`: a KPI in a report of this commit or of the last nightly. */
  z.strictObject({
    kpi: z.string().regex(/^[\w-]+ > [\w.]+$/),
    /** Results with fewer seeds, or with fewer samples over all seeds, do not count. */
    seeds: z.int().positive().default(1),
    samples: z.int().positive().optional(),
    /**
     * A limit stricter than that of the scenario, in the base unit of the report (ns for times).
     */
    limit: bound.optional(),
  }),
  /** A row of `npm run nightly`. */
  z.strictObject({ nightly: z.string() }),
  /**
   * `suite > figure`: a figure of `npm run bench -- suite`, and its multiple of the calibration
   * loop.
   */
  z.strictObject({
    bench: z.string().regex(/^[\w-]+ > .+$/),
    limit: bound,
    ratio: bound,
  }),
]);

const defect = z
  .strictObject({
    /**
     * The text that is replaced to plant the defect; it occurs once in the product, in the code that
     * implements the requirement.
     */
    text: z.string().min(8),
    becomes: z.string(),
  })
  .refine(({ text, becomes }) => text !== becomes, { message: 'is no defect' });

const row = z.strictObject({
  id: z.string().regex(/^R-\d{3}$/),
  /** True if the requirement is due now; otherwise `wave` tells when it will be. */
  due: z.literal(true).optional(),
  wave: z.union([z.literal(1), z.literal(2)]).optional(),
  shall: z.string().min(1),
  target: z.string().optional(),
  checks: z.array(check).default([]),
  /** Defects that the tests of the requirement must find when they are planted (`npm run mutants`). */
  defects: z.array(defect).default([]),
  /**
   * The part of the requirement that no check shows yet, as text; with it, the requirement is never
   * green.
   */
  open: z.string().min(1).optional(),
});

const file = z.strictObject({
  sections: z.array(z.strictObject({ title: z.string(), rows: z.array(row) })),
});

/** A check other than the tests that name the requirement in their title. */
export type RequirementCheck = z.output<typeof check>;
/** A defect that the tests of a requirement must find. */
export type Defect = z.output<typeof defect>;
/** One requirement. */
export type Requirement = z.output<typeof row>;
/** The requirements below one heading. */
export interface RequirementSection {
  readonly title: string;
  readonly rows: readonly Requirement[];
}

/** Reads the list; throws if a number is missing, repeated or out of order. */
export function readRequirements(path: string): readonly RequirementSection[] {
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
