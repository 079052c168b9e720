/**
 * The schema of the entry `sweep` of a scenario: axes by path, a condition, a sample.
 *
 * @module
 */
import { z } from 'zod';
import {
  type LeafResult,
  leafMistakeResult,
  makeLeafSchema,
  shorten,
  textLeaf,
  wrongShapeResult,
} from '../../../topologies/files/leaf.ts';
import { wholeNumberLeaf } from '../../../topologies/files/quantity.ts';
import { looksLikeRange, RANGE_NAME_IN_MESSAGES, readRange, type SweepRange } from './range.ts';
import { RANGE_VALUES_MAX } from './range-values.ts';

/** A value as the text of a flag, or a range. */
export type AxisItem = string | SweepRange;
/** One parameter of a sweep with its values. */
export type Axis = readonly AxisItem[];

/** An entry of a list: any plain value, or a range. */
const item = makeLeafSchema('a value', { type: ['string', 'number', 'boolean'] }, readItem);

function readItem(value: unknown): LeafResult<AxisItem> {
  if (typeof value === 'boolean') return { value: String(value) };
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return { value: String(value) };
    return leafMistakeResult('E115', `${value} is not a finite number, expected a value`);
  }
  if (typeof value !== 'string') return wrongShapeResult(value, 'a value');
  return looksLikeRange(value) ? readRange(value) : { value };
}

const alone = makeLeafSchema(
  RANGE_NAME_IN_MESSAGES,
  { type: 'string', examples: ['50ms..500ms step 50ms', '1..10', 'log 1ms..1s'] },
  (value): LeafResult<Axis> => {
    if (typeof value !== 'string') return wrongShapeResult(value, RANGE_NAME_IN_MESSAGES);
    if (!looksLikeRange(value)) {
      const message = `"${shorten(value)}" is not ${RANGE_NAME_IN_MESSAGES}`;
      return leafMistakeResult('E103', message, 'write a list: [one, other]');
    }
    const range = readRange(value);
    return 'mistake' in range ? range : { value: [range.value] };
  },
);

const axis = z
  .union([z.array(item).min(1), alone])
  .meta({ description: 'Values and ranges of one path; the last path moves fastest.' });

/** The schema of the entry `sweep`. */
export const sweepSchema = z
  .object({
    where: textLeaf('a condition such as "a < b and c != d"')
      .optional()
      .meta({
        description: 'Only combinations for which this holds: names of paths or their endings.',
        examples: ['probeInterval < timeout and not (router == "direct")'],
      }),
    sample: z
      .strictObject({
        runs: wholeNumberLeaf('a number of runs such as 40', { min: 1, max: RANGE_VALUES_MAX }),
        seed: wholeNumberLeaf('a seed such as 1', { min: 0 })
          .optional()
          .meta({ description: 'Draws the sample, not the runs.', default: 1 }),
      })
      .optional()
      .meta({ description: 'A Latin hypercube of so many points in place of all combinations.' }),
  })
  .catchall(axis)
  .meta({ description: 'Paths and their values; one run per combination.' });

/** The entry `sweep` as parsed. */
export type SweepInput = z.output<typeof sweepSchema>;
