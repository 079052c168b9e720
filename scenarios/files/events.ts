/**
 * Resolves the `events` list: one schedule and one action each, on links and nodes that exist
 * (docs/spec/scenario-files.md#events). Notes E104, E106, E107, E111 and E121
 * (docs/spec/error-messages.md).
 *
 * @module
 */

import { defined } from '../../topologies/files/defined.ts';
import type { FilePath } from '../../topologies/files/locate.ts';
import { listSome } from '../../topologies/files/suggest.ts';
import { targetsOf } from '../fault-targets.ts';
import type { FaultAction, FaultSpec, LinkSelector } from '../model.ts';
import { resolveAttack } from './attack.ts';
import { checkConflicts, type IndexedFault } from './conflicts.ts';
import type { ScenarioContext } from './context.ts';
import { resolveFlood } from './flood.ts';
import { resolveSchedule } from './schedule.ts';
import type { EventInput } from './schema.ts';
import { nodesOf, resolveSelector } from './selectors.ts';

/** The actions of an event, which are keys of the scenario language. */
export const ACTIONS = [
  'set',
  'hold',
  'partition',
  'crash',
  'clock',
  'tap',
  'attack',
  'flood',
] as const;
/** The key of an action. */
export type ActionKey = (typeof ACTIONS)[number];

/** Keys that fit only some actions. */
const COMPANIONS: Readonly<Record<'link' | 'direction' | 'store' | 'count', readonly ActionKey[]>> =
  {
    link: ['set', 'hold', 'tap'],
    direction: ['set', 'partition'],
    store: ['crash'],
    count: ['crash'],
  };

/** Resolves all events; events with mistakes are reported and left out. */
export function resolveEvents(
  context: ScenarioContext,
  inputs: readonly EventInput[],
): readonly FaultSpec[] {
  const ids = new Map<string, FilePath>();
  const faults = inputs.flatMap((input, index): readonly IndexedFault[] => {
    const path = ['events', index];
    const id = input.id ?? `event-${index + 1}`;
    checkId(context, id, path, ids);
    const schedule = resolveSchedule(context, input, path);
    const action = resolveAction(context, input, path);
    if (schedule === undefined || action === undefined) return [];
    if (schedule.kind === 'random' && targetsOf(action).length === 0) {
      const message = `needs links or nodes with up and down times of their own, and this ${nameOf(action)} has none`;
      context.refuseKey('E112', [...path, 'random'], message, 'write at or every');
      return [];
    }
    return [{ index, spec: { id, schedule, action, position: context.position(path) } }];
  });
  checkConflicts(context, faults);
  return faults.map((fault) => fault.spec);
}

/** An action in the words of the file. */
function nameOf({ kind }: FaultAction): string {
  if (kind === 'set-link') return 'set';
  return kind === 'hold-link' ? 'hold' : kind;
}

function checkId(
  context: ScenarioContext,
  id: string,
  path: FilePath,
  ids: Map<string, FilePath>,
): void {
  const first = ids.get(id);
  if (first === undefined) {
    ids.set(id, path);
    return;
  }
  const { line } = context.position(first);
  context.refuse('E113', [...path, 'id'], `"${id}" is used twice (first at line ${line})`);
}

function resolveAction(
  context: ScenarioContext,
  input: EventInput,
  path: FilePath,
): FaultAction | undefined {
  const given = ACTIONS.filter((key) => input[key] !== undefined);
  const [action, second] = given;
  if (action === undefined) {
    context.refuse('E121', path, `no action, expected one of ${ACTIONS.join(', ')}`);
    return undefined;
  }
  if (second !== undefined) {
    const message = `${action} and ${second} are in one event, expected one action`;
    context.refuseKey('E112', [...path, second], message, 'write two events');
    return undefined;
  }
  for (const [key, fits] of Object.entries(COMPANIONS)) {
    if (input[key as keyof typeof COMPANIONS] === undefined || fits.includes(action)) continue;
    const hint = `it belongs to ${fits.join(', ')}`;
    context.refuseKey('E101', [...path, key], `does not fit the action ${action}`, hint);
    return undefined;
  }
  return builders[action](context, input, path);
}

type Build = (
  context: ScenarioContext,
  input: EventInput,
  path: FilePath,
) => FaultAction | undefined;

