/**
 * Draws how beacons spread: the ASes and their links, which are highlighted once beacons have
 * crossed them, and the number of pairs of ASes with a path over time. If an AS is chosen, only its
 * beacons are shown.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { Drawing, DrawingInput, Shape } from '../../viz/format/drawing.ts';
import { boxShape, NARROW_WIDTH_PX, textCutToWidth, textShape } from '../../viz/format/shapes.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import { KNOWLEDGE_TRACE, PATHS_TRACE, type TracedOrigin } from './trace-states.ts';
import { arrangeInRows, type DrawnAs, readDrawnAses, secondsText, shortName } from './viz-ases.ts';

/** Largest number of ASes in the picture; the table lists all. */
const ASES_MAX = 60;
const ROW = 84;
const BOX_HEIGHT = 36;
const BOX_WIDTH_MAX = 88;
/** Smallest width that an AS takes in a row, px. */
const PITCH_MIN = 50;
/** Height by which the curve of a link within a row grows for each AS between its ends, px. */
const BEND_PX_PER_AS = 16;
const STRIP = 72;
/** Events that are at most this old are drawn bold, ns. */
const RECENT_NS_MAX = 1_000_000_000;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly row: number;
  readonly column: number;
}

/** Draws the picture of the links, and the strip with the number of paths. */
export function drawSpreading(input: DrawingInput): Drawing {
  const { chosen = [], width } = input;
  const ases = readDrawnAses(input);
  const origin = ases.find(({ isdAs }) => chosen.includes(`origin:${isdAs}`));
  const picture = pictureOf(ases, origin, input);
  const pairs = pairsOf(input);
  const strip = stripOf(pairs, { y: picture.end, width, input });
  const title = findingOf(ases, origin, pairs);
  return {
    title,
    summary: `${title}. ${ases.map((as) => sentenceOf(as, origin)).join('. ')}.`,
    legend:
      'Solid: beacons have crossed the link, bold: for the first time in the last second; dashed: none yet. ' +
      'Choose an AS to see its beacons only. Control services trace every half second.',
    shapes: [...picture.shapes, ...strip.shapes],
    height: strip.end,
    table: {
      columns: [
        'AS',
        'node',
        'beacons',
        'segments',
        'registered',
        'found',
        'watched',
        'beacons of',
      ],
      rows: ases.map(({ isdAs, node, origins, knowledge }) => [
        ...[isdAs, node, knowledge?.beacons ?? null, knowledge?.segments ?? null],
        ...[knowledge?.registered ?? null, knowledge?.found ?? null, knowledge?.watched ?? null],
        origins
          .map((one) => `${one.isdAs} over ${one.ifId} since ${secondsText(one.sinceNs)}`)
          .join(', '),
      ]),
    },
  };
}

/**
 * The origins that an AS knows, each with the first instant at which it was known; if `of` is
 * given, only this origin.
 */
function knownBy({ origins }: DrawnAs, of: DrawnAs | undefined): readonly TracedOrigin[] {
  return origins.filter(
    ({ isdAs }, at) =>
      (of === undefined || isdAs === of.isdAs) &&
      origins.findIndex((one) => one.isdAs === isdAs) === at,
  );
}

function findingOf(ases: readonly DrawnAs[], of: DrawnAs | undefined, pairs: Pairs): string {
  if (of !== undefined) {
    const since = ases.flatMap((as) => knownBy(as, of).map(({ sinceNs }) => sinceNs));
    if (since.length === 0) {
      return `No AS has beacons of ${of.isdAs}${of.isCore ? ' yet' : ': it is no core AS'}`;
    }
    const last = secondsText(greatestOf(since));
    return `${since.length} of ${ases.length - 1} other ASes have beacons of ${of.isdAs}, the last since ${last}`;
  }
  const { now, all, steps } = pairs;
  if (all > 0) {
    const since = now === all ? `, since ${secondsText(steps.at(-1)?.sinceNs ?? 0)}` : '';
    return `${now} of ${all} pairs of ASes have a path${since}`;
  }
  const knowing = ases.filter(({ origins }) => origins.length > 0).length;
  return `${knowing} of ${ases.length} ASes have beacons of others`;
}

