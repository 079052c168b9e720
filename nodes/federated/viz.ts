/**
 * The drawing of federated learning: a round step by step: which clients share masks, which masks cancel, when
 * clients left, and whose masks the server rebuilt. The data are the states of `trace-states.ts`.
 *
 * @module
 */
import type {
  ColourRole,
  Drawing,
  DrawingInput,
  NodeState,
  ProtocolViz,
  Shape,
} from '../../viz/format/drawing.ts';
import { NARROW_WIDTH_PX, nodesShown, textShape } from '../../viz/format/shapes.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import { pairMaskSign } from './secagg/graph.ts';
import { ROUND_TRACE, type TracedRoundState } from './trace-states.ts';
import {
  CLIENT_MESSAGE_STEPS,
  type DrawnClient,
  type DrawnRound,
  findMaskFate,
  listMaskPartners,
  readDrawnRound,
  STEPS_UP_TO_INPUT,
} from './viz-round.ts';

/** With more clients than this, only the masks of one client are drawn. */
const EDGES_OF_ALL = 40;
/** With more clients than this, the ring has no names. */
const NAMES_MAX = 16;
const BARS_WIDTH = 130;
const BAR_ROW = 22;
const RING_MAX = 420;
/** Room around the ring for names, px. */
const MARGIN = 62;
const SERVER_RADIUS = 16;

const PLUS: ColourRole = 'c2';
const MINUS: ColourRole = 'c1';

/** The drawing of federated learning. */
export const viz: ProtocolViz = {
  protocol: 'federated',
  views: [
    {
      name: 'round',
      title: 'A round',
      applies: ({ nodes }) => nodes.some(hasRound),
      draw: drawRound,
    },
  ],
};

function hasRound({ protocol, states }: NodeState): boolean {
  return (
    protocol === 'federated' && readSingleTracedState(ROUND_TRACE, states)?.value !== undefined
  );
}

/** The circle on which clients are drawn. */
interface Ring {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly count: number;
}

function drawRound(input: DrawingInput): Drawing {
  const own = input.nodes.filter(({ protocol }) => protocol === 'federated');
  const [node] = nodesShown(input, hasRound);
  const round = readDrawnRound(node as NodeState, own) as DrawnRound;
  const isNarrow = input.width < NARROW_WIDTH_PX;
  const barsHeight = (CLIENT_MESSAGE_STEPS.length + 1) * BAR_ROW;
  const room = isNarrow ? input.width : input.width - BARS_WIDTH;
  const size = Math.min(RING_MAX, room);
  const ring: Ring = {
    x: (isNarrow ? 0 : BARS_WIDTH) + room / 2,
    y: (isNarrow ? barsHeight : 0) + size / 2,
    radius: size / 2 - MARGIN,
    count: round.clients.length,
  };
  const focus = focusOf(round, input);
  const bottom = ring.y + size / 2;
  return {
    ...sentences(round),
    legend: legendOf(focus),
    shapes: [
      ...barsOf(round),
      ...edgesOf(round, ring, focus),
      ...dotsOf(round, ring, focus),
      ...serverOf(round, ring),
    ],
    height: Math.max(bottom, barsHeight) + 4,
    table: tableOf(round),
  };
}

/** Explains the colours of one client's masks; those of a lost client are all left over. */
function legendOf(focus: DrawnClient | undefined): string {
  return focus?.isLost === true
    ? `${focus.name} left: inputs of others keep its red masks.`
    : `${focus?.name} adds orange masks, subtracts blue; dotted cancel, red are left over.`;
}

/** The chosen client; otherwise one that was lost, or the first. */
function focusOf({ clients }: DrawnRound, input: DrawingInput): DrawnClient | undefined {
  const { chosen = [] } = input;
  return (
    clients.find(({ name }) => chosen.includes(keyOf(name))) ??
    clients.find(({ isLost }) => isLost) ??
    clients[0]
  );
}

function keyOf(name: string): string {
  return `client:${name}`;
}

/** Lines that say how many clients sent each message. */
function barsOf({ clients }: DrawnRound): readonly Shape[] {
  return CLIENT_MESSAGE_STEPS.map((step, at) => {
    const sent = clients.filter(({ reached }) => reached > at).length;
    return textShape(0, (at + 1) * BAR_ROW, `${step}: ${sent} of ${clients.length}`);
  });
}

/** Coordinates of a client on the ring; the first client is at the top. */
function pointOf(
  index: number,
  { x, y, radius, count }: Ring,
  part = 1,
): readonly [number, number] {
  const turn = index / count;
  const rounded = (at: number): number => Math.round(10 * at) / 10;
  return [rounded(x + part * radius * wave(turn)), rounded(y - part * radius * wave(turn + 1 / 4))];
}

/** The sine of an angle in turns, by Bhaskara's formula: its error, below 0.002, is not visible. */
function wave(turns: number): number {
  const half = (2 * turns) % 2;
  const product = (half % 1) * (1 - (half % 1));
  return ((half < 1 ? 16 : -16) * product) / (5 - 4 * product);
}

/**
 * Draws a line between each two clients that share a mask. The lines of the client `focus` are above all
 * others and have other colours.
 */
