/**
 * Arranges the journey of one message in columns: sender, entry, layers of mixes, exits,
 * recipients. The layers are derived from the flows. If the message returns from an exit to a mix
 * (as it may do through loops of mixes), a separate entry represents the return, because a ribbon
 * cannot run backwards. At most about 200 ribbons are drawn; nodes with little probability are
 * merged into an entry "others" (docs/spec/browser-view.md).
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import type { PrivacyReport } from './observers.ts';

/** The journey of one message in a report. */
export type Journey = NonNullable<PrivacyReport['journey']>;

/** One entry of a column: a node, or several nodes that are merged. */
export interface JourneyStop {
  /** A unique id, made from column and name. */
  readonly id: string;
  readonly column: number;
  readonly name: string;
  /** True if the message really was at this node, or at one of the merged nodes. */
  readonly isTrue: boolean;
}

/**
 * A ribbon between two entries, named by their ids. `mass` is the expected number of times that the
 * message passes there, as the adversary believes; without loops, this is a probability.
 */
export interface Ribbon {
  readonly source: string;
  readonly target: string;
  readonly mass: number;
  readonly isTrue: boolean;
}

/**
 * The drawing of a journey: the titles of the columns, their entries, and the ribbons between
 * entries.
 */
export interface JourneyColumns {
  readonly titles: readonly string[];
  readonly stops: readonly JourneyStop[];
  readonly ribbons: readonly Ribbon[];
  /**
   * Expected number of times that the message passes over hops for which no ribbon is drawn: hops
   * within a column, backwards or past a column, and hops that are not in the report.
   */
  readonly hidden: number;
  /** Expected number of times that the message returns from an exit to a mix. */
  readonly again: number;
}

const RIBBONS_MAX = 200;
const AGAIN = 'comes round again';

interface Step {
  readonly from: { readonly column: number; readonly name: string };
  readonly to: { readonly column: number; readonly name: string };
  readonly mass: number;
}

/** Arranges a journey in columns; each column has at most `rowsMax` entries. */
export function journeyColumns(journey: Journey, rowsMax: number): JourneyColumns {
  const first = journey.route.findIndex((name) => journey.mixes.includes(name));
  const lead = first < 0 ? journey.route.length : first;
  const depths = depthsOf(journey, journey.route[lead]);
  const layers = greatestOf([0, ...[...depths.values()].map((depth) => depth + 1)]);
  const { steps, hidden, again } = stepsOf(journey, { lead, layers, depths });
  const count = lead + layers + 2;
  const rows = Math.max(2, Math.min(rowsMax, Math.floor(Math.sqrt(RIBBONS_MAX / (layers + 1)))));
  const names = keptNames(steps, count, rows);
  const titles = Array.from({ length: count }, (_, column) => titleOf(column, lead, layers));
  const route = routeColumns(journey, { lead, layers, depths });
  const drawn = ribbonsOf(steps, { names, route });
  const used = new Set(drawn.stops.map(({ column }) => column));
  return { ...drawn, titles: titles.filter((_, column) => used.has(column)), hidden, again };
}

interface Frame {
  /** Number of nodes on the route before the first mix. */
  readonly lead: number;
  readonly layers: number;
  readonly depths: ReadonlyMap<string, number>;
}

/**
 * Returns the distance of each mix from the first mix of the route, as the number of hops over
 * which the message may pass.
 */
function depthsOf({ flows, mixes }: Journey, start: string | undefined): Map<string, number> {
  const inside = new Set(mixes);
  const hops = flows.filter(({ from, to }) => inside.has(from) && inside.has(to));
  const depths = new Map<string, number>(start === undefined ? [] : [[start, 0]]);
  let edge = [...depths.keys()];
  while (edge.length > 0) {
    const reached = hops.filter(({ from, to }) => edge.includes(from) && !depths.has(to));
    edge = [...new Set(reached.map(({ to }) => to))];
    const depth = greatestOf(depths.values()) + 1;
    for (const name of edge) depths.set(name, depth);
  }
  // A mix that the message reaches only through loops is drawn one column before the nearest mix to
  // which it sends.
  for (const name of mixes) {
    if (depths.has(name)) continue;
    const next = hops.flatMap(({ from, to }) => (from === name ? (depths.get(to) ?? []) : []));
    depths.set(name, next.length === 0 ? 0 : Math.max(0, leastOf(next) - 1));
  }
  return depths;
}

