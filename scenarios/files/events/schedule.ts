/**
 * Resolves when an event happens, and refuses schedules that can never happen (E111).
 *
 * Rules: docs/spec/scenario-files.md#events.
 *
 * @module
 */
import type { ValuePath } from '../../../topologies/files/locate.ts';
import { formatTime } from '../../../topologies/files/units.ts';
import type { FaultSchedule } from '../../model.ts';
import type { ScenarioContext } from '../context.ts';
import type { EventInput } from '../schema.ts';

const KINDS = ['at', 'every', 'random'] as const;
type Kind = (typeof KINDS)[number];
type Key = 'from' | 'to' | 'for' | 'phase';

/**
 * Largest number of times that one event may happen, because all instants are scheduled before the run
 * begins.
 */
const INSTANTS_MAX = 1_000_000;

/** The further keys that each kind of schedule may have. */
const COMPANIONS: Readonly<Record<Kind, readonly Key[]>> = {
  at: ['for'],
  every: ['from', 'for', 'phase'],
  random: ['from', 'to'],
};

const KEYS = ['from', 'to', 'for', 'phase'] as const;

/**
 * Checks the schedule of an event: exactly one of at, every and random, with keys that fit, and not
 * after the end of the run.
 * @returns the schedule, or undefined after reporting what is wrong.
 */
export function resolveSchedule(
  context: ScenarioContext,
  input: EventInput,
  path: ValuePath,
): FaultSchedule | undefined {
  const given = KINDS.filter((key) => input[key] !== undefined);
  const [kind, second] = given;
  if (kind === undefined) {
    context.refuse('E121', path, 'no schedule, expected at, every or random', 'write at: 10s');
    return undefined;
  }
  if (second !== undefined) {
    const message = `${kind} and ${second} are in one event, expected one schedule`;
    context.refuseKey('E112', [...path, second], message, 'write two events');
    return undefined;
  }
  const stray = KEYS.find((key) => input[key] !== undefined && !COMPANIONS[kind].includes(key));
  if (stray !== undefined) {
    const hint = `with ${kind}: ${COMPANIONS[kind].join(', ')}`;
    context.refuseKey('E101', [...path, stray], `does not fit the schedule ${kind}`, hint);
    return undefined;
  }
  if (kind === 'at') return resolveAt(context, input, path);
  return kind === 'every'
    ? resolveEvery(context, input, path)
    : resolveRandom(context, input, path);
}

function resolveAt(
  context: ScenarioContext,
  { at = 0, for: length }: EventInput,
  path: ValuePath,
): FaultSchedule | undefined {
  const end = context.durationNs;
  if (at >= end) return afterEnd(context, [...path, 'at'], at);
  if (length === undefined) return { kind: 'at', atNs: at };
  if (at + length > end) {
    const ends = formatTime(at + length);
    const message = `${formatTime(length)} from ${formatTime(at)} is ${ends}, after the end of the run (${formatTime(end)})`;
    context.refuse('E111', [...path, 'for'], message, 'without for it lasts to the end');
    return undefined;
  }
  return { kind: 'at', atNs: at, forNs: length };
}

function resolveEvery(
  context: ScenarioContext,
  { every = 0, from = 0, for: length, phase = 'start' }: EventInput,
  path: ValuePath,
): FaultSchedule | undefined {
  const end = context.durationNs;
  if (length === undefined) {
    context.refuse('E121', [...path, 'for'], 'missing, expected a time such as 6s');
    return undefined;
  }
  if (length > every) {
    const message = `${formatTime(length)} is longer than the slot (every ${formatTime(every)})`;
    context.refuse('E111', [...path, 'for'], message, 'raise every, or lower for');
    return undefined;
  }
  if (from >= end) return afterEnd(context, [...path, 'from'], from);
  if (from + every > end) {
    const slot = `${formatTime(from)} to ${formatTime(from + every)}`;
    const message = `no whole slot fits, the first one (${slot}) is over after the end of the run (${formatTime(end)})`;
    context.refuse('E111', [...path, 'every'], message, 'raise duration, or lower every or from');
    return undefined;
  }
  const slots = Math.floor((end - from) / every);
  if (slots > INSTANTS_MAX) {
    const message = `happens ${slots} times, the limit is ${INSTANTS_MAX}`;
    context.refuse('E104', [...path, 'every'], message, 'raise every, or lower duration');
    return undefined;
  }
  return { kind: 'every', everyNs: every, fromNs: from, forNs: length, phase };
}

function resolveRandom(
  context: ScenarioContext,
  { random, from = 0, to }: EventInput,
  path: ValuePath,
): FaultSchedule | undefined {
  const end = context.durationNs;
  if (random === undefined) return undefined;
  if (from >= end) return afterEnd(context, [...path, 'from'], from);
  if (to !== undefined && to > end) return afterEnd(context, [...path, 'to'], to);
  if (to !== undefined && to <= from) {
    const message = `${formatTime(to)} is not after from (${formatTime(from)})`;
    context.refuse('E111', [...path, 'to'], message, 'raise to, or lower from');
    return undefined;
  }
  const times = Math.round(((to ?? end) - from) / (random.up + random.down));
  if (times > INSTANTS_MAX) {
    const message = `happens about ${times} times on each link, the limit is ${INSTANTS_MAX}`;
    context.refuse('E104', [...path, 'random'], message, 'raise up or down, or lower duration');
    return undefined;
  }
  return {
    kind: 'random',
    meanUpNs: random.up,
    meanDownNs: random.down,
    fromNs: from,
    toNs: to ?? end,
  };
}

function afterEnd(context: ScenarioContext, path: ValuePath, at: number): undefined {
  const end = formatTime(context.durationNs);
  const message = `${formatTime(at)} is after the end of the run (${end})`;
  context.refuse('E111', path, message, `raise duration, or use a time below ${end}`);
  return undefined;
}
