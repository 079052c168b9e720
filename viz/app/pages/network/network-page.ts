/**
 * The network page: queries the trace for the packets around the cursor and draws them in every
 * frame.
 *
 * @module
 */
import { countWithNoun } from '../../../../reports/format.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { linkContactStatesAt } from '../../data/contacts.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import type { DropRow, FaultRow, HopColumns, TraceInfo } from '../../data/trace-answers.ts';
import { disruptionsAt } from '../../data/truth.ts';
import { element, replaceContent } from '../../kernel/element.ts';
import type { TracePageContext } from '../../kernel/page.ts';
import { partialNote } from '../../kernel/states.ts';
import { themeColours } from '../../kernel/theme.ts';
import { Arrangement } from './arrangement.ts';
import { BeliefLine } from './belief-line.ts';
import { SelectionDetails } from './details.ts';
import {
  type Detour,
  detourStyleAt,
  findDetour,
  firstPathSwitch,
  type PathSwitch,
  windowsAroundSwitch,
} from './detour.ts';
import { explainedPacketSelect } from './explained.ts';
import type { LayoutName } from './layout.ts';
import { makeLegend } from './legend.ts';
import { makeCachedInterimEffects } from './live-effects.ts';
import type { DrawingSize } from './map.ts';
import {
  type DrawnPacket,
  drawnPackets,
  type LossMark,
  packetsSvg,
  paintPackets,
  placeLossMark,
} from './packet-layer.ts';
import { bytesByLink, packetsAt, type VisiblePackets, visibleLossesAt } from './packets.ts';
import { ControlConnection } from './palette/control-link.ts';
import { makeFaultPalette } from './palette/palette.ts';
import { withRegionNodes } from './regions.ts';
import { faultEffectsText, networkChartContent } from './sentence.ts';
import { makeOverlayCanvas, TopologyView } from './topology-view.ts';
import { type FaultWithEffects, latestFaultAt } from './world.ts';

/**
 * How long the mark of a loss stays visible, ns: of the run's time at speed 1 or above, of real
 * time in slower playback.
 */
const LOSS_MARK_NS = 400e6;
/** At speed 1, the query for packets begins this long before the cursor, ns. */
const BEHIND_NS = 50e6;
/** At speed 1, the query for packets ends this long after the cursor, ns. */
const AHEAD_NS = 300e6;
const ROWS_MAX = 60_000;
const NO_HOPS =
  'This trace has no packets on links (live runs leave none, long runs with --trace full): it shows states, faults and losses.';
/** A click selects a packet that is at most this far away, px. */
const REACH = 9;

interface Around {
  readonly fromNs: number;
  readonly toNs: number;
  readonly hops: HopColumns;
  readonly drops: readonly DropRow[];
  readonly use: ReadonlyMap<number, number>;
}

/** The page with the drawing of the network, for as long as it is shown. */
export class NetworkPage {
  readonly #context: TracePageContext;
  /** The description of the trace, with one more node for each region of a cloud. */
  readonly #info: TraceInfo;
  #arrangement: Arrangement;
  #topology: TopologyView;
  readonly #canvas = makeOverlayCanvas();
  readonly #chart: ChartFrame;
  readonly #story = element('p', { class: 'story', role: 'status' });
  readonly #belief: BeliefLine;
  readonly #layouts = element('select', { 'aria-label': 'layout' });
  readonly #mapNote = element('span', { class: 'muted', hidden: true });
  readonly #hidden = new Set<number>();
  /** The connection to a run in progress. */
  readonly #link: ControlConnection | undefined;
  readonly #details: SelectionDetails;
  readonly #latest: LatestQuerySender<{ readonly fromNs: number; readonly toNs: number }, Around>;
  readonly #detours: LatestQuerySender<PathSwitch, Detour>;
  readonly #effectsOf = makeCachedInterimEffects();
  #detour: Detour | undefined;
  #askedSwitch = Number.NaN;
  #around: Around | undefined;
  /**
   * The address parameter `nodes` with which the network was drawn: `each`, or undefined if equal
   * nodes may be drawn as one dot.
   */
  #shownNodes: string | undefined;
  /** The instant that is drawn, ns. */
  #shownNs = 0;
  #drawn: readonly DrawnPacket[] = [];
  #inSight: VisiblePackets = { marks: [], total: 0 };
  #ask: () => void = () => undefined;

