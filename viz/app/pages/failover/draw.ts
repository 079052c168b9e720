/**
 * Draws the strips of a fault below each other on a common time axis, as SVG.
 *
 * @module
 */

import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import {
  chooseUnitScale,
  limitQuantityText,
  quantityText,
  scaledNumberText,
} from '../../../../reports/format.ts';
import { withNonBreakingSpaces } from '../../chart/hard-spaces.ts';
import { LabelPlacer, type LabelSpot } from '../../chart/label-room.ts';
import { svgElement } from '../../kernel/element.ts';
import type { Bin } from './bins.ts';
import type { StateLane, StateSegment } from './lanes.ts';
import { type Effect, FIRST_PACKET_EFFECT } from './story.ts';
import type { MarkedInstant, SeedGap, Strip } from './strips.ts';

/** The input that all strips have in common. */
export interface StripsDrawingInput {
  readonly width: number;
  /** Start of the visible interval, ns after the fault. */
  readonly fromNs: number;
  readonly toNs: number;
  /** Effects of the fault, drawn as lines through all strips. */
  readonly effects: readonly Effect[];
  readonly pickSeed: (seed: number) => void;
}

/** The drawing, and the scale of its time axis. */
export interface DrawnStrips {
  readonly svg: SVGSVGElement;
  /** Converts between ns after the fault and px. */
  readonly x: ScaleLinear<number, number>;
}

const LEFT = 44;
const RIGHT = 12;
const NARROW = 640;
const CURVE = 56;
const LANE = 18;
const GAP_ROW_MAX = 14;
const GAPS_MAX = 150;
/** Width of the column with the names of strips, px. */
const NAME = 110;
/** Width of an average letter of a name, px. */
const CHARACTER = 6.4;
const SPACE = 12;

type Made = { readonly parts: readonly SVGElement[]; readonly height: number };
type X = ScaleLinear<number, number>;

/** Draws the strips of throughput, loss and latency around a fault. */
export function drawStrips(strips: readonly Strip[], stage: StripsDrawingInput): DrawnStrips {
  const { width } = stage;
  const x = scaleLinear([stage.fromNs, stage.toNs], [LEFT, Math.max(LEFT + 40, width - RIGHT)]);
  const marks = effectLabels(stage, x);
  const parts: SVGElement[] = [];
  let y = marks.height;
  for (const strip of strips) {
    const made = drawStrip(strip, stage, x);
    parts.push(svgElement('g', { transform: `translate(0 ${y})` }, made.parts));
    y += made.height + SPACE;
  }
  const lines = effectLines(stage, x, { top: marks.height, bottom: y });
  const axis = drawAxis(stage, x, y);
  const height = y + 36;
  const svg = svgElement(
    'svg',
    { class: 'strips', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    lines,
    parts,
    marks.parts,
    axis,
  );
  return { svg, x };
}

function drawStrip(strip: Strip, stage: StripsDrawingInput, x: X): Made {
  const head = heading(strip, stage.width);
  const body = bodyOf(strip, stage, x);
  const shifted = svgElement('g', { transform: `translate(0 ${head.height})` }, body.parts);
  return { parts: [...head.parts, shifted], height: head.height + body.height };
}

function bodyOf(strip: Strip, stage: StripsDrawingInput, x: X): Made {
  switch (strip.kind) {
    case 'lanes':
      return lanesBody(strip, stage, x);
    case 'curve':
      return curveBody(strip, stage, x);
    case 'gaps':
      return gapsBody(strip, stage, x);
    case 'missing':
      return { parts: [], height: 0 };
  }
}

/** Draws a strip's name and finding, side by side or, in a narrow drawing, in two lines. */
function heading({ name, finding }: Strip, width: number): Made {
  const isNarrow = width < NARROW;
  const left = isNarrow ? 0 : NAME;
  const lines = wrapped(finding, Math.floor((width - left) / CHARACTER));
  const first = isNarrow ? 28 : 12;
  const texts = lines.map((line, row) =>
    svgElement('text', { class: 'finding', x: left, y: first + row * 15 }, line),
  );
  const last = first + 15 * Math.max(0, lines.length - 1);
  const height = (lines.length === 0 ? 12 : last) + 6;
  return {
    parts: [svgElement('text', { class: 'strip-name', x: 0, y: 12 }, name), ...texts],
    height,
  };
}

/** Breaks a text between words into lines of at most `room` letters. */
function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of withNonBreakingSpaces(text).split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return text === '' ? [] : lines;
}

