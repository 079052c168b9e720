/**
 * What the mixnet shows of itself: providers and layers of mixes in columns, with the packets that each
 * pool held when it was last told of. Draws from the texts of `viz-states.ts`; spec/ux.md 4.7.
 *
 * @module
 */
import type {
  Drawing,
  DrawingInput,
  NodeState,
  ProtocolViz,
  Shape,
  TableData,
} from '../../viz/format/drawing.ts';
import { MIXING, PLACE, POOL, type PoolText, readPool, readStanding } from './viz-states.ts';

/** Below it a Poisson mix hides little (project spec mixnet 3.1). */
const HELD_MIN = 2;
/** More nodes of a column are put together. */
const ROWS_MAX = 20;
const HEAD = 44;
const ROW = 52;
const BOX = 44;
const GAP = 16;
const DOT = 7;
const DOT_ROWS = 2;

interface Station {
  readonly name: string;
  /** 0: providers, then the layers. */
  readonly column: number;
  readonly mixing: string;
  /** Undefined: nothing came yet. */
  readonly pool: PoolText | undefined;
}

interface Column {
  readonly title: string;
  readonly stations: readonly Station[];
}

/** The drawings. */
export const viz: ProtocolViz = {
  protocol: 'mixnet',
  views: [
    {
      name: 'pools',
      title: 'Mix pools and layers',
      applies: ({ nodes }) => nodes.some((node) => stationOf(node) !== undefined),
      draw: drawPools,
    },
  ],
};

function stationOf({ name, protocol, states }: NodeState): Station | undefined {
  const standing = readStanding(states.get(PLACE));
  if (protocol !== 'mixnet' || standing === undefined) return undefined;
  return {
    name,
    column: standing.kind === 'provider' ? 0 : standing.layer,
    mixing: states.get(MIXING) ?? '',
    pool: readPool(states.get(POOL)),
  };
}

function drawPools({ nodes, width }: DrawingInput): Drawing {
  const stations = nodes.flatMap((node) => stationOf(node) ?? []);
  const columns = columnsOf(stations);
  const boxWidth = (width - GAP * (columns.length - 1)) / columns.length;
  const perDot = dotSize(stations, Math.floor((boxWidth - 12) / DOT) * DOT_ROWS);
  const rows = Math.max(1, ...columns.map((column) => Math.min(ROWS_MAX, column.stations.length)));
  const shapes = columns.flatMap((column, at) => {
    const x = at * (boxWidth + GAP);
    return [
      ...headOf(column, x),
      ...(at === 0 ? [] : [arrow(x - GAP + 3, x - 3)]),
      ...shownOf(column).flatMap((one, row) =>
        boxOf(one, { x, y: HEAD + row * ROW, width: boxWidth, perDot }),
      ),
    ];
  });
  const mixes = stations.filter(({ column }) => column > 0);
  return {
    ...wordsOf(mixes, perDot),
    shapes,
    table: tableOf(stations),
    height: HEAD + rows * ROW,
  };
}

function columnsOf(stations: readonly Station[]): readonly Column[] {
  const numbers = [...new Set(stations.map(({ column }) => column))].sort((a, b) => a - b);
  return numbers.map((number) => ({
    title: number === 0 ? 'providers' : `layer ${number}`,
    stations: stations.filter(({ column }) => column === number),
  }));
}

function heldBy(stations: readonly Station[]): number {
  return stations.reduce((sum, { pool }) => sum + (pool?.held ?? 0), 0);
}

/** Packets of one dot: 1, 2, 5, 10 and so on, so that the fullest pool has room. */
function dotSize(stations: readonly Station[], room: number): number {
  const most = Math.max(0, ...stations.map(({ pool }) => pool?.held ?? 0));
  const least = most / Math.max(1, room);
  if (least <= 1) return 1;
  let power = 1;
  while (10 * power < least) power *= 10;
  return power * ([1, 2, 5].find((one) => one * power >= least) ?? 10);
}

