/**
 * The drawings of delay-tolerant networking: contacts over time, as planned and as they happened, the
 * bundles that left in them, and the bundles that each node stores, with the reason why they wait.
 * The drawing of routes is in `viz-routes.ts`. The data are the states of `trace-states.ts`.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import type {
  Drawing,
  DrawingInput,
  NodeState,
  ProtocolViz,
  Shape,
} from '../../viz/format/drawing.ts';
import { selectRowPage } from '../../viz/format/row-pages.ts';
import {
  boxShape,
  digitsInGroups,
  NARROW_WIDTH_PX,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { readSingleTracedState, readTracedState, readTracedStates } from '../_kit/trace-state.ts';
import {
  CONTACTS_TRACE,
  type ContactsState,
  type ContactWindow,
  DEPARTURES_TRACE,
  STORE_TRACE,
  type StoreState,
} from './trace-states.ts';
import { drawRoutes, hasRoutes, reasonText } from './viz-routes.ts';

/** Largest number of links, and of nodes, on a page; the table lists all. */
const ROWS_MAX = 20;
const ROW_HEIGHT = 22;
const BAR_HEIGHT = 14;
const HEAD = 34;
const GAP = 30;
const NS_PER_MS = 1e6;
const MS_PER_S = 1_000;
/** Height of a name that is written above a bar, px. */
const NAME_HEIGHT = 16;
const HOUR_MS = 3_600_000;
/** Units of the time axis, the longest first. */
const UNITS = [
  ['d', 24 * HOUR_MS],
  ['h', HOUR_MS],
] as const;
/** Share of the width that is reserved for names. */
const LABEL_SHARE = 0.26;
const LABEL_MAX = 190;

/** A link in the direction away from a node, with its contacts and departures. */
interface Link extends ContactsState {
  readonly from: string;
  readonly to: string;
  readonly sent: number;
  readonly departuresMs: readonly number[];
}

interface Held {
  readonly name: string;
  readonly store: StoreState | undefined;
  /** The traced state, which is drawn as text if it cannot be parsed. */
  readonly text: string;
}

