/**
 * The protocols page: passes the data of the trace at the cursor to the chosen drawing of a
 * protocol and shows the shapes, the sentence and the table that the drawing returns.
 *
 * @module
 */
import type { Drawing, DrawingInput, MarkRow } from '../../../format/drawing.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { shapeElement } from '../../chart/scene.ts';
import { beliefsAt, beliefText } from '../../data/belief.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import { drawViewSafely, isViewApplicable, listNodeStates } from '../../data/plug-ins.ts';
import { PROTOCOLS } from '../../data/protocols.ts';
import type { MachineStateEntries } from '../../data/trace-answers.ts';
import { linkDisruptionsAt } from '../../data/truth.ts';
import { instantText } from '../../kernel/duration.ts';
import { element, replaceContent, svgElement } from '../../kernel/element.ts';
import { rerunCommandWithFlag } from '../../kernel/lacks.ts';
import { callOnTraceGrowth } from '../../kernel/on-growth.ts';
import type { TracePageContext } from '../../kernel/page.ts';
import { missingDataLines, partialNote, placeholderMessage } from '../../kernel/states.ts';
import {
  type OfferedDrawing,
  offeredDrawings,
  RedrawThrottle,
  withSelectionToggled,
} from './drawings.ts';
import { whyNothingToDraw } from './why-nothing-to-draw.ts';

/** Names of parameters of the page's address. */
const DRAWING = 'drawing';
const CHOSEN = 'chosen';
/** Marks and procedures are fetched for this long before the cursor, ns. */
const NEAR_NS = 5e9;
const NARROWEST = 260;
const NOTHING = 'This trace has nothing that a protocol can draw. A run in one process records it.';
const NOTHING_YET =
  'There is nothing to draw yet at this instant: the data comes later in the run.';

/** The answers to the queries of the trace for one instant. */
interface Answered {
  readonly timeNs: number;
  readonly world: MachineStateEntries;
  readonly marks: readonly MarkRow[];
  readonly spans: DrawingInput['spans'];
}

/** The page with the drawings of protocols, for as long as it is shown. */
export class ProtocolsPage {
  readonly #context: TracePageContext;
  readonly #chart: ChartFrame;
  readonly #stage = element('div', { class: 'scene' });
  readonly #bar = element('div', { class: 'protocols-bar' });
  readonly #note = partialNote('');
  readonly #belief = element('p', { class: 'belief', hidden: true });
  readonly #pace = new RedrawThrottle();
  readonly #latest: LatestQuerySender<number, Answered>;
  #offers: readonly OfferedDrawing[] = [];
  #answered: Answered | undefined;
  #width = 0;
  #asked = Number.NaN;
  #ask: () => void = () => undefined;