function lanesBody(
  strip: Strip & { readonly kind: 'lanes' },
  stage: StripsDrawingInput,
  x: X,
): Made {
  const { lanes, others, spread } = strip;
  const height = lanes.length * LANE;
  const parts = lanes.flatMap((lane, at) => laneParts(lane, at * LANE, x));
  const ticks = others
    .filter(({ afterNs }) => within(afterNs, stage))
    .map((tick) => tickMark(tick, x, height));
  const middle =
    spread === undefined || others.length < 2
      ? []
      : [
          bandMark(spread.low, spread.high, { x, height }),
          svgElement('line', {
            ...{ class: 'median', x1: x(spread.median), x2: x(spread.median) },
            ...{ y1: 0, y2: height },
          }),
        ];
  return { parts: [...middle.slice(0, 1), ...parts, ...ticks, ...middle.slice(1)], height };
}

function laneParts({ label, segments }: StateLane, y: number, x: X): readonly SVGElement[] {
  const name = label === '' ? [] : [svgElement('title', {}, label)];
  return [
    svgElement(
      'g',
      {},
      name,
      segments.flatMap((one) => segmentParts(one, label, y, x)),
    ),
  ];
}

const BAD = /^(down|faulty|dead|none|impaired|admin-down)$/i;

function segmentParts(
  segment: StateSegment,
  label: string,
  y: number,
  x: X,
): readonly SVGElement[] {
  const { fromNs, toNs, state } = segment;
  const [x1, x2] = [x(fromNs), x(toNs)];
  const isBad = BAD.test(state);
  const middle = y + LANE / 2;
  const text = label === '' ? state : `${label} ${state}`;
  const fits = text.length * CHARACTER + 8 < x2 - x1;
  const short = state.length * CHARACTER + 8 < x2 - x1 ? state : '';
  return [
    svgElement(
      'rect',
      {
        class: isBad ? 'held bad' : 'held',
        ...{ x: x1, y: y + 1, width: Math.max(1, x2 - x1), height: LANE - 3 },
      },
      svgElement(
        'title',
        {},
        `${text} from ${quantityText(fromNs, 'ns')} to ${quantityText(toNs, 'ns')}`,
      ),
    ),
    svgElement('text', { class: 'in-lane', x: x1 + 4, y: middle + 4 }, fits ? text : short),
  ];
}

function tickMark({ afterNs, text }: MarkedInstant, x: X, height: number): SVGElement {
  return svgElement(
    'line',
    { class: 'other', x1: x(afterNs), x2: x(afterNs), y1: 0, y2: height },
    svgElement('title', {}, text),
  );
}

function bandMark(
  low: number,
  high: number,
  { x, height }: { readonly x: X; readonly height: number },
): SVGElement {
  const width = Math.max(1, x(high) - x(low));
  return svgElement('rect', { class: 'spread', x: x(low), y: 0, width, height });
}

