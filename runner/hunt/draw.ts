/**
 * Draws the faults of attempts. Each attempt has only some kinds of faults, because a kind that is in
 * every attempt would hide breaks that other kinds cause (Groce et al., "Swarm Testing", ISSTA 2012).
 *
 * All draws come from one stream of the hunt, never from those of the run.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import { FAULT_ACTIONS } from '../faults/fault-actions.ts';
import { type DrawAction, drawOneOf, type FaultTargets } from '../faults/fault-draws.ts';
import type { EventValues } from '../injection/messages.ts';
import type { Attempt } from './attempt.ts';
import { formatTimeNs, parseTimeNs } from './scenario-data.ts';

/** Largest number of faults in an attempt. */
const FAULTS_MAX = 16;
/** Probability that a kind of fault may occur in an attempt. */
const KIND_CHANCE = 0.25;
/**
 * The same for the kinds in {@link AWAY}, which make a node unreachable: nearly all other faults do
 * harm only together with these.
 */
const AWAY_CHANCE = 0.5;
const AWAY = ['crash', 'down', 'partition'];
/** Probability that an attempt changes an option, if a protocol names any. */
const OPTION_CHANCE = 0.25;
/** Probability that a variation of an attempt from the corpus also has another seed. */
const RESEED_CHANCE = 0.2;
/**
 * Probability that an attempt acts on a few nodes and their links only, so that its faults coincide
 * there.
 */
const FOCUS_CHANCE = 0.7;
/** Largest number of nodes on which such an attempt acts. */
const FOCUS_MAX = 3;
/**
 * Probability that the few nodes of such an attempt are ends of flows, where faults do more harm than
 * at nodes in between.
 */
const ENDS_CHANCE = 0.3;
/**
 * Probability that a fault begins during another fault of its attempt, or near the begin or end of that
 * fault.
 */
const NEAR_CHANCE = 0.7;
/**
 * Probability that a fault repeats an earlier one of its attempt: damage by a first crash may show only
 * in a second crash.
 */
const AGAIN_CHANCE = 0.2;
/**
 * Largest distances, of which one is drawn, between the begin of a fault and the begin or end of
 * another, as shares of the time for faults.
 */
const NEAR_SHARES = [0.1, 0.01, 0.001];
/** Longest durations of faults, of which one is drawn, as shares of the time for faults. */
const LONGEST_SHARES = [1, 0.1, 0.01, 0.001];
/**
 * Like {@link LONGEST_SHARES}, for faults that act on single packets of a link: they are longer,
 * because a fault between two packets would act on none.
 */
const LONGEST_SHARES_OF_PACKETS = [1, 1, 0.1, 0.01];
/**
 * Probability that a fault lasts until the time without faults, instead of a drawn time; half of such
 * faults begin at the first instant.
 */
const LASTING_CHANCE = 0.1;
/**
 * Limits bursts: the additional packets are at most those that the flows send in this share of the time
 * for faults, because all must be carried.
 */
const BURST_SHARE = 0.1;
/** Seeds of runs are drawn below this. */
const SEEDS = 1_000_000;
/** Instants and durations are multiples of this, ns. */
const STEP_NS = 1_000;

/** All kinds of faults that a hunt draws, by name. */
export const FAULT_KINDS: Readonly<Record<string, DrawAction>> = Object.fromEntries(
  Object.values(FAULT_ACTIONS).flatMap(({ drawnAs }) =>
    typeof drawnAs === 'string' ? [] : Object.entries(drawnAs),
  ),
);

