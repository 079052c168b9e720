/**
 * YAML of a topology: autonomous systems, nodes, links, segments, generators and importers
 * (docs/spec/topology-files.md). This file has the forms of single entries; `assemble/` checks
 * entries against each other.
 *
 * @module
 */
import { z } from 'zod';
import { booleanLeaf, enumLeaf, nameLeaf, patternLeaf, textLeaf } from '../files/leaf.ts';
import { numberLeaf, sizeLeaf, wholeNumberLeaf } from '../files/quantity.ts';
import { asAnnouncesSchema, linkAnnouncesSchema, usualAsAnnouncesSchema } from './announces.ts';
import { cloudSchema } from './cloud.ts';
import { directionOverrideSchema, directionShape } from './direction.ts';
import { portRangeLeaf } from './ports.ts';
import { stackSchema } from './stack.ts';

/** Makes the leaf schema of an ISD-AS number such as `1-ff00:0:110`. */
export const isdAsLeaf = (): ReturnType<typeof patternLeaf> =>
  patternLeaf(
    'an ISD-AS such as 1-ff00:0:110',
    /^\d{1,5}-(?:\d{1,10}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){2})$/,
    'lower-case hex groups, e.g. 1-ff00:0:110',
  );

const RELATIONS = ['core', 'parent', 'child', 'peer', 'internal'] as const;
const END = '[A-Za-z0-9][A-Za-z0-9_-]*(?:#\\d{1,5})?';

/** Two ends of a link: `a <-> b`, with interface numbers `a#1 <-> b#41`. */
const ends = (): ReturnType<typeof patternLeaf> =>
  patternLeaf(
    'two ends such as a <-> b',
    new RegExp(`^\\s*${END}\\s*<->\\s*${END}\\s*$`),
    'write a <-> b, or a#1 <-> b#41 with interface numbers',
  );

/** Schema of a protocol's name in files: that of a shipped protocol, or the path of a user's module. */
export const protocolNameLeaf = textLeaf(
  'a protocol such as ping, or a path such as ./my-protocol/index.ts',
).meta({
  description: 'Protocol of the node: a shipped one, or the path of a module.',
  examples: ['gateway', 'scion', './my-protocol/index.ts'],
});

const optionsSchema = z
  .record(z.string(), z.unknown())
  .meta({ description: 'Options of the protocol, checked by its own schema.' });

const nodeShape = {
  run: protocolNameLeaf.optional(),
  options: optionsSchema.optional(),
  cores: wholeNumberLeaf('a number of cores', { min: 1, max: 1_024 })
    .optional()
    .meta({ description: 'Cores of its machine.', default: 1 }),
};

const ipv4 = (hint: string): ReturnType<typeof patternLeaf> =>
  patternLeaf(
    'an IPv4 address such as 127.1.0.1',
    /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/,
    hint,
  );

/** Keys of a host of `kind: external`, in addition to its name and address. */
const externalShape = {
  kind: enumLeaf(['external']).optional().meta({
    description: 'external: a program outside Orrery, attached by `npm run emulate`.',
  }),
  program: ipv4('the address that the program binds its sockets to')
    .optional()
    .meta({ description: 'Address in 127/8 to which the program binds its sockets.' }),
  ports: z
    .array(portRangeLeaf())
    .optional()
    .meta({ description: 'UDP ports on which the program listens: 7007, or 30000-30099.' }),
  command: z.array(textLeaf('a word such as python3')).min(1).optional().meta({
    description:
      'Started and stopped with the run; paths are relative to the folder of the scenario.',
  }),
};

/** A place on Earth, degrees. */
const placeSchema = z
  .strictObject({
    lat: numberLeaf('degrees of latitude such as 50.1', { min: -90, max: 90 }),
    lon: numberLeaf('degrees of longitude such as 8.7', { min: -180, max: 180 }),
  })
  .optional()
  .meta({ description: 'Place on Earth in degrees, for the map; has no effect on delays.' });

const nodeSchema = z
  .strictObject({
    name: nameLeaf('a name such as gateway-111').meta({ description: 'Unique name of the node.' }),
    ...externalShape,
    as: isdAsLeaf().optional().meta({ description: 'Autonomous system of the node.' }),
    ...nodeShape,
    address: ipv4('leave it out: the address plan assigns one')
      .optional()
      .meta({ description: 'Default: assigned by the address plan.' }),
    machine: nameLeaf('a name such as server-1').optional().meta({
      description: 'Nodes of one machine share its processor. Default: the node itself.',
    }),
    position: placeSchema,
  })
  .meta({ description: 'A host and the protocol it runs.' });

