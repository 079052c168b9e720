/**
 * YAML of `stack`: protocols above those of the nodes (docs/spec/stacking.md).
 *
 * @module
 */
import { z } from 'zod';
import { textLeaf } from '../files/leaf.ts';

/** One entry of `stack`. */
const stackEntrySchema = z
  .strictObject({
    on: textLeaf('a node, or a pattern such as "client-*"').meta({
      description: 'Nodes that run it: a name, or a pattern of names.',
      examples: ['client-*'],
    }),
    run: textLeaf('a protocol such as bulk, or a path such as ./my-protocol/index.ts').meta({
      description: 'Protocol of the layer: a shipped one, or the path of a module.',
    }),
    over: textLeaf('a protocol below, or links')
      .optional()
      .meta({
        description:
          'The protocol that carries it; links: none, so that it is a further lowest protocol. Default: the next below.',
        examples: ['links'],
      }),
    options: z.record(z.string(), z.unknown()).optional().meta({
      description: 'Options of the protocol, checked by its own schema.',
    }),
  })
  .meta({ description: 'A protocol above, or beside, those that the nodes run already.' });

/** Schema of the `stack` of a topology or a scenario. */
export const stackSchema = z
  .array(stackEntrySchema)
  .optional()
  .meta({ description: 'Protocols on top of those of the nodes, the lowest first.' });

/** The `stack` of a file as parsed. */
export type StackInput = NonNullable<z.output<typeof stackSchema>>;
