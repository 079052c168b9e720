/**
 * Reads `docs/requirements.yaml`: what the project owes, in its own words.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const check = z.union([
  /** A test file, or `file > part of the title`. */
  z.strictObject({ test: z.string() }),
  /** `scenario > metric` of the newest report. */
  z.strictObject({ kpi: z.string().regex(/^[\w-]+ > [\w.]+$/) }),
]);

const row = z.strictObject({
  id: z.string().regex(/^R-\d{3}$/),
  /** Owed now; otherwise `wave` says when. */
  due: z.literal(true).optional(),
  wave: z.union([z.literal(1), z.literal(2)]).optional(),
  shall: z.string().min(1),
  target: z.string().optional(),
  checks: z.array(check).default([]),
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

/** The list; throws when a number is missing, repeated or out of order. */
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
