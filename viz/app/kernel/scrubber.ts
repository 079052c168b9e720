/**
 * The scrubber, with which the reader moves through the time of a run on every page: the axis of
 * the visible range, the number of packets over time, flags for faults, the cursor, and controls
 * for play, pause and speed. For the keyboard and for screen readers it is a slider.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import type { BinRow } from '../../format/trace-file.ts';
import { LatestQuerySender } from '../data/latest.ts';
import type { FaultRow } from '../data/trace-answers.ts';
import type { TraceClient } from '../data/trace-client.ts';
import { instantText, instantTickText } from './duration.ts';
import { element, replaceContent, setAttributeIfChanged, svgElement } from './element.ts';
import { mergedFaultIntervals } from './fault-stretches.ts';
import type { FrameLoop } from './frame-loop.ts';
import { ICONS, icon } from './icons.ts';
import { instantTicks } from './instant-ticks.ts';
import { readTimeMarks } from './moments.ts';
import type { Watchable } from './observable.ts';
import {
  PLAYBACK_SPEED_MAX,
  PLAYBACK_SPEED_MIN,
  REDUCED_MOTION_STEP_NS,
  type TimeLine,
  type TimeRange,
} from './time-line.ts';

const HEIGHT = 44;
const BASE = 28;
const TOP = 6;
const SPEEDS = [0.001, 0.01, 0.1, 0.25, 0.5, 1, 2, 5, 10, 100, 1_000];
/**
 * Largest speed that is always offered, as a multiple of real time; higher speeds are offered only
 * up to the one that plays the whole run in {@link WHOLE_RUN_S}.
 */
const SPEED_ALWAYS_MAX = 100;
/** One of the offered speeds plays the whole run in this time, s. */
const WHOLE_RUN_S = 20;

/** The parameters of {@link Scrubber}. */
export interface ScrubberParts {
  readonly time: TimeLine;
  readonly frames: FrameLoop;
  readonly isCalm: Watchable<boolean>;
  /** The parameters of the page's address, which contain the instants marked by the reader. */
  readonly parameters: Watchable<Readonly<Record<string, string>>>;
  readonly signal: AbortSignal;
}

