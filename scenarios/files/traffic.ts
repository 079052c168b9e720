/**
 * Resolves the `traffic` list: checks that nodes exist and reach each other, that times are within the
 * run, and that packets are not too long for their protocol. Reports E111 and E127
 * (docs/spec/error-messages.md).
 *
 * @module
 */
import type { SendWishes } from '../../engine/host/transport.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import { protocolNamesOfHost } from '../../topologies/assemble/stack.ts';
import { omitUndefined } from '../../topologies/files/defined.ts';
import { shorten } from '../../topologies/files/leaf.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import { formatTime } from '../../topologies/files/units.ts';
import type { PeriodicAskSpec } from '../fault-parts.ts';
import type { DrawnTraffic, Scenario, TrafficSpec } from '../model.ts';
import type { TrafficPattern } from '../traffic-pattern.ts';
import { resolvePeriodicAsk } from './ask.ts';
import type { ScenarioContext } from './context.ts';
import { type FlowsInput, resolveFlowsFile } from './flows.ts';
import type { PacketSizeCheck } from './size-check.ts';
import { readTrafficCapture } from './trace-capture.ts';
import { readTrafficTrace } from './trace-csv.ts';
import { drawnPairsSpec, type FlowEnds, nodesOfEnds, resolveEnds } from './traffic-ends.ts';
import { PRIORITIES, type TrafficInput } from './traffic-schema.ts';
import { checkWishes } from './wishes.ts';

const SIZE_DEFAULT = 1_000;

type AsksInput = Extract<TrafficInput, { kind: 'asks' }>;

/** The flows and questions of all entries of `traffic`. */
export type ResolvedTraffic = Pick<Scenario, 'traffic' | 'drawnTraffic' | 'asks'>;

/** Resolves all entries; entries with mistakes are reported and left out. */
export function resolveTraffic(
  context: ScenarioContext,
  inputs: readonly TrafficInput[],
  sizes: PacketSizeCheck,
): ResolvedTraffic {
  const traffic: TrafficSpec[] = [];
  const drawn: DrawnTraffic[] = [];
  const asks = inputs.flatMap((input, index) => askSourceOf(context, input, ['traffic', index]));
  for (const [index, input] of inputs.entries()) {
    if (input.kind === 'asks') continue;
    if (input.kind === 'flows') {
      for (const flow of flowsOfFile(context, input, index, sizes)) traffic.push(flow);
      continue;
    }
    const own = ownFlow(context, input, ['traffic', index], sizes);
    if (own === undefined) continue;
    const { ends, flow } = own;
    if (ends.kind === 'pair') traffic.push({ from: ends.from, to: ends.to, ...flow });
    else drawn.push({ ...flow, ...drawnPairsSpec(ends), entry: traffic.length + drawn.length });
  }
  return {
    traffic,
    ...(drawn.length === 0 ? {} : { drawnTraffic: drawn }),
    ...(asks.length === 0 ? {} : { asks }),
  };
}

/** The questions of an entry; empty if it has packets instead, and after reporting what is wrong. */
function askSourceOf(
  context: ScenarioContext,
  input: TrafficInput,
  path: ValuePath,
): readonly PeriodicAskSpec[] {
  if (input.kind !== 'asks') return [];
  const source = resolvePeriodicAsk(context, input, path);
  return checkTimes(context, input, path) && source !== undefined ? [source] : [];
}

/**
 * The flow of an entry that names its ends itself, or the pairs to draw; undefined after reporting what
 * is wrong.
 */
function ownFlow(
  context: ScenarioContext,
  input: Exclude<TrafficInput, FlowsInput | AsksInput>,
  path: ValuePath,
  sizes: PacketSizeCheck,
):
  | {
      readonly ends: NonNullable<ReturnType<typeof resolveEnds>>;
      readonly flow: Omit<TrafficSpec, 'from' | 'to'>;
    }
  | undefined {
  const ends = resolveEnds(context, input, path);
  const areTimesSound = checkTimes(context, input, path);
  const pattern = patternOf(context, input, path);
  if (ends === undefined || !areTimesSound || pattern === undefined) return undefined;
  const layer = layerOf(context, { ...input, ends }, path);
  if (layer === undefined) return undefined;
  const flow = { ...layer, pattern, ...quantitiesOf(context, input, path) };
  sizes.check({ ...flow, ends }, path);
  checkWishes(context, { ...flow, ends }, path);
  return { ends, flow };
}

