/**
 * Draws the latest handshake of each pair as a ladder diagram: who sent what when, both sides on
 * the run's clock (Noise IK, `key-exchange.ts`).
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { Drawing, DrawingInput, NodeState, Shape } from '../../viz/format/drawing.ts';
import { NARROW_WIDTH_PX, textCutToWidth, textShape } from '../../viz/format/shapes.ts';
import { findUnreadableStates, readTracedStates, type TracedState } from '../_kit/trace-state.ts';
import { HANDSHAKE_TRACE, type HandshakeStep, type TracedHandshake } from './trace-states.ts';

/** A handshake as seen from both sides; instants in ns for the steps that have happened. */
interface Ladder {
  readonly initiator: string;
  readonly responder: string;
  readonly epoch: number;
  readonly sendings: number;
  readonly rungs: readonly Rung[];
}

interface Rung {
  readonly name: string;
  readonly isForward: boolean;
  readonly sentNs: number;
  /** When the message arrived; undefined until the trace shows it. */
  readonly gotNs: number | undefined;
}

const HEAD = 64;
const LONG = 200;
const TAIL = 40;
/** Height of a handshake that can only be shown as text. */
const UNREAD = 24;
/** Below this width, the names do not fit next to each other, px. */
const CRAMPED = 320;
/** Labels closer than this would overlap, px. */
const LABEL_PITCH = 16;
/** Width of an average letter, px. */
const CHARACTER = 6.4;
/** Largest number of ladders drawn; the table lists all. */
const SHOWN = 4;

/** True when a gateway has traced a handshake. */
export function hasTracedHandshakes(input: DrawingInput): boolean {
  return (
    laddersOf(input).length > 0 || findUnreadableStates(HANDSHAKE_TRACE, input.nodes).length > 0
  );
}

/** Draws one ladder diagram for each pair of gateways. */
export function drawHandshakeLadders(input: DrawingInput): Drawing {
  const all = laddersOf(input);
  const { selected } = input;
  const own = all.filter(({ initiator, responder }) =>
    [initiator, responder].includes(selected ?? ''),
  );
  const ladders = own.length > 0 ? own : all;
  const shapes: Shape[] = [];
  let y = 0;
  for (const ladder of ladders.slice(0, SHOWN)) {
    for (const one of ladderShapes(ladder, y, input.width)) shapes.push(one);
    y += HEAD + LONG + TAIL;
  }
  const unread = findUnreadableStates(HANDSHAKE_TRACE, input.nodes);
  for (const text of unread.slice(0, SHOWN)) {
    shapes.push(textShape(0, y + 16, textCutToWidth(text, input.width)));
    y += UNREAD;
  }
  const more = ladders.length - SHOWN;
  if (more > 0) shapes.push(textShape(0, y, `${more} more handshakes are in the table.`));
  const sentences = [...ladders.map(sentenceOf), ...unread];
  return {
    title: sentences[0] ?? 'No handshake',
    summary: `${sentences.join('. ')}.`,
    shapes,
    height: y,
    table: {
      columns: ['initiator', 'responder', 'epoch', 'message', 'sent ns', 'received ns'],
      rows: ladders.flatMap(({ initiator, responder, epoch, rungs }) =>
        rungs.map(({ name, sentNs, gotNs }) => [
          ...[initiator, responder, epoch, name, sentNs],
          gotNs ?? null,
        ]),
      ),
    },
  };
}

function laddersOf({ nodes }: DrawingInput): readonly Ladder[] {
  const all = nodes.flatMap(handshakesOf);
  return all.flatMap(({ node, peer, value: mine }) => {
    if (mine?.steps.has('opening-sent') !== true) return [];
    const theirs = all.find((one) => one.node === peer && one.peer === node)?.value;
    const isSame = theirs?.epoch === mine.epoch && theirs.steps.has('opening-received');
    const other = isSame ? theirs.steps : new Map<HandshakeStep, number>();
    const rungs = rungsOf(mine.steps, other);
    const { epoch, sendings } = mine;
    return [{ initiator: node, responder: peer, epoch, sendings, rungs }];
  });
}

interface PeerHandshake extends TracedState<TracedHandshake> {
  readonly node: string;
  readonly peer: string;
}

function handshakesOf({ name, states }: NodeState): readonly PeerHandshake[] {
  return readTracedStates(HANDSHAKE_TRACE, states).map(({ key, ...found }) => ({
    node: name,
    ...key,
    ...found,
  }));
}

function rungsOf(
  mine: ReadonlyMap<HandshakeStep, number>,
  theirs: ReadonlyMap<HandshakeStep, number>,
): readonly Rung[] {
  const rung = (
    name: string,
    isForward: boolean,
    [sentNs, gotNs]: readonly [number | undefined, number | undefined],
  ): readonly Rung[] => (sentNs === undefined ? [] : [{ name, isForward, sentNs, gotNs }]);
  return [
    ...rung('opening', true, [mine.get('opening-sent'), theirs.get('opening-received')]),
    ...rung('answer', false, [theirs.get('answer-sent'), mine.get('answer-received')]),
    // The initiator confirms in the same call in which it gets the answer.
    ...rung('confirmation', true, [mine.get('answer-received'), theirs.get('confirmed')]),
    ...rung('first frame', false, [theirs.get('confirmed'), mine.get('confirmed')]),
  ];
}

