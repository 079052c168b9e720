/**
 * Draws the tracks of nodes on one time axis: bars for arrivals, losses below the bars, procedures
 * and marks.
 *
 * @module
 */

import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import { quantityText, shortCountText } from '../../../../reports/format.ts';
import type { FaultRow } from '../../data/trace-answers.ts';
import { instantTickText } from '../../kernel/duration.ts';
import { svgElement } from '../../kernel/element.ts';
import { instantTicks } from '../../kernel/instant-ticks.ts';
import type { Bar, FilledTrack } from './tracks.ts';

/**
 * The input of {@link drawTracks}: the width of the drawing, px, the visible interval, ns of the
 * run, and the faults to mark.
 */
export interface TracksDrawingInput {
  readonly width: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly faults: readonly FaultRow[];
}

/** The drawing and its time axis. */
export interface DrawnTracks {
  readonly svg: SVGSVGElement;
  readonly x: ScaleLinear<number, number>;
  /** Height of the tracks without the axis, px. */
  readonly height: number;
}

type X = ScaleLinear<number, number>;

const NARROW = 640;
const LABEL = 110;
const LABEL_NARROW = 84;
const COUNTS = 48;
const PITCH = 26;
const BAR = 20;
const TOP = 18;
const CHARACTER = 6.6;
/**
 * Largest number of faults that are marked strongly; if there are more, all of them are marked faintly.
 */
const FAULTS_CALM = 20;

/** Draws the tracks one below the other on a common time axis. */
export function drawTracks(tracks: readonly FilledTrack[], stage: TracksDrawingInput): DrawnTracks {
  const { width, fromNs, toNs } = stage;
  const left = width < NARROW ? LABEL_NARROW : LABEL;
  const x = scaleLinear([fromNs, toNs], [left, Math.max(left + 40, width - COUNTS)]);
  // Tracks of single nodes have one scale in common. A track of several nodes has its own scale,
  // since a hundred nodes receive more packets than two.
  const most = (some: readonly FilledTrack[]): number =>
    greatestOf([1, ...some.flatMap(({ bars }) => bars.map(({ count }) => count))]);
  const top = most(tracks.filter(({ isGroup }) => !isGroup));
  const height = TOP + tracks.length * PITCH;
  const rows = tracks.map((track, row) => {
    const y = scaleLinear([0, track.isGroup ? most([track]) : top], [BAR, 0]);
    const parts = [...rowParts(track, x, y), ...labelParts(track, left, width)];
    return svgElement('g', { transform: `translate(0 ${TOP + row * PITCH})` }, parts);
  });
  const svg = svgElement(
    'svg',
    {
      ...{ class: 'tracks', width, height: height + 22, 'aria-hidden': 'true' },
      viewBox: `0 0 ${width} ${height + 22}`,
    },
    faultParts(stage, x, height),
    rows,
    axisParts(stage, x, height),
  );
  return { svg, x, height };
}

function rowParts(track: FilledTrack, x: X, y: X): readonly SVGElement[] {
  const [left = 0, right = 0] = x.range();
  const inside = (ns: number): number => Math.min(right, Math.max(left, x(ns)));
  const spans = track.spans.map(({ name, startNs, endNs }) => {
    const [x1, x2] = [inside(startNs), inside(endNs)];
    return svgElement(
      'rect',
      { class: 'span', x: x1, y: 1, width: Math.max(2, x2 - x1), height: BAR - 2, rx: 2 },
      svgElement('title', {}, `${name}, ${quantityText(endNs - startNs, 'ns')}`),
    );
  });
  const marks = track.marks.map(({ timeNs, text }) =>
    svgElement(
      'path',
      { class: 'mark', d: `M${inside(timeNs).toFixed(1)} 6l-5 -8h10z` },
      svgElement('title', {}, text),
    ),
  );
  const path = (from: (bar: Bar) => number): string =>
    track.bars
      .filter((bar) => from(bar) > 0)
      .map((bar) => {
        const [x1, x2] = [inside(bar.fromNs), inside(bar.toNs)];
        const wide = Math.max(1, x2 - x1).toFixed(1);
        const top = Math.min(BAR - 1, y(from(bar))).toFixed(1);
        return `M${x1.toFixed(1)} ${BAR}V${top}h${wide}V${BAR}z`;
      })
      .join('');
  const losses = track.bars
    .filter(({ drops }) => drops > 0)
    .map((bar) => {
      const wide = Math.max(2, inside(bar.toNs) - inside(bar.fromNs)).toFixed(1);
      return `M${inside(bar.fromNs).toFixed(1)} ${BAR + 1}h${wide}v3h-${wide}z`;
    });
  return [
    svgElement('line', { class: 'grid', x1: left, x2: right, y1: BAR, y2: BAR }),
    ...spans,
    svgElement('path', { class: 'came', d: path(({ count }) => count) }),
    svgElement('path', { class: 'lost', d: losses.join('') }),
    ...marks,
  ];
}

function labelParts(track: FilledTrack, left: number, width: number): readonly SVGElement[] {
  const room = Math.floor((left - 6) / CHARACTER);
  const { label } = track;
  const text = label.length > room ? `${label.slice(0, room - 1)}…` : label;
  return [
    svgElement(
      'text',
      { class: track.isGroup ? 'label group' : 'label', x: 0, y: BAR - 4 },
      text,
      svgElement('title', {}, label),
    ),
    svgElement('text', { class: 'end', x: width, y: BAR - 4 }, shortCountText(track.count)),
  ];
}

function faultParts(
  { faults, fromNs, toNs }: TracksDrawingInput,
  x: X,
  height: number,
): readonly SVGElement[] {
  const seen = faults.filter(
    ({ timeNs, kind }) => kind !== 'effect' && timeNs >= fromNs && timeNs <= toNs,
  );
  const crowd = seen.length > FAULTS_CALM ? ' crowded' : '';
  return seen.map(({ timeNs, kind, text }) =>
    svgElement(
      'line',
      {
        class: `${kind === 'begin' ? 'fault' : 'fault-end'}${crowd}`,
        ...{ x1: x(timeNs), x2: x(timeNs), y1: 4, y2: height },
      },
      svgElement('title', {}, `${text} ${kind}s`),
    ),
  );
}

function axisParts(
  { width, fromNs, toNs }: TracksDrawingInput,
  x: X,
  height: number,
): readonly SVGElement[] {
  const [left = 0, right = 0] = x.range();
  return [
    svgElement('text', { x: 0, y: 11 }, 'node'),
    svgElement('text', { class: 'end', x: width, y: 11 }, 'came'),
    svgElement('line', { class: 'baseline', x1: left, x2: right, y1: height, y2: height }),
    ...instantTicks([fromNs, toNs], width < NARROW ? 2 : 7).map((ns) =>
      svgElement(
        'text',
        { class: right - x(ns) < 30 ? 'end' : 'middle', x: x(ns), y: height + 15 },
        instantTickText(ns, toNs - fromNs),
      ),
    ),
  ];
}