  constructor(context: TracePageContext) {
    const { trace, view, run } = context;
    this.#context = context;
    this.#info = withRegionNodes(trace.info);
    this.#shownNodes = view.parameters.value['nodes'];
    this.#arrangement = this.#arranged();
    this.#topology = this.#drawTopology();
    this.#chart = new ChartFrame({
      name: 'network',
      origin: { run: run.id, seed: String(trace.info.seed) },
      picture: (): SVGSVGElement => this.#picture(),
    });
    this.#link = run.isLive === true ? new ControlConnection(context.signal) : undefined;
    this.#details = new SelectionDetails(context, this.#link);
    this.#belief = new BeliefLine(context, () => this.#ask());
    this.#latest = new LatestQuerySender((asked) => this.#fetch(asked), {
      tell: (around): void => {
        this.#around = around;
        this.#ask();
      },
      fail: (error): void => context.fail(error),
    });
    this.#detours = new LatestQuerySender((of) => this.#fetchDetour(of), {
      tell: (detour): void => {
        this.#detour = detour;
        this.#ask();
      },
      fail: (error): void => context.fail(error),
    });
    view.parameters.watch(context.signal, () => this.#follow());
  }

  /** Draws the page. */
  start(): void {
    const { root, trace, frames, signal, view, theme } = this.#context;
    const { damage, extent, counts } = trace.info;
    const isWithoutHops = (counts['hop'] ?? 0) === 0;
    const stage = element('div', { class: 'stage' }, this.#topology.svg, this.#canvas);
    this.#chart.body.append(stage, this.#story, this.#belief.root);
    replaceContent(
      root,
      damage !== undefined && partialNote(`Only a part of the trace could be read: ${damage}.`),
      this.#hopsNote(),
      extent === 'windows' && !isWithoutHops && this.#windowsNote(),
      this.#toolbar(),
      this.#link !== undefined && makeFaultPalette(this.#context, this.#link),
      this.#chart.root,
    );
    this.#ask = frames.add(signal, () => this.#frame());
    for (const value of [view.time.cursor, view.selection, theme]) value.watch(signal, this.#ask);
    // While a run is paused, the cursor does not move, but effects of a fault may still be
    // reported.
    for (const value of [trace.live, trace.soFar]) value.watch(signal, this.#ask);
    const observer = new ResizeObserver(() => this.#arrange());
    observer.observe(stage);
    signal.addEventListener('abort', () => observer.disconnect());
    stage.addEventListener('click', (event) => this.#clickPacket(event), { capture: true, signal });
    view.selection.watch(signal, (selection) => this.#details.show(selection));
  }

  /**
   * Arranges the nodes; equal nodes may be drawn as one dot unless the reader wants to see each of
   * them.
   */
  #arranged(): Arrangement {
    const { view } = this.#context;
    const isEach = view.parameters.value['nodes'] === 'each';
    return isEach ? Arrangement.ofEach(this.#info) : Arrangement.of(this.#info);
  }

  #drawTopology(): TopologyView {
    return new TopologyView(this.#info, this.#arrangement.network, {
      selectNode: (name): void => this.#select('node', name),
      selectLink: (name): void => this.#select('link', name),
    });
  }

  /**
   * Applies the address: draws the network again if `nodes` has changed, and moves the dots to
   * their positions.
   */
  #follow(): void {
    const nodes = this.#context.view.parameters.value['nodes'];
    if (nodes !== this.#shownNodes) {
      this.#shownNodes = nodes;
      const { svg } = this.#topology;
      this.#arrangement = this.#arranged();
      this.#topology = this.#drawTopology();
      svg.replaceWith(this.#topology.svg);
      this.#fillLayouts();
    }
    this.#arrange();
  }

  #fillLayouts(): void {
    const shown = this.#layout();
    const options = this.#arrangement.layouts.map((name) =>
      element('option', { value: name, selected: name === shown }, name),
    );
    replaceContent(this.#layouts, options);
  }

  /**
   * Makes the checkbox for drawing equal nodes as one dot; false if the checkbox would change
   * nothing.
   */
  #groupsBox(): HTMLElement | false {
    const { trace, view } = this.#context;
    const isEach = this.#shownNodes === 'each';
    const { dots } = (isEach ? Arrangement.of(this.#info) : this.#arrangement).network;
    if (dots.length === this.#info.nodes.length) return false;
    const box = element('input', { type: 'checkbox', checked: !isEach });
    box.addEventListener('change', () =>
      view.setParameter('nodes', box.checked ? undefined : 'each'),
    );
    return element('label', {}, box, `equal nodes as one (${trace.info.nodes.length} nodes)`);
  }

  #select(kind: 'node' | 'link' | 'packet', name: string): void {
    this.#context.view.selection.value = { kind, name };
  }

  /**
   * Makes the controls for the layout and the packet classes, and the search for a node by name.
   */
  #toolbar(): HTMLElement {
    const { view, trace } = this.#context;
    const layout = this.#layouts;
    layout.addEventListener('change', () => {
      const [first] = this.#arrangement.layouts;
      view.setParameter('layout', layout.value === first ? undefined : layout.value);
    });
    this.#fillLayouts();
    const find = element('input', {
      type: 'search',
      list: 'node-names',
      'aria-label': 'find a node',
    });
    find.addEventListener('change', () => this.#find(find.value.trim()));
    this.#context.keys.add(this.#context.signal, {
      keys: ['/'],
      group: 'Network',
      does: 'find a node',
      run: () => find.focus(),
    });
    const names = element(
      'datalist',
      { id: 'node-names' },
      trace.info.nodes.map(({ name }) => element('option', { value: name })),
    );
    const legend = makeLegend(trace.info, (packetClass, isShown) => {
      if (isShown) this.#hidden.delete(packetClass);
      else this.#hidden.add(packetClass);
      this.#ask();
    });
    return element(
      'div',
      { class: 'network-bar' },
      element('label', {}, 'layout', layout),
      this.#groupsBox(),
      this.#mapNote,
      element('label', {}, 'find', find),
      names,
      explainedPacketSelect(this.#context),
      legend,
    );
  }

  #find(name: string): void {
    const number = this.#context.trace.info.nodes.findIndex((node) => node.name === name);
    if (number < 0) {
      this.#context.notify(`There is no node ${name}.`);
      return;
    }
    this.#select('node', name);
    this.#topology.focus(number);
  }

  #layout(): LayoutName {
    const wanted = this.#context.view.parameters.value['layout'];
    const { layouts } = this.#arrangement;
    return layouts.find((name) => name === wanted) ?? layouts[0] ?? 'layers';
  }

  #arrange(): void {
    const stage = this.#canvas.parentElement;
    if (stage === null) return;
    const { width, height } = stage.getBoundingClientRect();
    this.#canvas.width = Math.round(width * devicePixelRatio);
    this.#canvas.height = Math.round(height * devicePixelRatio);
    this.#place({ width, height });
    this.#ask();
  }

  #place(size: DrawingSize): void {
    const layout = this.#layout();
    this.#mapNote.hidden = true;
    if (layout === 'map') {
      const unplaced = this.#topology.arrangeMap(size);
      this.#mapNote.hidden = unplaced === 0;
      this.#mapNote.textContent = `${countWithNoun(unplaced, 'node')} without a position, at the lower edge`;
    } else this.#topology.arrange(this.#arrangement.places(layout), size);
  }

  /**
   * Queries further packets before the cursor reaches the end of the interval whose packets were
   * fetched.
   */
  #keepUp(timeNs: number): void {
    const { time } = this.#context.view;
    const stretch = Math.max(0.01, time.isPlaying.value ? time.speed.value : 1);
    const around = this.#around;
    const enoughNs = time.isPlaying.value ? (AHEAD_NS * stretch) / 2 : 0;
    const isCovered =
      around !== undefined && timeNs >= around.fromNs && timeNs + enoughNs < around.toNs;
    if (isCovered) return;
    // While the reader moves the cursor, only the packets at the cursor are needed; during playback
    // also those after it.
    const aheadNs = time.isPlaying.value ? AHEAD_NS * stretch : BEHIND_NS;
    this.#latest.want({ fromNs: timeNs - BEHIND_NS * stretch, toNs: timeNs + aheadNs });
  }

  async #fetch({
    fromNs,
    toNs,
  }: {
    readonly fromNs: number;
    readonly toNs: number;
  }): Promise<Around> {
    const { trace } = this.#context;
    const [hops, drops] = await Promise.all([
      trace.ask('hops', { fromNs, toNs, rowsMax: ROWS_MAX }),
      trace.ask('drops', { fromNs: fromNs - LOSS_MARK_NS, toNs }),
    ]);
    return { fromNs, toNs, hops, drops, use: bytesByLink(hops) };
  }

  #frame(): boolean {
    const { trace, view, theme } = this.#context;
    const { info } = trace;
    const cursorNs = view.time.cursor.value;
    this.#keepUp(cursorNs);
    const around = this.#around;
    // If the packets at the cursor have not been fetched yet, the nearest instant whose packets are
    // known is drawn.
    const timeNs = around === undefined ? cursorNs : nearestKnown(cursorNs, around);
    this.#shownNs = timeNs;
    const disruptions = disruptionsAt(info.faults, timeNs);
    const contacts = linkContactStatesAt(info, timeNs);
    if (around !== undefined) {
      this.#inSight = packetsAt(around.hops, timeNs, (one) => !this.#hidden.has(one));
      const { marks } = this.#inSight;
      this.#drawn = drawnPackets(this.#info, around.hops, { marks, topology: this.#topology });
    }
    this.#topology.update({
      use: around?.use ?? new Map(),
      disruptions,
      contacts,
      standings: this.#belief.at(timeNs),
      selected: view.selection.value?.name,
    });
    const pen = this.#canvas.getContext('2d');
    if (pen !== null)
      paintPackets(
        pen,
        { packets: this.#drawn, lossMarks: this.#lossMarks() },
        themeColours(theme.value),
      );
    const told = latestFaultAt(this.#faults(), timeNs);
    this.#showDetour(told, timeNs);
    const story = faultEffectsText(told, timeNs);
    if (this.#story.textContent !== story) this.#story.textContent = story;
    if (around !== undefined) {
      this.#chart.show(
        networkChartContent({
          info,
          timeNs,
          disruptions,
          contacts,
          inSight: this.#inSight,
          drawn: this.#drawn,
          hops: around.hops,
          rangeNs: view.time.range.value,
        }),
      );
    }
    // The drawing has precedence over the panel: the panel is updated only if the drawing shows the
    // instant of the cursor.
    if (timeNs === cursorNs) this.#details.follow(cursorNs);
    return view.time.isPlaying.value;
  }

  /**
   * The faults; while a run is in progress, with the effects that only the report with the results
   * so far has.
   */
  #faults(): readonly FaultRow[] {
    const { info, soFar } = this.#context.trace;
    return this.#effectsOf(info.faults, soFar.value);
  }

  /** Shows the routes before and after the latest fault; they are queried once for each fault. */
  #showDetour(story: FaultWithEffects | undefined, timeNs: number): void {
    const wanted = firstPathSwitch(this.#faults(), story);
    if (wanted !== undefined && wanted.beginNs !== this.#askedSwitch) {
      this.#askedSwitch = wanted.beginNs;
      this.#detours.want(wanted);
    }
    const detour = this.#detour?.of.beginNs === wanted?.beginNs ? this.#detour : undefined;
    const look = detour && story && detourStyleAt(detour, story, timeNs);
    this.#topology.showDetour(detour && look && { detour, look });
  }

  async #fetchDetour(of: PathSwitch): Promise<Detour> {
    const { trace } = this.#context;
    const [before, after] = await Promise.all(
      windowsAroundSwitch(of).map((window) => trace.ask('hops', { ...window, rowsMax: ROWS_MAX })),
    );
    if (before === undefined || after === undefined) throw new Error('two windows were requested');
    return findDetour(trace.info, of, { before, after });
  }

  #lossMarks(): readonly LossMark[] {
    const { view } = this.#context;
    const speed = Math.min(1, view.time.speed.value);
    const found = visibleLossesAt(this.#around?.drops ?? [], this.#shownNs, LOSS_MARK_NS * speed);
    return found.flatMap(({ drop, age }) => {
      const mark = placeLossMark(this.#info, this.#topology, drop, age);
      return mark === undefined ? [] : [mark];
    });
  }

  #clickPacket(event: MouseEvent): void {
    const box = this.#canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const far = (one: DrawnPacket): number => Math.hypot(one.x - x, one.y - y);
    const nearest = [...this.#drawn].sort((a, b) => far(a) - far(b))[0];
    const hops = this.#around?.hops;
    if (nearest === undefined || hops === undefined || far(nearest) > REACH) return;
    if ((event.target as Element).closest('.dot') !== null) return;
    event.stopPropagation();
    this.#select('packet', String(hops.packet[nearest.row] ?? 0));
  }

  /** Makes a drawing of the topology with the packets of this frame, for exports. */
  #picture(): SVGSVGElement {
    const { svg } = this.#topology;
    const layer = packetsSvg({ packets: this.#drawn, lossMarks: this.#lossMarks() });
    svg.append(layer);
    queueMicrotask(() => layer.remove());
    return svg;
  }

  /**
   * Makes the note that there are no packets to show; while a run is in progress, it is visible
   * only if the run records no packets.
   */
  #hopsNote(): HTMLElement {
    const { trace, signal } = this.#context;
    const note = partialNote(NO_HOPS);
    note.hidden = (trace.info.counts['hop'] ?? 0) > 0;
    trace.live.watch(signal, (state) => {
      if (state !== undefined) note.hidden = state.news.hasPackets;
    });
    return note;
  }

  #windowsNote(): HTMLElement {
    const { trace, view } = this.#context;
    const { windowsNs } = trace.info;
    const note = partialNote('');
    const say = (timeNs: number): void => {
      const isKept = windowsNs.some(([from, to]) => timeNs >= from && timeNs <= to);
      note.hidden = isKept;
      note.textContent =
        'The trace holds no packets of this instant, only states and faults: run with --trace full, or press j and k for the faults.';
    };
    view.time.cursor.watch(this.#context.signal, say);
    return note;
  }
}

function nearestKnown(timeNs: number, { fromNs, toNs }: Around): number {
  return Math.max(0, Math.min(toNs, Math.max(fromNs, timeNs)));
}
