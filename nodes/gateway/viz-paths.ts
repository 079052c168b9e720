/**
 * Draws the gateways' paths with each gateway's measurements: health, role, RTT, loss.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import type {
  ColourRole,
  Drawing,
  DrawingInput,
  LinkFault,
  NodeState,
  Shape,
} from '../../viz/format/drawing.ts';
import {
  boxShape,
  millisecondsText,
  NARROW_WIDTH_PX,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import {
  PATH_IN_USE_TRACE,
  PATH_LINKS_TRACE,
  PATH_QUALITY_TRACE,
  type TracedPathQuality,
} from '../_kit/path-states.ts';
import { readTracedState, readTracedStates } from '../_kit/trace-state.ts';

/** A path between one pair of gateways, at the instant of the cursor. */
interface PathRow {
  /** Undefined if only {@link text} is known. */
  readonly quality: TracedPathQuality | undefined;
  /** The traced text of the quality. */
  readonly text: string;
  readonly node: string;
  readonly peer: string;
  readonly path: string;
  readonly isActive: boolean;
  /** The path's actual fault, as `down for 38 ms`; empty when it has none. */
  readonly truth: string;
}

const HEAD = 32;
const ROW = 28;
const TALL_ROW = 48;
/** Left ends of the columns, px. */
const NAME_AT = 22;
const HEALTH_AT = 190;
const BAR_AT = 330;
const FIGURES = 210;
/** Largest number of pairs of gateways drawn; the table lists all. */
const PAIRS_SHOWN = 8;

const INKS: Readonly<Record<string, ColourRole>> = {
  alive: 'pass',
  degraded: 'open',
  probation: 'open',
  dead: 'fail',
};

/** True when a gateway has measured a path. */
export function hasMeasuredPaths({ nodes }: DrawingInput): boolean {
  return nodes.some((node) => pathsOf(node).length > 0);
}

/** Draws the paths, with rows grouped by pair of gateways. */
export function drawMeasuredPaths(input: DrawingInput): Drawing {
  const rows = nodesShown(input, (node) => pathsOf(node).length > 0).flatMap((node) =>
    pathsOf(node, input),
  );
  const pairs = [...new Set(rows.map(pairOf))];
  const rttUsMost = greatestOf([1, ...rows.map(({ quality }) => quality?.rttUs ?? 0)]);
  const isNarrow = input.width < NARROW_WIDTH_PX;
  const shapes: Shape[] = [];
  let y = 0;
  for (const pair of pairs.slice(0, PAIRS_SHOWN)) {
    shapes.push(textShape(0, y + 20, pair, { weight: 'strong', size: 'normal' }));
    y += HEAD;
    for (const row of rows.filter((one) => pairOf(one) === pair)) {
      const place = { y, width: input.width, rttUsMost };
      shapes.push(isNarrow ? tallRow(row, place) : wideRow(row, place));
      y += isNarrow ? TALL_ROW : ROW;
    }
    y += 12;
  }
  const more = pairs.length - PAIRS_SHOWN;
  if (more > 0) shapes.push(textShape(0, y + 12, `${more} more pairs are in the table.`));
  const title = findingOf(rows, pairs);
  const columns = ['gateway', 'peer', 'path', 'in use', 'health', 'role'];
  return {
    title,
    summary: `${title}. ${rows.map(sentenceOf).join('. ')}.`,
    legend:
      'Bars: round-trip time of the probes; dotted: the last one of a path that is dead. In red: what is so, whether or not the gateway knows.',
    shapes,
    height: y + (more > 0 ? 20 : -8),
    table: {
      columns: [...columns, 'RTT us', 'jitter us', 'loss', 'in truth'],
      rows: rows.map((row) => [
        ...[row.node, row.peer, row.path, row.isActive ? 'yes' : 'no'],
        ...[healthOf(row), row.quality?.role ?? null, row.quality?.rttUs ?? null],
        ...[row.quality?.jitterUs ?? null, row.quality?.loss ?? null],
        row.truth === '' ? 'up' : row.truth,
      ]),
    },
  };
}

type Truth = Pick<DrawingInput, 'broken' | 'timeNs'>;

function pathsOf({ name, states }: NodeState, truth?: Truth): readonly PathRow[] {
  return readTracedStates(PATH_QUALITY_TRACE, states)
    .map(({ key, value: quality, text }) => {
      const isActive = readTracedState(PATH_IN_USE_TRACE, key, states)?.value?.path === key.path;
      const links = readTracedState(PATH_LINKS_TRACE, key, states)?.value ?? [];
      return { node: name, ...key, isActive, quality, text, truth: truthText(links, truth) };
    })
    .sort((a, b) => compare(a.peer, b.peer) || compare(a.path, b.path));
}

