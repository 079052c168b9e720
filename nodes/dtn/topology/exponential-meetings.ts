/**
 * Generates nodes that meet in pairs. The times between two meetings of a pair are exponential and
 * independent of all other pairs: this is the model for which the delays of epidemic, two-hop and
 * spray routing are known exactly (Groenevelt, Nain and Koole 2005, "The message delay in mobile ad
 * hoc networks").
 *
 * @module
 */
import { z } from 'zod';
import type {
  DrawBelow,
  GeneratedTopology,
  OpenSeededDraws,
  TopologyGenerator,
} from '../../../engine/host/generator.ts';
import { log } from '../../../engine/pure/log-exp.ts';
import { durationNsSchema } from '../../_kit/options.ts';
import {
  buildMeetingNetwork,
  eachNodePair,
  type Meeting,
  meetingParameters,
  nodeNames,
  uniformDraw,
} from './meeting-network.ts';

const HOUR_NS = 3_600e9;
const SECOND_NS = 1e9;

const parameters = z.strictObject({
  ...meetingParameters,
  every: durationNsSchema()
    .refine((ns) => ns > 0, { message: 'is 0' })
    .default(HOUR_NS)
    .meta({ description: 'Mean time from the end of a meeting of two nodes to their next one.' }),
  contact: durationNsSchema()
    .refine((ns) => ns > 0, { message: 'is 0' })
    .default(SECOND_NS)
    .meta({ description: 'How long each meeting lasts. Default 1s.' }),
});
type Parameters = z.output<typeof parameters>;

/** Generates the meetings, by `generate: { kind: meetings }`. */
export const meetingsGenerator: TopologyGenerator<Parameters> = {
  name: 'meetings',
  parameters,
  size: ({ nodes }) => ({ nodes, links: (nodes * (nodes - 1)) / 2 }),
  generate,
};

function generate(own: Parameters, draws: OpenSeededDraws): GeneratedTopology {
  const draw = draws(own.seed);
  const names = nodeNames(own.nodes, own.prefix);
  const pairs = [...eachNodePair(own.nodes)].map(([a, b]) => ({
    ends: [names[a] ?? '', names[b] ?? ''] as const,
    meetings: meetingsOf(own, draw),
  }));
  return buildMeetingNetwork(
    names.map((name) => ({ name })),
    pairs,
    own,
  );
}

/** The meetings of two nodes, which are apart at time 0. */
function meetingsOf({ every, contact, until }: Parameters, draw: DrawBelow): readonly Meeting[] {
  const meetings: Meeting[] = [];
  let startNs = Math.round(-every * log(uniformDraw(draw)));
  while (startNs < until) {
    const endNs = startNs + contact;
    meetings.push({ startNs, endNs });
    // Meetings are at least 1 ns apart, because meetings that touch would be a single one.
    startNs = endNs + Math.max(1, Math.round(-every * log(uniformDraw(draw))));
  }
  return meetings;
}
