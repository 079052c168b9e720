/**
 * Draws the interfaces that control services believe to be down, with the source of each report and
 * the instant until which it is believed.
 *
 * @module
 */
import type { Drawing, DrawingInput, Shape } from '../../viz/format/drawing.ts';
import { selectRowPage } from '../../viz/format/row-pages.ts';
import { boxShape, nodesShown, textCutToWidth, textShape } from '../../viz/format/shapes.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import { REVOCATION_NS } from './geometry.ts';
import { AS_TRACE, REVOCATIONS_TRACE, type TracedRevocation } from './trace-states.ts';
import { secondsText } from './viz-ases.ts';

const ROWS_MAX = 24;
const ROW = 44;

interface Row extends TracedRevocation {
  readonly node: string;
  readonly leftNs: number;
}

/**
 * Draws a row for each pair of an interface and a control service that believes the interface to be
 * down.
 */
export function drawRevocations(input: DrawingInput): Drawing {
  const { width, timeNs, chosen } = input;
  const rows = nodesShown(input, ({ states }) => states.has(AS_TRACE.machine))
    .flatMap(({ name, states }): readonly Row[] =>
      (readSingleTracedState(REVOCATIONS_TRACE, states)?.value ?? []).map((one) => {
        return { ...one, node: name, leftNs: one.untilNs - timeNs };
      }),
    )
    .filter(({ leftNs }) => leftNs > 0)
    .sort((a, b) => (a.of < b.of ? -1 : a.of > b.of ? 1 : b.leftNs - a.leftNs));
  const page = selectRowPage(rows, { size: ROWS_MAX, group: 'revocations', chosen });
  const shapes = page.shown.flatMap((row, at) => rowShapes(row, at * ROW, width));
  const end = ROW * page.shown.length + 8;
  for (const shape of page.buttons(end)) shapes.push(shape);
  const count = new Set(rows.map(({ of }) => of)).size;
  const of = count === 1 ? '1 interface is' : `${count === 0 ? 'No' : count} interfaces are`;
  const title = `${of} believed to be down${count === 0 ? ' at this instant' : ''}`;
  return {
    title,
    summary: `${title}. ${rows.map(sentenceOf).join('. ')}.`,
    legend: `Each is believed for ${REVOCATION_NS / 1e9} s from when it was told last, or until a beacon comes over it. Control services trace every half second.`,
    shapes,
    height: end + page.height,
    table: {
      columns: ['interface', 'believed by', 'told by', 'until s', 'left s'],
      rows: rows.map(({ of: name, node, by, untilNs, leftNs }) => [
        ...[name, node, by, untilNs / 1e9, leftNs / 1e9],
      ]),
    },
  };
}

function sentenceOf({ of, node, by, untilNs }: Row): string {
  return `${node} believes until ${secondsText(untilNs)} that ${of} is down, told by ${by}`;
}

function rowShapes(row: Row, y: number, width: number): readonly Shape[] {
  const { of, node, by, untilNs, leftNs } = row;
  const until = `until ${secondsText(untilNs)}`;
  const words = `${node}, told by ${by}`;
  return [
    textShape(0, y + 14, of, { weight: 'strong' }),
    textShape(width, y + 14, until, { anchor: 'end' }),
    boxShape({ x: 0, y: y + 20, w: width, h: 4 }, { fill: 'shade', radius: 2 }),
    boxShape(
      { x: 0, y: y + 20, w: (width * Math.min(leftNs, REVOCATION_NS)) / REVOCATION_NS, h: 4 },
      { fill: 'fail', radius: 2, title: sentenceOf(row) },
    ),
    textShape(0, y + 37, textCutToWidth(words, width), { fill: 'muted' }),
  ];
}
