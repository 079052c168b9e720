/**
 * One packet in detail: the sequence chart between chosen nodes, and the waterfall of the packet's
 * delay. The packet is the selected one, or else the next application packet after the cursor.
 *
 * @module
 */
import { ChartFrame } from '../../chart/chart-frame.ts';
import type { DataOrigin } from '../../chart/csv.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import { RateDelayHistory } from '../../data/paces.ts';
import type { DropRow, HopColumns } from '../../data/trace-answers.ts';
import { element, replaceContent } from '../../kernel/element.ts';
import { makeWidthObserver } from '../../kernel/on-width.ts';
import type { TracePageContext } from '../../kernel/page.ts';
import type { TimeRange } from '../../kernel/time-line.ts';
import { drawSequence } from './draw-sequence.ts';
import { drawWaterfall } from './draw-waterfall.ts';
import { computeArrows, nodesOnRoute, packetNumberAt, waterfallParts } from './sequence.ts';
import { sequenceChartContent, waterfallChartContent } from './words.ts';

const NEAR_NS = 20e6;
const FAR_NS = 1e9;
/** The hops of a packet are searched up to this far from the cursor first, ns. */
const SHORT_NS = 400e6;
/** The hops of a packet are searched up to this far from the cursor if none is found nearer, ns. */
const WAY_NS = 5e9;
const ARROWS_MAX = 48;
const ROWS_MAX = 50_000;
/** The drop of a packet is searched up to this long after its last departure, ns. */
const LOSS_NS = 50e6;

interface Asked {
  readonly packet: number | undefined;
  readonly timeNs: number;
}

interface Seen {
  readonly packet: number;
  readonly own: HopColumns;
  readonly around: HopColumns;
  /** The rates and delays of links, as far as the trace has them. */
  readonly paces: RateDelayHistory;
  /** A text such as `at core-210 for link-down`; undefined if the packet was not lost. */
  readonly loss: string | undefined;
}

/** The sequence chart and the waterfall of a packet, and the list of nodes to choose from. */
export class PacketView {
  readonly root = element('div', { class: 'packet-view' });
  readonly #context: TracePageContext;
  readonly #sequence: ChartFrame;
  readonly #waterfall: ChartFrame;
  readonly #none = element('p', { class: 'muted', hidden: true });
  readonly #nodes = element('details', { class: 'node-chooser' });
  readonly #latest: LatestQuerySender<Asked, Seen | undefined>;
  #seen: Seen | undefined;
  #isAnswered = false;

