/**
 * The schema of the links of an event in a file.
 *
 * @module
 */
import { z } from 'zod';
import {
  type Leaf,
  type LeafResult,
  leafMistakeResult,
  makeLeafSchema,
  textLeaf,
  wrongShapeResult,
} from '../../topologies/files/leaf.ts';

/** Schema of the value by which an event selects links. */
export const selectorSchema = z
  .union([
    textLeaf('a link such as "a <-> b"'),
    z.array(textLeaf('a link such as "a <-> b"')).min(1),
    z.strictObject({
      activePath: textLeaf('two nodes such as "a -> b"'),
      hop: hop().optional(),
    }),
  ])
  .meta({
    description: 'An id, "a <-> b", a pattern "core-* <-> br-*", a list of them, or a hop in use.',
  });

/** A leaf that selects an inter-AS link of a path, by a word or by its index from 0. */
function hop(): Leaf<'random' | 'first' | 'last' | number> {
  const expects = 'random, first, last, or an index such as 0';
  const json = { type: ['string', 'integer'], default: 'random' };
  type Hop = 'random' | 'first' | 'last' | number;
  return makeLeafSchema(expects, json, (value): LeafResult<Hop> => {
    if (value === 'random' || value === 'first' || value === 'last') return { value };
    if (typeof value === 'number') {
      if (Number.isInteger(value) && value >= 0) return { value };
      return leafMistakeResult(value < 0 ? 'E115' : 'E104', `${value} is not ${expects}`);
    }
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    return leafMistakeResult('E104', `"${value}" is not ${expects}`);
  });
}

/** A link selector as parsed by {@link selectorSchema}. */
export type SelectorInput = z.output<typeof selectorSchema>;