/** The slider with which the reader moves the time cursor of a run. */
export class Scrubber {
  readonly root: HTMLElement;
  readonly #parts: ScrubberParts;
  readonly #strip = element('div', {
    class: 'strip',
    tabindex: 0,
    role: 'slider',
    'aria-label': 'time of the run',
  });
  readonly #svg = svgElement('svg', { height: HEIGHT, 'aria-hidden': 'true' });
  readonly #density = svgElement('path', { class: 'density' });
  readonly #flags = svgElement('g');
  readonly #marks = svgElement('g', { class: 'marks' });
  readonly #axis = svgElement('g', { class: 'axis' });
  readonly #cursor = svgElement('g', { class: 'cursor' });
  readonly #play = element('button', { type: 'button', class: 'play' });
  readonly #now = element('output', { class: 'now' });
  #faults: readonly FaultRow[] = [];
  #bins: readonly BinRow[] = [];
  /**
   * The present instant of a run in progress, ns. Faults that have not ended are shaded up to it.
   */
  #nowNs = Number.POSITIVE_INFINITY;
  #width = 0;
  #askBins: (range: TimeRange) => void = () => undefined;

  constructor(parts: ScrubberParts) {
    this.#parts = parts;
    this.#cursor.append(
      svgElement('line', { y1: 0, y2: HEIGHT - 14 }),
      svgElement('path', { d: 'M-5 0h10l-5 6z' }),
    );
    this.#svg.append(this.#density, this.#flags, this.#marks, this.#axis, this.#cursor);
    this.#strip.append(this.#svg);
    this.root = element(
      'div',
      { class: 'scrubber' },
      this.#play,
      this.#speedChooser(),
      this.#strip,
      this.#now,
    );
    this.#wire();
  }

  /** Shows the number of packets over time and the faults of a trace. */
  show(trace: TraceClient | undefined): void {
    this.#faults = trace?.info.faults ?? [];
    this.#nowNs = trace?.live.value?.news.nowNs ?? Number.POSITIVE_INFINITY;
    this.#bins = [];
    if (trace === undefined) return;
    const latest = new LatestQuerySender(
      ([fromNs, toNs]: TimeRange) => trace.ask('bins', { fromNs, toNs, binsMax: 600 }),
      {
        tell: (bins): void => {
          this.#bins = bins;
          this.#draw();
        },
        fail: (): void => undefined,
      },
    );
    this.#askBins = (range): void => latest.want(range);
    this.#askBins(this.#parts.time.range.value);
    this.#draw();
  }

  #wire(): void {
    const { time, frames, signal, isCalm, parameters } = this.#parts;
    const ask = frames.add(signal, (elapsedMs) => {
      if (!isCalm.value) time.advance(elapsedMs);
      this.#moveCursor();
      return time.isPlaying.value && !isCalm.value;
    });
    time.cursor.watch(signal, ask);
    time.range.watch(signal, (range) => {
      this.#askBins(range);
      this.#draw();
    });
    parameters.watch(signal, () => this.#drawMarks());
    time.isPlaying.watch(signal, (isPlaying) => {
      replaceContent(this.#play, icon(isPlaying ? ICONS.pause : ICONS.play));
      this.#play.setAttribute('aria-label', isPlaying ? 'pause' : 'play');
      ask();
    });
    this.#play.addEventListener('click', () => this.toggle(), { signal });
    new ResizeObserver(([entry]) => {
      this.#width = entry?.contentRect.width ?? 0;
      this.#draw();
    }).observe(this.#strip);
    this.#strip.addEventListener('pointerdown', (event) => this.#grab(event), { signal });
    this.#strip.addEventListener('keydown', (event) => this.#press(event), { signal });
  }

  /**
   * Starts or pauses playback. If the reader prefers reduced motion, moves the cursor by one step
   * instead.
   */
  toggle(): void {
    const { time, isCalm } = this.#parts;
    if (isCalm.value) time.moveTo(time.cursor.value + REDUCED_MOTION_STEP_NS);
    else if (time.isPlaying.value) time.pause();
    else time.play();
  }

  #grab(event: PointerEvent): void {
    const { time, signal } = this.#parts;
    const move = ({ clientX }: PointerEvent): void => {
      time.moveTo(this.#x().invert(clientX - this.#strip.getBoundingClientRect().left));
    };
    this.#strip.setPointerCapture(event.pointerId);
    move(event);
    this.#strip.addEventListener('pointermove', move, { signal });
    const leave = (): void => this.#strip.removeEventListener('pointermove', move);
    this.#strip.addEventListener('pointerup', leave, { once: true, signal });
    this.#strip.addEventListener('pointercancel', leave, { once: true, signal });
  }

  #press(event: KeyboardEvent): void {
    const { time } = this.#parts;
    const [from, to] = time.range.value;
    const step = (to - from) / (event.shiftKey ? 20 : 200);
    const target = {
      ArrowLeft: time.cursor.value - step,
      ArrowRight: time.cursor.value + step,
      PageDown: time.cursor.value - (to - from) / 10,
      PageUp: time.cursor.value + (to - from) / 10,
      Home: from,
      End: to,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    time.moveTo(target);
  }

  #x(): ReturnType<typeof scaleLinear<number, number>> {
    return scaleLinear(this.#parts.time.range.value, [8, Math.max(9, this.#width - 8)]);
  }

  #draw(): void {
    const { time } = this.#parts;
    setAttributeIfChanged(this.#svg, 'width', this.#width);
    const x = this.#x();
    const [from, to] = time.range.value;
    const most = this.#bins.reduce((max, { count }) => Math.max(max, count), 1);
    const bars = this.#bins.map(({ startNs, widthNs, count }) => {
      const left = Math.max(8, x(startNs));
      const width = Math.max(0.6, x(startNs + widthNs) - x(startNs) - 0.2);
      const height = Math.max(0.5, ((BASE - TOP) * count) / most);
      return `M${left.toFixed(1)} ${BASE}v${(-height).toFixed(1)}h${width.toFixed(1)}V${BASE}z`;
    });
    setAttributeIfChanged(this.#density, 'd', bars.join(''));
    replaceContent(this.#flags, this.#faultMarks(x));
    this.#drawMarks();
    const ticks = instantTicks([from, to], Math.max(2, Math.floor(this.#width / 110)));
    replaceContent(
      this.#axis,
      svgElement('line', { x1: 8, x2: Math.max(8, this.#width - 8), y1: BASE, y2: BASE }),
      ticks.map((at) =>
        svgElement('text', { x: x(at).toFixed(1), y: HEIGHT - 3 }, instantTickText(at, to - from)),
      ),
    );
    this.#moveCursor();
  }

  /**
   * Shades the intervals during which at least one fault lasts, and draws a flag at the start of
   * each fault.
   */
  #faultMarks(x: (ns: number) => number): readonly SVGElement[] {
    const [from, to] = this.#parts.time.range.value;
    const shades = mergedFaultIntervals(this.#faults, Math.min(to, this.#nowNs)).flatMap(
      ([begin, end]) => {
        if (end < from || begin > to) return [];
        const left = x(Math.max(from, begin));
        const width = Math.max(1, x(Math.min(to, end)) - left);
        return [svgElement('rect', { class: 'fault', x: left, width, y: 0, height: BASE })];
      },
    );
    const flags = this.#faults
      .filter(({ kind, timeNs }) => kind === 'begin' && timeNs >= from && timeNs <= to)
      .map(({ timeNs, text }) => {
        const d = `M${x(timeNs).toFixed(1)} ${BASE}V2l8 3.5-8 3.5`;
        return svgElement('path', { class: 'flag', d }, svgElement('title', {}, text));
      });
    return [...shades, ...flags];
  }

  /** Draws the instants that the reader has marked, as diamonds on the axis. */
  #drawMarks(): void {
    const { time, parameters } = this.#parts;
    const [from, to] = time.range.value;
    const x = this.#x();
    const shown = readTimeMarks(parameters.value).filter((at) => at >= from && at <= to);
    replaceContent(
      this.#marks,
      shown.map((at) => {
        const d = `M${x(at).toFixed(1)} ${BASE - 5}l5 5-5 5-5-5z`;
        return svgElement('path', { d }, svgElement('title', {}, instantText(at, to - from)));
      }),
    );
  }

  #moveCursor(): void {
    const { time } = this.#parts;
    const at = time.cursor.value;
    const [from, to] = time.range.value;
    const text = instantText(at, to - from);
    setAttributeIfChanged(this.#cursor, 'transform', `translate(${this.#x()(at).toFixed(1)} 0)`);
    setAttributeIfChanged(this.#cursor, 'visibility', at < from || at > to ? 'hidden' : 'visible');
    setAttributeIfChanged(this.#strip, 'aria-valuenow', Math.round(at / 1e6));
    setAttributeIfChanged(this.#strip, 'aria-valuemin', Math.round(from / 1e6));
    setAttributeIfChanged(this.#strip, 'aria-valuemax', Math.round(to / 1e6));
    setAttributeIfChanged(this.#strip, 'aria-valuetext', text);
    if (this.#now.textContent !== text) this.#now.textContent = text;
    this.#now.title = `${Math.round(at)} ns`;
  }

  #speedChooser(): HTMLElement {
    const { time, signal } = this.#parts;
    const select = element('select', {
      class: 'speed',
      'aria-label': 'speed',
      title: 'seconds of the run per second of real time',
    });
    const list = (): void => {
      const [from, to] = time.extent.value;
      const whole = wholeRunSpeed(to - from);
      const speed = time.speed.value;
      // Short runs get only the speeds up to {@link SPEED_ALWAYS_MAX}; long runs get faster ones, up to
      // the speed that plays the whole run in {@link WHOLE_RUN_S}.
      const plain = SPEEDS.filter((one) => one <= Math.max(SPEED_ALWAYS_MAX, whole));
      const speeds = [...new Set([...plain, ...(speed === whole ? [] : [speed])])];
      replaceContent(
        select,
        speeds
          .sort((one, other) => one - other)
          .map((one) => element('option', { value: one }, one === 1 ? '1× real' : `${one}×`)),
        !speeds.includes(whole) && element('option', { value: whole }, `run in ${WHOLE_RUN_S} s`),
      );
      select.value = String(speed);
    };
    select.addEventListener('change', () => time.playAt(Number(select.value)), { signal });
    time.speed.watch(signal, list);
    time.extent.watch(signal, list);
    return select;
  }
}

/**
 * Returns the speed that plays a whole run in {@link WHOLE_RUN_S}, rounded to four digits because
 * it is written into the address.
 */
function wholeRunSpeed(lengthNs: number): number {
  const speed = Number((lengthNs / 1e9 / WHOLE_RUN_S).toPrecision(4));
  return Math.min(PLAYBACK_SPEED_MAX, Math.max(PLAYBACK_SPEED_MIN, speed));
}
