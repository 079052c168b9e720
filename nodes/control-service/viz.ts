/**
 * The drawing of control services: how beacons spread. For each AS a bar of the ASes to which it has found paths, with its
 * beacons and segments. The data is the state of `trace-states.ts`.
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
  NARROW_WIDTH_PX,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import { KNOWLEDGE_TRACE, type KnowledgeState } from './trace-states.ts';

/** Most nodes on a page; the table lists all. */
const ROWS_MAX = 24;
const ROW = 24;
const BAR = 12;
const HEAD = 26;
/** Share of the width for names, and for numbers. */
const NAME_SHARE = 0.22;
const NUMBERS_SHARE = 0.34;

interface Row extends KnowledgeState {
  readonly name: string;
}

/** The drawing of control services. */
export const viz: ProtocolViz = {
  protocol: 'control-service',
  views: [
    {
      name: 'beacons',
      title: 'How beacons spread',
      applies: ({ nodes }) => nodes.some((node) => rowsOf(node).length > 0),
      draw,
    },
  ],
};

function rowsOf({ name, states }: NodeState): readonly Row[] {
  const value = readSingleTracedState(KNOWLEDGE_TRACE, states)?.value;
  return value === undefined ? [] : [{ name, ...value }];
}

function draw(input: DrawingInput): Drawing {
  const { width, chosen } = input;
  const rows = nodesShown(input, (node) => rowsOf(node).length > 0).flatMap(rowsOf);
  const page = selectRowPage(rows, { size: ROWS_MAX, group: 'nodes', chosen });
  const isNarrow = width < NARROW_WIDTH_PX;
  const left = Math.round(width * NAME_SHARE);
  const right = isNarrow ? width : Math.round(width * (1 - NUMBERS_SHARE));
  const most = greatestOf(
    rows.map(({ found, watched }) => Math.max(found, watched)),
    1,
  );
  const shapes: Shape[] = [
    textShape(left, 16, 'ASes to which it has found a path', { fill: 'muted' }),
    ...(isNarrow
      ? []
      : [textShape(right + 12, 16, 'beacons · segments · registered', { fill: 'muted' })]),
  ];
  for (const [index, row] of page.shown.entries()) {
    const y = HEAD + ROW * index;
    const wide = right - left - 44;
    const at = { x: left, y: y + 4, h: BAR };
    const isComplete = row.found >= row.watched;
    shapes.push(
      textShape(0, y + 15, textCutToWidth(row.name, left - 8)),
      boxShape({ ...at, w: wide }, { fill: 'shade', radius: 3 }),
      boxShape(
        { ...at, w: Math.max(1, (wide * row.found) / most) },
        { fill: isComplete ? 'pass' : 'open', radius: 3, title: sentenceOf(row) },
      ),
      textShape(left + wide + 6, y + 15, String(row.found)),
    );
    if (isNarrow) continue;
    const numbers = `${row.beacons} · ${row.segments} · ${row.registered}`;
    shapes.push(textShape(right + 12, y + 15, numbers, { fill: 'muted' }));
  }
  const end = HEAD + ROW * page.shown.length + 8;
  for (const shape of page.buttons(end)) shapes.push(shape);
  const complete = rows.filter(({ found, watched }) => found >= watched).length;
  const title = `${complete} of ${rows.length} control services have paths to all ASes that they watch`;
  return {
    title,
    summary: `${title}. ${rows.map(sentenceOf).join('. ')}.`,
    shapes,
    height: end + page.height,
    table: {
      columns: ['node', 'beacons', 'segments', 'registered', 'found', 'watched'],
      rows: rows.map(({ name, beacons, segments, registered, found, watched }) => [
        ...[name, beacons, segments, registered, found, watched],
      ]),
    },
  };
}

function sentenceOf({ name, found, watched, beacons }: Row): string {
  return `${name} has ${beacons} beacons, and paths to ${found} of ${watched}`;
}
