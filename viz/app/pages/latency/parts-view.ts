/**
 * The chart of the parts of the delay on each link of a route, for packets that took this route in
 * the range of the time line.
 *
 * @module
 */

import { scaleLinear } from 'd3-scale';
import { greatestOf } from '../../../../engine/pure/extremes.ts';
import {
  chooseUnitScale,
  countWithNoun,
  quantityText,
  wholeNumberText,
} from '../../../../reports/format.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { DELAY_PARTS } from '../../chart/delay-parts.ts';
import { withNonBreakingSpaces } from '../../chart/hard-spaces.ts';
import {
  computePlotGeometry,
  elementRedrawnOnResize,
  horizontalAxis,
  plotSvg,
  tickText,
  withoutCrowdedTicks,
} from '../../chart/plot.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import { RateDelayHistory } from '../../data/paces.ts';
import { PROTOCOLS } from '../../data/protocols.ts';
import type { HopColumns } from '../../data/trace-answers.ts';
import type { TraceClient } from '../../data/trace-client.ts';
import { instantText } from '../../kernel/duration.ts';
import { element, replaceContent, svgElement } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { loadingSkeleton, partialNote, troubleMessage } from '../../kernel/states.ts';
import type { TimeRange } from '../../kernel/time-line.ts';
import { delayPartSums, type LinkDelayParts, type RouteDelay, routeDelays } from './parts.ts';

/**
 * Largest number of packet rows that a query may return; with more rows the means would be the
 * same, only slower.
 */
const ROWS_MAX = 20_000;
/**
 * A query covers at most the time in which the run had, on average, this many packet rows; but at
 * least {@link WINDOW_LEAST_NS}.
 */
const WINDOW_ROWS = 120_000;
const WINDOW_LEAST_NS = 1e9;
const GUARD_NS = 100e6;
const ROW_HEIGHT = 26;
const WAYS_SHOWN = 20;

/** For each part of a delay: the function that returns its length, ns. */
const NUMBER_OF = {
  propagation: (one: LinkDelayParts): number => one.propagationNs,
  serialisation: (one: LinkDelayParts): number => one.serialisationNs ?? 0,
  jitter: (one: LinkDelayParts): number => one.jitterNs,
  queue: (one: LinkDelayParts): number => one.queueNs,
  processing: (one: LinkDelayParts): number => one.processingNs,
} as const;
const PARTS = DELAY_PARTS.map((part) => ({ ...part, of: NUMBER_OF[part.name] }));

interface Found {
  readonly window: TimeRange;
  readonly hops: HopColumns;
  readonly ways: readonly RouteDelay[];
}

/** The chart of the parts of the delay, for as long as the page is shown. */
export class DelayPartsView {
  readonly #context: ReportPageContext;
  readonly #place: HTMLElement;
  readonly #frame: ChartFrame;
  readonly #note = element('p', { class: 'muted parts-note' });
  readonly #select = element('select', { 'aria-label': 'route of the packets' });
  #trace: TraceClient | undefined;
  #found: Found | undefined;
  #drawn: AbortController | undefined;

  constructor(context: ReportPageContext, place: HTMLElement) {
    this.#context = context;
    this.#place = place;
    const { run, report } = context;
    const seed = String(report.seeds[0] ?? '');
    this.#frame = new ChartFrame({ name: 'latency-parts', origin: { run: run.id, seed } });
  }

