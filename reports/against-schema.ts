/**
 * The shape of the comparison of a live run with its prediction, part of `report.json`.
 *
 * @module
 */
import { z } from 'zod';

const text = z.string();
const number = z.number();

const bounds = z.strictObject({
  low: number.nullable().describe('null: no finite bound'),
  high: number.nullable(),
});
const intervals = z.exactOptional(
  z
    .strictObject({ live: bounds, predicted: bounds, difference: bounds })
    .describe('at 95 %, of both sides and of predicted over live, less 1'),
);
const needed = z.exactOptional(
  number.describe(
    'live samples that would decide, where these do not and so many are within reach',
  ),
);

const row = z.strictObject({
  metric: text,
  aggregation: text,
  unit: text.describe('base unit'),
  live: number.nullable(),
  predicted: number.nullable(),
  difference: number
    .nullable()
    .describe('predicted over live, less 1; null where one of them is missing'),
  n: z.exactOptional(number.describe('live samples, events or trials')),
  isInside: z
    .boolean()
    .nullable()
    .describe(
      'all of the interval is within the tolerance; null: nothing to compare, or undecided',
    ),
  intervals,
  needed,
  isPromised: z.boolean().describe('false: reported, not promised, as tails are'),
});

const onTimeRow = z.strictObject({
  p: number.describe('fraction of the percentile'),
  live: number.describe('of the latency, all packets, ns'),
  lateness: number.nullable().describe('of the lateness per packet over its whole path, ns'),
  onTime: number.nullable().describe('of latency less lateness of the same packet, ns'),
  simulated: number.describe('of the latency in virtual time without a processor, ns'),
  difference: number.nullable().describe('simulated over onTime, less 1'),
  isInside: z
    .boolean()
    .nullable()
    .describe('all of the interval is within the tolerance; null: undecided'),
  intervals,
  needed,
  isPromised: z.boolean().describe('false: reported, not promised, as tails are'),
  sum: number.nullable().describe('simulated plus lateness, ns; percentiles do not add'),
  sumDifference: number.nullable().describe('sum over live, less 1'),
  isSumInside: z.boolean().nullable().describe('the sum is within the tolerance of live'),
});

const onTime = z
  .strictObject({
    packets: number.describe('sampled packets that were seen on their whole path'),
    delivered: number.describe('packets whose latency was measured'),
    pass: z.boolean().describe('every promised row is within the tolerance'),
    rows: z.array(onTimeRow),
    paths: z
      .array(
        z.strictObject({
          path: text,
          live: number.describe('share of all packets sent'),
          simulated: number,
        }),
      )
      .describe('paths in use; none where no node chooses paths'),
  })
  .describe('latency less the lateness of each packet, beside the simulated latency');

/** Schema of the comparison of a live run with its prediction in virtual time. */
export const predictionComparisonSchema = z
  .strictObject({
    cpu: text.describe('the profile that the prediction was charged by, or `not modelled`'),
    cpuProfileSha256: z.exactOptional(text),
    fingerprint: text.describe('of the run in virtual time'),
    tolerance: number,
    pass: z.boolean().describe('every promised row is within the tolerance'),
    rows: z.array(row),
    onTime: z.exactOptional(onTime),
  })
  .describe('the same scenario in virtual time, where it models the processor on one event loop');
