/**
 * Draws why a gateway's packets take the path that they take: for each pair of gateways, the path
 * in use with the reason for it, and each other path with the reason against it.
 *
 * @module
 */
import type { Drawing, DrawingInput, NodeState, Shape } from '../../viz/format/drawing.ts';
import { selectRowPage } from '../../viz/format/row-pages.ts';
import {
  boxShape,
  millisecondsText,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { PATH_IN_USE_TRACE, PATH_QUALITY_TRACE } from '../_kit/path-states.ts';
import { readTracedState, readTracedStates } from '../_kit/trace-state.ts';
import { explainPathInUse, explainPathNotInUse } from './application/path-reasons.ts';
import { CANDIDATE_TRACE, SENDING_TRACE, type TracedCandidate } from './trace-states.ts';

const ROWS_MAX = 16;
const ROW = 46;

interface Row extends TracedCandidate {
  readonly pair: string;
  readonly path: string;
  readonly isInUse: boolean;
  readonly health: string;
  readonly why: string;
  /**
   * The texts beside a path: the strategy (unless it is `failover`), the classes that take the
   * path, its share of packets, its growing queue.
   */
  readonly use: string;
}

/** True if a gateway has traced why it chose a path. */
export function hasCandidates({ nodes }: DrawingInput): boolean {
  return nodes.some((node) => rowsOf(node).length > 0);
}

/** Draws a row for each path of each pair. */
export function drawChoice(input: DrawingInput): Drawing {
  const { width, timeNs, chosen } = input;
  const rows = nodesShown(input, (node) => rowsOf(node).length > 0).flatMap(rowsOf);
  const page = selectRowPage(rows, { size: ROWS_MAX, group: 'paths', chosen });
  const shapes = page.shown.flatMap((row, at) => rowShapes(row, { y: at * ROW, width, timeNs }));
  const end = page.shown.length * ROW + 4;
  for (const shape of page.buttons(end)) shapes.push(shape);
  const [first] = rows;
  const inUse = rows.find(({ isInUse, pair }) => isInUse && pair === first?.pair);
  const title =
    inUse === undefined
      ? `${first?.pair} uses no path`
      : `${inUse.pair} uses ${inUse.path}: it ${inUse.why}`;
  return {
    title,
    summary: `${title}. ${rows.map((row) => `${row.pair}, ${row.path} ${row.why}`).join('. ')}.`,
    legend:
      'Filled: in use. Round trips are the shortest of the last minutes, by which paths are compared.',
    shapes,
    height: end + page.height,
    table: {
      columns: [
        'pair',
        'path',
        'in use',
        'health',
        'base RTT us',
        'hops',
        'MTU',
        'expires s',
        'source',
        'revoked',
        'reason',
        'why',
        'packets %',
        'queue grows us',
        'sent by',
      ],
      rows: rows.map((row) => [
        ...[row.pair, row.path, row.isInUse ? 'yes' : 'no', row.health, row.baseRttUs, row.hops],
        ...[row.mtu, row.expiresNs / 1e9, row.source, row.revoked, row.reason, row.why],
        ...[row.share, row.queueUs, row.use],
      ]),
    },
  };
}

function rowsOf({ name, states }: NodeState): readonly Row[] {
  return readTracedStates(CANDIDATE_TRACE, states)
    .flatMap(({ key, value }): readonly Row[] => {
      if (value === undefined) return [];
      const isInUse = readTracedState(PATH_IN_USE_TRACE, key, states)?.value?.path === key.path;
      const health = readTracedState(PATH_QUALITY_TRACE, key, states)?.value?.health ?? 'unknown';
      const { reason } = value;
      const why = isInUse ? explainPathInUse(reason) : explainPathNotInUse(reason);
      const use = useText(value, key, states);
      return [
        { ...value, pair: `${name} → ${key.peer}`, path: key.path, isInUse, health, why, use },
      ];
    })
    .sort(
      (a, b) =>
        (a.pair < b.pair ? -1 : a.pair > b.pair ? 1 : 0) ||
        Number(b.isInUse) - Number(a.isInUse) ||
        (a.baseRttUs ?? Number.POSITIVE_INFINITY) - (b.baseRttUs ?? Number.POSITIVE_INFINITY),
    );
}

function useText(
  { share, queueUs }: TracedCandidate,
  key: { readonly path: string; readonly peer: string },
  states: NodeState['states'],
): string {
  const sending = readTracedState(SENDING_TRACE, key, states)?.value;
  const { strategy = 'failover', classes = [] } = sending ?? {};
  const mine = classes.filter(({ path }) => path === key.path).map(({ name }) => name);
  return [
    ...(strategy === 'failover' ? [] : [`${strategy}: ${share} % of packets`]),
    ...(mine.length === 0 ? [] : [`class ${mine.join(', ')}`]),
    ...(queueUs === 0 ? [] : [`queue grew by ${millisecondsText(queueUs)}`]),
  ].join('; ');
}

function rowShapes(
  row: Row,
  { y, width, timeNs }: { readonly y: number; readonly width: number; readonly timeNs: number },
): readonly Shape[] {
  const { path, pair, isInUse, health, baseRttUs, hops, expiresNs, source, revoked, why, use } =
    row;
  const left = Math.max(0, Math.floor((expiresNs - timeNs) / 1e9));
  const rtt = baseRttUs === null ? 'not measured' : millisecondsText(baseRttUs);
  const facts = `${health}, ${rtt}, ${hops} interfaces`;
  const until = `expires in ${left} s, ${source}${revoked === 'yes' ? ', revoked' : ''}`;
  const weight = isInUse ? 'strong' : 'normal';
  const isNarrow = width < 560;
  return [
    boxShape({ x: 0, y, w: width, h: ROW - 4 }, { fill: isInUse ? 'shade' : 'panel', radius: 4 }),
    {
      ...{ kind: 'circle', x: 10, y: y + 13, r: 5, stroke: health === 'dead' ? 'fail' : 'c1' },
      ...(isInUse && { fill: 'c1' }),
    },
    textShape(22, y + 17, textCutToWidth(isNarrow ? path : `${path}, ${pair}`, width * 0.48), {
      weight,
    }),
    textShape(
      22,
      y + 35,
      textCutToWidth(use === '' ? why : `${use}; ${why}`, isNarrow ? width - 30 : width * 0.6),
    ),
    textShape(width - 8, y + 17, isNarrow ? `${health}, ${rtt}` : facts, { anchor: 'end' }),
    ...(isNarrow ? [] : [textShape(width - 8, y + 35, until, { anchor: 'end', fill: 'muted' })]),
  ];
}
