/**
 * The time page: the tracks of all nodes (rows of events over time) for the visible range, and one
 * packet in detail.
 *
 * @module
 */
import { ChartFrame } from '../../chart/chart-frame.ts';
import { savePerfetto } from '../../chart/perfetto-file.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import type { TimeWindow } from '../../data/trace-answers.ts';
import {
  element,
  replaceContent,
  setAttributeIfChanged,
  svgElement,
} from '../../kernel/element.ts';
import { callOnTraceGrowth } from '../../kernel/on-growth.ts';
import { makeWidthObserver } from '../../kernel/on-width.ts';
import type { TracePageContext } from '../../kernel/page.ts';
import { loadingSkeleton, partialNote } from '../../kernel/states.ts';
import type { TimeRange } from '../../kernel/time-line.ts';
import { type DrawnTracks, drawTracks } from './draw-tracks.ts';
import { fetchEvents } from './fetch-events.ts';
import { tracksLegend } from './legend.ts';
import { PacketView } from './packet-view.ts';
import {
  filledTracks,
  initiallyFoldedRoles,
  listRoles,
  listTracks,
  roleOfNode,
  type WindowEvents,
} from './tracks.ts';
import { tracksChartContent } from './words.ts';

const NO_HOPS =
  'This trace has no packets on links (live runs leave none, long runs with --trace full): it shows procedures, marks and faults.';
/** A drag shorter than this is treated as a click, px. */
const DRAG_MIN = 5;
/** Margin on each side of the interval that the key `f` shows, as a share of the interval. */
const MARGIN = 0.15;

/** The page with the tracks of nodes over time, for as long as it is shown. */
export class TimePage {
  readonly #context: TracePageContext;
  readonly #chart: ChartFrame;
  readonly #packet: PacketView;
  readonly #folded: Set<string>;
  readonly #latest: LatestQuerySender<TimeWindow, WindowEvents>;
  readonly #cursor = svgElement('line', { class: 'cursor-line', y1: 0 });
  readonly #brush = svgElement('rect', { class: 'brush', y: 0, width: 0 });
  #got: { readonly window: TimeWindow; readonly events: WindowEvents } | undefined;
  #drawn: DrawnTracks | undefined;
  #isDragging = false;
  #moveCursor: () => void = () => undefined;