/** Draws a new attempt. @param how If `isSwarm` is false, all kinds of faults may occur in it. */
export function drawAttempt(
  draws: RandomStream,
  targets: FaultTargets,
  how: { readonly isSwarm: boolean },
): Attempt {
  const names = Object.keys(FAULT_KINDS);
  const seed = draws.below(SEEDS);
  const drawn = names.filter((name) => {
    const chance = AWAY.includes(name) ? AWAY_CHANCE : KIND_CHANCE;
    return draws.chance(how.isSwarm ? chance : 1);
  });
  const kinds = drawn.length === 0 ? [drawOneOf(draws, names)] : drawn;
  const hit = how.isSwarm && draws.chance(FOCUS_CHANCE) ? focus(draws, targets) : targets;
  const count = 1 + draws.below(FAULTS_MAX);
  let events: readonly EventValues[] = [];
  for (let fault = 0; fault < count; fault++)
    events = [...events, ...drawFault(draws, hit, kinds, events)];
  const options = Object.keys(targets.options);
  if (options.length === 0 || !draws.chance(OPTION_CHANCE)) return { seed, events };
  return { seed, events, option: drawOneOf(draws, options) };
}

/** Draws a few nodes, and reduces the targets to these and their links. */
function focus(draws: RandomStream, targets: FaultTargets): FaultTargets {
  const { nodes, ends } = targets;
  if (nodes.length <= 1) return targets;
  const from = ends.length > 0 && draws.chance(ENDS_CHANCE) ? ends : nodes;
  const count = 1 + draws.below(Math.min(FOCUS_MAX, nodes.length - 1, from.length));
  return narrow(
    targets,
    draws.choose(count, from.length).map((index) => from[index] as string),
  );
}

/** Reduces the targets, with {@link FOCUS_CHANCE}, to nodes on which given faults act. */
function focusOnFaulted(
  draws: RandomStream,
  targets: FaultTargets,
  faults: readonly EventValues[],
): FaultTargets {
  const { nodes, linksOf } = targets;
  const hit = nodes.filter((node) => faults.some((fault) => hits(fault, node, linksOf[node])));
  return hit.length > 0 && draws.chance(FOCUS_CHANCE) ? narrow(targets, hit) : targets;
}

function hits(fault: EventValues, node: string, links: readonly string[] = []): boolean {
  return Object.values(fault).some((value) => {
    // The events may come from a file of an unknown source, so their values may have any type.
    const { node: inner, to } = Object(value) as EventValues;
    return [value, inner, to].includes(node) || links.includes(String(value));
  });
}

function narrow(targets: FaultTargets, nodes: readonly string[]): FaultTargets {
  const { linksOf, forgeries } = targets;
  const links = [...new Set(nodes.flatMap((node) => linksOf[node] ?? []))];
  const forged = Object.entries(forgeries).filter(([node]) => nodes.includes(node));
  const senders = targets.senders.filter((node) => nodes.includes(node));
  return { ...targets, nodes, links, senders, forgeries: Object.fromEntries(forged) };
}

/** Draws an attempt that differs a little from a known one. */
export function varyAttempt(draws: RandomStream, targets: FaultTargets, known: Attempt): Attempt {
  const { events, option } = known;
  const seed = draws.chance(RESEED_CHANCE) ? draws.below(SEEDS) : known.seed;
  const at = events.length === 0 ? -1 : draws.below(events.length);
  const others = events.filter((_, index) => index !== at);
  const hit = events[at];
  const added = (to: readonly EventValues[]): readonly EventValues[] =>
    drawFault(draws, focusOnFaulted(draws, targets, to), Object.keys(FAULT_KINDS), to);
  switch (
    hit === undefined ? 'more' : drawOneOf(draws, ['more', 'less', 'other', 'when', 'when'])
  ) {
    case 'more':
      return { seed, option, events: [...events, ...added(events)].slice(-FAULTS_MAX) };
    case 'less':
      return { seed, option, events: others };
    case 'other':
      return { seed, option, events: [...others, ...added(others)] };
    default:
      return { seed, option, events: [...others, timed(draws, targets, others, hit ?? {})] };
  }
}

function drawFault(
  draws: RandomStream,
  targets: FaultTargets,
  kinds: readonly string[],
  others: readonly EventValues[],
): readonly EventValues[] {
  const isAgain = others.length > 0 && draws.chance(AGAIN_CHANCE);
  const action = isAgain
    ? drawOneOf(draws, others)
    : FAULT_KINDS[drawOneOf(draws, kinds)]?.(draws, targets);
  if (action === undefined) return [];
  const isOneTooMany = 'burst' in action && others.some((other) => 'burst' in other);
  return isOneTooMany ? [] : [timed(draws, targets, others, action)];
}