function stepsOf(
  journey: Journey,
  frame: Frame,
): { readonly steps: readonly Step[]; readonly hidden: number; readonly again: number } {
  const { route, flows } = journey;
  const steps: Step[] = [];
  let hidden = journey.rest;
  let again = 0;
  for (const { from, to, mass } of flows) {
    const way = route.findIndex(
      (name, i) => i < frame.lead && name === from && route[i + 1] === to,
    );
    // The message certainly crosses each link before the first mix once; a mass above 1 comes from further
    // crossings.
    const sure = way < 0 ? 0 : Math.min(1, mass);
    if (sure > 0) steps.push(between([way, from], [way + 1, to], sure));
    const rest = mass - sure;
    if (rest <= 1e-9) continue;
    const step = stepFor({ from, to, mass: rest }, frame);
    if (step?.from.name === AGAIN) again += rest;
    if (step === undefined) hidden += rest;
    else steps.push(step);
  }
  return { steps, hidden, again };
}

/**
 * Returns the step between two columns for a flow; undefined if the flow runs within a column,
 * backwards or past a column.
 */
function stepFor(
  { from, to, mass }: Journey['flows'][number],
  { lead, layers, depths }: Frame,
): Step | undefined {
  const [out, into] = [depths.get(from), depths.get(to)];
  const exit = lead + layers;
  if (out === undefined && into === undefined) return between([exit, from], [exit + 1, to], mass);
  if (out === undefined && into !== undefined) {
    return lead === 0 ? undefined : between([lead - 1, AGAIN], [lead + into, to], mass);
  }
  if (out !== undefined && into === undefined) return between([lead + out, from], [exit, to], mass);
  if (out === undefined || into !== out + 1) return undefined;
  return between([lead + out, from], [lead + into, to], mass);
}

type Place = readonly [column: number, name: string];

function between([column, from]: Place, [next, to]: Place, mass: number): Step {
  return { from: { column, name: from }, to: { column: next, name: to }, mass };
}

/**
 * Returns, for each column, the names of the nodes that get their own entry; the other nodes are
 * merged.
 */
function keptNames(steps: readonly Step[], columns: number, rows: number): readonly Set<string>[] {
  return Array.from({ length: columns }, (_, column) => {
    const mass = new Map<string, number>();
    for (const { from, to, mass: one } of steps) {
      for (const stop of [from, to]) {
        if (stop.column === column) mass.set(stop.name, (mass.get(stop.name) ?? 0) + one);
      }
    }
    const sorted = [...mass].sort(([a, massA], [b, massB]) => massB - massA || compare(a, b));
    const kept = sorted.length <= rows ? sorted : sorted.slice(0, rows - 1);
    return new Set(kept.map(([name]) => name));
  });
}

/** Returns the nodes at which the message really was, each as a text `column name`. */
function routeColumns({ route }: Journey, { lead, layers, depths }: Frame): ReadonlySet<string> {
  let exit = lead + layers;
  return new Set(
    route.map((name, i) => {
      if (i < lead) return `${i} ${name}`;
      const depth = depths.get(name);
      if (depth !== undefined) return `${lead + depth} ${name}`;
      exit += 1;
      return `${exit - 1} ${name}`;
    }),
  );
}

interface Naming {
  readonly names: readonly Set<string>[];
  readonly route: ReadonlySet<string>;
}

function ribbonsOf(
  steps: readonly Step[],
  { names, route }: Naming,
): Pick<JourneyColumns, 'stops' | 'ribbons'> {
  const stops = new Map<string, JourneyStop>();
  const ribbons = new Map<
    string,
    { source: string; target: string; mass: number; true: boolean }
  >();
  const stopOf = ({ column, name }: Step['from']): JourneyStop => {
    const isTrue = route.has(`${column} ${name}`);
    const shown = names[column]?.has(name) === true ? name : 'others';
    const id = `${column} ${shown}`;
    const stop = { id, column, name: shown, isTrue: isTrue || stops.get(id)?.isTrue === true };
    stops.set(id, stop);
    return { ...stop, isTrue };
  };
  for (const { from, to, mass } of steps) {
    const [source, target] = [stopOf(from), stopOf(to)];
    const id = `${source.id} > ${target.id}`;
    const before = ribbons.get(id);
    ribbons.set(id, {
      ...{ source: source.id, target: target.id, mass: mass + (before?.mass ?? 0) },
      true: (source.isTrue && target.isTrue) || before?.true === true,
    });
  }
  return {
    stops: [...stops.values()].sort((a, b) => a.column - b.column || compare(a.name, b.name)),
    ribbons: [...ribbons.values()].map(({ true: isTrue, ...ribbon }) => ({ ...ribbon, isTrue })),
  };
}

/** Compares names so that numbers in them are compared as numbers; merged entries come last. */
function compare(a: string, b: string): number {
  const rank = (name: string): number => Number(name === 'others' || name === AGAIN);
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

function titleOf(column: number, lead: number, layers: number): string {
  if (column === 0) return 'sender';
  if (column < lead) return 'entry';
  if (column < lead + layers) return `layer ${column - lead + 1}`;
  return column === lead + layers ? 'exit' : 'recipient';
}
