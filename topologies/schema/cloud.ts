/**
 * YAML of a cloud (docs/spec/topology-files.md#clouds): the accesses of its hosts, its regions, and what lies between
 * them. `assemble/clouds.ts` checks them against each other.
 *
 * @module
 */
import { z } from 'zod';
import { nameLeaf, patternLeaf, textLeaf } from '../files/leaf.ts';
import { directionOverrideSchema, directionShape } from './direction.ts';

const NAME = '[A-Za-z0-9][A-Za-z0-9_-]*';

const members = z
  .union([
    textLeaf('a name or pattern of nodes such as eu-*'),
    z.array(textLeaf('a name or pattern')).min(1),
  ])
  .meta({ description: 'Nodes of the region: names and patterns.' });

const access = z
  .strictObject({
    ...directionShape,
    up: directionOverrideSchema.optional(),
    down: directionOverrideSchema.optional(),
  })
  .meta({ description: 'The access of each host: up to the core, and down from it.' });

const regionSchema = z.strictObject({
  name: nameLeaf('a name such as eu'),
  members,
  access: access
    .optional()
    .meta({ description: 'Of the hosts of this region; wins over that of the cloud.' }),
});

const betweenSchema = z.strictObject({
  regions: patternLeaf(
    'two regions such as eu <-> us',
    new RegExp(`^\\s*${NAME}\\s*<?->\\s*${NAME}\\s*$`),
    'write eu <-> us, or eu -> us for one direction, or eu <-> eu within one',
  ),
  ...directionShape,
});

/** Schema of one entry of `clouds` in a file. */
export const cloudSchema = z
  .strictObject({
    id: nameLeaf('a name such as internet'),
    access,
    regions: z.array(regionSchema).min(1).max(100),
    between: z.array(betweenSchema).min(1),
  })
  .meta({
    description: 'Everybody reaches everybody, over an access of each host and a core that delays.',
  });

/** One entry of `clouds` as parsed by {@link cloudSchema}. */
export type CloudInput = z.output<typeof cloudSchema>;
