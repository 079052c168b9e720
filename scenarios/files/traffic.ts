/**
 * Resolves the `traffic` list: nodes exist and reach each other, times fit into the run. Notes
 * E106, E111 and E123 (docs/spec/error-messages.md).
 *
 * @module
 */
import { stackNames } from '../../topologies/build/stack.ts';
import { shorten } from '../../topologies/files/leaf.ts';
import type { FilePath } from '../../topologies/files/locate.ts';
import { formatTime } from '../../topologies/files/units.ts';
import type { TrafficPattern, TrafficSpec } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import type { TrafficInput } from './schema.ts';
import { checkReachable } from './selectors.ts';
import { readTrace } from './trace-csv.ts';

const SIZE_DEFAULT = 1_000;

/** Resolves all flows; flows with mistakes are reported and left out. */
export function resolveTraffic(
  context: ScenarioContext,
  inputs: readonly TrafficInput[],
): readonly TrafficSpec[] {
  return inputs.flatMap((input, index) => {
    const path = ['traffic', index];
    const isSound = checkPair(context, input, path) && checkTimes(context, input, path);
    const pattern = patternOf(context, input, path);
    if (!isSound || pattern === undefined) return [];
    const layer = layerOf(context, input, path);
    if (layer === undefined) return [];
    return [
      {
        from: input.from,
        to: input.to,
        ...layer,
        pattern,
        sizeBytes: input.size ?? SIZE_DEFAULT,
        startNs: input.start ?? 0,
        stopNs: input.stop ?? context.durationNs,
        position: context.position(path),
      },
    ];
  });
}

function checkPair(context: ScenarioContext, input: TrafficInput, path: FilePath): boolean {
  const known = (['from', 'to'] as const).filter((key) =>
    context.checkNode(input[key], [...path, key]),
  );
  if (known.length < 2) return false;
  if (input.from === input.to) {
    const message = `"${input.to}" sends to itself, expected another node`;
    context.refuse('E104', [...path, 'to'], message);
    return false;
  }
  return checkReachable(context, input, path);
}

/**
 * The protocol that takes and delivers the packets of a flow: nothing where both hosts run one
 * protocol, undefined after noting what is wrong.
 */
function layerOf(
  context: ScenarioContext,
  { from, to, by }: TrafficInput,
  path: FilePath,
): Pick<TrafficSpec, 'by'> | undefined {
  const stackAt = (node: string): readonly string[] =>
    stackNames(context.host(node)).map((name) => context.registry.protocols(name)?.name ?? name);
  const [own, other] = [stackAt(from), stackAt(to)];
  if (by === undefined && own.length === 1 && other.length === 1) return {};
  const top = own.at(-1) ?? '';
  const found = by === undefined ? top : own.find((name) => name === by);
  if (found === undefined) {
    const hint = `${from} runs ${own.join(', ')}`;
    context.refuse('E127', [...path, 'by'], `${from} has no layer "${shorten(by ?? '')}"`, hint);
    return undefined;
  }
  if (other.includes(found)) return { by: found };
  const message = `${to} does not run ${found}, which sends the packets of ${from}`;
  const hint = `${to} runs ${other.join(', ')}: name one of them with by:, or add a layer to stack`;
  context.refuse('E127', [...path, 'to'], message, hint);
  return undefined;
}

function checkTimes(context: ScenarioContext, input: TrafficInput, path: FilePath): boolean {
  const end = context.durationNs;
  const start = input.start ?? 0;
  if (start >= end) {
    const message = `${formatTime(start)} is after the end of the run (${formatTime(end)})`;
    const hint = `raise duration, or use a time below ${formatTime(end)}`;
    context.refuse('E111', [...path, 'start'], message, hint);
    return false;
  }
  if (input.stop !== undefined && input.stop <= start) {
    const message = `${formatTime(input.stop)} is not after the start (${formatTime(start)})`;
    context.refuse('E111', [...path, 'stop'], message, 'raise stop, or lower start');
    return false;
  }
  return true;
}

function patternOf(
  context: ScenarioContext,
  input: TrafficInput,
  path: FilePath,
): TrafficPattern | undefined {
  switch (input.kind) {
    case 'constant':
    case 'poisson':
      return { kind: input.kind, rate: input.rate };
    case 'on-off':
      return { kind: 'on-off', rate: input.rate, onNs: input.on, offNs: input.off };
    case 'request-response':
      return { kind: input.kind, rate: input.rate, responseBytes: input.response };
    case 'file':
      return { kind: 'file', bytes: input.bytes };
    case 'trace':
      return readTrace(context, input.file, [...path, 'file']);
    default:
      return input satisfies never;
  }
}
