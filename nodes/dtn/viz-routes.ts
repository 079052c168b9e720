/**
 * The drawing of routes: for each node and destination the routes that the router considered for the
 * last bundle, with hops, arrival and verdict; and the bundles that wait, with the reason.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import type { Drawing, DrawingInput, NodeState, Shape } from '../../viz/format/drawing.ts';
import { boxShape, nodesShown, textCutToWidth, textShape } from '../../viz/format/shapes.ts';
import { readSingleTracedState, readTracedStates } from '../_kit/trace-state.ts';
import {
  LISTED_BUNDLES_MAX,
  ROUTES_TRACE,
  type RoutesState,
  type TracedRoute,
  WAITING_LIST_TRACE,
} from './trace-states.ts';

/** Largest number of routes that are drawn; the table has all routes. */
const ROUTES_DRAWN_MAX = 30;
/** Largest number of lines about waiting bundles that are drawn. */
const WAITING_DRAWN_MAX = 8;
const LINE_HEIGHT = 18;
const ROW_HEIGHT = 26;
const GAP = 14;
const BAR = 4;
const MS_PER_S = 1_000;
/** The texts for reasons and verdicts. */
const TEXTS: Readonly<Record<string, string>> = {
  queue: 'queued for a contact',
  'under-way': 'under way, not acknowledged',
  'no-volume': 'no volume left',
  'no-route': 'no route',
  'no-contact-before-expiry': 'no contact before expiry',
  'no-contact-now': 'no contact now',
  'no-taker': 'nobody here takes it',
  'too-large': 'too large',
  later: 'another is better',
};
const LOOKS: Readonly<Record<string, 'c1' | 'muted' | 'fail'>> = { taken: 'c1', later: 'muted' };

/** The routes that a node considered for its last bundle to a destination. */
interface Decision extends RoutesState {
  readonly from: string;
  readonly to: string;
}

/** Bundles on one node, for one destination, that wait for one reason. */
interface Waiting {
  readonly at: string;
  readonly destination: string | null;
  readonly why: string;
  readonly count: number;
  /** When the first of these bundles began to wait, ms of the run. */
  readonly sinceMs: number;
  /** True if more bundles may wait than the trace lists. */
  readonly isCut: boolean;
}

/** True if the states of a node contain data for this drawing. */
export function hasRoutes({ protocol, states }: NodeState): boolean {
  if (protocol !== 'dtn') return false;
  return (
    readTracedStates(ROUTES_TRACE, states).length > 0 ||
    readSingleTracedState(WAITING_LIST_TRACE, states) !== undefined
  );
}

/** The text for a reason for which bundles wait, or for the verdict on a route. */
export function reasonText(reason: string): string {
  return TEXTS[reason] ?? reason;
}

/** Draws routes and waiting bundles at the cursor. */
export function drawRoutes(input: DrawingInput): Drawing {
  const nodes = nodesShown(input, hasRoutes);
  const decisions = nodes.flatMap(decisionsOf);
  const groups = nodes.flatMap(waitingOf);
  const pen = new Pen(input.width, [
    leastOf(decisions.map(({ atMs }) => atMs)),
    greatestOf(decisions.flatMap(({ tried }) => tried.map((one) => one.arrivesMs))),
  ]);
  for (const one of groups.slice(0, WAITING_DRAWN_MAX)) pen.line(waitingText(one), 'text');
  const unlisted = groups.length - WAITING_DRAWN_MAX;
  if (unlisted > 0) pen.line(`${unlisted} more groups of bundles wait`, 'muted');
  if (decisions.some(({ tried }) => tried.length > 0)) pen.axis();
  for (const decision of decisions) pen.decision(decision);
  if (pen.hidden > 0) pen.line(`${pen.hidden} more routes are in the table.`, 'muted');
  const title = titleOf(decisions, groups);
  return {
    title,
    summary: `${title}. Bundles wait for ${plural(groups.length, 'reason')}.`,
    legend:
      'A bar is a route, from the decision to the arrival: full for the one that was taken, dashed for one that cannot carry the bundle.',
    shapes: pen.shapes,
    height: pen.y,
    table: {
      columns: ['node', 'to', 'decided (s)', 'via', 'hops', 'arrives (s)', 'ends (s)', 'verdict'],
      rows: decisions.flatMap(({ from, to, atMs, tried }) =>
        tried.map(({ via, hops, arrivesMs, endsMs, verdict }) => {
          const ends = endsMs === null ? null : endsMs / MS_PER_S;
          const when = atMs / MS_PER_S;
          return [from, to, when, via, hops, arrivesMs / MS_PER_S, ends, reasonText(verdict)];
        }),
      ),
    },
  };
}

function decisionsOf({ name, states }: NodeState): readonly Decision[] {
  return readTracedStates(ROUTES_TRACE, states).flatMap(({ key, value }) =>
    value === undefined ? [] : [{ from: name, to: key.peer, ...value }],
  );
}

