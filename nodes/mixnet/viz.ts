/**
 * The mixnet's drawing: providers and layers of mixes in columns, with the mean number of packets
 * in each pool, from the pool's latest trace entry. It draws from the states of `trace-states.ts`.
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
  TableData,
} from '../../viz/format/drawing.ts';
import { textCutToWidth } from '../../viz/format/shapes.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import { MIXING_TRACE, NODE_POSITION_TRACE, POOL_TRACE, type PoolState } from './trace-states.ts';

/**
 * A Poisson mix with fewer packets in its pool hides little (Loopix, USENIX Security 2017, section
 * 4.3.1); drawn as a line.
 */
const HELD_MIN = 2;
/** Largest number of boxes in a column; the last box combines all further nodes. */
const ROWS_MAX = 20;
const HEAD = 44;
const ROW = 70;
const BOX = 62;
const GAP = 16;
const INSET = 8;
/**
 * Smallest width at which all pools are drawn, px; in a narrower drawing only one pool is drawn.
 */
const WIDTH_OF_ALL = 400;

interface DrawnNode {
  readonly name: string;
  /** 0 for providers, 1 for the first layer, and so on. */
  readonly column: number;
  readonly place: string;
  readonly mixing: string;
  /** Undefined before the first trace entry of the pool. */
  readonly pool: PoolState | undefined;
  /** The traced text of the pool, if it cannot be parsed. */
  readonly unread: string | undefined;
}

interface Column {
  readonly title: string;
  readonly drawnNodes: readonly DrawnNode[];
}

/** The drawings of the mixnet. */
export const viz: ProtocolViz = {
  protocol: 'mixnet',
  peels: true,
  views: [
    {
      name: 'pools',
      title: 'Mix pools and layers',
      applies: ({ nodes }) => nodes.some((node) => drawnNodeOf(node) !== undefined),
      draw: drawPools,
    },
  ],
  delayNote,
};

/**
 * Returns the text that says why the time inside mixes is not part of a packet's journey: a mix
 * replaces each packet by a new one.
 */
function delayNote(meanOf: (metric: string) => string | undefined): string {
  const mean = meanOf('mix.latency');
  const known =
    mean === undefined ? '' : ` All mixes and links together took ${mean} loops (mix.latency).`;
  return `A mix rebuilds each packet and sends it outside any flow, so the time in mixes is not part of this journey.${known}`;
}

function drawnNodeOf({ name, protocol, states }: NodeState): DrawnNode | undefined {
  const standing = readSingleTracedState(NODE_POSITION_TRACE, states);
  if (protocol !== 'mixnet' || standing === undefined) return undefined;
  const pool = readSingleTracedState(POOL_TRACE, states);
  const { value, text } = standing;
  const layer = value?.kind === 'layer' ? value.layer : 0;
  return {
    name,
    // A node whose traced position cannot be parsed is drawn behind all layers.
    column: value === undefined ? Number.POSITIVE_INFINITY : layer,
    place: value?.kind === 'layer' ? `layer ${layer}` : text,
    mixing: readSingleTracedState(MIXING_TRACE, states)?.text ?? '',
    pool: pool?.value,
    unread: pool?.value === undefined ? pool?.text : undefined,
  };
}

function drawPools({ nodes, width, selected }: DrawingInput): Drawing {
  const drawnNodes = nodes.flatMap((node) => drawnNodeOf(node) ?? []);
  const one = drawnNodes.find(({ name }) => name === selected);
  if (one !== undefined && width < WIDTH_OF_ALL) return drawPool(one, drawnNodes, width);
  const columns = columnsOf(drawnNodes);
  const boxWidth = (width - GAP * (columns.length - 1)) / columns.length;
  const most = greatestOf([HELD_MIN, ...drawnNodes.map(({ pool }) => pool?.mean ?? 0)]);
  const rows = greatestOf([
    1,
    ...columns.map((column) => Math.min(ROWS_MAX, column.drawnNodes.length)),
  ]);
  const shapes = columns.flatMap((column, at) => {
    const x = at * (boxWidth + GAP);
    return [
      ...headOf(column, x),
      ...(at === 0 ? [] : [arrow(x - GAP + 3, x - 3)]),
      ...shownOf(column).flatMap((one, row) =>
        boxOf(one, { x, y: HEAD + row * ROW, width: boxWidth, scale: 1.05 * most }),
      ),
    ];
  });
  const mixes = drawnNodes.filter(({ column }) => column > 0);
  return {
    ...wordsOf(mixes),
    shapes,
    table: tableOf(drawnNodes),
    height: HEAD + rows * ROW,
  };
}

/**
 * Draws one pool, if there is no room for all pools; the scale of its bar is that of the fullest
 * pool.
 */
function drawPool(one: DrawnNode, all: readonly DrawnNode[], width: number): Drawing {
  const { name, place, mixing, pool } = one;
  const scale = 1.05 * greatestOf([HELD_MIN, ...all.map((other) => other.pool?.mean ?? 0)]);
  const held = heldText(one);
  const come = pool === undefined ? '' : `, ${rateOf(pool)} come`;
  const title = `${name} holds ${pool?.mean.toFixed(1) ?? 'no'} packets on average`;
  return {
    title,
    summary: `${title}${come}; ${place}, ${mixing}. Mean over the second before the last report.`,
    shapes: [
      { kind: 'text', x: 0, y: 14, text: `${held}${come}`, weight: 'strong' },
      { kind: 'text', x: 0, y: 32, text: `${place}, ${mixing}`, size: 'small', fill: 'muted' },
      ...barOf(pool?.mean ?? 0, { x: 0, y: 42, width, scale }),
    ],
    table: tableOf([one]),
    height: 64,
  };
}