function curveBody(
  strip: Strip & { readonly kind: 'curve' },
  stage: StripsDrawingInput,
  x: X,
): Made {
  const curves = [strip.bins, ...(strip.overlay?.seeds ?? []).map(({ bins }) => bins)];
  const values = curves.flat().map(({ value }) => value ?? 0);
  const highs = strip.band.map(({ high }) => high);
  const top = greatestOf([0, ...values, ...highs, strip.limit?.value ?? 0]) * 1.08 || 1;
  const y = scaleLinear([0, top], [CURVE, 2]);
  const [left = LEFT, right = LEFT] = x.range();
  const scale = chooseUnitScale(top, strip.unit);
  const grid = [0, y.ticks(2).at(-1) ?? 0].flatMap((value) => [
    svgElement('line', { class: 'grid', x1: left, x2: right, y1: y(value), y2: y(value) }),
    svgElement(
      'text',
      { class: 'end', x: left - 4, y: Math.min(CURVE, y(value) + 4) },
      scaledNumberText(value, scale, { digits: 2 }),
    ),
  ]);
  return {
    parts: [
      ...grid,
      ...seedParts(strip, stage, { x, y }),
      ...bandParts(strip, x, y),
      strip.style === 'bars' ? bars(strip.bins, x, y) : steps(strip.bins, x, y),
      ...(strip.overlay === undefined ? [] : [steps(strip.overlay.median, x, y, 'median-line')]),
      ...limitAcross(strip, x, y),
    ],
    height: CURVE + 2,
  };
}

function bandParts({ band }: Strip & { readonly kind: 'curve' }, x: X, y: X): SVGElement[] {
  const path = band
    .map(
      ({ fromNs, toNs, low, high }) =>
        `M${at(x(fromNs))} ${at(y(low))}H${at(x(toNs))}V${at(y(high))}H${at(x(fromNs))}z`,
    )
    .join('');
  return path === '' ? [] : [svgElement('path', { class: 'band', d: path })];
}

/** Draws the curve of each seed, behind the band; a click on a curve chooses its seed. */
function seedParts(
  { overlay, name }: Strip & { readonly kind: 'curve' },
  { pickSeed }: StripsDrawingInput,
  { x, y }: { readonly x: X; readonly y: X },
): readonly SVGElement[] {
  return (overlay?.seeds ?? []).map(({ seed, bins }) => {
    const click = (event: Event): void => {
      event.stopPropagation();
      pickSeed(seed);
    };
    return svgElement(
      'g',
      { class: 'seed', 'data-seed': seed, pointerdown: click },
      svgElement('title', {}, `${name} of seed ${seed}`),
      steps(bins, x, y, 'reach'),
      steps(bins, x, y, 'seed-line'),
    );
  });
}

function steps(bins: readonly Bin[], x: X, y: X, kind = 'line'): SVGElement {
  let isOpen = false;
  const path = bins.map(({ fromNs, toNs, value }) => {
    if (value === null) {
      isOpen = false;
      return '';
    }
    const begin = `${isOpen ? 'L' : 'M'}${at(x(fromNs))} ${at(y(value))}`;
    isOpen = true;
    return `${begin}H${at(x(toNs))}`;
  });
  return svgElement('path', { class: kind, d: path.join('') });
}

function bars(bins: readonly Bin[], x: X, y: X): SVGElement {
  const path = bins
    .filter(({ value }) => value !== null && value > 0)
    .map(
      ({ fromNs, toNs, value }) =>
        `M${at(x(fromNs))} ${at(y(0))}V${at(y(value ?? 0))}H${at(x(toNs))}V${at(y(0))}z`,
    );
  return svgElement('path', { class: 'bars', d: path.join('') });
}

