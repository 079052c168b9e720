/**
 * The action `ask` of an event: a question to a protocol of a node.
 *
 * @module
 */
import { z } from 'zod';
import { stackNames } from '../../topologies/assemble/stack.ts';
import { text } from '../../topologies/files/leaf.ts';
import type { FilePath } from '../../topologies/files/locate.ts';
import { time } from '../../topologies/files/quantity.ts';
import { hintNames } from '../../topologies/files/suggest.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { AskSource, AskSpec } from '../fault-parts.ts';
import type { ScenarioContext } from './context.ts';
import { selectedNodes } from './selectors.ts';
import type { TrafficInput } from './traffic-schema.ts';

/** Time that a question waits for its answer unless the file says otherwise, ns. */
const WITHIN_NS = 10_000_000_000;

/** The parts of a question in a file. */
export const askShape = {
  kind: text('a kind such as flush').meta({
    description:
      'What is asked: a kind of request of the protocol (docs: its README), or `status`, which every node answers.',
    examples: ['status', 'flush'],
  }),
  target: text('the name of a node, or what the kind needs')
    .optional()
    .meta({ description: 'Whom or what the question is about.', default: '' }),
  body: z.string().max(4_096).optional().meta({
    description: 'More of the question, as the kind defines it.',
    default: '',
  }),
  by: text('the name of a protocol')
    .optional()
    .meta({ description: 'The protocol that is asked. Default: the uppermost of the node.' }),
  within: time({ min: 1, minText: '1ns' })
    .optional()
    .meta({ description: 'Nobody waits longer for the answer.', default: '10s' }),
};

/** The action `ask` in a file. */
export const askSchema = z
  .strictObject({
    node: text('the name of a node').meta({ description: 'The node that is asked.' }),
    ...askShape,
  })
  .meta({
    description:
      'Asks a node, as an operator would; its outcome and time are `ask.ok` and `ask.time`.',
  });

/**
 * The layer of a host that a protocol is, by default its uppermost: `by` is absent for the lowest.
 * @returns undefined if the host does not run the protocol.
 */
export function askedLayer(host: HostSpec, by?: string): { readonly by?: string } | undefined {
  const names = stackNames(host);
  const own = by ?? names.at(-1);
  if (own === undefined || !names.includes(own)) return undefined;
  return own === names[0] ? {} : { by: own };
}

/** @returns the question, or undefined after noting what is wrong. */
export function resolveAsk(
  context: ScenarioContext,
  input: z.output<typeof askSchema>,
  path: FilePath,
): AskSpec | undefined {
  const { node, kind, target = '', body = '', within = WITHIN_NS } = input;
  const host = context.topology.hosts.find(({ name }) => name === node);
  if (!context.checkNode(node, [...path, 'node']) || host === undefined) return undefined;
  const layer = askedLayer(host, input.by);
  if (layer === undefined) {
    const hint = hintNames(input.by ?? '', stackNames(host), 'protocols');
    context.refuse('E106', [...path, 'by'], `${node} does not run "${input.by}"`, hint);
    return undefined;
  }
  return { node, ...layer, kind, target, body, withinNs: within };
}

/** @returns the questions of an entry of `traffic`, or undefined after noting what is wrong. */
export function resolveAskSource(
  context: ScenarioContext,
  input: Extract<TrafficInput, { kind: 'asks' }>,
  path: FilePath,
): AskSource | undefined {
  const { ask: kind, nodes, rate, start = 0, stop = context.durationNs, ...rest } = input;
  const names = selectedNodes(context, nodes, [...path, 'nodes']);
  const asks = names.map((node) => resolveAsk(context, { ...rest, kind, node }, path));
  const sound = asks.filter((ask) => ask !== undefined);
  if (sound.length === 0 || sound.length < asks.length) return undefined;
  return { asks: sound, rate, startNs: start, stopNs: stop };
}
