/**
 * The drawing of SCION: the path combiner. It shows up, core and down segments between two ASes,
 * and the paths combined from them; if a segment is selected, only paths that use it are shown.
 *
 * Segments, routes and qualities come from the states of the source node (`trace-states.ts`,
 * `_kit/path-states.ts`).
 *
 * @module
 */
import type {
  Belief,
  Drawing,
  DrawingInput,
  ProtocolViz,
  Shape,
} from '../../viz/format/drawing.ts';
import {
  boxShape,
  NARROW_WIDTH_PX,
  nodesShown,
  textCutToWidth,
  textShape,
} from '../../viz/format/shapes.ts';
import { readTracedStates } from '../_kit/trace-state.ts';
import { BFD_TRACE, SEGMENT_ROLES } from './trace-states.ts';
import {
  type DrawnRoute,
  type DrawnSegment,
  isRouteSelected,
  type PathCombination,
  pathCombinationsOf,
} from './viz-combine.ts';

const HEAD = 34;
const CARD = 26;
const ROW = 28;
const TALL_ROW = 46;
/** Largest number of segments drawn for each role. */
const CARDS_SHOWN = 12;
/** Largest number of paths drawn; the table lists all paths. */
const ROUTES_SHOWN = 16;

/**
 * The drawings of SCION in the browser view, and the states of links according to the routers' BFD
 * sessions.
 */
export const viz: ProtocolViz = {
  protocol: 'scion',
  beliefsOf: ({ states }) =>
    readTracedStates(BFD_TRACE, states).flatMap(({ key, value }): readonly Belief[] => {
      if (value === undefined) return [];
      return [{ links: [key.link], holds: value.state === 'up' ? 'up' : 'down', by: 'BFD' }];
    }),
  views: [
    {
      name: 'combiner',
      title: 'Path combiner',
      applies: ({ nodes }) => nodes.some((node) => pathCombinationsOf(node).length > 0),
      draw,
    },
  ],
};

function draw(input: DrawingInput): Drawing {
  const { chosen = [], width } = input;
  const pairs = nodesShown(input, (node) => pathCombinationsOf(node).length > 0).flatMap(
    pathCombinationsOf,
  );
  const pair = pairs.find(({ name }) => chosen.includes(`pair:${name}`)) ?? pairs[0];
  if (pair === undefined) throw new Error('no segments at this instant');
  const shown = pair.routes.filter((route) => isRouteSelected(pair, route, chosen));
  const chooser = pairsAt(pairs, pair, width);
  const cards = cardsAt(pair, { chosen, shown, y: chooser.end, width });
  const routes = routesAt(shown, { chosen, y: cards.end, width });
  const title = findingOf(pair, shown, chosen);
  return {
    title,
    summary: `${title}. ${shown.map(sentenceOf).join('. ')}.`,
    shapes: [...chooser.shapes, ...cards.shapes, ...routes.shapes],
    height: routes.end + 8,
    table: {
      columns: ['path', 'ASes', 'links', 'up', 'core', 'down', 'in use', 'quality'],
      rows: shown.map(({ name, ases, links, parts, isActive, quality }) => [
        ...[name, ases.join(' '), links.length],
        ...SEGMENT_ROLES.map(
          (role) => pair.segments.find(({ key }) => key === parts[role])?.ases.join(' ') ?? null,
        ),
        ...[isActive ? 'yes' : 'no', quality],
      ]),
    },
  };
}

interface Block {
  readonly shapes: readonly Shape[];
  readonly end: number;
}

function findingOf(
  pair: PathCombination,
  shown: readonly DrawnRoute[],
  chosen: readonly string[],
): string {
  const count = (role: string): number =>
    pair.segments.filter((segment) => segment.role === role).length;
  const all = pair.routes.length;
  const isChosen = pair.segments.some(({ key }) => chosen.includes(key));
  if (isChosen) {
    const active = shown.find(({ isActive }) => isActive);
    const use = active === undefined ? 'none of them in use' : `${active.name} in use`;
    return `${shown.length} of ${all} paths use the chosen segments, ${use}`;
  }
  if (pair.unread !== undefined)
    return `segments ${pair.name.replace('>', ' to ')}: ${pair.unread}`;
  const parts = `${count('up')} up, ${count('core')} core and ${count('down')} down segments`;
  return `${parts} combine to ${all} paths from ${pair.name.replace('>', ' to ')}`;
}

function sentenceOf({ name, ases, quality, isActive }: DrawnRoute): string {
  return `${name} by ${ases.join(', ')}${isActive ? ', in use' : ''}: ${quality}`;
}

/** Draws the controls with which one of several pairs of nodes is chosen. */
function pairsAt(pairs: readonly PathCombination[], shown: PathCombination, width: number): Block {
  if (pairs.length < 2) return { shapes: [], end: 0 };
  const wide = Math.min(width, 260);
  const perRow = Math.max(1, Math.floor(width / (wide + 8)));
  const listed = pairs.slice(0, CARDS_SHOWN);
  const shapes = listed.map(({ name }, at) => {
    const x = (at % perRow) * (wide + 8);
    const y = Math.floor(at / perRow) * (CARD + 4);
    return button(`pair:${name}`, name.replace('>', ' → '), {
      ...{ x, y, w: wide, isChosen: name === shown.name, isDim: false },
    });
  });
  return { shapes, end: Math.ceil(listed.length / perRow) * (CARD + 4) + 8 };
}