/** Draws a KPI's limit as a line across the strip, with its label beside the curve. */
function limitAcross(
  { limit, bins }: Strip & { readonly kind: 'curve' },
  x: X,
  y: X,
): SVGElement[] {
  if (limit === undefined) return [];
  const [left = LEFT, right = LEFT] = x.range();
  const level = y(limit.value);
  const near = level < CURVE / 2 ? [level + 13, level - 4] : [level - 4, level + 13];
  const spots = [...near, CURVE - 4].flatMap((base): readonly LabelSpot[] => [
    { x: right, y: base, anchor: 'end' },
    { x: left + 4, y: base, anchor: 'start' },
  ]);
  const curve = bins.flatMap(({ fromNs, toNs, value }) =>
    value === null ? [] : [fromNs, toNs].map((ns) => ({ x: x(ns), y: y(value) })),
  );
  const bounds = { left, right, top: -2, bottom: CURVE + 2 };
  // If there is no room for the whole label, the name of the KPI is left out of it.
  const text = right - left < NARROW - LEFT ? limit.text.replace(/ for .*/, '') : limit.text;
  const spot = new LabelPlacer(bounds, [curve]).take(text, spots);
  const kind = spot.anchor === 'end' ? 'end limit-text' : 'limit-text';
  return [
    svgElement('line', { class: 'limit', x1: left, x2: right, y1: level, y2: level }),
    svgElement('text', { class: kind, x: spot.x, y: spot.y }, text),
  ];
}

function gapsBody(strip: Strip & { readonly kind: 'gaps' }, stage: StripsDrawingInput, x: X): Made {
  const seeds = thinned(strip.seeds);
  const pitch = Math.max(3, Math.min(GAP_ROW_MAX, 120 / Math.max(1, seeds.length)));
  const height = pitch * seeds.length + (strip.limit === undefined ? 2 : 18);
  const { spread, limit } = strip;
  const middle: SVGElement[] =
    spread === undefined || spread.n < 2
      ? []
      : [
          bandMark(spread.low, spread.high, { x, height }),
          svgElement('line', {
            ...{ class: 'median', x1: x(spread.median), x2: x(spread.median) },
            ...{ y1: 0, y2: height },
          }),
        ];
  const rows = seeds.flatMap((one, row) => gapRow(one, row * pitch, { pitch, stage, x }));
  const line = limit === undefined || !within(limit.value, stage) ? [] : gapLimit(limit, x, height);
  return { parts: [...middle.slice(0, 1), ...rows, ...middle.slice(1), ...line], height };
}

function gapRow(
  one: SeedGap,
  y: number,
  {
    pitch,
    stage,
    x,
  }: { readonly pitch: number; readonly stage: StripsDrawingInput; readonly x: X },
): SVGElement[] {
  const first = one.effects.find(({ name }) => name === FIRST_PACKET_EFFECT) ?? one.effects.at(-1);
  const length = one.gapNs ?? first?.afterNs;
  if (length === undefined) return [];
  const clamp = (ns: number): number => x(Math.min(stage.toNs, Math.max(stage.fromNs, ns)));
  const [x1, x2] = [clamp(0), clamp(length)];
  const gap = one.gapNs === undefined ? [] : [`gap ${quantityText(one.gapNs, 'ns')}`];
  const text = `seed ${one.seed}: ${[...gap, ...one.effects.map(effectText)].join(', ')}`;
  const middle = y + pitch / 2;
  const click = (event: Event): void => {
    event.stopPropagation();
    stage.pickSeed(one.seed);
  };
  return [
    svgElement(
      'g',
      { class: one.isShown ? 'seed shown' : 'seed', 'data-seed': one.seed, pointerdown: click },
      svgElement('title', {}, text),
      svgElement('rect', { class: 'reach', x: x1, y, width: Math.max(2, x2 - x1), height: pitch }),
      svgElement('line', { x1, x2, y1: middle, y2: middle }),
      svgElement('circle', { cx: x2, cy: middle, r: one.isShown ? 3.5 : Math.min(2, pitch / 2) }),
    ),
  ];
}

function gapLimit(
  { value, text }: { value: number; text: string },
  x: X,
  height: number,
): SVGElement[] {
  const [, right = 0] = x.range();
  const isLate = x(value) + text.length * CHARACTER > right;
  return [
    svgElement('line', { class: 'limit', x1: x(value), x2: x(value), y1: 0, y2: height }),
    svgElement(
      'text',
      {
        class: isLate ? 'end limit-text' : 'limit-text',
        ...{ x: x(value) + (isLate ? -6 : 6), y: height - 4 },
      },
      text,
    ),
  ];
}