function columnsOf(drawnNodes: readonly DrawnNode[]): readonly Column[] {
  const numbers = [...new Set(drawnNodes.map(({ column }) => column))].sort((a, b) => a - b);
  return numbers.map((number) => {
    const own = drawnNodes.filter(({ column }) => column === number);
    return { title: number === 0 ? 'providers' : (own[0]?.place ?? ''), drawnNodes: own };
  });
}

function heldBy(drawnNodes: readonly DrawnNode[]): number {
  return drawnNodes.reduce((sum, { pool }) => sum + (pool?.mean ?? 0), 0);
}

/**
 * Returns the nodes of the boxes of a column: its first nodes; if there are too many, the last box
 * combines all others.
 */
function shownOf({ drawnNodes }: Column): readonly DrawnNode[] {
  if (drawnNodes.length <= ROWS_MAX) return drawnNodes;
  const rest = drawnNodes.slice(ROWS_MAX - 1);
  const perSecond = rest.reduce((sum, { pool }) => sum + (pool?.perSecond ?? 0), 0);
  const pool = { mean: heldBy(rest) / rest.length, perSecond: perSecond / rest.length };
  const others = { name: `${rest.length} others`, column: 0, place: '', mixing: '', pool };
  return [...drawnNodes.slice(0, ROWS_MAX - 1), { ...others, unread: undefined }];
}

function headOf({ title, drawnNodes }: Column, x: number): readonly Shape[] {
  return [
    { kind: 'text', x, y: 14, text: title, weight: 'strong' },
    {
      kind: 'text',
      x,
      y: 32,
      text: `${heldBy(drawnNodes).toFixed(1)} held`,
      size: 'small',
      fill: 'muted',
    },
  ];
}

function arrow(from: number, to: number): Shape {
  const d = `M${from},10H${to}M${to - 4},6L${to},10L${to - 4},14`;
  return { kind: 'path', d, stroke: 'muted', title: 'packets flow this way' };
}

interface Room {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Number of packets to which a full bar corresponds. */
  readonly scale: number;
}

function boxOf(one: DrawnNode, { x, y, width, scale }: Room): readonly Shape[] {
  const { name, pool, unread } = one;
  const mean = pool?.mean ?? 0;
  const words = pool === undefined ? heldText(one) : `${heldText(one)}, ${rateOf(pool)} come`;
  const label = pool === undefined ? (unread ?? '–') : meanText(mean);
  return [
    {
      ...{ kind: 'rect', x, y, w: width, h: BOX, radius: 6, fill: 'panel', stroke: 'muted' },
      ...{ dash: mean === 0 ? 'dashed' : 'solid', title: `${name}: ${words}` },
    },
    { kind: 'text', x: x + INSET, y: y + 16, text: name, size: 'small' },
    ...barOf(mean, { x: x + INSET, y: y + 24, width: width - 2 * INSET, scale }),
    {
      ...{ kind: 'text', x: x + INSET, y: y + 54, text: textCutToWidth(label, width - 2 * INSET) },
      ...{ size: 'small', weight: 'strong' },
    },
  ];
}

/** Draws a bar for the mean number of packets in a pool, and a line at {@link HELD_MIN}. */
function barOf(mean: number, { x, y, width, scale }: Room): readonly Shape[] {
  const least = x + (HELD_MIN / scale) * width;
  return [
    { kind: 'rect', x, y, h: 12, w: (mean / scale) * width, fill: 'c1' },
    {
      ...{ kind: 'line', x1: least, x2: least, y1: y - 3, y2: y + 15, stroke: 'fail', width: 1.5 },
      ...{ dash: 'dashed', title: `${HELD_MIN} packets: fewer hide little` },
    },
  ];
}

/**
 * Returns the text for the number of packets in a pool; if the pool's trace entry cannot be parsed,
 * its traced text.
 */
function heldText({ pool, unread }: DrawnNode): string {
  return pool === undefined ? (unread ?? 'nothing came yet') : meanText(pool.mean);
}

function meanText(mean: number): string {
  return `${mean.toFixed(mean < 10 ? 1 : 0)} held`;
}

function rateOf({ perSecond }: PoolState): string {
  return `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
}

function wordsOf(mixes: readonly DrawnNode[]): Pick<Drawing, 'title' | 'summary' | 'legend'> {
  const mean = heldBy(mixes) / Math.max(1, mixes.length);
  const little = mean < HELD_MIN ? `: below ${HELD_MIN} they hide little` : '';
  const [fullest] = [...mixes].sort((a, b) => (b.pool?.mean ?? 0) - (a.pool?.mean ?? 0));
  const most =
    fullest?.pool === undefined
      ? ''
      : ` ${fullest.name} holds most, ${fullest.pool.mean.toFixed(1)}.`;
  const title = `${mixes.length} mixes hold ${mean.toFixed(1)} packets each on average${little}`;
  const legend =
    `Bars: means over the second before the last report of a pool; dashed: ${HELD_MIN} ` +
    'packets, fewer hide little.';
  return {
    title,
    legend,
    summary: `${title}.${most} ${legend}`,
  };
}

function tableOf(drawnNodes: readonly DrawnNode[]): TableData {
  return {
    columns: ['node', 'place', 'mixing', 'packets held, mean', 'arrivals per second'],
    rows: drawnNodes.map(({ name, place, mixing, pool, unread }) => [
      ...[name, place, mixing],
      ...[pool?.mean ?? unread ?? null, pool?.perSecond ?? null],
    ]),
  };
}
