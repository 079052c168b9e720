/**
 * The drawing of a choice of fabric's navigator. Each way that a message may take is a point, by its latency and by the
 * privacy that it costs (or by its loss, if no way costs privacy). A line joins the ways that no other way dominates.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';
import type {
  ColourRole,
  Drawing,
  DrawingInput,
  NodeState,
  Shape,
} from '../../viz/format/drawing.ts';
import {
  boxShape,
  millisecondsText,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { readTracedState, readTracedStates } from '../_kit/trace-state.ts';
import { CHOICE_TRACE } from '../_kit/way-chooser.ts';
import { COSTS_TRACE, type TracedCost } from './trace-states.ts';

const WIDTH_MAX = 560;
const HEIGHT = 130;
const PAD = 24;
const LINE = 16;
const PAIRS_MAX = 12;
/** Share of the chart beyond which a name stands left of its point. */
const RIGHT = 0.6;
const PPM = 1e6;
const MILLI = 1_000;

/** A way, and its place in the choice. */
interface Point extends TracedCost {
  /** Its score, or why it has none. */
  readonly score: string;
  readonly is: 'taken' | 'on the frontier' | 'dominated' | 'down';
}

/** The last choice of a node for one peer. */
interface Choice {
  readonly from: string;
  readonly to: string;
  readonly weighting: string;
  /** By latency. */
  readonly points: readonly Point[];
}

/** True for a node that has chosen among ways by their costs. */
export function hasChoice({ protocol, states }: NodeState): boolean {
  return protocol === 'fabric' && readTracedStates(COSTS_TRACE, states).length > 0;
}

/** Draws the last choice for each peer. */
export function drawFrontier(input: DrawingInput): Drawing {
  const choices = nodesShown(input, hasChoice).flatMap(choicesOf);
  const shapes: Shape[] = [];
  let y = 0;
  for (const choice of choices.slice(0, PAIRS_MAX)) {
    for (const one of chartAt(y, choice, input.width)) shapes.push(one);
    y += HEIGHT + 4 * LINE;
  }
  const title = `${choices.length} ${choices.length === 1 ? 'choice' : 'choices'} of a way by its costs.`;
  const [first] = choices;
  return {
    title,
    summary: first === undefined ? title : `${title} ${wordsOf(first)}`,
    legend:
      'A point is a way: green the one that was taken, blue the others that no way dominates, joined by a line, grey those that one dominates or that are down. Less is better on both axes.',
    shapes,
    height: y,
    table: {
      columns: ['from', 'to', 'class', 'way', 'ms', 'loss', 'epsilon', 'score', 'is'],
      rows: choices.flatMap(({ from, to, weighting, points }) =>
        points.map(({ way, latencyUs, lossPpm, epsilonMilli, score, is }) => [
          ...[from, to, weighting, way, latencyUs / MILLI, lossPpm / PPM, epsilonMilli / MILLI],
          ...[score, is],
        ]),
      ),
    },
  };
}

function choicesOf({ name, states }: NodeState): readonly Choice[] {
  return readTracedStates(COSTS_TRACE, states).map(({ key, value = [] }) => {
    const [weighting = '', scores = ''] =
      readTracedState(CHOICE_TRACE, key, states)?.value?.split(': ') ?? [];
    const said = scores.split(', ').map((one) => one.split(' '));
    const points = value.map((cost): Point => {
      const at = said.findIndex(([way]) => way === cost.way);
      const score = said[at]?.[1] ?? 'down';
      const is =
        at === 0 ? 'taken' : score === 'dominated' || score === 'down' ? score : 'on the frontier';
      return { ...cost, score, is };
    });
    const byLatency = points.sort((a, b) => a.latencyUs - b.latencyUs);
    return { from: name, to: key.peer, weighting, points: byLatency };
  });
}

function wordsOf({ from, to, weighting, points }: Choice): string {
  const taken = points.find(({ is }) => is === 'taken');
  const others = points
    .filter(({ is }) => is !== 'taken')
    .map(({ way, score }) => `${way} ${score}`);
  return `${from} → ${to}, ${weighting}: ${taken?.way ?? 'no way'} ${taken?.score ?? ''}${others.length > 0 ? `, not ${others.join(', ')}` : ''}`;
}

function chartAt(top: number, choice: Choice, width: number): readonly Shape[] {
  const { points } = choice;
  const w = Math.min(WIDTH_MAX, width - 2);
  const y = top + 2 * LINE;
  const isPrivacy = points.some(({ epsilonMilli }) => epsilonMilli > 0);
  const costOf = ({ epsilonMilli, lossPpm }: Point): number => (isPrivacy ? epsilonMilli : lossPpm);
  const worst = Math.max(1, greatestOf(points.map(costOf)));
  const rootOf = ({ latencyUs }: Point): number => Math.sqrt(latencyUs);
  const least = leastOf(points.map(rootOf));
  const span = Math.max(1, greatestOf(points.map(rootOf)) - least);
  const placed = points.map((point) => ({
    point,
    x: PAD + ((rootOf(point) - least) / span) * (w - 2 * PAD),
    y: y + HEIGHT - PAD - (costOf(point) / worst) * (HEIGHT - 2 * PAD),
  }));
  const on = placed.filter(({ point: { is } }) => is === 'taken' || is === 'on the frontier');
  const line = on.map((at, index) => `${index === 0 ? 'M' : 'L'}${at.x} ${at.y}`).join('');
  return [
    textShape(
      0,
      top + 11,
      textCutToWidth(`${choice.from} → ${choice.to}, ${choice.weighting}`, width),
      {
        weight: 'strong',
      },
    ),
    textShape(
      0,
      top + 27,
      isPrivacy ? `privacy, up to ε ${worst / MILLI}` : `loss, up to ${(worst * 100) / PPM} %`,
      { fill: 'muted' },
    ),
    boxShape({ x: 0, y, w, h: HEIGHT }, { stroke: 'line' }),
    ...(on.length > 1 ? [{ kind: 'path', d: line, stroke: 'c1' } as const] : []),
    ...placed.flatMap(pointShapes(w)),
    textShape(0, y + HEIGHT + 13, latencyText(points[0]), { fill: 'muted' }),
    textShape(w, y + HEIGHT + 13, `${latencyText(points.at(-1))}, square root`, {
      ...{ fill: 'muted', anchor: 'end' },
    }),
  ];
}

const FILL: Readonly<Record<Point['is'], ColourRole>> = {
  taken: 'pass',
  'on the frontier': 'c1',
  dominated: 'muted',
  down: 'muted',
};

/** A point, and above it its name and score, to the side where there is room. */
function pointShapes(
  w: number,
): (at: { readonly point: Point; readonly x: number; readonly y: number }) => readonly Shape[] {
  return ({ point: { way, is, score, latencyUs }, x, y }) => {
    const isRight = x > RIGHT * w;
    const title = `${way}, ${millisecondsText(latencyUs)}: ${is}, ${score}`;
    return [
      { kind: 'circle', x, y, r: is === 'taken' ? 7 : 5, fill: FILL[is], title },
      textShape(isRight ? x + 8 : x - 8, y - 10, `${way} ${score}`, {
        anchor: isRight ? 'end' : 'start',
      }),
    ];
  };
}

function latencyText(point: Point | undefined): string {
  return point === undefined ? '' : millisecondsText(point.latencyUs);
}
