/**
 * The schema of an entry of `traffic`: one flow of application packets, or one for each pair of nodes
 * that is drawn from the seed. docs/spec/scenario-files.md#traffic says what it means.
 *
 * @module
 */
import { z } from 'zod';
import {
  booleanLeaf,
  enumLeaf,
  type Leaf,
  nameLeaf,
  textLeaf,
} from '../../topologies/files/leaf.ts';
import {
  packetRateLeaf,
  sizeLeaf,
  timeLeaf,
  wholeNumberLeaf,
} from '../../topologies/files/quantity.ts';
import { askShape } from './ask.ts';

const POSITIVE = { min: 1, minText: '1ns' };

/** Largest number of pairs of one entry: each pair is a flow with its own meters. */
const PAIRS_MAX = 10_000;

/** Names of priorities; the index of a name is its number in the port (engine/host). */
export const PRIORITIES = ['bulk', 'normal', 'expedited'] as const;

/**
 * A leaf with a packet size. The ground truth in each payload takes 32 bytes; the upper limit exists
 * because a whole packet is built in memory. The protocol may accept less, which is checked elsewhere
 * (size-check.ts).
 */
const packetSize = (): Leaf<number> =>
  sizeLeaf({ min: 32, minText: '32B', max: 16_777_216, maxText: '16MiB' });

const endsShape = {
  from: textLeaf('the name of a node').optional().meta({ description: 'Sending node.' }),
  to: textLeaf('the name of a node').optional().meta({ description: 'Receiving node.' }),
  pairs: wholeNumberLeaf('a number of pairs such as 30', { min: 1, max: PAIRS_MAX })
    .optional()
    .meta({
      description: 'Instead of from and to: different pairs of nodes, drawn from the seed.',
    }),
  among: z
    .union([textLeaf('a pattern such as "bus-*"'), z.array(textLeaf('the name of a node')).min(1)])
    .optional()
    .meta({ description: 'With pairs: a pattern of nodes, or a list of names and patterns.' }),
  size: packetSize()
    .optional()
    .meta({ description: 'Application bytes of a packet.', default: '1000B' }),
};

const wishesShape = {
  by: textLeaf('a protocol such as gateway')
    .optional()
    .meta({ description: 'Layer that takes and delivers the packets. Default: the top.' }),
  lifetime: timeLeaf(POSITIVE)
    .optional()
    .meta({ description: "A packet is of no use after this time. Default: the protocol's." }),
  priority: enumLeaf(PRIORITIES)
    .optional()
    .meta({ description: 'Order among the packets that wait.', default: 'normal' }),
  tolerant: booleanLeaf().optional().meta({
    description: 'Packets may wait while there is no way to the receiver.',
    default: false,
  }),
  private: booleanLeaf().optional().meta({
    description:
      'Packets take ways only that hide who writes to whom; protocols that cannot are refused.',
    default: false,
  }),
  start: timeLeaf()
    .optional()
    .meta({ description: 'Time of the first packet at the earliest.', default: '0s' }),
  stop: timeLeaf(POSITIVE)
    .optional()
    .meta({ description: 'Time before which the last packet is sent. Default: the end.' }),
};

const flowShape = { ...endsShape, ...wishesShape };

const packets = (): Leaf<number> => packetRateLeaf().meta({ description: 'Packets per time.' });

/** Schema of one entry of `traffic` in a file. */
export const trafficSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), ...flowShape, rate: packets() }),
    z.strictObject({ kind: z.literal('poisson'), ...flowShape, rate: packets() }),
    z.strictObject({
      kind: z.literal('ip'),
      ...flowShape,
      size: sizeLeaf({ min: 80, minText: '80B', max: 65_535, maxText: '65535B' })
        .optional()
        .meta({ description: 'Bytes of a packet, headers included.', default: '1000B' }),
      version: enumLeaf(['ipv4', 'ipv6'])
        .optional()
        .meta({ description: 'Version of the IP packets.', default: 'ipv4' }),
      routed: booleanLeaf().optional().meta({
        description: 'The node finds the receiver by the address in the packet, as a router does.',
        default: false,
      }),
      rate: packets().optional(),
      file: textLeaf('the path of a capture')
        .optional()
        .meta({ description: 'Instead of rate, size and version: a capture, pcap or pcapng.' }),
    }),
    z.strictObject({
      kind: z.literal('on-off'),
      ...flowShape,
      rate: packets(),
      on: timeLeaf(POSITIVE).meta({ description: 'Mean length of an on period.' }),
      off: timeLeaf(POSITIVE).meta({ description: 'Mean length of an off period.' }),
    }),
    z.strictObject({
      kind: z.literal('trace'),
      ...flowShape,
      file: textLeaf('the path of a CSV file').meta({
        description: 'Lines "seconds,bytes", sorted.',
      }),
    }),
    z.strictObject({
      kind: z.literal('flows'),
      ...wishesShape,
      file: textLeaf('the path of a file').meta({
        description: 'Lines "seconds,from,to,bytes", or messages of the ONE simulator.',
      }),
      prefix: nameLeaf('a name such as node-')
        .optional()
        .meta({ description: 'Put before numbers of nodes. Default node-.' }),
    }),
    z.strictObject({
      kind: z.literal('request-response'),
      ...flowShape,
      rate: packets(),
      response: packetSize().meta({ description: 'Size of each response.' }),
    }),
    z.strictObject({
      kind: z.literal('file'),
      ...flowShape,
      bytes: sizeLeaf({ min: 1, minText: '1B' }).meta({ description: 'Size of the transfer.' }),
    }),
    z.strictObject({
      kind: z.literal('asks'),
      ask: askShape.kind,
      nodes: z
        .union([
          textLeaf('a node, or a pattern such as "bus-*"'),
          z.array(textLeaf('the name of a node')).min(1),
        ])
        .meta({ description: 'The nodes that are asked, one after the other.' }),
      ...{ target: askShape.target, body: askShape.body, by: askShape.by, within: askShape.within },
      rate: packetRateLeaf().meta({
        description: 'Questions per time, whether they are answered or not.',
      }),
      ...{ start: wishesShape.start, stop: wishesShape.stop },
    }),
  ])
  .meta({ description: 'One flow of application packets, or one for each of several pairs.' });

/** One entry of `traffic` as parsed by {@link trafficSchema}. */
export type TrafficInput = z.output<typeof trafficSchema>;
