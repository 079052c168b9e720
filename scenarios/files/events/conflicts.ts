/**
 * Finds contradictory events: two events that change the same property of the same target at the same
 * time.
 *
 * Reports E112 (docs/spec/error-messages.md). Only events whose times and targets are known before the
 * run are compared; if the run draws them, effects may overlap (docs/spec/scenario-files.md#events).
 *
 * @module
 */
import { formatTime } from '../../../topologies/files/units.ts';
import type { FaultSpec } from '../../model.ts';
import type { ScenarioContext } from '../context.ts';
import { ACTIONS, findActionKey, listActionChanges } from './actions.ts';

/** An event and its index in the file. */
export interface IndexedFault {
  readonly index: number;
  readonly spec: FaultSpec;
}

/** The intervals in which an event acts, in order and without overlap. */
interface Spans {
  readonly beginsNs: Float64Array;
  readonly endsNs: Float64Array;
  /** The line of the event in the file. */
  readonly line: number;
}

/** For each target, the intervals of the events that act on it. */
type Held = Map<string, Spans[]>;

interface Clash {
  readonly target: string;
  readonly beginNs: number;
  readonly line: number;
}

/** Largest number of slots that are compared per event; further slots only repeat the pattern. */
const SLOTS_MAX = 1_000;
/** Largest number of intervals to compare over all events. */
const ALL_SLOTS_MAX = 1_000_000;
/** Largest number of comparisons of slots; they take a few seconds. */
const STEPS_MAX = 50_000_000;

/** Reports E112 for each event that contradicts an earlier one. */
export function checkConflicts(context: ScenarioContext, faults: readonly IndexedFault[]): void {
  const held: Held = new Map();
  const slotsMax = Math.min(SLOTS_MAX, Math.ceil(ALL_SLOTS_MAX / Math.max(1, faults.length)));
  let steps = 0;
  for (const { index, spec } of faults) {
    const path = ['events', index];
    if (spec.action.kind === 'set-link' && spec.action.set.up === true) {
      const hint = 'an event ends by itself: use for, or up: false';
      const message = 'up: true changes nothing, because a link is up unless an event cuts it';
      context.refuse('E112', [...path, 'set', 'up'], message, hint);
      continue;
    }
    const spans = spansOf(spec, context.durationNs, slotsMax);
    if (spans.beginsNs.length === 0) continue;
    const targets = listActionChanges(spec.action);
    steps += stepsOf(held, targets, spans);
    if (steps > STEPS_MAX) {
      const message = 'too many events repeat on the same links and nodes to be compared';
      context.refuse('E104', path, message, 'use fewer events, or longer slots');
      return;
    }
    const clash = clashOf(held, targets, spans);
    if (clash !== undefined) {
      const [what = ''] = clash.target.split(' ');
      const state =
        what === 'up'
          ? 'link is already down'
          : (ACTIONS[findActionKey(spec.action)].already ?? `${what} is already changed`);
      const since = `since ${formatTime(clash.beginNs)} (line ${clash.line})`;
      context.refuse('E112', path, `${state} ${since}`);
    }
    hold(held, targets, spans);
  }
}

/** Upper bound on the comparisons of {@link clashOf}. */
function stepsOf(held: Held, targets: readonly string[], spans: Spans): number {
  let steps = 0;
  for (const target of targets) {
    for (const { beginsNs } of held.get(target) ?? []) {
      steps += beginsNs.length + spans.beginsNs.length;
    }
  }
  return steps;
}

/** The first slot of an earlier event that overlaps one of these intervals, on the same target. */
function clashOf(held: Held, targets: readonly string[], spans: Spans): Clash | undefined {
  for (const target of targets) {
    for (const before of held.get(target) ?? []) {
      const beginNs = firstClash(before, spans);
      if (beginNs !== undefined) return { target, beginNs, line: before.line };
    }
  }
  return undefined;
}

/** Start of the first slot of `before` that overlaps one of `spans`; both lists are walked once. */
function firstClash(before: Spans, spans: Spans): number | undefined {
  const { beginsNs, endsNs } = spans;
  let at = 0;
  for (let one = 0; one < before.beginsNs.length; one += 1) {
    const beginNs = before.beginsNs[one] ?? 0;
    while (at < endsNs.length && (endsNs[at] ?? 0) <= beginNs) at += 1;
    if (at === endsNs.length) return undefined;
    if ((beginsNs[at] ?? 0) < (before.endsNs[one] ?? 0)) return beginNs;
  }
  return undefined;
}

function hold(held: Held, targets: readonly string[], spans: Spans): void {
  for (const target of targets) {
    const before = held.get(target);
    if (before === undefined) held.set(target, [spans]);
    else before.push(spans);
  }
}

/** The intervals in which an event acts; none if its instants are drawn. */
function spansOf({ schedule, position }: FaultSpec, end: number, slotsMax: number): Spans {
  const { line } = position;
  switch (schedule.kind) {
    case 'at': {
      const endNs = schedule.forNs === undefined ? end : schedule.atNs + schedule.forNs;
      return { beginsNs: Float64Array.of(schedule.atNs), endsNs: Float64Array.of(endNs), line };
    }
    case 'every': {
      const { everyNs, fromNs, forNs, phase } = schedule;
      const slots =
        phase === 'random' ? 0 : Math.min(slotsMax, Math.floor((end - fromNs) / everyNs));
      const beginsNs = Float64Array.from({ length: slots }, (_, slot) => fromNs + slot * everyNs);
      return { beginsNs, endsNs: beginsNs.map((beginNs) => beginNs + forNs), line };
    }
    case 'random':
      return { beginsNs: new Float64Array(0), endsNs: new Float64Array(0), line };
    default:
      return schedule satisfies never;
  }
}