interface Place {
  readonly chosen: readonly string[];
  readonly y: number;
  readonly width: number;
}

/** Draws three columns of segments, one for each role, in the direction of travel. */
function cardsAt(
  pair: PathCombination,
  place: Place & { readonly shown: readonly DrawnRoute[] },
): Block {
  const { chosen, shown, y, width } = place;
  const gap = width < NARROW_WIDTH_PX ? 6 : 24;
  const w = (width - 2 * gap) / 3;
  const shapes: Shape[] = [];
  let most = 0;
  for (const [column, role] of SEGMENT_ROLES.entries()) {
    const x = column * (w + gap);
    const own = pair.segments.filter((segment) => segment.role === role);
    shapes.push(textShape(x, y + 20, `${role} (${own.length})`, { weight: 'strong' }));
    for (const [row, segment] of own.slice(0, CARDS_SHOWN).entries()) {
      const isChosen = chosen.includes(segment.key);
      const isUsed = shown.some(({ parts }) => parts[role] === segment.key);
      const at = { x, y: y + HEAD + row * (CARD + 4), w, isChosen, isDim: !isUsed };
      shapes.push(button(segment.key, chain(segment), at, `${role} segment ${segment.words}`));
    }
    most = Math.max(most, Math.min(CARDS_SHOWN, own.length));
    const more = own.length - CARDS_SHOWN;
    if (more > 0) shapes.push(textShape(x, y + HEAD + most * (CARD + 4) + 14, `and ${more} more`));
  }
  return { shapes, end: y + HEAD + most * (CARD + 4) + 24 };
}

/** Draws the paths that use the selected segments, best first. */
function routesAt(routes: readonly DrawnRoute[], { chosen, y, width }: Place): Block {
  const tall = width < NARROW_WIDTH_PX ? TALL_ROW : ROW;
  const begin = y + 24;
  const listed = routes.slice(0, ROUTES_SHOWN);
  const end = begin + tall * listed.length;
  const more = routes.length - listed.length;
  const shapes: Shape[] = [
    textShape(0, y + 12, 'paths combined from them', { weight: 'strong' }),
    ...listed.map((route, row) => routeShape(route, { chosen, width, y: begin + row * tall })),
    ...(more > 0 ? [textShape(0, end + 14, `and ${more} more in the table`)] : []),
  ];
  return { shapes, end: end + 20 };
}

function routeShape(route: DrawnRoute, { chosen, width, y }: Place): Shape {
  const { name, ases, quality, isActive } = route;
  const key = `path:${name}`;
  const isChosen = chosen.includes(key);
  const isNarrow = width < NARROW_WIDTH_PX;
  const way = ases.map(short).join(' › ');
  return {
    kind: 'group',
    key,
    isChosen,
    title: sentenceOf(route),
    shapes: [
      boxShape(
        { x: 0, y, w: width, h: (isNarrow ? TALL_ROW : ROW) - 4 },
        {
          fill: isActive ? 'shade' : 'panel',
          stroke: isChosen ? 'link' : 'line',
          width: isChosen ? 2 : 1,
          radius: 4,
        },
      ),
      { kind: 'circle', x: 12, y: y + 12, r: 5, stroke: 'c1', ...(isActive && { fill: 'c1' }) },
      textShape(24, y + 16, name, { weight: isActive ? 'strong' : 'normal' }),
      ...(isNarrow ? [] : [textShape(200, y + 16, way, { fill: 'muted' })]),
      textShape(isNarrow ? 24 : width - 8, y + (isNarrow ? 34 : 16), quality, {
        anchor: isNarrow ? 'start' : 'end',
      }),
    ],
  };
}

function button(
  key: string,
  label: string,
  place: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly isChosen: boolean;
    readonly isDim: boolean;
  },
  title: string = label,
): Shape {
  const { x, y, w, isChosen, isDim } = place;
  return {
    kind: 'group',
    key,
    isChosen,
    title,
    shapes: [
      boxShape(
        { x, y, w, h: CARD },
        {
          fill: isChosen ? 'shade' : 'panel',
          stroke: isChosen ? 'link' : 'line',
          width: isChosen ? 2 : 1,
          dash: isDim ? 'dashed' : 'solid',
          radius: 4,
        },
      ),
      textShape(x + 8, y + 17, textCutToWidth(label, w - 12), { fill: isDim ? 'muted' : 'text' }),
    ],
  };
}

function chain({ ases }: DrawnSegment): string {
  return ases.map(short).join(' › ');
}

/** Returns the last group of an AS number: `110` of `1-ff00:0:110`. */
function short(isdAs: string): string {
  return isdAs.split(':').at(-1) ?? isdAs;
}
