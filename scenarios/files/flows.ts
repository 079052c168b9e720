/**
 * Resolves an entry of `traffic` whose flows are listed in a file: reads the file, and finds its nodes
 * in the topology (docs/spec/scenario-files.md#traffic). Reports E104, E106, E116, E119 and E123.
 *
 * @module
 */
import { type LineMistake, nonEmptySpan, type TextPart } from '../../engine/pure/text-lines.ts';
import { findFileBeside } from '../../topologies/files/find-file.ts';
import { shorten } from '../../topologies/files/leaf.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import { collectConfigErrors } from '../../topologies/files/problems.ts';
import { readText, type TextSource } from '../../topologies/files/source.ts';
import { unknownNameHint } from '../../topologies/files/suggest.ts';
import { TEXT_BUDGET_MESSAGE } from '../../topologies/files/text-budget.ts';
import type { TrafficPattern } from '../traffic-pattern.ts';
import type { FlowsInFile, ScenarioContext } from './context.ts';
import { type FileFlow, readFlows } from './flows-text.ts';
import type { TrafficInput } from './traffic-schema.ts';

const LIMIT_BYTES = 64e6;
const DIGITS = /^\d+$/;

/** An entry of `traffic` whose flows are listed in a file. */
export type FlowsInput = Extract<TrafficInput, { kind: 'flows' }>;

/** One of the flows that a file of flows lists. */
export interface ListedFlow {
  readonly from: string;
  readonly to: string;
  readonly pattern: Extract<TrafficPattern, { kind: 'trace' }>;
}

/**
 * Reads the file of flows that an entry of `traffic` names.
 * @returns the flows of the file, or undefined after reporting what is wrong.
 */
export function resolveFlowsFile(
  context: ScenarioContext,
  input: FlowsInput,
  path: ValuePath,
): readonly ListedFlow[] | undefined {
  const { files } = context.registry.machine;
  const found = findFileBeside(input.file, context.source.path, files);
  if ('message' in found) {
    context.refuse('E116', [...path, 'file'], found.message, found.hint);
    return undefined;
  }
  const { flows } = context;
  if (!flows.has(found.path)) flows.set(found.path, readFile(context, found.path, path));
  const known = flows.get(found.path);
  if (known === undefined) return undefined;
  const { source, read } = known;
  for (const note of read.notes) context.warn([...path, 'file'], note);
  if (read.flows.length === 0) {
    context.refuse('E121', [...path, 'file'], `${shorten(input.file)} has no messages`);
    return undefined;
  }
  warnOfLate(context, input, read.flows, path);
  return placed(context, { source, prefix: input.prefix ?? 'node-' }, read.flows);
}

function readFile(
  context: ScenarioContext,
  file: string,
  path: ValuePath,
): FlowsInFile | undefined {
  const { files } = context.registry.machine;
  const limits = { files, limitBytes: LIMIT_BYTES, tooLargeHint: 'split the file' };
  const source = collectConfigErrors(context.problems, () => readText(file, limits));
  if (source === undefined) return undefined;
  if (!context.texts.take(source)) {
    context.refuse('E117', [...path, 'file'], TEXT_BUDGET_MESSAGE, 'name each file once');
    return undefined;
  }
  const read = readFlows(source.text);
  if (read.kind === 'flows') return { source, read };
  context.problems.addAll(read.mistakes.map((one) => source.issue({ code: 'E119', ...one })));
  return undefined;
}

/** Resolves the nodes of the flows, which must exist and have a path between them. */
function placed(
  context: ScenarioContext,
  { source, prefix }: { readonly source: TextSource; readonly prefix: string },
  flows: readonly FileFlow[],
): readonly ListedFlow[] | undefined {
  const before = context.problems.count;
  const nodes = new Set(context.topology.hosts.map(({ name }) => name));
  const refuse = (code: 'E106' | 'E123', mistake: LineMistake): void => {
    context.problems.addAll([source.issue({ code, ...mistake })]);
  };
  const nodeOf = (part: TextPart): string | undefined => {
    const numbered = `${prefix}${part.text}`;
    const name = DIGITS.test(part.text) && !nodes.has(part.text) ? numbered : part.text;
    if (nodes.has(name)) return name;
    // Only the first mistake gets a hint, because finding one compares all names.
    const hint =
      context.problems.count > before ? undefined : unknownNameHint(name, [...nodes], 'nodes');
    const message = `node "${shorten(name)}" is not in the topology`;
    refuse('E106', { ...nonEmptySpan(part), message, ...(hint === undefined ? {} : { hint }) });
    return undefined;
  };
  const listed = flows.flatMap(({ from, to, atNs, bytes }): readonly ListedFlow[] => {
    const [source, target] = [nodeOf(from), nodeOf(to)];
    if (source === undefined || target === undefined) return [];
    if (context.connectivity.isReachable(source, target)) {
      return [{ from: source, to: target, pattern: { kind: 'trace', atNs, bytes } }];
    }
    refuse('E123', {
      ...nonEmptySpan(to),
      message: `there is no path from ${source} to ${target}`,
    });
    return [];
  });
  return context.problems.count > before ? undefined : listed;
}

/** Warns about messages that are not sent because the run, or the entry, ends before their time. */
function warnOfLate(
  context: ScenarioContext,
  { start = 0, stop }: FlowsInput,
  flows: readonly FileFlow[],
  path: ValuePath,
): void {
  const endNs = stop ?? context.durationNs;
  let late = 0;
  let all = 0;
  for (const { atNs } of flows) {
    all += atNs.length;
    for (const ns of atNs) if (start + ns >= endNs) late += 1;
  }
  if (late === 0) return;
  const what = stop === undefined ? 'the end of the run' : 'stop';
  context.warn([...path, 'file'], `${late} of ${all} messages are not before ${what}: not sent`);
}
