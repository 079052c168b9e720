/**
 * The drawings of fabric: the ways to each peer and the messages to it, and the transmissions of one
 * message: which of its bytes left when, over which way, and why some left again. The data are the
 * states of `trace-states.ts`.
 *
 * @module
 */
import { leastOf } from '../../engine/pure/extremes.ts';
import type {
  ColourRole,
  Drawing,
  DrawingInput,
  NodeState,
  ProtocolViz,
  Shape,
} from '../../viz/format/drawing.ts';
import {
  boxShape,
  digitsInGroups,
  millisecondsText,
  NARROW_WIDTH_PX,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { readTracedStates } from '../_kit/trace-state.ts';
import {
  MESSAGE_LIFE_TRACE,
  MESSAGES_TRACE,
  type MessageLifeState,
  TRANSMISSION_REASONS,
  type TracedMessage,
  type TracedTransmission,
  type TracedWay,
  type TransmissionReason,
  WAYS_TRACE,
} from './trace-states.ts';

import { drawFrontier, hasChoice } from './viz-frontier.ts';

const NS_PER_MS = 1e6;
const MS_PER_S = 1_000;
const ROW = 20;
const BAR = 12;
const HEAD = 30;
const GAP = 26;
const PEERS_MAX = 12;
/** Largest number of messages drawn for each peer; the table lists all that the trace has. */
const MESSAGES_MAX = 14;
const LABEL_MAX = 210;
const LABEL_SHARE = 0.3;
/** Height of the box for the bytes of a message, px. */
const BYTES_HEIGHT = 220;
const LEAST = 2;
/** Width of the lines that show departures of bytes, px. */
const STROKE = 4;
/** Share of the time axis that is left free before the oldest message. */
const MARGIN = 0.02;

const REASON_TEXT: Readonly<Record<TransmissionReason, string>> = {
  first: 'for the first time',
  lost: 'again: lost on the way',
  'time-out': 'again: no answer in time',
  refused: 'again: refused by the carrier',
  'other-way': 'again: over another way',
  'peer-restarted': 'again: the peer has restarted',
};
const REASON_FILL: Readonly<Record<TransmissionReason, ColourRole>> = {
  first: 'c1',
  lost: 'fail',
  'time-out': 'open',
  refused: 'c4',
  'other-way': 'c3',
  'peer-restarted': 'c6',
};

/** Messages and ways from one node to one peer. */
interface Pair {
  readonly from: string;
  readonly to: string;
  readonly ways: readonly TracedWay[];
  /** Number of messages that are open, listed or not. */
  readonly open: number;
  readonly messages: readonly TracedMessage[];
}

interface Life extends MessageLifeState {
  readonly from: string;
  readonly to: string;
}

/** The time axis: the x coordinates of its two ends, px, and the instants there, ms. */
interface Axis {
  readonly left: number;
  readonly right: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The views of fabric in the browser. */
export const viz: ProtocolViz = {
  protocol: 'fabric',
  views: [
    {
      name: 'messages',
      title: 'Messages, and the ways to peers',
      applies: ({ nodes }) => nodes.some(hasMessages),
      draw: drawMessages,
    },
    {
      name: 'frontier',
      title: 'The choice of a way',
      applies: ({ nodes }) => nodes.some(hasChoice),
      draw: drawFrontier,
    },
    {
      name: 'life',
      title: 'The life of a message',
      applies: ({ nodes }) => nodes.some(hasLife),
      draw: drawLife,
    },
  ],
};

function hasMessages({ protocol, states }: NodeState): boolean {
  return protocol === 'fabric' && readTracedStates(MESSAGES_TRACE, states).length > 0;
}

function hasLife({ protocol, states }: NodeState): boolean {
  return protocol === 'fabric' && readTracedStates(MESSAGE_LIFE_TRACE, states).length > 0;
}

function pairsOf({ name, states }: NodeState): readonly Pair[] {
  const ways = readTracedStates(WAYS_TRACE, states);
  return readTracedStates(MESSAGES_TRACE, states).map(({ key, value }) => ({
    from: name,
    to: key.peer,
    ways: ways.find((one) => one.key.peer === key.peer)?.value ?? [],
    open: value?.open ?? 0,
    messages: value?.listed ?? [],
  }));
}

function drawMessages(input: DrawingInput): Drawing {
  const pairs = nodesShown(input, hasMessages).flatMap(pairsOf);
  const nowMs = input.timeNs / NS_PER_MS;
  const all = pairs.flatMap(({ messages }) => messages);
  const axis = axisFor(input, leastOf([nowMs, ...all.map(({ sinceMs }) => sinceMs)]), nowMs);
  const shapes: Shape[] = [...ticksOf(axis)];
  let y = HEAD;
  for (const pair of pairs.slice(0, PEERS_MAX)) {
    shapes.push(textShape(0, y + 11, `${pair.from} → ${pair.to}`, { weight: 'strong' }));
    y += ROW;
    for (const way of pair.ways) {
      for (const one of wayAt(y, way, input.width)) shapes.push(one);
      y += ROW;
    }
    const drawn = pair.messages.slice(-MESSAGES_MAX);
    for (const message of drawn) {
      for (const one of messageAt(y, message, axis, nowMs)) shapes.push(one);
      y += ROW;
    }
    y += GAP - ROW;
  }
  if (pairs.length > PEERS_MAX) {
    shapes.push(textShape(0, y + 11, `${pairs.length - PEERS_MAX} more pairs are in the table.`));
    y += ROW;
  }
  return {
    ...wordsOf(pairs),
    legend:
      'A bar is a message from its acceptance to its end: green handled, brown or yellow open, red given up; the shaded part is there, or with a carrier that delivers it.',
    shapes,
    height: y + 4,
    table: tableOf(pairs),
  };
}

function axisFor({ width }: DrawingInput, fromMs: number, toMs: number): Axis {
  const isNarrow = width < NARROW_WIDTH_PX;
  const left = isNarrow ? 0 : Math.min(LABEL_MAX, Math.round(width * LABEL_SHARE));
  const spanMs = Math.max(1, toMs - fromMs);
  return {
    left,
    right: width - 4,
    fromMs: Math.max(0, fromMs - MARGIN * spanMs),
    toMs: Math.max(1, toMs),
  };
}

function placeOf(ms: number, { left, right, fromMs, toMs }: Axis): number {
  const part = (ms - fromMs) / Math.max(1, toMs - fromMs);
  return left + Math.min(1, Math.max(0, part)) * (right - left);
}

/** Ticks at both ends and in the middle of the time axis. */
function ticksOf(axis: Axis): readonly Shape[] {
  const { fromMs, toMs } = axis;
  const digits = toMs - fromMs < 10 * MS_PER_S ? 3 : 1;
  return [0, 1 / 2, 1].map((part) => {
    const ms = fromMs + part * (toMs - fromMs);
    const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
    return textShape(placeOf(ms, axis), 14, `${(ms / MS_PER_S).toFixed(digits)} s`, {
      anchor,
      fill: 'muted',
    });
  });
}

function wayAt(y: number, way: TracedWay, width: number): readonly Shape[] {
  const { name, state, use, window, flight, tripUs } = way;
  const fill = state === 'down' ? 'fail' : use === 'in-use' ? 'pass' : 'muted';
  const trip = tripUs === null ? [] : [`round trip ${millisecondsText(tripUs)}`];
  const room =
    window === 0 ? [] : [`${digitsInGroups(flight)} of ${digitsInGroups(window)} B under way`];
  const is = state === 'down' ? 'does not answer' : use === 'in-use' ? 'in use' : 'not in use';
  const text = [`${name} ${is}`, ...trip, ...room].join(', ');
  return [
    { kind: 'circle', x: 6, y: y + 7, r: 4, fill },
    textShape(16, y + 11, textCutToWidth(text, width - 20)),
  ];
}

function messageAt(y: number, message: TracedMessage, axis: Axis, nowMs: number): readonly Shape[] {
  const { sinceMs, untilMs, bytes, there, state } = message;
  const x = placeOf(sinceMs, axis);
  const w = Math.max(LEAST, placeOf(untilMs ?? nowMs, axis) - x);
  const fill = fillOf(message);
  const share = state === 'open' ? Math.min(1, there / Math.max(1, bytes)) : 0;
  const name = `${message.number} ${message.kind} ${digitsInGroups(bytes)} B${againText(message)}`;
  const title = `${name}: ${endText(message)}`;
  const bar = boxShape({ x, y: y + 1, w, h: BAR }, { fill, title, radius: 2, opacity: 0.75 });
  const done = boxShape(
    { x, y: y + 1, w: w * share, h: BAR },
    { fill: 'text', radius: 2, opacity: 0.5 },
  );
  const isNarrow = axis.left === 0;
  const label = textShape(0, y + 11, textCutToWidth(name, isNarrow ? axis.right : axis.left - 8));
  // On narrow screens the bar is thin and stands below the name.
  const under = boxShape({ x, y: y + 14, w, h: 3 }, { fill, title });
  return isNarrow ? [label, under] : [label, bar, ...(share > 0 ? [done] : [])];
}

function fillOf({ state }: TracedMessage): ColourRole {
  if (state === 'open') return 'open';
  return state === 'ok' || state === 'reply' ? 'pass' : 'fail';
}

function againText({ again }: TracedMessage): string {
  const times = again.reduce((sum, one) => sum + one.times, 0);
  return times === 0 ? '' : `, ${times} × again`;
}

function endText({ state, sent, there, bytes, again }: TracedMessage): string {
  const why = again.map((one) => `${one.times} × ${REASON_TEXT[one.why]}`);
  const is =
    state === 'open'
      ? `${digitsInGroups(sent)} of ${digitsInGroups(bytes)} B sent, ${digitsInGroups(there)} there`
      : state;
  return [is, ...why].join('; ');
}

function wordsOf(pairs: readonly Pair[]): Pick<Drawing, 'title' | 'summary'> {
  const all = pairs.flatMap(({ messages }) => messages);
  const open = pairs.reduce((sum, one) => sum + one.open, 0);
  const given = all.filter((message) => fillOf(message) === 'fail').length;
  const down = pairs.flatMap(({ ways }) => ways).filter(({ state }) => state === 'down').length;
  const parts = [
    open === 0
      ? 'No message is open'
      : `${open} ${open === 1 ? 'message is' : 'messages are'} open`,
    ...(given > 0 ? [`${given} were given up or refused`] : []),
    ...(down > 0 ? [`${down} ${down === 1 ? 'way does' : 'ways do'} not answer`] : []),
  ];
  const title = `${parts.join(', ')}.`;
  return { title, summary: `${title} ${all.length} messages of ${pairs.length} pairs are listed.` };
}

function tableOf(pairs: readonly Pair[]): Drawing['table'] {
  const rows = pairs.flatMap(({ from, to, messages }) =>
    messages.map((message) => [
      from,
      to,
      message.number,
      message.kind,
      message.bytes,
      message.sinceMs,
      message.untilMs,
      endText(message),
    ]),
  );
  const columns = ['from', 'to', 'number', 'kind', 'B', 'since, ms', 'until, ms', 'state'];
  return { columns, rows };
}

function livesOf({ name, states }: NodeState): readonly Life[] {
  return readTracedStates(MESSAGE_LIFE_TRACE, states).flatMap(({ key, value }) =>
    value === undefined ? [] : [{ from: name, to: key.peer, ...value }],
  );
}

function drawLife(input: DrawingInput): Drawing {
  const lives = [...nodesShown(input, hasLife).flatMap(livesOf)].sort(
    (one, other) => (one.departures[0]?.fromMs ?? 0) - (other.departures[0]?.fromMs ?? 0),
  );
  const keys = lives.map(keyOf);
  const at = lives.findLastIndex((life) => input.chosen?.includes(keyOf(life)) ?? false);
  const life = lives[at < 0 ? lives.length - 1 : at];
  const shapes: Shape[] = [];
  let y = 0;
  for (const [index, one] of lives.entries()) {
    const isChosen = one === life;
    const text = `${one.from} → ${one.to}: ${one.number}, ${digitsInGroups(one.bytes)} B`;
    const key = keys[index] ?? '';
    const place = { x: 0, y, w: Math.min(input.width, 330), h: ROW - 2 };
    const title = `show message ${one.number}`;
    shapes.push(
      boxShape(place, {
        fill: isChosen ? 'shade' : 'panel',
        stroke: 'line',
        radius: 3,
        key,
        isChosen,
        title,
      }),
    );
    shapes.push(textShape(8, y + 13, textCutToWidth(text, place.w - 12)));
    y += ROW;
  }
  if (life === undefined) return nothing();
  const departures = life.departures;
  const axis = {
    ...axisFor(input, departures[0]?.fromMs ?? 0, departures.at(-1)?.toMs ?? 0),
    left: 0,
  };
  for (const one of moved(ticksOf(axis), y + 8)) shapes.push(one);
  const top = y + HEAD + 4;
  shapes.push(boxShape({ x: 0, y: top, w: axis.right, h: BYTES_HEIGHT }, { stroke: 'line' }));
  for (const one of departures) shapes.push(departureAt(one, { life, axis, top }));
  y = top + BYTES_HEIGHT + 8;
  for (const reason of TRANSMISSION_REASONS.filter((why) =>
    departures.some((one) => one.why === why),
  )) {
    shapes.push(boxShape({ x: 0, y: y + 2, w: 10, h: 10 }, { fill: REASON_FILL[reason] }));
    shapes.push(textShape(16, y + 11, REASON_TEXT[reason]));
    y += ROW;
  }
  return { ...lifeWords(life), shapes, height: y + 4, table: lifeTable(life) };
}

function keyOf({ from, to, number }: Life): string {
  return `message:${from}/${to}/${number}`;
}

function moved(shapes: readonly Shape[], by: number): readonly Shape[] {
  return shapes.map((shape) => (shape.kind === 'text' ? { ...shape, y: shape.y + by } : shape));
}

function departureAt(
  { fromMs, toMs, start, end, why, way }: TracedTransmission,
  { life, axis, top }: { readonly life: Life; readonly axis: Axis; readonly top: number },
): Shape {
  const scale = BYTES_HEIGHT / Math.max(1, life.bytes);
  const x = placeOf(fromMs, axis);
  const right = Math.max(x + LEAST, placeOf(toMs, axis));
  const y = top + start * scale;
  const bottom = Math.max(y + LEAST, top + end * scale);
  const at = `${(fromMs / MS_PER_S).toFixed(3)} s, ${way}`;
  const title = `${at}: bytes ${digitsInGroups(start)} to ${digitsInGroups(end)}, ${REASON_TEXT[why]}`;
  const d = `M${x.toFixed(1)} ${y.toFixed(1)}L${right.toFixed(1)} ${bottom.toFixed(1)}`;
  return { kind: 'path', d, stroke: REASON_FILL[why], width: STROKE, title };
}

function lifeWords({
  number,
  bytes,
  again,
  ways,
  unlisted,
  from,
  to,
}: Life): Pick<Drawing, 'title' | 'summary' | 'legend'> {
  const title = `Message ${number} of ${digitsInGroups(bytes)} B went over ${ways.join(', then ')}; ${
    again === 0 ? 'nothing was sent again' : `${digitsInGroups(again)} B were sent again`
  }.`;
  const part = unlisted === 0 ? '' : `The first parts; ${unlisted} more are not drawn. `;
  const how = 'Across: time. Down: the bytes of the message, the first on top.';
  return {
    title,
    summary: `${title} From ${from} to ${to}.`,
    legend: `${part}${how} Point at a part to read its way and reason.`,
  };
}

function lifeTable({ departures }: Life): Drawing['table'] {
  return {
    columns: ['from, ms', 'to, ms', 'way', 'first byte', 'end', 'why'],
    rows: departures.map((one) => [
      one.fromMs,
      one.toMs,
      one.way,
      one.start,
      one.end,
      REASON_TEXT[one.why],
    ]),
  };
}

function nothing(): Drawing {
  const title = 'No message was sent in parts yet.';
  return {
    title,
    summary: title,
    shapes: [],
    height: ROW,
    table: { columns: ['number'], rows: [] },
  };
}
