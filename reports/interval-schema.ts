/**
 * The shape of a confidence interval in `report.json`.
 *
 * @module
 */
import { z } from 'zod';

const text = z.string();
const number = z.number();
const count = z.number().int();

/** Schema of the 95 % confidence interval of a value. */
export const intervalSchema = z
  .strictObject({
    kind: z
      .enum(['student-t', 'order-statistics', 'none'])
      .describe('student-t over seeds; order-statistics: exact binomial ranks of pooled samples'),
    level: number,
    low: number.nullable().describe('null: no finite lower bound'),
    high: number.nullable().describe('null: no finite upper bound'),
    n: count.describe('replications: seeds (student-t) or pooled samples (order-statistics)'),
    lowRank: z.exactOptional(count),
    highRank: z.exactOptional(count),
    over: z.exactOptional(
      z.enum(['networks', 'pairs']).describe('what n counts, if not seeds or samples'),
    ),
    note: z.exactOptional(text.describe('why a bound is missing, or what the estimate is')),
  })
  .describe('95 % confidence interval');