function sentenceOf(as: DrawnAs, of: DrawnAs | undefined): string {
  const known = knownBy(as, of).map((one) => `${one.isdAs} since ${secondsText(one.sinceNs)}`);
  return `${as.isdAs} has beacons of ${known.length === 0 ? 'nobody' : known.join(', ')}`;
}

interface Block {
  readonly shapes: readonly Shape[];
  readonly end: number;
}

function pictureOf(
  ases: readonly DrawnAs[],
  of: DrawnAs | undefined,
  { width, timeNs }: DrawingInput,
): Block {
  const rows = arrangeInRows(ases.slice(0, ASES_MAX), Math.max(2, Math.floor(width / PITCH_MIN)));
  const top =
    BEND_PX_PER_AS * Math.min(4, Math.max(0, (rows[0]?.length ?? 0) - 2)) + BOX_HEIGHT / 2 + 8;
  const places = new Map<string, Place>();
  for (const [row, members] of rows.entries()) {
    for (const [column, { isdAs }] of members.entries()) {
      const x = ((column + 0.5) * width) / members.length;
      places.set(isdAs, { x, y: top + row * ROW, row, column });
    }
  }
  const isLit = ({ sinceNs }: TracedOrigin): boolean => timeNs - sinceNs < RECENT_NS_MAX;
  const shapes: Shape[] = [];
  for (const as of ases) {
    for (const shape of linksOf(as, { ases, places, of, isLit })) shapes.push(shape);
  }
  for (const row of rows) {
    const wide = Math.min(BOX_WIDTH_MAX, width / row.length - 6);
    for (const as of row) {
      const place = places.get(as.isdAs);
      if (place !== undefined) shapes.push(boxOf(as, place, { wide, of, isLit }));
    }
  }
  const end = top + (rows.length - 1) * ROW + BOX_HEIGHT / 2 + 12;
  const more = ases.length - ASES_MAX;
  if (more <= 0) return { shapes, end };
  shapes.push(textShape(0, end + 8, `${more} more ASes are in the table.`, { fill: 'muted' }));
  return { shapes, end: end + 20 };
}

interface LinkLook {
  readonly ases: readonly DrawnAs[];
  readonly places: ReadonlyMap<string, Place>;
  readonly of: DrawnAs | undefined;
  readonly isLit: (one: TracedOrigin) => boolean;
}

/** The links of an AS. Each link is drawn only once, at one of its ends. */
function linksOf(as: DrawnAs, { ases, places, of, isLit }: LinkLook): readonly Shape[] {
  return as.interfaces.flatMap(({ ifId, neighbour, neighbourIfId }): readonly Shape[] => {
    const [from, to] = [places.get(as.isdAs), places.get(neighbour)];
    if (from === undefined || to === undefined || as.isdAs > neighbour) return [];
    const far = ases.find(({ isdAs }) => isdAs === neighbour);
    const crossed = [
      ...as.origins.filter((one) => one.ifId === ifId),
      ...(far?.origins ?? []).filter((one) => one.ifId === neighbourIfId),
    ].filter(({ isdAs }) => of === undefined || isdAs === of.isdAs);
    const beacons = [...new Set(crossed.map(({ isdAs }) => isdAs))].join(', ');
    const title = `${as.isdAs}#${ifId} to ${neighbour}#${neighbourIfId}: ${beacons === '' ? 'no beacons yet' : `beacons of ${beacons}`}`;
    const look =
      crossed.length === 0
        ? ({ stroke: 'muted', dash: 'dashed' } as const)
        : ({ stroke: 'c1', width: crossed.some(isLit) ? 4 : 2 } as const);
    return [{ kind: 'path', d: wayBetween(from, to), title, ...look }];
  });
}

function wayBetween(from: Place, to: Place): string {
  const between = Math.abs(from.column - to.column) - 1;
  if (from.row !== to.row || between === 0) return `M${from.x} ${from.y}L${to.x} ${to.y}`;
  // The middle of a quadratic curve is at half the height of its control point.
  const y = from.y - BOX_HEIGHT / 2 - 2 * BEND_PX_PER_AS * Math.min(4, between) - 8;
  return `M${from.x} ${from.y}Q${(from.x + to.x) / 2} ${y} ${to.x} ${to.y}`;
}