function edgesOf(round: DrawnRound, ring: Ring, focus: DrawnClient | undefined): readonly Shape[] {
  const others = round.clients.length > EDGES_OF_ALL ? [] : round.clients;
  const shapes = others.flatMap((one) =>
    one === focus
      ? []
      : listMaskPartners(round, one.index)
          .filter((index) => index > one.index && index !== focus?.index)
          .map((index) => edge(ring, [one, round.clients[index] ?? one])),
  );
  if (focus === undefined) return shapes;
  const own = listMaskPartners(round, focus.index).map((index) =>
    edge(ring, [focus, round.clients[index] ?? focus], pairMaskSign(focus.index, index)),
  );
  return [...shapes, ...own];
}

/** Draws the mask of two clients. @param sign How it enters the input of the first, if that is in view. */
function edge(ring: Ring, [one, other]: readonly [DrawnClient, DrawnClient], sign?: 1 | -1): Shape {
  const fate = findMaskFate(one, other);
  const isIdle = fate === 'cancelled' || fate === 'unused';
  const [x1, y1] = pointOf(one.index, ring);
  const [x2, y2] = pointOf(other.index, ring);
  const signed: ColourRole = sign === undefined ? 'line' : sign === 1 ? PLUS : MINUS;
  return {
    ...{ kind: 'line', x1, y1, x2, y2 },
    stroke: fate === 'left-over' ? 'fail' : signed,
    width: sign === undefined ? 1 : 2,
    dash: isIdle ? 'dotted' : 'solid',
    title: `mask of ${one.name} and ${other.name}: ${fate}`,
  };
}

function dotsOf({ clients }: DrawnRound, ring: Ring, focus?: DrawnClient): readonly Shape[] {
  const r = clients.length > EDGES_OF_ALL ? 4 : 6;
  return clients.flatMap((client): readonly Shape[] => {
    const [x, y] = pointOf(client.index, ring);
    const isFocus = client === focus;
    const dot: Shape = {
      ...{ kind: 'circle', x, y, r: isFocus ? r + 2 : r, isChosen: isFocus },
      fill: fillOf(client),
      stroke: isFocus ? 'text' : 'panel',
      width: isFocus ? 2 : 1,
      key: keyOf(client.name),
      title: client.name,
    };
    if (clients.length > NAMES_MAX && !isFocus) return [dot];
    const [textX, textY] = pointOf(client.index, ring, 1 + 30 / ring.radius);
    const label = client.name;
    return [dot, textShape(textX, textY + 4, label, { anchor: 'middle', fill: 'muted' })];
  });
}

function fillOf({ hasLeft, reached }: DrawnClient): ColourRole {
  return hasLeft ? 'fail' : reached >= STEPS_UP_TO_INPUT ? 'pass' : 'open';
}

/** The server is green once it has a sum. */
function serverOf({ state, server }: DrawnRound, { x, y }: Ring): readonly Shape[] {
  const fill: ColourRole =
    state.phase === 'done' ? 'pass' : state.phase === 'aborted' ? 'fail' : 'muted';
  const title = `${server}: ${state.phase}`;
  return [
    { kind: 'circle', x, y, r: SERVER_RADIUS, fill: 'panel', stroke: fill, width: 3, title },
    textShape(x, y + 4, 'Σ', { anchor: 'middle', weight: 'strong', fill }),
  ];
}

function stateOf({ reached, hasLeft }: DrawnClient): string {
  const last = CLIENT_MESSAGE_STEPS[reached - 1];
  const sent = last === undefined ? 'nothing sent' : `${last} sent`;
  return hasLeft ? `left, ${sent}` : sent;
}

function sentences({ clients, state }: DrawnRound): Pick<Drawing, 'title' | 'summary'> {
  const title = `Round ${state.round}: ${findingOf(clients, state)}.`;
  return { title, summary: title };
}

function findingOf(clients: readonly DrawnClient[], state: TracedRoundState): string {
  const { phase, threshold, reason, neighbours } = state;
  const sentOf = (steps: number): string => {
    return `${clients.filter(({ reached }) => reached >= steps).length} of ${clients.length}`;
  };
  const inputs = `${sentOf(STEPS_UP_TO_INPUT)} inputs`;
  const lost = clients.filter(({ isLost }) => isLost).length;
  if (phase === 'aborted') return `no sum (${reason}), ${inputs}`;
  if (neighbours === 0) return `${inputs}, seen by the server`;
  if (phase === 'done') {
    const rebuilt = `masks of ${lost} rebuilt from at least ${threshold} shares each`;
    return `${inputs} in the sum, ${lost === 0 ? 'all pair masks cancelled' : rebuilt}`;
  }
  if (state.inputs !== null) return `${inputs}, masks of ${lost} left over`;
  const step = state.keys === null ? 1 : state.shares === null ? 2 : STEPS_UP_TO_INPUT;
  return `${phase}, ${sentOf(step)} have sent their ${CLIENT_MESSAGE_STEPS[step - 1]}`;
}

function tableOf({ clients }: DrawnRound): Drawing['table'] {
  return {
    columns: ['client', 'state', 'bytes up', 'bytes down'],
    rows: clients.map((client) => [client.name, stateOf(client), client.up, client.down]),
  };
}