/** Returns about {@link GAPS_MAX} of the seeds, evenly chosen, and always the shown seed. */
function thinned(seeds: readonly SeedGap[]): readonly SeedGap[] {
  const oneIn = Math.ceil(seeds.length / GAPS_MAX);
  return seeds.filter(({ isShown }, row) => isShown || row % oneIn === 0);
}

/** Combines effects at the same instant into one line with one label. */
function joined(effects: readonly Effect[]): readonly MarkedInstant[] {
  const ticks: MarkedInstant[] = [];
  for (const { name, afterNs } of effects) {
    const last = ticks.at(-1);
    if (last?.afterNs === afterNs)
      ticks[ticks.length - 1] = { afterNs, text: `${last.text}, ${name}` };
    else ticks.push({ afterNs, text: name });
  }
  return ticks;
}

/** Draws the labels of the effects at the top, each in the first row where it overlaps no other. */
function effectLabels(stage: StripsDrawingInput, x: X): Made {
  const ends: number[] = [];
  const parts = [{ afterNs: 0, text: 'fault' }, ...joined(stage.effects)]
    .filter(({ afterNs }) => within(afterNs, stage))
    .map(({ afterNs, text }) => {
      const words = afterNs === 0 ? text : `${text} +${quantityText(afterNs, 'ns')}`;
      const wide = words.length * CHARACTER;
      const begin = Math.min(x(afterNs) + 4, stage.width - wide);
      const free = ends.findIndex((end) => end < begin);
      const row = free < 0 ? ends.length : free;
      ends[row] = begin + wide + 8;
      return svgElement(
        'text',
        { class: 'effect-text', x: Math.max(0, begin), y: 12 + row * 15 },
        words,
      );
    });
  return { parts, height: Math.max(1, ends.length) * 15 + 8 };
}

function effectLines(
  stage: StripsDrawingInput,
  x: X,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): readonly SVGElement[] {
  return [{ afterNs: 0, text: 'fault' }, ...joined(stage.effects)]
    .filter(({ afterNs }) => within(afterNs, stage))
    .map(({ afterNs }) =>
      svgElement('line', {
        class: afterNs === 0 ? 'begin' : 'effect',
        ...{ x1: x(afterNs), x2: x(afterNs), y1: top - 10, y2: bottom },
      }),
    );
}

function drawAxis(
  { width, fromNs, toNs }: StripsDrawingInput,
  x: X,
  y: number,
): readonly SVGElement[] {
  const isLong = toNs - fromNs > 10e9;
  const [divisor, unit] = isLong ? [1e9, 's'] : [1e6, 'ms'];
  const [left = 0, right = 0] = x.range();
  return [
    svgElement('line', { class: 'baseline', x1: left, x2: right, y1: y, y2: y }),
    ...x
      .ticks(width < NARROW ? 4 : 9)
      .map((value) =>
        svgElement(
          'text',
          { class: right - x(value) < 20 ? 'end' : 'middle', x: x(value), y: y + 15 },
          `${value > 0 ? '+' : ''}${Number((value / divisor).toPrecision(12))}`,
        ),
      ),
    svgElement('text', { class: 'end', x: right, y: y + 31 }, `${unit} after the fault`),
  ];
}

function effectText({ name, afterNs }: Effect): string {
  return `${name} +${quantityText(afterNs, 'ns')}`;
}

/** Formats the label of a limit, such as `limit 250 ms`. */
export function stripLimitText(limit: number, unit: string): string {
  return `limit ${limitQuantityText(limit, unit)}`;
}

function within(ns: number, { fromNs, toNs }: StripsDrawingInput): boolean {
  return ns >= fromNs && ns <= toNs;
}

function at(px: number): string {
  return px.toFixed(1);
}
