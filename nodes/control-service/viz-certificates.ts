/**
 * Draws the certificates with which control services sign: how much of their lifetime is left, and
 * when they were renewed.
 *
 * @module
 */
import type { ColourRole, Drawing, DrawingInput, Shape } from '../../viz/format/drawing.ts';
import { selectRowPage } from '../../viz/format/row-pages.ts';
import {
  boxShape,
  NARROW_WIDTH_PX,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import { CERTIFICATE_TRACE } from './trace-states.ts';
import { readDrawnAses, secondsText, shortName } from './viz-ases.ts';

const ROWS_MAX = 24;
const ROW = 44;
const HEAD = 24;
/**
 * Share of a certificate's lifetime: when only this much is left, the next certificate is
 * requested; at half of it, the request is late.
 */
const DUE_SHARE = 1 / 3;

interface Row {
  readonly isdAs: string;
  readonly node: string;
  readonly ca: string;
  readonly untilNs: number;
  readonly renewedNs: readonly number[];
  readonly leftNs: number;
  /** The remaining share of the time since which the certificate has been used, 0 to 1. */
  readonly share: number;
  readonly state: 'valid' | 'renewal due' | 'renewal late' | 'expired';
}

const INKS: Readonly<Record<Row['state'], ColourRole>> = {
  valid: 'pass',
  'renewal due': 'open',
  'renewal late': 'fail',
  expired: 'fail',
};

/** Draws a row for each AS that has a certificate. */
export function drawCertificates(input: DrawingInput): Drawing {
  const { width, timeNs, endNs = timeNs, chosen } = input;
  const nodes = nodesShown(input, ({ states }) => states.has(CERTIFICATE_TRACE.machine));
  const rows = readDrawnAses({ nodes }).flatMap(({ isdAs, node }): readonly Row[] => {
    const states = nodes.find(({ name }) => name === node)?.states ?? new Map<string, string>();
    const value = readSingleTracedState(CERTIFICATE_TRACE, states)?.value;
    return value === undefined ? [] : [rowOf({ isdAs, node, ...value }, timeNs)];
  });
  const page = selectRowPage(rows, { size: ROWS_MAX, group: 'ASes', chosen });
  const shapes = page.shown.flatMap((row, at) =>
    rowShapes(row, { y: HEAD + at * ROW, width, timeNs, endNs }),
  );
  if (rows.length > 0) {
    const words =
      'bar: the time that is left; below: renewals, from the start to the end of the run';
    shapes.unshift(textShape(0, 14, textCutToWidth(words, width), { fill: 'muted' }));
  }
  const end = HEAD + ROW * page.shown.length + 8;
  for (const shape of page.buttons(end)) shapes.push(shape);
  const title = findingOf(rows);
  return {
    title,
    summary: `${title}. ${rows.map(sentenceOf).join('. ')}.`,
    legend:
      'Red: less than a sixth of the time is left, so that the next certificate is late, or it has expired. By the clock of each AS.',
    shapes,
    height: end + page.height,
    table: {
      columns: ['AS', 'node', 'CA', 'state', 'until s', 'left s', 'renewals', 'last renewal s'],
      rows: rows.map(({ isdAs, node, ca, state, untilNs, leftNs, renewedNs }) => [
        ...[isdAs, node, ca, state, untilNs / 1e9, leftNs / 1e9, renewedNs.length],
        (renewedNs.at(-1) ?? Number.NaN) >= 0 ? (renewedNs.at(-1) ?? 0) / 1e9 : null,
      ]),
    },
  };
}

function rowOf(
  {
    sinceNs,
    ...row
  }: Omit<Row, 'leftNs' | 'share' | 'state'> & {
    readonly sinceNs: number;
  },
  timeNs: number,
): Row {
  const leftNs = Math.max(0, row.untilNs - timeNs);
  const share = leftNs / Math.max(1, row.untilNs - sinceNs);
  return { ...row, leftNs, share, state: stateOf(share) };
}

function stateOf(share: number): Row['state'] {
  if (share === 0) return 'expired';
  if (share < DUE_SHARE / 2) return 'renewal late';
  return share < DUE_SHARE ? 'renewal due' : 'valid';
}

function findingOf(rows: readonly Row[]): string {
  if (rows.length === 0) {
    return 'There are no certificates in this run: its keys are modelled (signatures: modelled)';
  }
  const [soonest] = [...rows].sort((a, b) => a.leftNs - b.leftNs);
  const late = rows.filter(({ state }) => INKS[state] === 'fail').length;
  const bad = late === 0 ? 'none is late or expired' : `${late} are late or expired`;
  return `Of ${rows.length} certificates ${bad}; the first to expire is that of ${soonest?.isdAs}, in ${leftText(soonest?.leftNs ?? 0)}`;
}

function sentenceOf({ isdAs, ca, leftNs, state, renewedNs }: Row): string {
  return `${isdAs}: by ${ca}, ${state}, ${leftText(leftNs)} left, ${renewedNs.length} renewals`;
}

/** Formats a duration in its two largest units: `2 d 4 h`, `29 min 30 s`. */
function leftText(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

interface RowPlace {
  readonly y: number;
  readonly width: number;
  readonly timeNs: number;
  readonly endNs: number;
}

function rowShapes(row: Row, { y, width, timeNs, endNs }: RowPlace): readonly Shape[] {
  const { isdAs, ca, share, state, leftNs, renewedNs } = row;
  const isNarrow = width < NARROW_WIDTH_PX;
  const left = isNarrow ? 0 : 190;
  const wide = width - left;
  const ink = INKS[state];
  const words = `${leftText(leftNs)} left, ${state}`;
  const name = isNarrow ? isdAs : `${isdAs}, by ${shortName(ca)}`;
  return [
    textShape(0, y + 12, textCutToWidth(name, isNarrow ? wide * 0.5 : left - 8), {
      weight: 'strong',
    }),
    textShape(isNarrow ? width : left, y + 12, words, {
      ...{ anchor: isNarrow ? 'end' : 'start', fill: ink === 'fail' ? 'fail' : 'text' },
    }),
    boxShape({ x: left, y: y + 18, w: wide, h: 8 }, { fill: 'shade', radius: 3 }),
    boxShape(
      { x: left, y: y + 18, w: Math.max(1, wide * Math.min(1, share)), h: 8 },
      { fill: ink, radius: 3, title: sentenceOf(row) },
    ),
    { kind: 'line', x1: left, x2: width, y1: y + 33, y2: y + 33, stroke: 'line' },
    ...[...renewedNs, timeNs].map((ns, at): Shape => {
      const x = left + (wide * Math.min(ns, endNs)) / Math.max(1, endNs);
      const isCursor = at === renewedNs.length;
      if (isCursor) {
        return { kind: 'line', x1: x, x2: x, y1: y + 28, y2: y + 38, stroke: 'text' };
      }
      const title = `renewed at ${secondsText(ns)}`;
      const d = `M${x - 5} ${y + 39}h10l-5 -9z`;
      return { kind: 'path', d, fill: 'c1', title };
    }),
  ];
}
