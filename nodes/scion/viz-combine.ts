/**
 * Reads segments and routes from a node's traced states, and determines the segments of each route
 * (SCION control plane, "Path Segment Combination"): the beginning of an up segment, a whole core
 * segment, and the end of a down segment; a peering link may connect an up and a down segment.
 *
 * @module
 */
import type { NodeState } from '../../viz/format/drawing.ts';
import {
  PATH_IN_USE_TRACE,
  PATH_QUALITY_TRACE,
  type TracedPathQuality,
} from '../_kit/path-states.ts';
import { readTracedState, readTracedStates } from '../_kit/trace-state.ts';
import {
  AS_SEQUENCE_FORM,
  type AsSequence,
  ROUTE_TRACE,
  type SegmentRole as Role,
  SEGMENTS_TRACE,
  type TracedSegment,
} from './trace-states.ts';

/** A segment, with its ASes and links in the direction of travel. */
export interface DrawnSegment {
  /** Identifies the segment in a selection, such as `up:0`. */
  readonly key: string;
  readonly role: Role;
  readonly ases: readonly string[];
  /** The links, such as `1-ff00:0:111#1>1-ff00:0:110#1`. */
  readonly links: readonly string[];
  /** The ASes and interfaces in the form of the trace, in the direction of beaconing. */
  readonly words: string;
}

/** A path that its source node has traced. */
export interface DrawnRoute {
  readonly name: string;
  readonly ases: readonly string[];
  readonly links: readonly string[];
  /** Keys of the segments of which the path consists, by role. */
  readonly parts: Readonly<Partial<Record<Role, string>>>;
  readonly isActive: boolean;
  /** Text of the quality that the source has measured. */
  readonly quality: string;
}

/** All segments and paths between two nodes. */
export interface PathCombination {
  /** Names of both nodes, such as `gateway-111>gateway-211`. */
  readonly name: string;
  readonly segments: readonly DrawnSegment[];
  readonly routes: readonly DrawnRoute[];
  /** The traced text of the segments, if it cannot be parsed. */
  readonly unread?: string;
}

const UNMEASURED = 'not measured';

/** Reads the states that a node traced about the paths to each of its peers. */
export function pathCombinationsOf({ name, states }: NodeState): readonly PathCombination[] {
  return readTracedStates(SEGMENTS_TRACE, states).map(({ key: { peer }, value, text }) => {
    const segments = value === undefined ? [] : segmentsOf(value);
    const routes = routesOf(states, peer, segments);
    const found = { name: `${name}>${peer}`, segments, routes };
    return value === undefined ? { ...found, unread: text } : found;
  });
}

/** True when a route has every selected segment, and is the selected route if there is one. */
export function isRouteSelected(
  { segments, routes }: PathCombination,
  { name, parts }: DrawnRoute,
  chosen: readonly string[],
): boolean {
  const wanted = segments.filter(({ key }) => chosen.includes(key));
  const isPathChosen = routes.some((route) => chosen.includes(`path:${route.name}`));
  if (isPathChosen && !chosen.includes(`path:${name}`)) return false;
  return wanted.every(({ key, role }) => parts[role] === key);
}

function segmentsOf(traced: readonly TracedSegment[]): readonly DrawnSegment[] {
  const counts = { up: 0, core: 0, down: 0 };
  return traced.map(({ role, walk }) => {
    const key = `${role}:${counts[role]}`;
    counts[role] += 1;
    // Up and core segments are used against the direction of beaconing.
    const steps = stepsOf(walk);
    const travelled = role === 'down' ? steps : turned(steps);
    return { key, role, ...travelled, words: AS_SEQUENCE_FORM.write(walk) };
  });
}

interface Steps {
  readonly ases: readonly string[];
  readonly links: readonly string[];
}

function stepsOf({ origin, steps }: AsSequence): Steps {
  const ases = [origin, ...steps.map(({ isdAs }) => isdAs)];
  const links = steps.map(({ out, into, isdAs }, at) => `${ases[at]}#${out}>${isdAs}#${into}`);
  return { ases, links };
}

function turned({ ases, links }: Steps): Steps {
  const back = (link: string): string => link.split('>').reverse().join('>');
  return { ases: ases.toReversed(), links: links.toReversed().map(back) };
}

function routesOf(
  states: NodeState['states'],
  peer: string,
  segments: readonly DrawnSegment[],
): readonly DrawnRoute[] {
  const active = readTracedState(PATH_IN_USE_TRACE, { peer }, states)?.value?.path;
  return readTracedStates(ROUTE_TRACE, states).flatMap(({ key, value, text }): DrawnRoute[] => {
    const name = key.path;
    if (key.peer !== peer) return [];
    const measured = readTracedState(PATH_QUALITY_TRACE, key, states);
    const quality =
      measured?.value === undefined ? (measured?.text ?? UNMEASURED) : qualityText(measured.value);
    const rest = { isActive: name === active, quality };
    // A route whose traced text cannot be parsed is listed with that text.
    if (value === undefined) return [{ name, ases: [text], links: [], parts: {}, ...rest }];
    const steps = stepsOf(value);
    return [{ name, ...steps, parts: partsOf(steps.links, segments), ...rest }];
  });
}

function qualityText({ health, rttUs, loss }: TracedPathQuality): string {
  if (rttUs === null) return UNMEASURED;
  return `${health}, ${(rttUs / 1000).toFixed(1)} ms, loss ${Math.round(100 * loss)} %`;
}

type Parts = Readonly<Partial<Record<Role, string>>>;

/**
 * Finds the segments of a route: the first combination of an up, a core and a down segment (each
 * may be missing) that has exactly the links of the route.
 */
function partsOf(links: readonly string[], segments: readonly DrawnSegment[]): Parts {
  for (const up of [...segmentsIn(segments, 'up'), undefined]) {
    const begin = up === undefined ? 0 : sharedBegin(up.links, links);
    if (up !== undefined && begin === 0) continue;
    const rest = partsBehind(links.slice(begin), segments);
    if (rest !== undefined) return { ...(up && { up: up.key }), ...rest };
  }
  return {};
}

/**
 * Finds the core and down segment for the links that remain after an up segment; undefined when
 * none fit.
 */
function partsBehind(
  links: readonly string[],
  segments: readonly DrawnSegment[],
): Parts | undefined {
  for (const core of [...segmentsIn(segments, 'core'), undefined]) {
    if (core !== undefined && !startsWith(links, core.links)) continue;
    const named = core === undefined ? {} : { core: core.key };
    const left = links.slice(core?.links.length ?? 0);
    if (left.length === 0) return named;
    const ends = segmentsIn(segments, 'down');
    const down =
      ends.find((one) => isEndOf(left, one.links)) ??
      // Without a core segment a peering link may connect the up and the down segment.
      (core === undefined ? ends.find((one) => isEndOf(left.slice(1), one.links)) : undefined);
    if (down !== undefined) return { ...named, down: down.key };
  }
  return undefined;
}

function segmentsIn(segments: readonly DrawnSegment[], role: Role): readonly DrawnSegment[] {
  return segments.filter((segment) => segment.role === role);
}

function sharedBegin(one: readonly string[], other: readonly string[]): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

function startsWith(links: readonly string[], begin: readonly string[]): boolean {
  return begin.length <= links.length && begin.every((link, at) => link === links[at]);
}

/** True when `links` are the last links of a down segment, or all of them. */
function isEndOf(links: readonly string[], down: readonly string[]): boolean {
  if (links.length === 0 || links.length > down.length) return false;
  return startsWith(down.slice(-links.length), links);
}
