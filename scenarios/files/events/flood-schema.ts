/**
 * The action `flood` of an event, as written in a file: forged datagrams or streams at a steady rate.
 *
 * @module
 */
import { z } from 'zod';
import { DSCP_VALUE_COUNT } from '../../../engine/pure/traffic-class.ts';
import { textLeaf } from '../../../topologies/files/leaf.ts';
import { packetRateLeaf, sizeLeaf, wholeNumberLeaf } from '../../../topologies/files/quantity.ts';

const FORGED_BYTES_MAX = { min: 1, minText: '1B', max: 65_000, maxText: '65kB' };

/** Schema of the action `flood` in a file: forged datagrams or streams to one node. */
export const floodSchema = z
  .strictObject({
    to: textLeaf('the name of a node').meta({ description: 'The node that is flooded.' }),
    kind: textLeaf('a kind such as opening').meta({
      description:
        "What is sent: a kind of forgery of the node's protocol (gateway: opening, keyed-opening, " +
        'answer, frame, interface-down; dtn: ageless, long-names, silent-stream).',
      examples: ['opening', 'frame', 'interface-down'],
    }),
    rate: packetRateLeaf().meta({ description: 'Datagrams or streams per time.' }),
    as: textLeaf('the name of a node')
      .optional()
      .meta({ description: 'Whose address is forged. Default: another node of that protocol.' }),
    by: textLeaf('the name of a node').optional().meta({
      description: 'The neighbour that sends the flood. Default: the first in the topology.',
    }),
    size: sizeLeaf(FORGED_BYTES_MAX)
      .optional()
      .meta({ description: 'Size of a forged datagram in bytes, for kinds whose size varies.' }),
    dscp: wholeNumberLeaf('a class such as 48', { min: 0, max: DSCP_VALUE_COUNT - 1 })
      .optional()
      .meta({ description: 'Class of the datagrams in priority queues.', default: 0 }),
    about: textLeaf('a link such as "a <-> b"').optional().meta({
      description: 'The link that the forged message names. Default: a different one each time.',
    }),
  })
  .meta({
    description: 'Forged datagrams or streams from a neighbour of a node, without any key.',
    examples: [{ to: 'gateway-211', kind: 'opening', rate: '5000/s' }],
  });