function sentenceOf({ initiator, responder, epoch, sendings, rungs }: Ladder): string {
  const beginNs = rungs[0]?.sentNs ?? 0;
  const agreedNs = rungs.find(({ name }) => name === 'answer')?.gotNs;
  const times = sendings > 1 ? `, after ${sendings} openings` : '';
  if (agreedNs === undefined) return `${initiator} asks ${responder} for keys${times}`;
  const took = msText(agreedNs - beginNs);
  return `${initiator} and ${responder} agreed on epoch ${epoch} in ${took}${times}`;
}

function msText(ns: number): string {
  return `${(ns / 1e6).toFixed(2)} ms`;
}

function ladderShapes(
  { initiator, responder, epoch, rungs }: Ladder,
  top: number,
  width: number,
): readonly Shape[] {
  const beginNs = rungs[0]?.sentNs ?? 0;
  const endNs = greatestOf([beginNs + 1, ...rungs.map(({ sentNs, gotNs }) => gotNs ?? sentNs)]);
  const side = width < NARROW_WIDTH_PX ? 84 : Math.max(120, width * 0.2);
  const [left, right] = [side, width - side];
  const first = top + HEAD;
  const at = (ns: number): number => first + (LONG * (ns - beginNs)) / (endNs - beginNs);
  const place = { left, right, at };
  const middle = { anchor: 'middle', fill: 'muted' } as const;
  const name = { anchor: 'middle', weight: 'strong', size: 'normal' } as const;
  return [
    textShape(left, top + 20, initiator, name),
    textShape(right, top + 20, responder, name),
    textShape(left, top + 38, 'initiator', middle),
    textShape(right, top + 38, 'responder', middle),
    ...(width < CRAMPED ? [] : [textShape(width / 2, top + 38, `epoch ${epoch}`, middle)]),
    lifeline(left, first),
    lifeline(right, first),
    ...rungs.flatMap((rung) => rungShapes(rung, place)),
    ...instantLabels(rungs, true, place),
    ...instantLabels(rungs, false, place),
  ];
}

/** Instants along one lifeline since the opening; skips those too close to the previous one. */
function instantLabels(
  rungs: readonly Rung[],
  isLeft: boolean,
  { left, right, at }: LadderPlace,
): readonly Shape[] {
  const beginNs = rungs[0]?.sentNs ?? 0;
  const instants = rungs
    .flatMap(({ sentNs, gotNs, isForward }) => (isForward === isLeft ? [sentNs] : (gotNs ?? [])))
    .sort((a, b) => a - b);
  const shapes: Shape[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const ns of instants) {
    const y = at(ns);
    if (y - last < LABEL_PITCH) continue;
    last = y;
    const look = { anchor: isLeft ? 'end' : 'start', fill: 'muted' } as const;
    shapes.push(textShape(isLeft ? left - 8 : right + 8, y + 4, `+${msText(ns - beginNs)}`, look));
  }
  return shapes;
}

function lifeline(x: number, y: number): Shape {
  return { kind: 'line', x1: x, y1: y - 12, x2: x, y2: y + LONG + 12, stroke: 'muted', width: 1 };
}

interface LadderPlace {
  readonly left: number;
  readonly right: number;
  readonly at: (ns: number) => number;
}

function rungShapes({ name, isForward, sentNs, gotNs }: Rung, place: LadderPlace): Shape[] {
  const { left, right, at } = place;
  const [x1, x2] = isForward ? [left, right] : [right, left];
  const y1 = at(sentNs);
  const y2 = at(gotNs ?? sentNs);
  const isOpen = gotNs === undefined;
  const end = isOpen ? (x1 + x2) / 2 : x2;
  const line: Shape = {
    kind: 'line',
    ...{ x1, y1, x2: end, y2 },
    stroke: isOpen ? 'open' : 'c1',
    width: 2,
    dash: isOpen ? 'dashed' : 'solid',
    title: isOpen ? `${name}, not seen to arrive` : `${name}, ${msText(gotNs - sentNs)} on the way`,
  };
  const text = isOpen ? `${name} …` : name;
  // High enough above the middle that the sloping line does not touch the nearer end of the text.
  const rise = (Math.abs(y2 - y1) / (right - left)) * (text.length / 2) * CHARACTER;
  // The line ends where a message has not yet arrived: that text goes below it.
  const base = isOpen ? y1 + 16 : (y1 + y2) / 2 - 6 - rise;
  const label = textShape((left + right) / 2, base, text, { anchor: 'middle' });
  if (isOpen) return [line, label];
  const back = isForward ? -9 : 9;
  const head: Shape = {
    kind: 'path',
    d: `M${x2} ${y2}l${back} -5v10z`,
    fill: 'c1',
  };
  return [line, head, label];
}
