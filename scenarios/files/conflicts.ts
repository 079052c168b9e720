/**
 * Finds events that contradict each other: two that change the same thing of the same target at the
 * same time.
 *
 * Spec: ux.md 2.2 (E112). Only events whose times and links are known before the run are compared;
 * where either is drawn, effects stack by counting (simulation.md 8.2).
 *
 * @module
 */
import { formatTime } from '../../topologies/files/units.ts';
import type { FaultAction, FaultSchedule, FaultSpec } from '../model.ts';
import type { ScenarioContext } from './context.ts';

/** An event and its index in the file. */
export interface IndexedFault {
  readonly index: number;
  readonly spec: FaultSpec;
}

interface Span {
  readonly beginNs: number;
  readonly endNs: number;
  /** Line of the event. */
  readonly line: number;
}

/** Slots of one event that are compared; more only repeat the pattern. */
const SLOTS_MAX = 1_000;

/** What two events contend for, in words. */
const STATES: Readonly<Record<string, string>> = {
  up: 'link is already down',
  hold: 'link is already held',
  tap: 'link is already tapped',
  crash: 'node is already down',
  attack: 'node is already attacked so',
};

/** Notes E112 for each event that contradicts an earlier one. */
export function checkConflicts(context: ScenarioContext, faults: readonly IndexedFault[]): void {
  const held = new Map<string, Span[]>();
  for (const { index, spec } of faults) {
    const path = ['events', index];
    if (spec.action.kind === 'set-link' && spec.action.set.up === true) {
      const hint = 'events end by themselves: use for, or up: false';
      const message = 'true changes nothing, a link is up unless an event holds it down';
      context.refuse('E112', [...path, 'set', 'up'], message, hint);
      continue;
    }
    const line = spec.position.line;
    const spans = spansOf(spec.schedule, context.durationNs).map((span) => ({ ...span, line }));
    const targets = targetsOf(spec.action);
    const clash = targets
      .map((target) => ({ target, span: firstClash(held.get(target) ?? [], spans) }))
      .find(({ span }) => span !== undefined);
    if (clash?.span !== undefined) {
      const [what = ''] = clash.target.split(' ');
      const state = STATES[what] ?? `${what} is already changed`;
      const since = `since ${formatTime(clash.span.beginNs)} (line ${clash.span.line})`;
      context.refuse('E112', path, `${state} ${since}`);
    }
    for (const target of targets) held.set(target, [...(held.get(target) ?? []), ...spans]);
  }
}

function firstClash(held: readonly Span[], spans: readonly Span[]): Span | undefined {
  return held.find((one) =>
    spans.some((span) => span.beginNs < one.endNs && one.beginNs < span.endNs),
  );
}

function spansOf(schedule: FaultSchedule, end: number): readonly Omit<Span, 'line'>[] {
  switch (schedule.kind) {
    case 'at': {
      const endNs = schedule.forNs === undefined ? end : schedule.atNs + schedule.forNs;
      return [{ beginNs: schedule.atNs, endNs }];
    }
    case 'every': {
      if (schedule.phase === 'random') return [];
      const { everyNs, fromNs, forNs } = schedule;
      const slots = Math.min(SLOTS_MAX, Math.floor((end - fromNs) / everyNs));
      return Array.from({ length: slots }, (_, slot) => {
        const beginNs = fromNs + slot * everyNs;
        return { beginNs, endNs: beginNs + forNs };
      });
    }
    case 'random':
      return [];
    default:
      return schedule satisfies never;
  }
}

/** What an action changes: `up core-110--core-310 forward`, `crash gateway-111`. */
function targetsOf(action: FaultAction): readonly string[] {
  switch (action.kind) {
    case 'set-link': {
      const { links, direction, set } = action;
      if (links.kind !== 'ids') return [];
      const sides = direction === 'both' ? ['forward', 'backward'] : [direction];
      return links.ids.flatMap((id) =>
        sides.flatMap((side) => Object.keys(set).map((key) => `${key} ${id} ${side}`)),
      );
    }
    case 'hold-link':
      return action.links.kind === 'ids' ? action.links.ids.map((id) => `hold ${id}`) : [];
    case 'tap':
      return action.links.kind === 'ids' ? action.links.ids.map((id) => `tap ${id}`) : [];
    case 'crash':
      return [`crash ${action.node}`];
    case 'attack':
      return [`attack ${action.attack.kind} ${action.attack.node}`];
    case 'clock':
    case 'partition':
      return [];
    default:
      return action satisfies never;
  }
}