const linkShape = {
  ends: ends().meta({ description: 'The two nodes, e.g. a <-> b.' }),
  id: nameLeaf('a name such as transit-1')
    .optional()
    .meta({ description: 'Name of the link. Default a--b.' }),
  relation: enumLeaf(RELATIONS).optional().meta({
    description: 'Role of b as seen from a: child, parent, peer, core, or internal inside one AS.',
  }),
  announces: linkAnnouncesSchema.optional(),
  ...directionShape,
  forward: directionOverrideSchema.optional(),
  backward: directionOverrideSchema.optional(),
};

const linkSchema = z
  .strictObject(linkShape)
  .meta({ description: 'A point-to-point link; forward is a to b.' });

const segmentSchema = z
  .strictObject({
    id: nameLeaf('a name such as lan-1'),
    members: z.array(nameLeaf('the name of a node')).min(2),
    ...directionShape,
  })
  .meta({ description: 'A multi-access segment: one sends, all others receive.' });

const asSchema = z
  .strictObject({
    id: isdAsLeaf().meta({ description: 'ISD-AS, e.g. 1-ff00:0:110.' }),
    core: booleanLeaf().optional().meta({ description: 'Core AS of its ISD.', default: false }),
    mtu: sizeLeaf({ min: 1_280, minText: '1280B', max: 65_535, maxText: '65535B' })
      .optional()
      .meta({ description: 'Largest datagram inside the AS.', default: '1472B' }),
    position: placeSchema,
    announces: asAnnouncesSchema.optional(),
  })
  .meta({ description: 'An autonomous system.' });

const defaultsSchema = z
  .strictObject({
    node: z.strictObject(nodeShape).optional(),
    link: z.strictObject(directionShape).optional(),
    internal: z
      .strictObject(directionShape)
      .optional()
      .meta({ description: 'For links inside one AS; takes precedence over link.' }),
    announces: z
      .strictObject({
        link: linkAnnouncesSchema.optional(),
        as: usualAsAnnouncesSchema.optional(),
      })
      .optional()
      .meta({ description: 'For all links between systems, and for all systems.' }),
  })
  .meta({ description: 'Values for entries that do not set their own.' });

/**
 * The entry `generate`. Only its shape is checked here: the schema of the chosen generator checks the
 * rest (generate/generate.ts), so that this file knows no generator.
 */
const generateSchema = z.looseObject({}).meta({
  description: 'Generates nodes and links by a rule; those listed in the file are added.',
});

/** The entry `import`, whose keys import/import.ts checks, so that this file knows no importer. */
const importSchema = z.looseObject({}).meta({
  description: 'Takes nodes and links from files of other programs; those listed are added.',
});

/** The schema of a topology file. */
export const topologySchema = z
  .strictObject({
    name: nameLeaf('a name such as scion-default').meta({ description: 'Name of the topology.' }),
    description: textLeaf('a text').optional(),
    addressPlan: enumLeaf(['loopback', 'ports']).optional().meta({
      description:
        'Addresses of live sockets. loopback: one in 127/8 for each node; ports: all on 127.0.0.1.',
      default: 'loopback',
    }),
    portBase: wholeNumberLeaf('a port such as 10000', { min: 1_024, max: 65_000 }).optional().meta({
      description: 'First port on 127.0.0.1 with addressPlan ports.',
      default: 10_000,
    }),
    defaults: defaultsSchema.optional(),
    generate: generateSchema.optional(),
    import: importSchema.optional(),
    ases: z.array(asSchema).optional(),
    nodes: z.array(nodeSchema).optional(),
    links: z.array(linkSchema).optional(),
    segments: z.array(segmentSchema).optional(),
    clouds: z.array(cloudSchema).optional(),
    stack: stackSchema,
  })
  .meta({ title: 'Orrery topology', description: 'Nodes, links, and their properties.' });

/** A topology file as parsed. */
export type TopologyInput = z.output<typeof topologySchema>;
/** One entry of `nodes` as parsed. */
export type NodeInput = z.output<typeof nodeSchema>;
/** One entry of `links` as parsed. */
export type LinkInput = z.output<typeof linkSchema>;
/** One entry of `segments` as parsed. */
export type SegmentInput = z.output<typeof segmentSchema>;