/** The time axis: its edges, px, the instant at its right edge, and the cursor's, ms. */
interface Axis {
  readonly left: number;
  readonly right: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** The drawings of delay-tolerant networking. */
export const viz: ProtocolViz = {
  protocol: 'dtn',
  views: [
    {
      name: 'contacts',
      title: 'Contacts, bundles and stores',
      applies: ({ nodes }) => nodes.some(isTraced),
      draw: drawContacts,
    },
    {
      name: 'routes',
      title: 'Routes tried, and why bundles wait',
      applies: ({ nodes }) => nodes.some(hasRoutes),
      draw: drawRoutes,
    },
  ],
};

function isTraced({ protocol, states }: NodeState): boolean {
  return protocol === 'dtn' && readTracedStates(CONTACTS_TRACE, states).length > 0;
}

function drawContacts(input: DrawingInput): Drawing {
  const nodes = nodesShown(input, isTraced);
  const links = nodes.flatMap(linksOf);
  const held = nodes.flatMap(heldBy);
  const isNarrow = input.width < NARROW_WIDTH_PX;
  const left = isNarrow ? 0 : Math.min(LABEL_MAX, Math.round(input.width * LABEL_SHARE));
  // The axis shows all planned contacts, since bundles wait for them, but nothing after the run.
  const { timeNs, endNs = Number.POSITIVE_INFINITY } = input;
  const planned = Math.min(endNs / NS_PER_MS, greatestOf(links.flatMap(endsOf), 1));
  const toMs = Math.max(timeNs / NS_PER_MS, planned);
  const axis = { left, right: input.width - 4, toMs, nowMs: input.timeNs / NS_PER_MS };
  const { chosen } = input;
  const linkPage = selectRowPage(links, { size: ROWS_MAX, group: 'links', chosen });
  const drawn = linkPage.shown;
  // On phones, the name is above its bar.
  const above = isNarrow ? NAME_HEIGHT : 0;
  const row = ROW_HEIGHT + above;
  const bottom = HEAD + drawn.length * row;
  const shapes: Shape[] = [...axisOf(axis, bottom)];
  for (const [at, link] of drawn.entries())
    for (const shape of rowOf(link, HEAD + above + at * row, axis)) shapes.push(shape);
  shapes.push(cursorAt(axis, bottom));
  for (const shape of linkPage.buttons(bottom + 8)) shapes.push(shape);
  let y = bottom + linkPage.height + GAP;
  const storePage = selectRowPage(held, { size: ROWS_MAX, group: 'stores', chosen });
  for (const one of storePage.shown) {
    const place = { y: y + above, left, width: input.width, most: mostBytes(held) };
    for (const shape of storeOf(one, place)) shapes.push(shape);
    y += row;
  }
  for (const shape of storePage.buttons(y)) shapes.push(shape);
  return {
    ...wordsOf(links, held, input.timeNs / NS_PER_MS),
    legend:
      'Framed: planned; full: happened; stroke: a bundle leaves. Below: what each node holds, and why.',
    shapes,
    height: y + storePage.height,
    table: tableOf(links),
  };
}

function linksOf({ name, states }: NodeState): readonly Link[] {
  return readTracedStates(CONTACTS_TRACE, states).flatMap(({ key, value }) => {
    if (value === undefined) return [];
    const departures = readTracedState(DEPARTURES_TRACE, key, states)?.value;
    const { sent = 0, atMs = [] } = departures ?? {};
    return [{ from: name, to: key.peer, ...value, sent, departuresMs: atMs }];
  });
}

/** The ends of planned contacts, ms; contacts that happened end at the cursor at the latest. */
function endsOf({ planned }: Link): readonly number[] {
  return planned.flatMap(({ toMs }) => (toMs === null ? [] : [toMs]));
}

function heldBy({ name, states }: NodeState): readonly Held[] {
  const found = readSingleTracedState(STORE_TRACE, states);
  return found === undefined ? [] : [{ name, store: found.value, text: found.text }];
}

function mostBytes(held: readonly Held[]): number {
  return greatestOf(
    held.map(({ store }) => store?.bytes ?? 0),
    1,
  );
}

/** Draws instants at even intervals above the bars, each with a line downwards. */
function axisOf(axis: Axis, bottom: number): readonly Shape[] {
  const { left, right, toMs } = axis;
  const ticks = right - left < 400 ? 3 : 5;
  const textOf = timesUpTo(toMs);
  return Array.from({ length: ticks }, (_, index) => {
    const part = index / (ticks - 1);
    const x = left + part * (right - left);
    const text = textOf(part * toMs);
    const anchor = index === 0 ? 'start' : index === ticks - 1 ? 'end' : 'middle';
    return [
      textShape(x, 14, text, { anchor, fill: 'muted' }),
      { kind: 'line', x1: x, x2: x, y1: 20, y2: bottom, stroke: 'line' } as const,
    ];
  }).flat();
}

/** Formats instants, with as few digits as the length of the axis allows. */
function timesUpTo(toMs: number): (ms: number) => string {
  const [unit, unitMs] = UNITS.find(([, each]) => toMs >= 4 * each) ?? ['s', MS_PER_S];
  const digits = toMs < 4 * unitMs ? 2 : toMs < 20 * unitMs ? 1 : 0;
  return (ms) => `${(ms / unitMs).toFixed(digits)} ${unit}`;
}

/** Writes the name of a row: left of its bar or, if bars take the whole width, above it. */
function nameAt(y: number, name: string, { left, right }: { left: number; right: number }): Shape {
  return left > 0
    ? textShape(0, y + 11, textCutToWidth(name, left - 8))
    : textShape(0, y - 4, textCutToWidth(name, right));
}

function rowOf(link: Link, y: number, axis: Axis): readonly Shape[] {
  const { from, to, planned, happened, departuresMs } = link;
  const name = `${from} → ${to}`;
  const framed = planned.flatMap((window) =>
    barOf(window, { y, inset: 0, axis }, { stroke: 'muted', title: titleOf('planned', window) }),
  );
  const full = happened.flatMap((window) => {
    // A contact that is still open is drawn up to now.
    const part = { ...window, toMs: window.toMs ?? axis.nowMs };
    return barOf(part, { y, inset: 3, axis }, { fill: 'c1', title: titleOf('happened', window) });
  });
  const strokes = departuresMs.map((at) => `M${placeOf(at, axis).toFixed(1)} ${y}v${BAR_HEIGHT}`);
  const bundles: Shape[] =
    strokes.length === 0 ? [] : [{ kind: 'path', d: strokes.join(''), stroke: 'text', width: 1.5 }];
  return [nameAt(y, name, axis), ...framed, ...full, ...bundles];
}

function titleOf(what: string, { fromMs, toMs }: ContactWindow): string {
  const end = toMs === null ? 'on' : `to ${toMs / MS_PER_S} s`;
  return `${what} from ${fromMs / MS_PER_S} s ${end}`;
}

interface BarPlace {
  readonly y: number;
  readonly inset: number;
  readonly axis: Axis;
}

/** Draws a bar for the part of a contact that is within the axis. */
function barOf(
  { fromMs, toMs }: ContactWindow,
  { y, inset, axis }: BarPlace,
  look: Parameters<typeof boxShape>[1],
): readonly Shape[] {
  const end = Math.min(toMs ?? Number.POSITIVE_INFINITY, axis.toMs);
  if (end < fromMs) return [];
  const x = placeOf(fromMs, axis);
  const w = Math.max(1, placeOf(end, axis) - x);
  return [boxShape({ x, y: y + inset, w, h: BAR_HEIGHT - 2 * inset }, look)];
}

function placeOf(ms: number, { left, right, toMs }: Axis): number {
  return left + (ms / toMs) * (right - left);
}

function cursorAt(axis: Axis, bottom: number): Shape {
  const x = placeOf(axis.nowMs, axis);
  const look = { stroke: 'fail', dash: 'dashed', title: 'now' } as const;
  return { kind: 'line', x1: x, x2: x, y1: 20, y2: bottom, ...look };
}

interface StorePlace {
  readonly y: number;
  readonly left: number;
  readonly width: number;
  /** Number of bytes in the fullest store. */
  readonly most: number;
}

function storeOf({ name, store, text }: Held, place: StorePlace): readonly Shape[] {
  const { y, left, width, most } = place;
  const label = nameAt(y, name, { left, right: width });
  if (store === undefined)
    return [label, textShape(left, y + 11, textCutToWidth(text, width - left))];
  const room = (width - left) / (width < NARROW_WIDTH_PX ? 8 : 3);
  const bar = Math.round(room * (store.bytes / most));
  const said = `${contentOf(store)}${reasonsOf(store)}`;
  const x = left + (bar > 0 ? bar + 8 : 0);
  const filled = bar > 0 ? [boxShape({ x: left, y, w: bar, h: BAR_HEIGHT }, { fill: 'c2' })] : [];
  return [
    label,
    ...filled,
    textShape(x, y + 11, textCutToWidth(said, width - x), { fill: 'muted' }),
  ];
}

function contentOf({ bundles, bytes }: StoreState): string {
  if (bundles === 0) return 'empty';
  return `${digitsInGroups(bundles)} ${bundles === 1 ? 'bundle' : 'bundles'}, ${digitsInGroups(bytes)} B`;
}

/** Says why bundles wait, such as `: 2 no route, 1 queued for a contact`. */
function reasonsOf({ waiting }: StoreState): string {
  if (waiting.length === 0) return '';
  const said = waiting.map(({ reason, bundles }) => `${bundles} ${reasonText(reason)}`);
  return `: ${said.join(', ')}`;
}

function wordsOf(
  links: readonly Link[],
  held: readonly Held[],
  nowMs: number,
): { readonly title: string; readonly summary: string } {
  const open = links.filter(({ happened, planned }) =>
    [...happened, ...planned].some(({ fromMs, toMs }) => fromMs <= nowMs && toMs === null),
  );
  const full = held.filter(({ store }) => (store?.bundles ?? 0) > 0);
  const fullest = [...full].sort((a, b) => (b.store?.bytes ?? 0) - (a.store?.bytes ?? 0))[0];
  const title =
    fullest?.store === undefined
      ? 'No node holds a bundle'
      : `${fullest.name} holds most: ${contentOf(fullest.store)}${reasonsOf(fullest.store)}`;
  const sent = links.reduce((sum, link) => sum + link.sent, 0);
  const summary = `${title}. ${open.length} of ${links.length} links are open; ${digitsInGroups(sent)} bundles have left so far.`;
  return { title, summary };
}

function tableOf(links: readonly Link[]): Drawing['table'] {
  return {
    columns: ['from', 'to', 'contact', 'begins (s)', 'ends (s)', 'bundles sent on the link'],
    rows: links.flatMap(({ from, to, planned, happened, sent }) => {
      const row = (kind: string, { fromMs, toMs }: ContactWindow): (string | number | null)[] => {
        return [from, to, kind, fromMs / MS_PER_S, toMs === null ? null : toMs / MS_PER_S, sent];
      };
      return [
        ...planned.map((window) => row('planned', window)),
        ...happened.map((window) => row('happened', window)),
      ];
    }),
  };
}
