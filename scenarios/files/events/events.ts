/**
 * Resolves the `events` list: each event has one schedule and one action on links and nodes that exist
 * (docs/spec/scenario-files.md#events). Reports E104, E106, E107, E111 and E121
 * (docs/spec/error-messages.md).
 *
 * @module
 */
import type { ValuePath } from '../../../topologies/files/locate.ts';
import type { FaultSpec } from '../../model.ts';
import type { ScenarioContext } from '../context.ts';
import type { EventInput } from '../schema.ts';
import {
  ACTION_COMPANION_KEYS,
  ACTION_KEYS,
  ACTIONS,
  type FaultAction,
  findActionKey,
  listActionTargets,
} from './actions.ts';
import { checkConflicts, type IndexedFault } from './conflicts.ts';
import { resolveSchedule } from './schedule.ts';

/** Resolves all events; events with mistakes are reported and left out. */
export function resolveEvents(
  context: ScenarioContext,
  inputs: readonly EventInput[],
): readonly FaultSpec[] {
  const ids = new Map<string, ValuePath>();
  const faults = inputs.flatMap((input, index): readonly IndexedFault[] => {
    const path = ['events', index];
    const id = input.id ?? `event-${index + 1}`;
    checkId(context, id, path, ids);
    const schedule = resolveSchedule(context, input, path);
    const action = resolveAction(context, input, path);
    if (schedule === undefined || action === undefined) return [];
    if (schedule.kind === 'random' && listActionTargets(action).length === 0) {
      const message = `needs links or nodes with up and down times of their own, and this ${findActionKey(action)} has none`;
      context.refuseKey('E112', [...path, 'random'], message, 'write at or every');
      return [];
    }
    return [{ index, spec: { id, schedule, action, position: context.position(path) } }];
  });
  checkConflicts(context, faults);
  return faults.map((fault) => fault.spec);
}

function checkId(
  context: ScenarioContext,
  id: string,
  path: ValuePath,
  ids: Map<string, ValuePath>,
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
  path: ValuePath,
): FaultAction | undefined {
  const given = ACTION_KEYS.filter((key) => input[key] !== undefined);
  const [action, second] = given;
  if (action === undefined) {
    context.refuse('E121', path, `no action, expected one of ${ACTION_KEYS.join(', ')}`);
    return undefined;
  }
  if (second !== undefined) {
    const message = `${action} and ${second} are in one event, expected one action`;
    context.refuseKey('E112', [...path, second], message, 'write two events');
    return undefined;
  }
  for (const key of ACTION_COMPANION_KEYS) {
    const fits = ACTION_KEYS.filter((one) => ACTIONS[one].companions?.includes(key));
    if (input[key] === undefined || fits.includes(action)) continue;
    const hint = `it belongs to ${fits.join(', ')}`;
    context.refuseKey('E101', [...path, key], `does not fit the action ${action}`, hint);
    return undefined;
  }
  return ACTIONS[action].build(context, input, path);
}