/**
 * Adds a drawn begin and duration to an action, so that the fault is over before the time without
 * faults.
 */
function timed(
  draws: RandomStream,
  targets: FaultTargets,
  others: readonly EventValues[],
  action: EventValues,
): EventValues {
  const fromNs = Math.max(STEP_NS, targets.fromNs);
  // Packets that were sent during a fault with a delay arrive later by this delay, so the fault must
  // end earlier.
  const { delay } = Object(action['set']) as { readonly delay?: unknown };
  const quietNs = Math.max(fromNs, targets.quietNs - (parseTimeNs(delay) ?? 0));
  const roomNs = quietNs - fromNs;
  const { times } = (action['burst'] ?? {}) as { readonly times?: number };
  const mostNs = times === undefined ? roomNs : (roomNs * BURST_SHARE) / times;
  const shares = actsOnPackets(action) ? LONGEST_SHARES_OF_PACKETS : LONGEST_SHARES;
  const lastsNs = mostNs * drawOneOf(draws, shares) * draws.uniform();
  const anyNs = fromNs + draws.uniform() * (roomNs - lastsNs);
  const isNear = others.length > 0 && draws.chance(NEAR_CHANCE);
  const wantedNs = isNear ? drawNear(draws, drawOneOf(draws, others), roomNs) : anyNs;
  const isLasting = times === undefined && draws.chance(LASTING_CHANCE);
  const latestNs = isLasting && draws.chance(0.5) ? fromNs : quietNs - lastsNs;
  const beginNs = Math.max(fromNs, Math.min(wantedNs, latestNs));
  const text = (ns: number): string =>
    formatTimeNs(Math.max(1, Math.floor(ns / STEP_NS)) * STEP_NS);
  const when = { at: text(beginNs), for: text(isLasting ? quietNs - beginNs : lastsNs) };
  // The keys `at` and `for` come first in the file, even if the action already had them.
  const lasting = { ...when, ...action, ...when };
  if (!isPermanent(action, targets, others)) return lasting;
  const { for: _, ...staying } = lasting;
  return staying;
}

/** True for a fault that acts on single packets of a link, or that consists of packets. */
function actsOnPackets(action: EventValues): boolean {
  const { loss, corrupt, duplicate } = Object(action['set']) as EventValues;
  if ('tap' in action || 'flood' in action) return true;
  return [loss, corrupt, duplicate].some((share) => share !== undefined);
}

/**
 * True for a step of a clock, or a flood, that protocols tolerate without end, if no other such fault
 * stays already.
 */
function isPermanent(
  action: EventValues,
  { clockErrorNs, floodRates }: FaultTargets,
  others: readonly EventValues[],
): boolean {
  if ('flood' in action) {
    const { kind, rate } = Object(action['flood']) as EventValues;
    const most = floodRates[String(kind)] ?? 0;
    if (!(Number.parseFloat(String(rate)) <= most)) return false;
    return !others.some((other) => 'flood' in other && !('for' in other));
  }
  const { step } = Object(action['clock']) as { readonly step?: unknown };
  const errorNs = parseTimeNs(String(step).replace('-', ''));
  if (errorNs === undefined || errorNs > clockErrorNs) return false;
  return !others.some((other) => 'clock' in other && !('for' in other));
}

/** Draws an instant during a fault, or near its begin or end, ns. */
function drawNear(draws: RandomStream, fault: EventValues, roomNs: number): number {
  const [beganNs = 0, lastsNs = 0] = [parseTimeNs(fault['at']), parseTimeNs(fault['for'])];
  const way = drawOneOf(draws, ['within', 'begin', 'end']);
  if (way === 'within') return beganNs + lastsNs * draws.uniform();
  const aside = 2 * draws.uniform() - 1;
  return beganNs + (way === 'end' ? lastsNs : 0) + aside * roomNs * drawOneOf(draws, NEAR_SHARES);
}
