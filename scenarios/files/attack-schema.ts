/**
 * The action `attack` of an event, as written in a file: an adversary at one node, and its aim.
 *
 * `kind` is the name of the attack in `privacy.attack.<name>.success` (docs/PRIVACY.md).
 *
 * @module
 */
import { z } from 'zod';
import { oneOf, text } from '../../topologies/files/leaf.ts';
import { time } from '../../topologies/files/quantity.ts';

const POSITIVE = { min: 1, minText: '1ns' };

const node = text('the name of a node').meta({ description: 'The node that is attacked.' });
const every = time(POSITIVE);

/** The action `attack` in a file. */
export const attackSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('n_minus_one'),
        node,
        drain: time().meta({ description: 'Time without any input before the first target.' }),
        watch: every.meta({ description: 'From one target to the next.' }),
        others: oneOf(['drop', 'hold'])
          .optional()
          .meta({
            description:
              'What becomes of all other input: dropped, or held back until the target has left, ' +
              'let go, and kept out for another drain.',
            default: 'drop',
          }),
        own: z.array(text('the name of a node')).min(1).optional().meta({
          description:
            "The adversary's nodes, * for any characters: their messages pass and are known again.",
        }),
      })
      .meta({ description: 'Keeps out all input, lets one message in, takes the next output.' }),
    z
      .strictObject({
        kind: z.literal('tagging'),
        node: text('the name of a node').meta({ description: 'The corrupt node that tags.' }),
        part: oneOf(['header', 'payload']).optional().meta({
          description: 'Where in the packet a random bit is flipped.',
          default: 'payload',
        }),
        every: every.meta({ description: 'One message is tagged in each such time.' }),
        last: z
          .array(text('the name of a node'))
          .min(1)
          .meta({ description: 'Corrupt last hops, * for any characters.' }),
        sign: text('a drop reason such as payload-tag').optional().meta({
          description: 'Drop reason by which they know a wreck. Default: any.',
        }),
      })
      .meta({ description: 'Flips a bit of what a node sends; corrupt last hops look for it.' }),
    z
      .strictObject({
        kind: z.literal('replay'),
        node,
        every: every.meta({ description: 'One message is sent again in each such time.' }),
        after: every.meta({ description: 'From a message to its copy.' }),
      })
      .meta({ description: 'Sends input again and looks for output that comes twice.' }),
  ])
  .meta({ description: 'An adversary; its success is privacy.attack.<kind>.success.' });
