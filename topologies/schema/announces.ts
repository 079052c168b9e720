/**
 * YAML of what autonomous systems announce about their links and their inside (docs/spec/topology-files.md,
 * "Announcements"); it may differ from the real properties.
 *
 * @module
 */
import { z } from 'zod';
import { enumLeaf, leafMistakeResult, makeLeafSchema, wrongShapeResult } from '../files/leaf.ts';
import { bandwidthLeaf, timeLeaf, trafficCarbonLeaf, wholeNumberLeaf } from '../files/quantity.ts';

/** Longest latency that a beacon can carry, microseconds in 32 bits. */
const LATENCY_NS_MAX = 0xffff_ffff * 1_000;
/** Longest note, bytes of UTF-8: every beacon carries it. */
const NOTE_BYTES_MAX = 1_000;
const encoder = new TextEncoder();

const latency = timeLeaf({ max: LATENCY_NS_MAX, maxText: '4294s' }).optional();
const bandwidth = bandwidthLeaf().optional();
const carbon = trafficCarbonLeaf().optional();

const note = makeLeafSchema('a text', { type: 'string' }, (value) => {
  if (typeof value !== 'string') return wrongShapeResult(value, 'a text');
  const { length } = encoder.encode(value);
  if (length <= NOTE_BYTES_MAX) return { value };
  return leafMistakeResult('E104', `${length} bytes are above the maximum ${NOTE_BYTES_MAX}`);
});

/** Schema of the entry `announces` of a link between autonomous systems. */
export const linkAnnouncesSchema = z
  .strictObject({
    latency: latency.meta({ description: 'Default: the delay of each direction.' }),
    bandwidth: bandwidth.meta({ description: 'Default: the rate of each direction.' }),
    type: enumLeaf(['direct', 'multihop', 'opennet']).optional().meta({
      description: 'A wire of its own, several hops, or the open Internet. Default: not said.',
    }),
    carbon: carbon.meta({ description: 'CO2 per terabyte that it carries. Default: not said.' }),
  })
  .meta({ description: 'What both ends announce of the link, whatever it is like.' });

const interfaceNumber = wholeNumberLeaf('an interface number such as 1', { min: 1, max: 65_535 });

/** What is announced between interfaces of an autonomous system. */
const insideShape = {
  latency: latency.meta({
    description: 'Between any two of its interfaces. Default: that of the link of their routers.',
  }),
  bandwidth: bandwidth.meta({
    description: 'Between any two of its interfaces. Default: that of the link of their routers.',
  }),
  hops: wholeNumberLeaf('a number of hops such as 2', { min: 1, max: 255 })
    .optional()
    .meta({ description: 'Between any two of its interfaces. Default: 1 between two routers.' }),
  carbon: carbon.meta({ description: 'CO2 per terabyte that passes it. Default: not said.' }),
};
const usualAsShape = {
  ...insideShape,
  note: note.optional().meta({ description: 'A text in each beacon that it passes on.' }),
};

const pairSchema = z
  .strictObject({
    interfaces: z
      .array(interfaceNumber)
      .length(2)
      .meta({ description: 'Numbers of two interfaces of the system, in any order.' }),
    ...insideShape,
  })
  .meta({ description: 'Between these two interfaces, over what is said of any two.' });

/** Schema of the entry `announces` in the defaults of autonomous systems. */
export const usualAsAnnouncesSchema = z
  .strictObject(usualAsShape)
  .meta({ description: 'What systems announce of their inside, whatever it is like.' });

/** Schema of the entry `announces` of an autonomous system. */
export const asAnnouncesSchema = z
  .strictObject({
    ...usualAsShape,
    between: z.array(pairSchema).min(1).optional().meta({
      description: 'What differs between two of its interfaces.',
    }),
  })
  .meta({ description: 'What the system announces of its inside, whatever it is like.' });

/** What the autonomous systems at both ends of a link announce about it. */
export type LinkAnnouncement = z.output<typeof linkAnnouncesSchema>;
/** What an autonomous system announces about its inside. */
export type AsAnnouncement = z.output<typeof asAnnouncesSchema>;