function waitingOf({ name, states }: NodeState): readonly Waiting[] {
  const listed = readSingleTracedState(WAITING_LIST_TRACE, states)?.value ?? [];
  const isCut = listed.length === LISTED_BUNDLES_MAX;
  const groups = new Map<string, Waiting>();
  for (const { destination, why, sinceMs } of listed) {
    const key = `${destination ?? ''} ${why}`;
    const { count = 0, sinceMs: first = sinceMs } = groups.get(key) ?? {};
    const since = Math.min(first, sinceMs);
    groups.set(key, { at: name, destination, why, count: count + 1, sinceMs: since, isCut });
  }
  return [...groups.values()];
}

/** Text about waiting bundles, such as `a → e, 3 waiting: no volume left, the first since 4.0 s`. */
function waitingText({ at, destination, why, count, sinceMs, isCut }: Waiting): string {
  const since = `${count === 1 ? '' : 'the first '}since ${seconds(sinceMs)}`;
  const number = `${count}${isCut ? ' or more' : ''} waiting`;
  return `${at} → ${destination ?? 'nobody'}, ${number}: ${reasonText(why)}, ${since}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function seconds(ms: number): string {
  return `${(ms / MS_PER_S).toFixed(ms < 100_000 ? 1 : 0)} s`;
}

/** Says which decision was the latest; if there was none, says why bundles wait. */
function titleOf(decisions: readonly Decision[], waiting: readonly Waiting[]): string {
  const last = [...decisions].sort((a, b) => b.atMs - a.atMs)[0];
  if (last === undefined) {
    const [first] = waiting;
    return first === undefined ? 'No bundle waits' : waitingText(first);
  }
  const { from, to, tried } = last;
  const taken = tried.find(({ verdict }) => verdict === 'taken');
  const count = plural(tried.length, 'route');
  if (taken === undefined) return `${from} has no way to ${to}: it tried ${count}`;
  return `${from} sends to ${to} through ${taken.via}: it tried ${count}`;
}

/** Draws lines of text and bars, one below the other. */
class Pen {
  readonly shapes: Shape[] = [];
  y = 4;
  /** Number of routes that were not drawn. */
  hidden = 0;
  readonly #width: number;
  readonly #fromMs: number;
  readonly #toMs: number;
  #drawn = 0;

  /** @param axis The first and the last instant of all bars, ms. */
  constructor(width: number, axis: readonly [fromMs: number, toMs: number]) {
    this.#width = width;
    [this.#fromMs, this.#toMs] = axis;
  }

  /** Writes the instants at which the time axis of all bars begins and ends. */
  axis(): void {
    const y = this.y + GAP + 11;
    const end = { anchor: 'end', fill: 'muted' } as const;
    this.shapes.push(textShape(8, y, seconds(this.#fromMs), { fill: 'muted' }));
    this.shapes.push(textShape(this.#width - 4, y, seconds(this.#toMs), end));
    this.y += GAP + LINE_HEIGHT;
  }

  line(text: string, fill: 'text' | 'muted'): void {
    this.shapes.push(textShape(0, this.y + 11, textCutToWidth(text, this.#width), { fill }));
    this.y += LINE_HEIGHT;
  }

  decision({ from, to, atMs, tried }: Decision): void {
    if (this.#drawn >= ROUTES_DRAWN_MAX) {
      this.hidden += tried.length;
      return;
    }
    this.y += GAP;
    const none = tried.length === 0 ? ': no route' : '';
    const text = `${from} → ${to}, decided at ${seconds(atMs)}${none}`;
    this.shapes.push(
      textShape(0, this.y + 11, textCutToWidth(text, this.#width), { weight: 'strong' }),
    );
    this.y += LINE_HEIGHT;
    for (const route of tried) this.#route(route, atMs);
  }

  #route({ via, hops, arrivesMs, endsMs, verdict }: TracedRoute, atMs: number): void {
    const ends = endsMs === null ? '' : `, ends ${seconds(endsMs)}`;
    const keys = `${plural(hops, 'hop')}, arrives ${seconds(arrivesMs)}${ends}`;
    const text = `${via}: ${reasonText(verdict)} (${keys})`;
    const look = LOOKS[verdict] ?? 'fail';
    const { y } = this;
    this.shapes.push(textShape(8, y + 11, textCutToWidth(text, this.#width - 8)));
    const x = 8 + this.#place(atMs);
    const place = { x, y: y + 15, w: Math.max(2, 8 + this.#place(arrivesMs) - x), h: BAR };
    const ink = look === 'fail' ? ({ stroke: look, dash: 'dashed' } as const) : { fill: look };
    this.shapes.push(boxShape(place, { ...ink, title: text }));
    this.y += ROW_HEIGHT;
    this.#drawn += 1;
  }

  #place(ms: number): number {
    const part = (ms - this.#fromMs) / Math.max(1, this.#toMs - this.#fromMs);
    return Math.max(0, Math.min(1, part)) * (this.#width - 12);
  }
}