  constructor(context: TracePageContext) {
    const { run, trace } = context;
    const origin = { run: run.id, seed: String(trace.info.seed) };
    this.#context = context;
    this.#chart = new ChartFrame({ name: 'tracks', origin });
    this.#packet = new PacketView(context, origin);
    this.#folded = new Set(initiallyFoldedRoles(trace.info));
    this.#latest = new LatestQuerySender((window) => fetchEvents(trace, window), {
      tell: (events, window): void => {
        this.#got = { window, events };
        this.#draw();
      },
      fail: (error): void => context.fail(error),
    });
  }

  /** Draws the page. */
  start(): void {
    const { root, view, signal, frames, trace, keys, run } = this.#context;
    const { damage, counts } = trace.info;
    const hasHops = (counts['hop'] ?? 0) > 0;
    replaceContent(
      root,
      damage !== undefined && partialNote(`Only a part of the trace could be read: ${damage}.`),
      !hasHops && partialNote(NO_HOPS),
      this.#foldBar(),
      this.#chart.root,
      hasHops && this.#packet.root,
    );
    const observer = makeWidthObserver(() => this.#draw());
    observer.observe(this.#chart.body);
    signal.addEventListener('abort', () => observer.disconnect());
    this.#moveCursor = frames.add(signal, () => {
      this.#showCursor();
      return view.time.isPlaying.value;
    });
    view.time.range.watch(signal, ([fromNs, toNs]) => this.#latest.want({ fromNs, toNs }));
    view.time.cursor.watch(signal, () => this.#moveCursor());
    if (run.isLive === true) callOnTraceGrowth(trace, signal, () => this.#again());
    keys.add(signal, {
      ...{ group: 'Time', keys: ['f'], does: 'fit the selection' },
      run: () => this.#fit(),
    });
    replaceContent(this.#chart.body, loadingSkeleton('Reading the trace …'));
    if (hasHops) this.#packet.start();
  }

  /** Fetches the events of the visible range again, unless the reader is dragging. */
  #again(): void {
    const [fromNs, toNs] = this.#context.view.time.range.value;
    if (!this.#isDragging) this.#latest.want({ fromNs, toNs });
  }

  /**
   * Makes a button for each role, with which the reader chooses between one track for all nodes of
   * the role and one track for each node.
   */
  #foldBar(): HTMLElement {
    const { trace, view, run, fail } = this.#context;
    const { info } = trace;
    const buttons = listRoles(info).map((role) => {
      const count = info.nodes.filter((node) => roleOfNode(node) === role).length;
      const button = element(
        'button',
        {
          ...{ type: 'button', 'aria-expanded': String(!this.#folded.has(role)) },
          click: () => {
            if (!this.#folded.delete(role)) this.#folded.add(role);
            button.setAttribute('aria-expanded', String(!this.#folded.has(role)));
            this.#draw();
          },
        },
        `${role} (${count})`,
      );
      return button;
    });
    const perfetto = element(
      'button',
      {
        ...{ type: 'button', class: 'perfetto', 'data-export': 'perfetto' },
        title: 'save the visible range as a file for ui.perfetto.dev; nothing is uploaded',
        click: (): void => {
          const [fromNs, toNs] = view.time.range.value;
          savePerfetto(run, { fromNs, toNs }).catch(fail);
        },
      },
      'Perfetto format',
    );
    return element(
      'div',
      { class: 'fold-bar' },
      element('span', {}, 'tracks of'),
      buttons,
      perfetto,
    );
  }

  #fit(): void {
    const { view, trace } = this.#context;
    const [from, to] = this.#packet.extent ?? this.#faultExtent() ?? view.time.extent.value;
    const margin = MARGIN * (to - from);
    view.time.show([from - margin, to + margin]);
    if (this.#packet.extent === undefined && trace.info.faults.length === 0) view.time.showAll();
  }

  /**
   * Returns the interval of the latest fault that began at or before the cursor; undefined if there
   * is no such fault.
   */
  #faultExtent(): TimeRange | undefined {
    const { view, trace } = this.#context;
    const { faults } = trace.info;
    const begins = faults.filter(({ kind }) => kind === 'begin');
    const begin = begins.findLast(({ timeNs }) => timeNs <= view.time.cursor.value) ?? begins[0];
    if (begin === undefined) return undefined;
    const end = faults.find(
      ({ kind, target, timeNs }) =>
        kind === 'end' && target === begin.target && timeNs > begin.timeNs,
    );
    return [begin.timeNs, end?.timeNs ?? view.time.extent.value[1]];
  }

  #draw(): void {
    const got = this.#got;
    const width = Math.floor(this.#chart.body.getBoundingClientRect().width);
    if (got === undefined || width < 50) return;
    const { info } = this.#context.trace;
    const { fromNs, toNs } = got.window;
    const tracks = filledTracks(listTracks(info, this.#folded), got.events, { info, fromNs, toNs });
    this.#drawn = drawTracks(tracks, { width, fromNs, toNs, faults: info.faults });
    const { svg, height } = this.#drawn;
    setAttributeIfChanged(this.#cursor, 'y2', height);
    setAttributeIfChanged(this.#brush, 'height', height);
    svg.append(this.#brush, this.#cursor);
    svg.addEventListener('pointerdown', (event) => this.#grab(event, svg));
    replaceContent(this.#chart.body, svg, tracksLegend(svg));
    const hasHops = (info.counts['hop'] ?? 0) > 0;
    const isExact = got.events.hops !== undefined;
    const first = tracks.flatMap(({ bars }) => bars)[0];
    const barNs = first === undefined ? got.events.density.binNs : first.toNs - first.fromNs;
    this.#chart.show(tracksChartContent({ tracks, fromNs, toNs, barNs, isExact, hasHops }));
    this.#moveCursor();
  }

  /**
   * Handles a press on the chart: a click moves the cursor; a drag makes the range over which it
   * went the visible range.
   */
  #grab(event: PointerEvent, svg: SVGSVGElement): void {
    const { view } = this.#context;
    const x = this.#drawn?.x;
    if (x === undefined) return;
    const placeOf = ({ clientX }: PointerEvent): number =>
      clientX - svg.getBoundingClientRect().left;
    const begin = placeOf(event);
    svg.setPointerCapture(event.pointerId);
    this.#isDragging = true;
    const move = (moved: PointerEvent): void => {
      const to = placeOf(moved);
      setAttributeIfChanged(this.#brush, 'x', Math.min(begin, to));
      setAttributeIfChanged(this.#brush, 'width', Math.abs(to - begin));
    };
    svg.addEventListener('pointermove', move);
    const end = (ended: PointerEvent): void => {
      this.#isDragging = false;
      svg.removeEventListener('pointermove', move);
      setAttributeIfChanged(this.#brush, 'width', 0);
      const [from = 0, to = 0] = [begin, placeOf(ended)].sort((a, b) => a - b).map(x.invert);
      if (Math.abs(placeOf(ended) - begin) < DRAG_MIN) view.time.moveTo(from);
      else view.time.show([from, to]);
    };
    svg.addEventListener('pointerup', end, { once: true });
  }

  #showCursor(): void {
    const got = this.#got;
    if (got === undefined || this.#drawn === undefined) return;
    const at = this.#context.view.time.cursor.value;
    const isIn = at >= got.window.fromNs && at <= got.window.toNs;
    setAttributeIfChanged(this.#cursor, 'visibility', isIn ? 'visible' : 'hidden');
    if (!isIn) return;
    const px = this.#drawn.x(at).toFixed(1);
    setAttributeIfChanged(this.#cursor, 'x1', px);
    setAttributeIfChanged(this.#cursor, 'x2', px);
  }
}
