/**
 * The action `ask` of an event: a question to a protocol of a node.
 *
 * @module
 */
import { z } from 'zod';
import { listNonPathOptions } from '../../topologies/assemble/option-files.ts';
import {
  type ProtocolOnHost,
  protocolsOnHost,
} from '../../topologies/assemble/protocols-on-host.ts';
import { protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import { omitUndefined } from '../../topologies/files/defined.ts';
import { shorten, textLeaf } from '../../topologies/files/leaf.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import { timeLeaf } from '../../topologies/files/quantity.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { unknownNameHint } from '../../topologies/files/suggest.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { AskSpec, PeriodicAskSpec } from '../fault-parts.ts';
import type { ScenarioContext } from './context.ts';
import { selectedNodes } from './selectors.ts';

/** Time that a question waits for its answer unless the file says otherwise, ns. */
const WITHIN_NS = 10_000_000_000;
/** A question that every node answers, with its status as JSON. */
export const STATUS_KIND = 'status';
/** The kind of question that changes options. Events and signals put it; operators cannot. */
export const RECONFIGURE_KIND = 'reconfigure';
/** Longest text of a question, characters. */
const BODY_MAX = 4_096;

/** The keys of a question in a file, with their schemas. */
export const askShape = {
  kind: textLeaf('a kind such as flush').meta({
    description:
      'What is asked: a kind of request of the protocol (docs: its README), or `status`, which every node answers.',
    examples: ['status', 'flush'],
  }),
  target: textLeaf('the name of a node, or what the kind needs')
    .optional()
    .meta({ description: 'Whom or what the question is about.', default: '' }),
  body: z.string().max(BODY_MAX).optional().meta({
    description: 'More of the question, as the kind defines it.',
    default: '',
  }),
  by: textLeaf('the name of a protocol')
    .optional()
    .meta({ description: 'The protocol that is asked. Default: the uppermost of the node.' }),
  within: timeLeaf({ min: 1, minText: '1ns' })
    .optional()
    .meta({ description: 'Nobody waits longer for the answer.', default: '10s' }),
};

/** Schema of the action `ask` in a file: a question to a node. */
export const askSchema = z
  .strictObject({
    node: textLeaf('the name of a node').meta({ description: 'The node that is asked.' }),
    ...askShape,
  })
  .meta({
    description:
      'Asks a node, as an operator would; its outcome and time are `ask.ok` and `ask.time`.',
  });

/** Schema of the action `reconfigure` in a file: a change of a node's options. */
export const reconfigureSchema = z
  .strictObject({
    node: textLeaf('the name of a node').meta({ description: 'The node whose options change.' }),
    by: askShape.by,
    set: z.record(z.string(), z.unknown()).meta({
      description: 'Options, as in the topology; all others stay as they are.',
    }),
  })
  .meta({
    description:
      'Changes options of a running node; `ok` in the report, `needs-restart` if some cannot change.',
  });

/**
 * Finds the protocol of a host to which a question goes: by its name, for a user's module also by its
 * path; by default the uppermost.
 * @returns undefined if the host does not run it.
 */
export function findQuestionedProtocol(host: HostSpec, by?: string): ProtocolOnHost | undefined {
  return protocolsOnHost(host).findLast(
    ({ protocol, layer }) => by === undefined || by === protocol || by === layer?.name,
  );
}

/** Lists the kinds of questions that a protocol answers. */
export function listQuestionKinds(
  registry: Pick<ProtocolLookup, 'protocols'>,
  { protocol }: Pick<ProtocolOnHost, 'protocol'>,
): readonly string[] {
  return [STATUS_KIND, ...Object.keys(registry.protocols(protocol)?.questions ?? {})];
}

/**
 * Resolves a question to a node.
 * @returns the question, or undefined after reporting what is wrong.
 */
export function resolveAsk(
  context: ScenarioContext,
  input: z.output<typeof askSchema>,
  path: ValuePath,
  kindKey = 'kind',
): AskSpec | undefined {
  const { node, kind, target = '', body = '', within = WITHIN_NS } = input;
  const host = context.topology.hosts.find(({ name }) => name === node);
  if (!context.checkNode(node, [...path, 'node']) || host === undefined) return undefined;
  const placed = findQuestionedProtocol(host, input.by);
  if (placed === undefined) {
    const hint = unknownNameHint(input.by ?? '', protocolNamesOfHost(host), 'protocols');
    context.refuse('E106', [...path, 'by'], `${node} does not run "${input.by}"`, hint);
    return undefined;
  }
  const kinds = listQuestionKinds(context.registry, placed);
  if (kind !== RECONFIGURE_KIND && !kinds.includes(kind)) {
    const hint = unknownNameHint(kind, kinds, 'questions');
    context.refuse('E106', [...path, kindKey], `${node} answers no "${shorten(kind)}"`, hint);
    return undefined;
  }
  return {
    node,
    ...omitUndefined({ by: placed.layer?.name }),
    kind,
    target,
    body,
    withinNs: within,
  };
}

/**
 * Resolves a change of options, which is a question whose text is the options as JSON. The options
 * themselves are checked with those of the file.
 * @returns undefined after reporting what is wrong.
 */
export function resolveReconfigure(
  context: ScenarioContext,
  { set, ...rest }: z.output<typeof reconfigureSchema>,
  path: ValuePath,
): AskSpec | undefined {
  const body = JSON.stringify(set);
  if (body.length > BODY_MAX) {
    const message = `${body.length} characters as JSON, expected at most ${BODY_MAX}`;
    context.refuse('E104', [...path, 'set'], message);
    return undefined;
  }
  const host = context.topology.hosts.find(({ name }) => name === rest.node);
  const asked = host && findQuestionedProtocol(host, rest.by);
  const config = asked && context.registry.protocols(asked.protocol)?.config;
  for (const place of listNonPathOptions(config, set)) {
    context.refuse('E103', [...path, 'set', ...place], 'expected the path of a file');
  }
  return resolveAsk(context, { ...rest, kind: RECONFIGURE_KIND, body }, path);
}

/** An entry of `traffic` that puts questions to nodes. */
interface AsksInput extends Omit<z.output<typeof askSchema>, 'node' | 'kind'> {
  readonly kind: 'asks';
  readonly ask: string;
  readonly nodes: string | readonly string[];
  readonly rate: number;
  readonly start?: number | undefined;
  readonly stop?: number | undefined;
}

/**
 * Resolves an entry of `traffic` that puts questions to nodes at a steady rate.
 * @returns the questions, or undefined after reporting what is wrong.
 */
export function resolvePeriodicAsk(
  context: ScenarioContext,
  input: AsksInput,
  path: ValuePath,
): PeriodicAskSpec | undefined {
  const { kind: _, ask: kind, nodes, rate, start = 0, stop = context.durationNs, ...rest } = input;
  const names = selectedNodes(context, nodes, [...path, 'nodes']);
  const asks = names.map((node) => resolveAsk(context, { ...rest, kind, node }, path, 'ask'));
  const sound = asks.filter((ask) => ask !== undefined);
  if (sound.length === 0 || sound.length < asks.length) return undefined;
  return { asks: sound, rate, startNs: start, stopNs: stop };
}
