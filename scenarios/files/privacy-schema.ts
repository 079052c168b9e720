/**
 * The `privacy` section, as written in a file.
 *
 * @module
 */
import { z } from 'zod';
import { enumLeaf, textLeaf } from '../../topologies/files/leaf.ts';
import { shareLeaf, timeLeaf, wholeNumberLeaf } from '../../topologies/files/quantity.ts';

const TARGETS_NS_MIN = 1_000_000;

/** Schema of the section `privacy` in a file. */
export const privacySchema = z
  .strictObject({
    targets: timeLeaf({ min: TARGETS_NS_MIN, minText: '1ms' })
      .optional()
      .meta({
        description: 'Interval at which a message is chosen and followed, after the warm-up.',
        default: '2s',
        examples: ['1s'],
      }),
    corrupt: shareLeaf()
      .optional()
      .meta({
        description:
          'Share of the mixes that are corrupt, spread evenly over the layers; the nearest whole number of them.',
        default: '0%',
        examples: ['10%'],
      }),
    corruptMixes: z
      .strictObject({
        nodes: z.array(textLeaf('a name or pattern such as mix-1-*')).min(1).optional().meta({
          description: 'Names of mixes, * for any characters.',
        }),
        layer: wholeNumberLeaf('a layer', { min: 1, max: 18 }).optional().meta({
          description: 'All mixes of this layer, from 1.',
        }),
        asn: textLeaf('a name such as AS64501').optional().meta({
          description: 'All mixes of this autonomous system.',
        }),
        family: textLeaf('a name').optional().meta({ description: 'All mixes of this family.' }),
      })
      .optional()
      .meta({
        description:
          'Which mixes are corrupt, as an alternative to a share: all mixes that an entry names.',
      }),
    adversary: enumLeaf(['omniscient-timing']).optional().meta({
      description: 'The adversary: sees every arrival and departure at every node, but no content.',
      default: 'omniscient-timing',
    }),
    mixes: textLeaf('a pattern of names such as mix-*').optional().meta({
      description: 'Nodes that mix, * for any characters. Default: nodes with role: mix.',
    }),
    delay: timeLeaf({ min: 1, minText: '1ns' }).optional().meta({
      description:
        'Mean delay of a mix, for privacy.delay.ks_p. Default: rates.delay of the nodes.',
    }),
  })
  .meta({ description: 'How privacy is measured; limits on privacy.* metrics ask for it too.' });

/** The section `privacy` as parsed by {@link privacySchema}. */
export type PrivacyInput = z.output<typeof privacySchema>;
