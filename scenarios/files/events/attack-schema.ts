/**
 * The action `attack` of an event, as written in a file: an adversary at one node, and its aim.
 *
 * `kind` is the name of the attack in `privacy.attack.<name>.success` (docs/PRIVACY.md).
 *
 * @module
 */
import { z } from 'zod';
import { enumLeaf, textLeaf } from '../../../topologies/files/leaf.ts';
import { timeLeaf } from '../../../topologies/files/quantity.ts';

const POSITIVE = { min: 1, minText: '1ns' };

const node = textLeaf('the name of a node').meta({ description: 'The node that is attacked.' });
const every = timeLeaf(POSITIVE);

/** Schema of the action `attack` in a file: an adversary at one node. */
export const attackSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('n_minus_one'),
        node,
        drain: timeLeaf().meta({ description: 'Time without any input before the first target.' }),
        watch: every.meta({ description: 'Time from one target to the next.' }),
        others: enumLeaf(['drop', 'hold'])
          .optional()
          .meta({
            description:
              'What happens to all other input: dropped, or held until the target has ' +
              'left, ' +
              'then released and blocked again for one more drain time.',
            default: 'drop',
          }),
        own: z.array(textLeaf('the name of a node')).min(1).optional().meta({
          description:
            "The adversary's nodes, * for any characters: their messages pass, and the adversary recognises them.",
        }),
      })
      .meta({
        description: 'Blocks all input, lets one message in and takes the next output for it.',
      }),
    z
      .strictObject({
        kind: z.literal('tagging'),
        node: textLeaf('the name of a node').meta({ description: 'The corrupt node that tags.' }),
        part: enumLeaf(['header', 'payload']).optional().meta({
          description: 'Where in the packet a random bit is flipped.',
          default: 'payload',
        }),
        every: every.meta({
          description: 'One message is tagged in each interval of this length.',
        }),
        last: z
          .array(textLeaf('the name of a node'))
          .min(1)
          .meta({ description: 'Corrupt last hops, * for any characters.' }),
        sign: textLeaf('a drop reason such as payload-tag').optional().meta({
          description: 'Drop reason by which they recognise a tagged message. Default: any.',
        }),
      })
      .meta({
        description: 'Flips a bit in messages of one node; corrupt last hops look for them.',
      }),
    z
      .strictObject({
        kind: z.literal('replay'),
        node,
        every: every.meta({
          description: 'One message is replayed in each interval of this length.',
        }),
        after: every.meta({ description: 'Time from a message to its copy.' }),
      })
      .meta({ description: 'Replays input and looks for output that appears twice.' }),
  ])
  .meta({ description: 'An adversary; its success is privacy.attack.<kind>.success.' });