  /** Opens the trace, and draws the chart now and whenever the range changes. */
  async start(): Promise<void> {
    const { run, view, signal } = this.#context;
    replaceContent(this.#place, loadingSkeleton('Reading the trace for the parts of the delay …'));
    try {
      this.#trace = await run.trace();
    } catch (error) {
      replaceContent(this.#place, troubleMessage(error));
      return;
    }
    if (signal.aborted) return;
    const latest = new LatestQuerySender((window: TimeRange) => this.#query(window), {
      tell: (found): void => this.#take(found),
      fail: (error): void => replaceContent(this.#place, troubleMessage(error)),
    });
    this.#select.addEventListener('change', () => this.#draw());
    view.time.range.watch(signal, (range) => latest.want(this.#windowOf(range)));
    signal.addEventListener('abort', () => this.#drawn?.abort());
  }

  /**
   * Returns the window to query, ns: it begins at the start of the range and is as long as one
   * query may cover.
   */
  #windowOf([from, to]: TimeRange): TimeRange {
    const info = this.#trace?.info;
    const rows = info?.counts['hop'] ?? 0;
    const kept = info?.windowsNs ?? [];
    const keptNs = kept.reduce((sum, [begin, end]) => sum + end - begin, 0);
    const lengthNs = Math.max(WINDOW_LEAST_NS, rows === 0 ? 0 : (WINDOW_ROWS / rows) * keptNs);
    // The measurement begins after the warm-up, and the trace has packets only in the kept windows.
    const earliest = Math.max(from, Math.min(to, info?.warmupNs ?? 0));
    const window = kept.find(([, end]) => end > earliest) ?? [earliest, to];
    const begin = Math.max(earliest, window[0]);
    return [begin, Math.min(to, begin + lengthNs)];
  }

  async #query(window: TimeRange): Promise<Found> {
    const [fromNs, toNs] = window;
    const trace = this.#trace as TraceClient;
    const [hops, changes] = await Promise.all([
      trace.ask('hops', { fromNs, toNs, rowsMax: ROWS_MAX }),
      trace.ask('paces', { fromNs: 0, toNs }),
    ]);
    const paces = new RateDelayHistory(trace.info.links, changes);
    const guardNs = Math.min(GUARD_NS, (toNs - fromNs) / 10);
    const dataClass = trace.info.classes.indexOf('data');
    const limits = { fromNs, toNs, guardNs, paces };
    const ofFlows = routeDelays(hops, { ...limits, packets: { kind: 'data', dataClass } });
    // Packets that a mix sends belong to no flow, so a flow cannot be followed through mixes. If no
    // flow has packets, all packets are used.
    const ways =
      ofFlows.length > 0 ? ofFlows : routeDelays(hops, { ...limits, packets: { kind: 'all' } });
    return { window, hops, ways };
  }

  #take(found: Found): void {
    if (this.#context.signal.aborted) return;
    this.#found = found;
    const { ways, window } = found;
    if (ways.length === 0) {
      replaceContent(this.#place, partialNote(this.#missing(window)));
      return;
    }
    const before = this.#select.value;
    replaceContent(
      this.#select,
      ways
        .slice(0, WAYS_SHOWN)
        .map((way, at) =>
          element('option', { value: keyOf(way), selected: at === 0 }, this.#nameOf(way)),
        ),
    );
    if (ways.some((way) => keyOf(way) === before)) this.#select.value = before;
    replaceContent(
      this.#place,
      element('div', { class: 'page-bar' }, element('label', {}, 'way', this.#select)),
      this.#frame.root,
      this.#note,
    );
    this.#draw();
  }

  #missing([fromNs, toNs]: TimeRange): string {
    const { info } = this.#trace as TraceClient;
    if ((info.counts['hop'] ?? 0) === 0) {
      return 'The trace has no packets on links, as live runs leave none: the parts of a delay are known for virtual time.';
    }
    const range = `${instantText(fromNs, 1e9)} and ${instantText(toNs, 1e9)}`;
    return `The trace holds no packet of a flow that completed its journey between ${range}: choose another range below, or run with --trace full.`;
  }

  #nameOf(way: RouteDelay): string {
    const { info } = this.#trace as TraceClient;
    const flow = info.flows[way.flow] ?? '';
    const nodes = this.#nodeStatesOf(way);
    if (way.flow === 0) return `${nodes.join(' → ')}, ${countWithNoun(way.packets, 'packet')}`;
    const inner = nodes.slice(1, -1);
    const via = inner.length === 0 ? '' : ` via ${inner[Math.floor(inner.length / 2)] ?? ''}`;
    return `${flow}: ${countWithNoun(way.links.length, 'link')}${via}, ${countWithNoun(way.packets, 'packet')}`;
  }

  #nodeStatesOf(way: RouteDelay): readonly string[] {
    const { info } = this.#trace as TraceClient;
    const names = way.links.map((link) => info.links[link]?.name.split('->') ?? []);
    return [names[0]?.[0] ?? '', ...names.map((pair) => pair[1] ?? '')];
  }

  #draw(): void {
    const found = this.#found;
    const way = found?.ways.find((one) => keyOf(one) === this.#select.value) ?? found?.ways[0];
    if (found === undefined || way === undefined) return;
    const { info } = this.#trace as TraceClient;
    const title = withNonBreakingSpaces(titleOf(way, this.#nodeStatesOf(way)));
    const oneIn = Math.round(found.hops.total / Math.max(1, found.hops.rows));
    const thinned = oneIn > 1 ? `, about 1 of ${oneIn}` : '';
    const [from, to] = found.window;
    this.#frame.show({
      title,
      caption: `Means of ${countWithNoun(way.packets, 'packet')} of seed ${info.seed}${thinned}, ${instantText(from, 1e9)} to ${instantText(to, 1e9)}, virtual time. ${queueWords(way)}`,
      table: () =>
        tableOf(
          way,
          info.links.map(({ name }) => name),
        ),
    });
    this.#note.textContent = this.#noteOf(way);
    this.#drawn?.abort();
    this.#drawn = new AbortController();
    const links = info.links.map(({ name }) => name.replace('->', ' → '));
    replaceContent(
      this.#frame.body,
      legend(),
      elementRedrawnOnResize(this.#drawn.signal, (width) =>
        drawing({ way, links, width, words: title }),
      ),
    );
  }

  /** Says how the parts of this route were computed, and what they do not include. */
  #noteOf(way: RouteDelay): string {
    const { info } = this.#trace as TraceClient;
    const sentences: string[] = [];
    if (way.parts.some(({ serialisationNs }) => serialisationNs === undefined)) {
      sentences.push(
        'Where all packets of a link had one size, propagation includes serialisation.',
      );
    } else if (info.links.some(({ rateBps }) => rateBps === undefined)) {
      sentences.push(
        'Serialisation is the part of the shortest transit time that grows with packet size.',
      );
    } else {
      sentences.push(
        'Serialisation and propagation follow from rate and delay of the links; jitter is the remainder.',
      );
    }
    if (delayPartSums(way).processing === 0) {
      sentences.push(`Processing took no time: the processor is ${this.#context.report.cpu}.`);
    }
    for (const { protocol, delayNote } of PROTOCOLS) {
      if (delayNote === undefined || !info.nodes.some((one) => one.protocol === protocol)) continue;
      sentences.push(delayNote((name) => this.#meanOf(name)));
    }
    return sentences.join(' ');
  }

  #meanOf(name: string): string | undefined {
    const { mean, count = 0 } = this.#context.report.metrics[name] ?? {};
    if (mean === undefined) return undefined;
    return `${quantityText(mean, 'ns')} on average over ${wholeNumberText(count)}`;
  }
}

function keyOf({ flow, links }: RouteDelay): string {
  return `${flow}:${links.join('.')}`;
}

/** Formats the share of the delay that packets spend in queues: `Queues are 0.2 % of it.` */
function queueWords(way: RouteDelay): string {
  const share = way.totalNs === 0 ? 0 : delayPartSums(way).queue / way.totalNs;
  return `Queues are ${quantityText(share, 'ratio')} of it.`;
}

/** Formats a title such as `Propagation is 96 % of the 10.3 ms from gateway-111 to gateway-211`. */
function titleOf(way: RouteDelay, nodes: readonly string[]): string {
  const sums = Object.entries(delayPartSums(way)).sort(([, a], [, b]) => b - a);
  const [name = '', most = 0] = sums[0] ?? [];
  const share = quantityText(way.totalNs === 0 ? 0 : most / way.totalNs, 'ratio');
  const isBoth = way.parts.some(({ serialisationNs }) => serialisationNs === undefined);
  const plain = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const word = isBoth && name === 'propagation' ? 'Propagation with serialisation' : plain;
  return `${word} is ${share} of the ${quantityText(way.totalNs, 'ns')} from ${nodes[0] ?? ''} to ${nodes.at(-1) ?? ''}`;
}

function tableOf(
  way: RouteDelay,
  links: readonly string[],
): { columns: readonly string[]; rows: readonly (readonly (string | number | null)[])[] } {
  return {
    columns: [
      ...['link', 'propagation ns', 'serialisation ns'],
      ...['jitter ns', 'queue ns', 'processing ns'],
    ],
    rows: way.parts.map((part) => [
      links[part.link] ?? '',
      Math.round(part.propagationNs),
      part.serialisationNs === undefined ? null : Math.round(part.serialisationNs),
      Math.round(part.jitterNs),
      Math.round(part.queueNs),
      Math.round(part.processingNs),
    ]),
  };
}

function legend(): HTMLElement {
  return element(
    'p',
    { class: 'legend' },
    PARTS.map(({ name, colour }) =>
      element(
        'span',
        {},
        svgElement(
          'svg',
          { viewBox: '0 0 12 12', 'aria-hidden': 'true' },
          svgElement('rect', { width: 12, height: 12, fill: `var(--c${colour})` }),
        ),
        name === 'processing' ? 'processing in the node behind the link' : name,
      ),
    ),
  );
}

interface Drawing {
  readonly way: RouteDelay;
  readonly links: readonly string[];
  readonly width: number;
  readonly words: string;
}

function drawing({ way, links, width, words }: Drawing): Node {
  const isSlim = width < 560;
  const left = isSlim ? 12 : 250;
  const pitch = isSlim ? ROW_HEIGHT + 18 : ROW_HEIGHT;
  const plot = { ...computePlotGeometry(width, 44 + pitch * way.parts.length, left), top: 6 };
  const most = greatestOf([1, ...way.parts.map(sumOf)]);
  const x = scaleLinear([0, most], [plot.left, plot.right - 64]);
  const scale = chooseUnitScale(most, 'ns');
  const ticks = x.ticks(isSlim ? 3 : 6).map((value) => ({
    at: x(value),
    label: tickText(value, scale),
  }));
  const rows = way.parts.map((part, at) => {
    const top = plot.top + pitch * at + (isSlim ? 18 : 4);
    const name = links[part.link] ?? '';
    return svgElement(
      'g',
      {},
      svgElement('title', {}, `${name}: ${partsText(part)}`),
      svgElement(
        'text',
        isSlim
          ? { class: 'start', x: left, y: top - 5 }
          : { class: 'end', x: left - 8, y: top + 14 },
        name,
      ),
      bars(part, x, top),
      svgElement(
        'text',
        { class: 'start strong', x: x(sumOf(part)) + 6, y: top + 14 },
        quantityText(sumOf(part), 'ns'),
      ),
    );
  });
  return plotSvg(
    plot,
    words,
    rows,
    horizontalAxis(plot, withoutCrowdedTicks(ticks, 48), scale.suffix),
  );
}

function bars(part: LinkDelayParts, x: (value: number) => number, top: number): readonly Node[] {
  let from = 0;
  return PARTS.flatMap(({ of, colour }) => {
    const value = of(part);
    const left = x(from);
    from += value;
    if (value <= 0) return [];
    const width = Math.max(1, x(from) - left);
    return [svgElement('rect', { x: left, y: top, width, height: 18, fill: `var(--c${colour})` })];
  });
}

function sumOf(part: LinkDelayParts): number {
  return PARTS.reduce((sum, { of }) => sum + of(part), 0);
}

function partsText(part: LinkDelayParts): string {
  return PARTS.map(({ name, of }) => `${name} ${quantityText(of(part), 'ns')}`).join(', ');
}