function boxOf(
  as: DrawnAs,
  { x, y }: Place,
  { wide, of, isLit }: Pick<LinkLook, 'of' | 'isLit'> & { readonly wide: number },
): Shape {
  const known = knownBy(as, of);
  const isOrigin = as.isdAs === of?.isdAs;
  const isNew = known.some(isLit);
  const [first] = known;
  const since = first === undefined ? '–' : secondsText(first.sinceNs);
  const words =
    of === undefined
      ? `${known.length} origin${known.length === 1 ? '' : 's'}`
      : isOrigin
        ? 'origin'
        : since;
  const at = { x: x - wide / 2, y: y - BOX_HEIGHT / 2, w: wide, h: BOX_HEIGHT };
  const isKnowing = isOrigin || known.length > 0;
  return {
    kind: 'group',
    key: `origin:${as.isdAs}`,
    isChosen: isOrigin,
    title: sentenceOf(as, of),
    shapes: [
      boxShape(at, {
        ...{ fill: isKnowing ? 'shade' : 'panel', stroke: isKnowing ? 'c1' : 'muted', radius: 4 },
        ...{ width: isNew || isOrigin ? 3 : 1, dash: isKnowing ? 'solid' : 'dashed' },
      }),
      textShape(x, y - 2, shortName(as.isdAs), { anchor: 'middle', weight: 'strong' }),
      textShape(
        x,
        y + 13,
        textCutToWidth(wide < 64 ? words.replace(/ origins?/, '') : words, wide),
        {
          anchor: 'middle',
        },
      ),
    ],
  };
}

/**
 * The number of watched pairs of ASes, and the number of those that have a path: now, and after
 * each change.
 */
interface Pairs {
  readonly now: number;
  readonly all: number;
  readonly steps: readonly { readonly count: number; readonly sinceNs: number }[];
}

function pairsOf({ nodes }: DrawingInput): Pairs {
  let all = 0;
  const changes: { readonly by: number; readonly sinceNs: number }[] = [];
  for (const { states } of nodes) {
    all += readSingleTracedState(KNOWLEDGE_TRACE, states)?.value?.watched ?? 0;
    let before = 0;
    for (const { found, sinceNs } of readSingleTracedState(PATHS_TRACE, states)?.value ?? []) {
      changes.push({ by: found - before, sinceNs });
      before = found;
    }
  }
  let now = 0;
  const steps: Pairs['steps'][number][] = [];
  for (const { by, sinceNs } of changes.sort((a, b) => a.sinceNs - b.sinceNs)) {
    now += by;
    if (by !== 0) steps.push({ count: now, sinceNs });
  }
  return { now, all, steps };
}

function stripOf(
  { now, all, steps }: Pairs,
  { y, width, input }: { readonly y: number; readonly width: number; readonly input: DrawingInput },
): Block {
  if (all === 0) {
    const words = 'No control service watches for paths (option watch): no pairs to count.';
    return {
      shapes: [textShape(0, y + 16, textCutToWidth(words, width), { fill: 'muted' })],
      end: y + 28,
    };
  }
  const { timeNs, endNs = timeNs } = input;
  const xOf = (ns: number): number => (width * ns) / Math.max(1, endNs);
  const [top, base] = [y + 28, y + 28 + STRIP];
  const yOf = (count: number): number => base - (STRIP * count) / all;
  const line = steps.map(({ count, sinceNs }) => `H${xOf(sinceNs)}V${yOf(count)}`).join('');
  const end = xOf(timeNs);
  const isNarrow = width < NARROW_WIDTH_PX;
  const words = isNarrow ? 'pairs with a path' : 'pairs of ASes that have a path, until the cursor';
  return {
    shapes: [
      textShape(0, y + 18, words, { fill: 'muted' }),
      textShape(width, y + 18, `${now} of ${all}`, { anchor: 'end', weight: 'strong' }),
      boxShape({ x: 0, y: top, w: width, h: STRIP }, { fill: 'shade', radius: 3 }),
      { kind: 'path', d: `M0 ${base}${line}H${end}V${base}Z`, fill: 'c1', opacity: 0.3 },
      { kind: 'path', d: `M0 ${base}${line}H${end}`, stroke: 'c1', width: 2 },
      { kind: 'line', x1: end, x2: end, y1: top, y2: base, stroke: 'text' },
      textShape(0, base + 16, '0 s', { fill: 'muted' }),
      textShape(width, base + 16, secondsText(endNs), { fill: 'muted', anchor: 'end' }),
    ],
    end: base + 24,
  };
}
