/**
 * The part of `report.json` on the twin of a scenario: its changes, its runs, and the paired
 * differences.
 *
 * @module
 */
import { z } from 'zod';
import { intervalSchema } from './interval-schema.ts';

const text = z.string();
const count = z.number().int();

/**
 * Schema of the comparison of a run as written with its twin, which has the same seeds and some
 * changes.
 */
export const twinSchema = z
  .strictObject({
    set: z.record(text, text).describe('what the twin changes, path to value'),
    perSeed: z
      .array(
        z.strictObject({
          seed: count,
          network: z.exactOptional(count),
          fingerprint: text,
          virtualSeconds: z.number(),
          events: count,
          ending: text,
        }),
      )
      .describe('the runs with the changes; each has the seed of a run as written'),
    differences: z.array(
      z.strictObject({
        metric: text,
        aggregation: text,
        unit: text,
        pairs: count.describe('seeds in which both runs have a value'),
        written: z.number().nullable().describe('mean of the pairs, as written'),
        twin: z.number().nullable().describe('mean of the pairs, with the changes'),
        difference: z.number().nullable().describe('mean of twin minus as written'),
        ci95: intervalSchema,
        correlation: z
          .exactOptional(z.number())
          .describe('of the two values of a pair; below 0.3 common seeds did not help'),
      }),
    ),
  })
  .describe('each seed ran twice: as written, and with changes');