  constructor(context: TracePageContext, origin: DataOrigin) {
    this.#context = context;
    this.#sequence = new ChartFrame({ name: 'sequence', origin });
    this.#waterfall = new ChartFrame({ name: 'waterfall', origin });
    this.#none.textContent =
      'The trace holds no packet near the cursor: run with --trace full, or press j and k for the faults.';
    this.#latest = new LatestQuerySender((asked) => this.#fetch(asked), {
      tell: (seen): void => {
        this.#seen = seen;
        this.#isAnswered = true;
        this.#draw();
      },
      fail: (error): void => context.fail(error),
    });
  }

  /**
   * The interval from the first departure of the selected packet to its last arrival, ns; undefined
   * if no packet is selected.
   */
  get extent(): TimeRange | undefined {
    const { selection } = this.#context.view;
    return selection.value?.kind === 'packet' && this.#seen !== undefined
      ? extentOf(this.#seen.own)
      : undefined;
  }

  start(): void {
    const { view, signal } = this.#context;
    replaceContent(this.root, this.#none, this.#sequence.root, this.#nodes, this.#waterfall.root);
    this.#listNodes();
    const ask = (): void => {
      const { value } = view.selection;
      const packet = value?.kind === 'packet' ? Number(value.name) : undefined;
      // Without a selected packet, playback would show another packet in every frame.
      if (view.time.isPlaying.value && packet === undefined) return;
      this.#latest.want({ packet, timeNs: view.time.cursor.value });
    };
    for (const value of [view.time.cursor, view.time.isPlaying, view.selection]) {
      value.watch(signal, ask);
    }
    view.parameters.watch(signal, () => this.#draw());
    const observer = makeWidthObserver(() => this.#draw());
    observer.observe(this.root);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  async #fetch({ packet: wanted, timeNs }: Asked): Promise<Seen | undefined> {
    const { trace } = this.#context;
    const packet = wanted ?? (await this.#nextPacket(timeNs));
    if (packet === undefined) return undefined;
    const own = await this.#wayOf(packet, timeNs);
    const extent = extentOf(own);
    if (extent === undefined) return undefined;
    const [fromNs, toNs] = extent;
    const [around, drops, changes] = await Promise.all([
      trace.ask('hops', { fromNs, toNs: toNs + 1, rowsMax: ROWS_MAX }),
      trace.ask('drops', { fromNs, toNs: toNs + LOSS_NS }),
      trace.ask('paces', { fromNs: 0, toNs }),
    ]);
    const paces = new RateDelayHistory(trace.info.links, changes);
    const drop = drops.find((one) => one.packet === packet);
    const loss = drop === undefined ? undefined : this.#lossText(drop);
    return { packet, own, around, paces, loss };
  }

  #lossText({ node, link, reason }: DropRow): string {
    const { nodes, links } = this.#context.trace.info;
    const place = links[link ?? -1]?.name.replace('->', ' → ') ?? nodes[node ?? -1]?.name;
    return place === undefined ? `for ${reason}` : `at ${place} for ${reason}`;
  }

  /**
   * Fetches the hops of a packet. Searches near the cursor first, so that few blocks of the trace
   * are read.
   */
  async #wayOf(packet: number, timeNs: number): Promise<HopColumns> {
    const { trace } = this.#context;
    const within = (ns: number): Promise<HopColumns> =>
      trace.ask('hopsOfPacket', { packet, fromNs: timeNs - ns, toNs: timeNs + ns });
    const near = await within(SHORT_NS);
    return near.rows > 0 ? near : within(WAY_NS);
  }

  async #nextPacket(timeNs: number): Promise<number | undefined> {
    for (const near of [NEAR_NS, FAR_NS]) {
      const hops = await this.#context.trace.ask('hops', {
        ...{ fromNs: timeNs, toNs: timeNs + near, rowsMax: ROWS_MAX },
      });
      const found = packetNumberAt(hops, timeNs);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #draw(): void {
    const seen = this.#seen;
    this.#none.hidden = seen !== undefined || !this.#isAnswered;
    for (const part of [this.#sequence.root, this.#nodes, this.#waterfall.root]) {
      part.hidden = seen === undefined;
    }
    const width = Math.floor(this.root.getBoundingClientRect().width);
    if (seen === undefined || width < 50) return;
    const { trace, view } = this.#context;
    const { info } = trace;
    const { packet } = seen;
    const nodes = this.#chosen();
    const { arrows, oneIn } = computeArrows(seen.around, info, {
      ...{ nodes, selected: packet, most: ARROWS_MAX },
    });
    const pick = (name: number): void => {
      view.selection.value = { kind: 'packet', name: String(name) };
    };
    const { body } = this.#sequence;
    const hadKeyboard = body.contains(document.activeElement);
    replaceContent(
      body,
      arrows.length === 0
        ? element('p', { class: 'muted' }, 'No packet was sent between these nodes at that time.')
        : drawSequence({ width, info, nodes, arrows, selected: packet, pick }),
    );
    if (hadKeyboard) body.querySelector<HTMLElement>('.readable')?.focus();
    this.#sequence.show(sequenceChartContent(info, { packet, arrows, oneIn, nodes: nodes.length }));
    const parts = waterfallParts(seen.own, info, seen.paces);
    replaceContent(this.#waterfall.body, drawWaterfall(parts, width));
    this.#waterfall.show(waterfallChartContent(packet, parts, seen.loss));
    this.#tick(nodes);
  }

  /**
   * Returns the nodes of the sequence chart: those that the address names, or else those on the
   * packet's route.
   */
  #chosen(): readonly number[] {
    const { trace, view } = this.#context;
    const { nodes, links } = trace.info;
    const names = (view.parameters.value['nodes'] ?? '').split(',').filter((name) => name !== '');
    const numbers = names.map((name) => nodes.findIndex((node) => node.name === name));
    const known = numbers.filter((number) => number >= 0);
    if (known.length > 0) return known;
    return this.#seen === undefined ? [] : nodesOnRoute(this.#seen.own, links);
  }

  #listNodes(): void {
    const { trace, view } = this.#context;
    const change = (): void => {
      const boxes = [...this.#nodes.querySelectorAll('input')];
      const names = boxes.filter(({ checked }) => checked).map(({ value }) => value);
      view.setParameter('nodes', names.length === 0 ? undefined : names.join(','));
    };
    const boxes = trace.info.nodes.map(({ name }) =>
      element('label', {}, element('input', { type: 'checkbox', value: name, change }), name),
    );
    const way = element(
      'button',
      { type: 'button', click: () => view.setParameter('nodes', undefined) },
      'The journey of the packet',
    );
    replaceContent(
      this.#nodes,
      element('summary', {}, 'Choose nodes'),
      element('div', {}, way, boxes),
    );
  }

  #tick(nodes: readonly number[]): void {
    const { info } = this.#context.trace;
    const chosen = new Set(nodes.map((node) => info.nodes[node]?.name));
    for (const box of this.#nodes.querySelectorAll('input')) box.checked = chosen.has(box.value);
  }
}

function extentOf(hops: HopColumns): TimeRange | undefined {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < hops.rows; row += 1) {
    const departNs = hops.departNs[row] ?? 0;
    const arriveNs = hops.arriveNs[row] ?? Number.NaN;
    from = Math.min(from, departNs - (hops.queueNs[row] ?? 0));
    to = Math.max(to, Number.isNaN(arriveNs) ? departNs : arriveNs);
  }
  return from <= to ? [from, Math.max(to, from + 1)] : undefined;
}
