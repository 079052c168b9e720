/**
 * Reads segments and routes from a node's traced texts, and determines the segments of each route
 * (SCION control plane, "Path Segment Combination"): the beginning of an up segment, a whole core
 * segment, the end of a down segment; a peering link may connect up and down.
 *
 * @module
 */
import type { NodeState } from '../../viz/format/drawing.ts';

/** The roles of segments in the order of travel. */
export const ROLES = ['up', 'core', 'down'] as const;
/** The role of a segment. */
export type Role = (typeof ROLES)[number];

/** A segment in the direction of travel. */
export interface Segment {
  /** `up:0`, used for selection. */
  readonly key: string;
  readonly role: Role;
  readonly ases: readonly string[];
  /** `1-ff00:0:111#1>1-ff00:0:110#1`. */
  readonly links: readonly string[];
  /** The text as traced, in the direction of beaconing. */
  readonly words: string;
}

/** A path that its source can use. */
export interface Route {
  readonly name: string;
  readonly ases: readonly string[];
  readonly links: readonly string[];
  /** Keys of the segments, by role. */
  readonly parts: Readonly<Partial<Record<Role, string>>>;
  readonly isActive: boolean;
  /** The quality as traced by the gateway; empty if it measured none. */
  readonly quality: string;
}

/** All segments and paths between two nodes. */
export interface Combination {
  /** `gateway-111>gateway-211`. */
  readonly name: string;
  readonly segments: readonly Segment[];
  readonly routes: readonly Route[];
}

const SEGMENTS = /^segments to (.+)$/;
const ROUTE = /^route (\S+) to (.+)$/;
const QUALITY = /^(\w+) \w+ rtt=(\d+)us jitter=\d+us loss=([\d.]+)$/;

/** The states that a node traced about the paths to each of its peers. */
export function combinationsOf({ name, states }: NodeState): readonly Combination[] {
  return [...states].flatMap(([machine, text]) => {
    const peer = SEGMENTS.exec(machine)?.[1];
    if (peer === undefined) return [];
    const segments = segmentsOf(text);
    return [{ name: `${name}>${peer}`, segments, routes: routesOf(states, peer, segments) }];
  });
}

/** True when a route has every selected segment, and is the selected route if there is one. */
export function isOfChoice(
  { segments, routes }: Combination,
  { name, parts }: Route,
  chosen: readonly string[],
): boolean {
  const wanted = segments.filter(({ key }) => chosen.includes(key));
  const isPathChosen = routes.some((route) => chosen.includes(`path:${route.name}`));
  if (isPathChosen && !chosen.includes(`path:${name}`)) return false;
  return wanted.every(({ key, role }) => parts[role] === key);
}

function segmentsOf(text: string): readonly Segment[] {
  const counts = { up: 0, core: 0, down: 0 };
  return text.split(', ').flatMap((line): Segment[] => {
    const role = ROLES.find((one) => line.startsWith(`${one} `));
    if (role === undefined) return [];
    const key = `${role}:${counts[role]}`;
    counts[role] += 1;
    const words = line.slice(role.length + 1);
    // Up and core segments are used against the direction of beaconing.
    const steps = stepsOf(words);
    const travelled = role === 'down' ? steps : turned(steps);
    return [{ key, role, ...travelled, words }];
  });
}

interface Steps {
  readonly ases: readonly string[];
  readonly links: readonly string[];
}

/** Parses a text such as `A 1>2 B 3>4 C`. */
function stepsOf(text: string): Steps {
  const words = text.split(' ');
  const ases = words.filter((_, at) => at % 2 === 0);
  const links = words.flatMap((word, at) => {
    if (at % 2 === 0) return [];
    const [out, into] = word.split('>');
    return [`${words[at - 1]}#${out}>${words[at + 1]}#${into}`];
  });
  return { ases, links };
}

function turned({ ases, links }: Steps): Steps {
  const back = (link: string): string => link.split('>').reverse().join('>');
  return { ases: ases.toReversed(), links: links.toReversed().map(back) };
}

function routesOf(
  states: NodeState['states'],
  peer: string,
  segments: readonly Segment[],
): readonly Route[] {
  const active = states.get(`path to ${peer}`);
  return [...states].flatMap(([machine, text]): Route[] => {
    const [, name, to] = ROUTE.exec(machine) ?? [];
    if (name === undefined || to !== peer) return [];
    const steps = stepsOf(text);
    const quality = qualityText(states.get(`quality ${name} to ${peer}`));
    const parts = partsOf(steps.links, segments);
    return [{ name, ...steps, parts, isActive: name === active, quality }];
  });
}

function qualityText(text: string | undefined): string {
  const [, health, rttUs, loss] = QUALITY.exec(text ?? '') ?? [];
  if (health === undefined) return 'not measured';
  return `${health}, ${(Number(rttUs) / 1000).toFixed(1)} ms, loss ${Math.round(100 * Number(loss))} %`;
}

type Parts = Readonly<Partial<Record<Role, string>>>;

/**
 * The segments of a route: the first up, core and down segments, in that order, that leave no gap.
 */
function partsOf(links: readonly string[], segments: readonly Segment[]): Parts {
  for (const up of [...segmentsIn(segments, 'up'), undefined]) {
    const begin = up === undefined ? 0 : sharedBegin(up.links, links);
    if (up !== undefined && begin === 0) continue;
    const rest = partsBehind(links.slice(begin), segments);
    if (rest !== undefined) return { ...(up && { up: up.key }), ...rest };
  }
  return {};
}

/** Core and down segment of what remains after an up segment; undefined when nothing fits. */
function partsBehind(links: readonly string[], segments: readonly Segment[]): Parts | undefined {
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

function segmentsIn(segments: readonly Segment[], role: Role): readonly Segment[] {
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

/** True when `links` is the end of a down segment, or all of it. */
function isEndOf(links: readonly string[], down: readonly string[]): boolean {
  if (links.length === 0 || links.length > down.length) return false;
  return startsWith(down.slice(-links.length), links);
}