const builders: Readonly<Record<ActionKey, Build>> = {
  set: (context, input, path) => {
    const set = defined(input.set ?? {});
    if (Object.keys(set).length === 0) {
      context.refuse('E121', [...path, 'set'], 'empty, expected a change such as { up: false }');
      return undefined;
    }
    const links = linksOf(context, input, path);
    const direction = directionOf(context, input, path, ['both', 'forward', 'backward']);
    if (links === undefined || direction === undefined) return undefined;
    const { rate, delay, ...rest } = set;
    const changes = defined({ ...rest, rateBps: rate, delayNs: delay });
    return { kind: 'set-link', links, direction, set: changes };
  },
  hold: (context, input, path) => {
    const links = linksOf(context, input, path);
    return links === undefined ? undefined : { kind: 'hold-link', links };
  },
  partition: (context, input, path) => {
    const sides = input.partition;
    if (sides === undefined) return undefined;
    const from = nodesOf(context, sides.from, [...path, 'partition', 'from']);
    const to = nodesOf(context, sides.to, [...path, 'partition', 'to']);
    const direction = directionOf(context, input, path, ['both', 'one-way']);
    const others = new Set(to);
    const both = from.find((node) => others.has(node));
    if (both !== undefined) {
      const message = `"${both}" is on both sides, expected two separate sets`;
      context.refuse('E112', [...path, 'partition', 'to'], message);
    }
    if (direction === undefined || from.length === 0 || to.length === 0) return undefined;
    return { kind: 'partition', from, to, direction };
  },
  crash: (context, { crash = '', count, store = 'synced' }, path) => {
    const nodes = nodesOf(context, crash, [...path, 'crash']);
    if (nodes.length === 0) return undefined;
    if (count !== undefined && count > nodes.length) {
      const message = `${count} nodes, but crash selects only ${nodes.length}`;
      context.refuse('E104', [...path, 'count'], message, `nodes: ${listSome(nodes)}`);
      return undefined;
    }
    return { kind: 'crash', nodes, ...defined({ count }), store };
  },
  clock: (context, { clock }, path) => {
    if (clock === undefined || !context.checkNode(clock.node, [...path, 'clock', 'node'])) {
      return undefined;
    }
    if (clock.step === undefined && clock.drift === undefined) {
      context.refuse('E121', [...path, 'clock'], 'no change, expected step or drift');
      return undefined;
    }
    return {
      kind: 'clock',
      node: clock.node,
      stepNs: clock.step ?? 0,
      ppm: clock.drift ?? 0,
    };
  },
  tap: (context, input, path) => {
    const links = linksOf(context, input, path);
    if (links === undefined || input.tap === undefined) return undefined;
    const { replay = 0, replayWithin = 1, reorder = 0, forge = 0 } = input.tap;
    return { kind: 'tap', links, replay, replayWithin, reorder, forge };
  },
  attack: (context, input, path) => {
    if (input.attack === undefined) return undefined;
    const attack = resolveAttack(context, input.attack, [...path, 'attack']);
    return attack === undefined ? undefined : { kind: 'attack', attack };
  },
  flood: (context, input, path) => {
    if (input.flood === undefined) return undefined;
    const flood = resolveFlood(context, input.flood, [...path, 'flood']);
    return flood === undefined ? undefined : { kind: 'flood', flood };
  },
};

function linksOf(
  context: ScenarioContext,
  input: EventInput,
  path: FilePath,
): LinkSelector | undefined {
  if (input.link !== undefined) return resolveSelector(context, input.link, [...path, 'link']);
  const hint = 'write link: "a <-> b"';
  context.refuse('E121', [...path, 'link'], 'missing, expected the link to act on', hint);
  return undefined;
}

function directionOf<Words extends string>(
  context: ScenarioContext,
  input: EventInput,
  path: FilePath,
  allowed: readonly [Words, ...Words[]],
): Words | undefined {
  if (input.direction === undefined) return allowed[0];
  const found = allowed.find((word) => word === input.direction);
  if (found === undefined) {
    const message = `"${input.direction}" does not fit here, expected ${allowed.join(', ')}`;
    context.refuse('E104', [...path, 'direction'], message);
  }
  return found;
}