/** The actual fault of a path; with several broken links, the one that has been down longest. */
function truthText(links: readonly string[], truth: Truth | undefined): string {
  const broken = links.flatMap(
    (id): LinkFault | readonly LinkFault[] => truth?.broken?.get(id) ?? [],
  );
  const worst = broken.filter(({ state }) => state === 'down');
  const [one] = [...(worst.length > 0 ? worst : broken)].sort((a, b) => a.sinceNs - b.sinceNs);
  if (one === undefined || truth === undefined) return '';
  return `${one.state} for ${millisecondsText(Math.round((truth.timeNs - one.sinceNs) / 1000))}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function pairOf({ node, peer }: PathRow): string {
  return `${node} → ${peer}`;
}

function findingOf(rows: readonly PathRow[], pairs: readonly string[]): string {
  const [first = ''] = pairs;
  const own = rows.filter((row) => pairOf(row) === first);
  const active = own.find(({ isActive }) => isActive);
  const alive = own.filter(({ quality }) => quality?.health === 'alive').length;
  const use = active === undefined ? 'uses no path' : `uses ${active.path} (${rttText(active)})`;
  return `${first} ${use}; ${alive} of ${own.length} paths alive`;
}

function sentenceOf(row: PathRow): string {
  const truth = row.truth === '' ? '' : `, in truth ${row.truth}`;
  const path = `${row.path} of ${pairOf(row)}`;
  if (row.quality === undefined) return `${path}: ${row.text}${truth}`;
  const { health } = row.quality;
  return `${path} is ${health}, RTT ${rttText(row)}, ${lossText(row)}${truth}`;
}

/** The health of a path; if the quality cannot be read, its text in the trace. */
function healthOf({ quality, text }: PathRow): string {
  return quality?.health ?? text;
}

function rttText({ quality }: PathRow): string {
  const rttUs = quality?.rttUs ?? undefined;
  return rttUs === undefined ? 'not measured' : millisecondsText(rttUs);
}

/** The loss of a path as text; empty if its quality is not known. */
function lossText({ quality }: PathRow): string {
  if (quality === undefined) return '';
  const { loss } = quality;
  return `loss ${(100 * loss).toFixed(loss > 0 && loss < 0.1 ? 1 : 0)} %`;
}

function figuresText(row: PathRow): string {
  if (row.quality === undefined) return '';
  return `${rttText(row)} ± ${millisecondsText(row.quality.jitterUs)}, ${lossText(row)}`;
}

interface RowPlace {
  readonly y: number;
  readonly width: number;
  readonly rttUsMost: number;
}

function wideRow(row: PathRow, { y, width, rttUsMost }: RowPlace): Shape {
  const room = width - BAR_AT - FIGURES;
  return {
    kind: 'group',
    title: sentenceOf(row),
    shapes: [
      boxShape(
        { x: 0, y, w: width, h: ROW - 4 },
        { fill: row.isActive ? 'shade' : 'panel', radius: 4 },
      ),
      mark(row, y + 12),
      textShape(NAME_AT, y + 16, row.path, { weight: row.isActive ? 'strong' : 'normal' }),
      ...healthWords(row, { x: HEALTH_AT, y: y + 16, width }),
      ...(row.truth === ''
        ? bar(row, { x: BAR_AT, y: y + 8, w: (room * (row.quality?.rttUs ?? 0)) / rttUsMost, h: 8 })
        : [textShape(BAR_AT, y + 16, `in truth ${row.truth}`, { fill: 'fail', weight: 'strong' })]),
      textShape(width - 8, y + 16, figuresText(row), { anchor: 'end' }),
    ],
  };
}

function tallRow(row: PathRow, { y, width, rttUsMost }: RowPlace): Shape {
  const long = ((width - NAME_AT - 8) * (row.quality?.rttUs ?? 0)) / rttUsMost;
  return {
    kind: 'group',
    title: sentenceOf(row),
    shapes: [
      boxShape(
        { x: 0, y, w: width, h: TALL_ROW - 4 },
        { fill: row.isActive ? 'shade' : 'panel', radius: 4 },
      ),
      mark(row, y + 13),
      textShape(NAME_AT, y + 17, row.path, { weight: row.isActive ? 'strong' : 'normal' }),
      textShape(width - 8, y + 17, rttText(row), { anchor: 'end' }),
      ...healthWords(row, { x: NAME_AT, y: y + 33, width }),
      row.truth === ''
        ? textShape(width - 8, y + 33, lossText(row), { anchor: 'end' })
        : textShape(width - 8, y + 33, `in truth ${row.truth}`, { anchor: 'end', fill: 'fail' }),
      ...bar(row, { x: NAME_AT, y: y + 38, w: long, h: 3 }),
    ],
  };
}

/** A filled point is the path in use, a ring is another path, and a cross is a dead path. */
function mark(row: PathRow, y: number): Shape {
  const health = row.quality?.health;
  const ink = INKS[health ?? ''] ?? 'muted';
  if (health === 'dead') {
    return { kind: 'path', d: `M6 ${y - 4}l8 8m0 -8l-8 8`, stroke: ink, width: 2 };
  }
  return { kind: 'circle', x: 10, y, r: 5, stroke: ink, ...(row.isActive && { fill: ink }) };
}

function healthWords(
  { quality, text, isActive }: PathRow,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): readonly Shape[] {
  if (quality === undefined)
    return [textShape(x, y, textCutToWidth(text, width - x), { fill: 'muted' })];
  const { health, role } = quality;
  const use = isActive ? 'in use' : role;
  return [textShape(x, y, `${health}, ${use}`, { fill: health === 'dead' ? 'fail' : 'text' })];
}

function bar(
  row: PathRow,
  place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number },
): readonly Shape[] {
  if (typeof row.quality?.rttUs !== 'number') return [];
  // A dead path shows its last measurement as an outline.
  if (row.quality.health === 'dead') return [boxShape(place, { stroke: 'muted', dash: 'dotted' })];
  return [boxShape(place, { fill: row.isActive ? 'c1' : 'muted', radius: 2 })];
}