/** The first of a column; those beyond as one. */
function shownOf({ stations }: Column): readonly Station[] {
  if (stations.length <= ROWS_MAX) return stations;
  const rest = stations.slice(ROWS_MAX - 1);
  const perSecond = rest.reduce((sum, { pool }) => sum + (pool?.perSecond ?? 0), 0);
  const pool = { held: heldBy(rest), perSecond };
  const others = { name: `${rest.length} others`, column: 0, mixing: '', pool };
  return [...stations.slice(0, ROWS_MAX - 1), others];
}

function headOf({ title, stations }: Column, x: number): readonly Shape[] {
  return [
    { kind: 'text', x, y: 14, text: title, weight: 'strong' },
    { kind: 'text', x, y: 32, text: `${heldBy(stations)} held`, size: 'small', fill: 'muted' },
  ];
}

function arrow(from: number, to: number): Shape {
  const d = `M${from},10H${to}M${to - 4},6L${to},10L${to - 4},14`;
  return { kind: 'path', d, stroke: 'muted', title: 'packets go this way' };
}

interface Room {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly perDot: number;
}

function boxOf({ name, pool }: Station, { x, y, width, perDot }: Room): readonly Shape[] {
  const held = pool?.held ?? 0;
  const words = pool === undefined ? 'nothing came yet' : `${held} held, ${rateOf(pool)} come`;
  const perRow = Math.max(1, Math.floor((width - 12) / DOT));
  const dots = Array.from(
    { length: Math.min(perRow * DOT_ROWS, Math.ceil(held / perDot)) },
    (_, i): Shape => ({
      kind: 'circle',
      x: x + 6 + DOT / 2 + (i % perRow) * DOT,
      y: y + 25 + Math.floor(i / perRow) * DOT,
      ...{ r: 2.5, fill: 'c1' },
    }),
  );
  return [
    {
      ...{ kind: 'rect', x, y, w: width, h: BOX, radius: 6, fill: 'panel', stroke: 'muted' },
      ...{ dash: held === 0 ? 'dashed' : 'solid', title: `${name}: ${words}` },
    },
    { kind: 'text', x: x + 6, y: y + 15, text: name, size: 'small' },
    {
      ...{
        kind: 'text',
        x: x + width - 6,
        y: y + 15,
        text: pool === undefined ? '–' : String(held),
      },
      ...{ anchor: 'end', size: 'small', weight: 'strong' },
    },
    ...dots,
  ];
}

function rateOf({ perSecond }: PoolText): string {
  return `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
}

function wordsOf(mixes: readonly Station[], perDot: number): Pick<Drawing, 'title' | 'summary'> {
  const held = heldBy(mixes);
  const mean = held / Math.max(1, mixes.length);
  const little = mean < HELD_MIN ? `: below ${HELD_MIN} they hide little` : '';
  const [fullest] = [...mixes].sort((a, b) => (b.pool?.held ?? 0) - (a.pool?.held ?? 0));
  const most =
    fullest?.pool === undefined ? '' : ` ${fullest.name} holds most, ${fullest.pool.held}.`;
  const dots = perDot === 1 ? 'A dot is a packet' : `A dot is ${perDot} packets`;
  return {
    title: `${mixes.length} mixes hold ${held} packets, ${mean.toFixed(1)} each on average${little}`,
    summary: `${mixes.length} mixes hold ${held} packets, ${mean.toFixed(1)} each.${most} ${dots}; pools are told of once a second.`,
  };
}

function tableOf(stations: readonly Station[]): TableData {
  return {
    columns: ['node', 'place', 'mixing', 'packets held', 'arrivals per second'],
    rows: stations.map(({ name, column, mixing, pool }) => [
      ...[name, column === 0 ? 'provider' : `layer ${column}`, mixing],
      ...[pool?.held ?? null, pool?.perSecond ?? null],
    ]),
  };
}