/** The flows that a file lists, which reports show together; empty after reporting what is wrong. */
function flowsOfFile(
  context: ScenarioContext,
  input: FlowsInput,
  index: number,
  sizes: PacketSizeCheck,
): readonly TrafficSpec[] {
  const path = ['traffic', index];
  if (!checkTimes(context, input, path)) return [];
  const flows = resolveFlowsFile(context, input, path);
  if (flows === undefined) return [];
  const among = [...new Set(flows.flatMap(({ from, to }) => [from, to]))];
  const ends = { kind: 'listed', among } as const;
  const layer = layerOf(context, { ...input, ends }, path);
  if (layer === undefined) return [];
  const common = { ...layer, ...quantitiesOf(context, input, path) };
  const longest = flows.map(({ pattern }) => greatestOf(pattern.bytes));
  const pattern = { kind: 'trace', atNs: [], bytes: longest } as const;
  sizes.check({ ...common, pattern, ends }, path);
  checkWishes(context, { ...common, ends }, path);
  const group = `${flows.length} flows of ${input.file} (entry ${index + 1})`;
  return flows.map((flow, number) => ({
    ...flow,
    ...common,
    streams: `${index}/${number}`,
    group,
  }));
}

function quantitiesOf(
  context: ScenarioContext,
  input: Exclude<TrafficInput, AsksInput>,
  path: ValuePath,
): Omit<TrafficSpec, 'from' | 'to' | 'pattern'> {
  const { lifetime, priority, tolerant, private: isPrivate } = input;
  const level = priority && PRIORITIES.indexOf(priority);
  const wishes: SendWishes = omitUndefined({
    ...{ lifetime, tolerant, priority: level as 0 | 1 | 2, private: isPrivate },
  });
  return {
    sizeBytes: ('size' in input ? input.size : undefined) ?? SIZE_DEFAULT,
    ...(input.kind === 'ip' && input.file === undefined ? { ip: input.version ?? 'ipv4' } : {}),
    ...(input.kind === 'ip' && input.routed === true ? { routed: true } : {}),
    ...(Object.keys(wishes).length === 0 ? {} : { wishes }),
    startNs: input.start ?? 0,
    stopNs: input.stop ?? context.durationNs,
    position: context.position(path),
  };
}

/**
 * The protocol that takes and delivers the packets: an empty part if each host has a single protocol,
 * undefined after reporting what is wrong.
 */
function layerOf(
  context: ScenarioContext,
  { ends, by }: Pick<TrafficInput, 'by'> & { readonly ends: FlowEnds },
  path: ValuePath,
): Pick<TrafficSpec, 'by'> | undefined {
  const stackAt = (node: string): readonly string[] =>
    protocolNamesOfHost(context.host(node)).map(
      (name) => context.registry.protocols(name)?.name ?? name,
    );
  const [from = '', ...others] = nodesOfEnds(ends);
  const own = stackAt(from);
  const isPlain = own.length === 1 && others.every((node) => stackAt(node).length === 1);
  if (by === undefined && isPlain && ends.kind === 'pair') return {};
  const top = own.at(-1) ?? '';
  const found = by === undefined ? top : own.find((name) => name === by);
  if (found === undefined) {
    const hint = `${from} runs ${own.join(', ')}`;
    context.refuse('E127', [...path, 'by'], `${from} has no layer "${shorten(by ?? '')}"`, hint);
    return undefined;
  }
  const lacking = others.find((node) => !stackAt(node).includes(found));
  if (lacking === undefined) return by === undefined && isPlain ? {} : { by: found };
  const message = `${lacking} does not run ${found}, which sends the packets of ${from}`;
  const runs = `${lacking} runs ${stackAt(lacking).join(', ')}`;
  const hint = `${runs}: name one of them with by:, or add a layer to stack`;
  const key = { pair: 'to', drawn: 'among', listed: 'file' }[ends.kind];
  context.refuse('E127', [...path, key], message, hint);
  return undefined;
}

function checkTimes(context: ScenarioContext, input: TrafficInput, path: ValuePath): boolean {
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
  input: Exclude<TrafficInput, FlowsInput | AsksInput>,
  path: ValuePath,
): TrafficPattern | undefined {
  switch (input.kind) {
    case 'ip':
      return ipPattern(context, input, path);
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
      return readTrafficTrace(context, input.file, [...path, 'file']);
    default:
      return input satisfies never;
  }
}

/** The pattern of IP packets: at a rate, or as in a capture. */
function ipPattern(
  context: ScenarioContext,
  { rate, file, size, version }: Extract<TrafficInput, { kind: 'ip' }>,
  path: ValuePath,
): TrafficPattern | undefined {
  if (file === undefined && rate !== undefined) return { kind: 'poisson', rate };
  if (file !== undefined && rate === undefined && size === undefined && version === undefined) {
    return readTrafficCapture(context, file, [...path, 'file']);
  }
  const message = 'expected either file, or rate with size and version if wanted';
  context.refuse(file === undefined ? 'E121' : 'E112', path, message);
  return undefined;
}