  constructor(context: TracePageContext) {
    this.#context = context;
    const { run, trace } = context;
    this.#chart = new ChartFrame({
      name: 'protocol',
      origin: { run: run.id, seed: String(trace.info.seed) },
    });
    this.#latest = new LatestQuerySender((timeNs) => this.#fetch(timeNs), {
      tell: (answered): void => {
        this.#answered = answered;
        this.#ask();
      },
      fail: (error): void => context.fail(error),
    });
  }

  /** Draws the page. */
  async start(): Promise<void> {
    const { root, trace, signal, run, fail } = this.#context;
    await this.#findDrawings();
    if (signal.aborted) return;
    if (this.#offers.length > 0) this.#begin();
    else if (run.isLive === true) {
      const words =
        'Protocols draw what their nodes trace; nodes on other event loops or in other processes trace less.';
      replaceContent(
        root,
        placeholderMessage('waiting', 'Nothing to draw yet', element('p', {}, words)),
      );
    } else {
      const { name, report, hasTrace } = run;
      const known = { name, report, hasTrace, info: trace.info };
      const lack = whyNothingToDraw(known) ?? {
        reason: NOTHING,
        ...rerunCommandWithFlag(report, '--trace'),
      };
      replaceContent(root, placeholderMessage('empty', 'Nothing to draw', missingDataLines(lack)));
    }
    if (run.isLive === true) callOnTraceGrowth(trace, signal, () => void this.#grow().catch(fail));
  }

  /**
   * Finds the drawings that can be chosen. A drawing that was found earlier stays in the list even
   * if it has nothing to show now.
   */
  async #findDrawings(): Promise<void> {
    const [firstNs, lastNs] = this.#context.trace.info.rangeNs;
    const ends = await Promise.all(
      [lastNs, (firstNs + lastNs) / 2].map((timeNs) => this.#fetch(timeNs)),
    );
    const known = this.#offers;
    const found = offeredDrawings(
      PROTOCOLS,
      ends.map((end) => this.#input(end)),
    ).filter(({ id }) => known.every((one) => one.id !== id));
    if (found.length > 0) this.#offers = [...known, ...found];
  }

  async #grow(): Promise<void> {
    const before = this.#offers;
    await this.#findDrawings();
    if (this.#context.signal.aborted || this.#offers === before) return;
    if (before.length === 0) this.#begin();
    else replaceContent(this.#bar, this.#chooser());
  }

  #begin(): void {
    const { root, view, signal, frames } = this.#context;
    this.#note.hidden = true;
    this.#chart.body.append(this.#stage);
    replaceContent(this.#bar, this.#chooser());
    const { damage } = this.#context.trace.info;
    const part =
      damage !== undefined && partialNote(`Only a part of the trace could be read: ${damage}.`);
    replaceContent(root, part, this.#bar, this.#note, this.#belief, this.#chart.root);
    const observer = new ResizeObserver(() => this.#ask());
    observer.observe(this.#stage);
    signal.addEventListener('abort', () => observer.disconnect());
    this.#stage.addEventListener('click', ({ target }) => this.#press(target), { signal });
    this.#stage.addEventListener('keydown', (event) => this.#pressKey(event), { signal });
    this.#ask = frames.add(signal, () => this.#frame());
    for (const value of [view.time.cursor, view.selection, view.parameters])
      value.watch(signal, this.#ask);
  }

  #chooser(): HTMLElement {
    const { view } = this.#context;
    const drawing = element(
      'select',
      {
        'aria-label': 'drawing',
        change: () => view.setParameter(DRAWING, drawing.value),
      },
      this.#offers.map(({ id, title }) =>
        element('option', { value: id, selected: id === this.#offer()?.id }, title),
      ),
    );
    view.parameters.watch(this.#context.signal, () => {
      drawing.value = this.#offer()?.id ?? '';
    });
    return element('label', {}, 'drawing', drawing);
  }

  #offer(): OfferedDrawing | undefined {
    const wanted = this.#context.view.parameters.value[DRAWING];
    return this.#offers.find(({ id }) => id === wanted) ?? this.#topmost();
  }

  /**
   * Returns the drawing of the protocol that is highest in the stack, because the run is about this
   * protocol and not about its carriers.
   */
  #topmost(): OfferedDrawing | undefined {
    const { nodes } = this.#context.trace.info;
    const heights = new Map<string, number>();
    for (const { protocol, layers = [] } of nodes) {
      for (const [height, one] of [protocol, ...layers].entries()) {
        heights.set(one, Math.max(height, heights.get(one) ?? 0));
      }
    }
    const height = ({ protocol }: OfferedDrawing): number => heights.get(protocol) ?? 0;
    return [...this.#offers].sort((a, b) => height(b) - height(a))[0];
  }

  async #fetch(timeNs: number): Promise<Answered> {
    const { trace } = this.#context;
    const window = { fromNs: Math.max(0, timeNs - NEAR_NS), toNs: timeNs };
    const [world, marks, spans] = await Promise.all([
      trace.ask('stateAt', { timeNs }),
      trace.ask('marks', window),
      trace.ask('spans', window),
    ]);
    return { timeNs, world, marks, spans };
  }

  #input({ timeNs, world, marks, spans }: Answered): DrawingInput {
    const { trace, view } = this.#context;
    const { selection, parameters } = view;
    const selected = selection.value?.kind === 'node' ? selection.value.name : undefined;
    return {
      timeNs,
      fromNs: Math.max(0, timeNs - NEAR_NS),
      toNs: timeNs,
      endNs: view.time.extent.value[1],
      nodes: listNodeStates(trace.info, world),
      marks,
      spans,
      broken: linkDisruptionsAt(trace.info, timeNs),
      chosen: (parameters.value[CHOSEN] ?? '').split(',').filter((key) => key !== ''),
      ...(selected === undefined ? {} : { selected }),
      width: this.#width,
      height: 480,
    };
  }

  #frame(): boolean {
    const { view } = this.#context;
    const timeNs = view.time.cursor.value;
    if (timeNs !== this.#asked) {
      this.#asked = timeNs;
      this.#latest.want(timeNs);
    }
    this.#width = Math.max(NARROWEST, Math.floor(this.#stage.clientWidth));
    const isMoving = this.#answered?.timeNs !== timeNs;
    if (this.#answered !== undefined && this.#pace.takes(isMoving)) this.#draw(this.#answered);
    return view.time.isPlaying.value;
  }

  #draw(answered: Answered): void {
    const offer = this.#offer();
    if (offer === undefined) return;
    const input = this.#input(answered);
    this.#believe(input);
    if (!isViewApplicable(offer.view, input)) {
      this.#say(NOTHING_YET);
      this.#stage.replaceChildren();
      const title = `${offer.title}: nothing yet`;
      this.#chart.show({ title, caption: '', table: { columns: [], rows: [] } });
      return;
    }
    const made = drawViewSafely(offer.view, input);
    if (made.kind === 'trouble') {
      this.#say('');
      const words = element('p', {}, made.message);
      this.#stage.replaceChildren(placeholderMessage('error', 'This drawing failed', words));
      this.#chart.show({
        title: made.message,
        caption: '',
        table: { columns: [], rows: [] },
      });
      return;
    }
    this.#pace.isSlow = made.isSlow;
    this.#say(made.isSlow ? 'Drawing is slow: it follows every tenth frame.' : '');
    this.#show(made.drawing, answered.timeNs);
  }

  #show({ title, summary, legend = '', table, shapes, height }: Drawing, timeNs: number): void {
    const [from, to] = this.#context.view.time.range.value;
    const focused = document.activeElement?.getAttribute('data-key');
    const scene = svgElement(
      'svg',
      { width: this.#width, height, role: 'group', 'aria-label': title },
      shapes.map(shapeElement),
    );
    this.#stage.replaceChildren(scene);
    if (typeof focused === 'string') {
      scene.querySelector<SVGElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
    const caption =
      `At ${instantText(timeNs, to - from)}, as the nodes traced it. ${legend}`.trim();
    this.#chart.show({ title, caption, summary, table });
  }

  /** Updates the line that says which links are broken and which nodes know of it. */
  #believe({ nodes, timeNs }: DrawingInput): void {
    const { info } = this.#context.trace;
    const text = beliefText(beliefsAt(info, nodes, PROTOCOLS, timeNs), timeNs);
    this.#belief.hidden = text === '';
    if (this.#belief.textContent !== text) this.#belief.textContent = text;
  }

  #say(sentence: string): void {
    this.#note.hidden = sentence === '';
    if (this.#note.textContent !== sentence) this.#note.textContent = sentence;
  }

  #press(target: EventTarget | null): void {
    const key =
      target instanceof Element ? target.closest('[data-key]')?.getAttribute('data-key') : null;
    if (typeof key !== 'string') return;
    const { view } = this.#context;
    const chosen = (view.parameters.value[CHOSEN] ?? '').split(',').filter((one) => one !== '');
    const now = withSelectionToggled(chosen, key);
    view.setParameter(CHOSEN, now.length === 0 ? undefined : now.join(','));
  }

  #pressKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    this.#press(event.target);
  }
}
