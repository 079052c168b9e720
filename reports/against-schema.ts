/**
 * The shape of the comparison of a live run with its prediction, a part of `report.json`.
 *
 * @module
 */
import { z } from 'zod';

const text = z.string();
const number = z.number();

const row = z.strictObject({
  metric: text,
  aggregation: text,
  unit: text.describe('base unit'),
  live: number.nullable(),
  predicted: number.nullable(),
  difference: number
    .nullable()
    .describe('predicted over live, less 1; null where one of them is missing'),
  isInside: z.boolean().nullable().describe('within the tolerance; null: nothing to compare'),
  isPromised: z.boolean().describe('false: reported, not promised, as tails are'),
});

/** What a live run is set against. */
export const againstSchema = z
  .strictObject({
    cpu: text.describe('the profile that the prediction was charged by'),
    cpuProfileSha256: z.exactOptional(text),
    fingerprint: text.describe('of the run in virtual time'),
    tolerance: number,
    pass: z.boolean().describe('every promised row is within the tolerance'),
    rows: z.array(row),
  })
  .describe('the same scenario predicted in virtual time with calibrated costs');
