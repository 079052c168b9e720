/**
 * The failover page: lets the reader choose a fault and a seed, fetches the data around the fault,
 * and draws the strips. It shows the visible range of the time line that all pages have in common,
 * so that the keys of the time line zoom and pan the strips.
 *
 * @module
 */
import type { Report } from '../../../../reports/report-schema.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { DEMO_RUN_ID } from '../../data/embedded.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import type { TraceClient } from '../../data/trace-client.ts';
import { replaceContent, setAttributeIfChanged, svgElement } from '../../kernel/element.ts';
import { missingFaultData } from '../../kernel/lacks.ts';
import { makeWidthObserver } from '../../kernel/on-width.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import {
  actionButtons,
  loadingSkeleton,
  missingDataLines,
  partialNote,
  placeholderMessage,
} from '../../kernel/states.ts';
import { FaultChooser } from './chooser.ts';
import { type DrawnStrips, drawStrips } from './draw.ts';
import { makeFaultStrips } from './make-fault-strips.ts';
import { fetchSeedFaultData, type SeedFaultData } from './material.ts';
import { type FaultFacts, faultCaption, faultSummary, faultTitle } from './sentence.ts';
import { chosenCase, type FaultCase, faultCases, faultIds, gapKpi, windowAround } from './story.ts';
import { tableOf } from './strips.ts';

/** The choices that determine which data are fetched. */
interface Asked {
  readonly shown: FaultCase;
  readonly suffix: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/** Draws the page, or says that there was no fault. */
export async function mountFailover(context: ReportPageContext): Promise<void> {
  const cases = faultCases(context.report);
  if (cases.length === 0) {
    await showNoFault(context);
    return;
  }
  replaceContent(context.root, loadingSkeleton('Reading the trace …'));
  const { trace, trouble } = await openedTrace(context);
  if (context.signal.aborted) return;
  new FailoverPage(context, { cases, trace, trouble }).start();
}

/**
 * Opens the trace. If that fails, returns the error as the text `trouble` instead of throwing,
 * because the report alone is enough to show faults.
 */
async function openedTrace({ run }: ReportPageContext): Promise<{
  readonly trace: TraceClient | undefined;
  readonly trouble: string | undefined;
}> {
  if (!run.hasTrace) return { trace: undefined, trouble: undefined };
  try {
    return { trace: await run.trace(), trouble: undefined };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { trace: undefined, trouble: `The trace cannot be read: ${words}.` };
  }
}

/** Says that no fault happened, with a command that cuts a link of the run. */
async function showNoFault(context: ReportPageContext): Promise<void> {
  const { root, view, report, run } = context;
  const demo = { label: 'Open the demo', run: (): void => view.go('failover', DEMO_RUN_ID) };
  const choose = { label: 'Choose a run', run: (): void => view.go('runs') };
  const { trace } = await openedTrace(context);
  if (context.signal.aborted) return;
  const { name, hasTrace } = run;
  const lack = missingFaultData({ name, report, hasTrace, info: trace?.info });
  replaceContent(
    root,
    placeholderMessage(
      'empty',
      'No fault in this run',
      lack && missingDataLines(lack),
      actionButtons(demo, choose),
    ),
  );
}

interface FailoverPageParts {
  readonly cases: readonly FaultCase[];
  readonly trace: TraceClient | undefined;
  readonly trouble: string | undefined;
}

class FailoverPage {
  readonly #context: ReportPageContext;
  readonly #parts: FailoverPageParts;
  readonly #ids: readonly string[];
  readonly #chart: ChartFrame;
  readonly #chooser: FaultChooser;
  readonly #latest: LatestQuerySender<
    Asked,
    { readonly asked: Asked; readonly material: SeedFaultData }
  >;
  readonly #cursor = svgElement('line', { class: 'cursor-line', y1: 0 });
  #got: { readonly asked: Asked; readonly material: SeedFaultData } | undefined;
  #drawn: DrawnStrips | undefined;
  #moveCursor: () => void = () => undefined;

  constructor(context: ReportPageContext, parts: FailoverPageParts) {
    this.#context = context;
    this.#parts = parts;
    this.#ids = faultIds(parts.cases);
    this.#chart = new ChartFrame({ name: 'failover', origin: { run: context.run.id, seed: '' } });
    this.#chooser = new FaultChooser(context, {
      cases: parts.cases,
      ids: this.#ids,
      flows: flowsOf(context.report.series),
      choose: (wanted): void => this.#choose(wanted),
    });
    this.#latest = new LatestQuerySender((asked) => this.#fetch(asked), {
      tell: (got): void => {
        this.#got = got;
        this.#draw();
      },
      fail: (error): void => context.fail(error),
    });
  }

  start(): void {
    const { root, view, signal, frames } = this.#context;
    const { trace, trouble } = this.#parts;
    const damage = trace?.info.damage;
    replaceContent(
      root,
      trouble !== undefined && partialNote(trouble),
      withoutSeeds(this.#context.report),
      damage !== undefined && partialNote(`Only a part of the trace could be read: ${damage}.`),
      this.#chooser.root,
      this.#chart.root,
    );
    this.#addKeys();
    const { range, extent } = view.time;
    // If the address names a range, it is shown; otherwise the page shows the fault with its
    // effects.
    if (range.value[0] === extent.value[0] && range.value[1] === extent.value[1]) this.#fit();
    const observer = makeWidthObserver(() => this.#draw());
    observer.observe(this.#chart.body);
    signal.addEventListener('abort', () => observer.disconnect());
    this.#moveCursor = frames.add(signal, () => {
      this.#showCursor();
      return view.time.isPlaying.value;
    });
    for (const value of [view.selection, view.parameters, range]) {
      value.watch(signal, () => this.#ask());
    }
    view.time.cursor.watch(signal, this.#moveCursor);
  }

  /** The fault and the seed that the address names. */
  get #shown(): FaultCase {
    const { view, report } = this.#context;
    const { selection, parameters } = view;
    const picked = selection.value?.kind === 'seed' ? Number(selection.value.name) : undefined;
    const seed = picked ?? this.#parts.trace?.info.seed ?? report.shownSeed;
    const found = chosenCase(this.#parts.cases, { id: parameters.value['fault'], seed });
    return found ?? (this.#parts.cases[0] as FaultCase);
  }

  #choose(wanted: { readonly id?: string; readonly seed?: number }): void {
    const { view } = this.#context;
    const { shown } = { shown: this.#shown };
    const [from, to] = view.time.range.value;
    if (wanted.id !== undefined) view.setParameter('fault', wanted.id);
    if (wanted.seed !== undefined) {
      view.selection.value = { kind: 'seed', name: String(wanted.seed) };
    }
    // The visible range moves from the previous fault to the chosen one and keeps its width.
    const by = this.#shown.beginNs - shown.beginNs;
    view.time.show([from + by, to + by]);
    view.time.moveTo(this.#shown.beginNs);
  }

  #fit(): void {
    const { view, report } = this.#context;
    const shown = this.#shown;
    const limit = gapKpi(report)?.limit ?? 0;
    view.time.show(windowAround(shown, this.#same(shown), limit));
    const [from, to] = view.time.range.value;
    const at = view.time.cursor.value;
    if (at < from || at > to) view.time.moveTo(shown.beginNs);
  }

  #step(by: number): void {
    const at = this.#ids.indexOf(this.#shown.id) + by;
    const id = this.#ids[at];
    if (id === undefined) {
      this.#context.notify(`This is the ${by > 0 ? 'last' : 'first'} fault.`);
      return;
    }
    this.#choose({ id });
  }

  #addKeys(): void {
    const { keys, signal } = this.#context;
    const group = 'Failover';
    keys.add(signal, { group, keys: ['f'], does: 'fit the fault', run: () => this.#fit() });
    keys.add(signal, { group, keys: ['j'], does: 'fault before', run: () => this.#step(-1) });
    keys.add(signal, { group, keys: ['k'], does: 'next fault', run: () => this.#step(1) });
  }

  #same({ id }: FaultCase): readonly FaultCase[] {
    return this.#parts.cases.filter((one) => one.id === id);
  }

  #ask(): void {
    const { view } = this.#context;
    const [fromNs, toNs] = view.time.range.value;
    const shown = this.#shown;
    const suffix = this.#chooser.suffix;
    this.#chooser.show(shown);
    this.#latest.want({ shown, suffix, fromNs, toNs });
  }

  async #fetch(asked: Asked): Promise<{ readonly asked: Asked; readonly material: SeedFaultData }> {
    const { report } = this.#context;
    const { trace } = this.#parts;
    const { seed } = asked.shown;
    const own = trace?.info.seed === seed ? trace : undefined;
    return { asked, material: await fetchSeedFaultData({ report, trace: own, seed, ...asked }) };
  }

  #draw(): void {
    const got = this.#got;
    const width = Math.floor(this.#chart.body.getBoundingClientRect().width);
    if (got === undefined || width < 50) return;
    const { report } = this.#context;
    const { asked, material } = got;
    const { shown } = asked;
    const same = this.#same(shown);
    const info = material.history === undefined ? undefined : this.#parts.trace?.info;
    const ofSeed = this.#parts.cases.filter(({ seed }) => seed === shown.seed);
    const strips = makeFaultStrips({ report, info, material, same, ofSeed, ...asked });
    this.#drawn = drawStrips(strips, {
      width,
      fromNs: asked.fromNs - shown.beginNs,
      toNs: asked.toNs - shown.beginNs,
      effects: shown.effects,
      pickSeed: (seed): void => this.#choose({ seed }),
    });
    const { svg, x } = this.#drawn;
    setAttributeIfChanged(this.#cursor, 'y2', Number(svg.getAttribute('height')) - 36);
    // The cursor is inserted above the lines of the effects and below the texts of the strips.
    svg.insertBefore(this.#cursor, svg.querySelector('g'));
    svg.addEventListener('pointerdown', (event) => {
      const at = x.invert(event.clientX - svg.getBoundingClientRect().left);
      this.#context.view.time.moveTo(shown.beginNs + at);
    });
    replaceContent(this.#chart.body, svg);
    const position = this.#ids.indexOf(shown.id) + 1;
    const flow = asked.suffix.trim();
    const facts: FaultFacts = { report, shown, same, position, count: this.#ids.length, flow };
    this.#chart.show({
      title: faultTitle(facts),
      caption: faultCaption(facts),
      summary: faultSummary(facts),
      table: () => tableOf(strips, shown.seed),
    });
    this.#moveCursor();
  }

  #showCursor(): void {
    const got = this.#got;
    if (got === undefined || this.#drawn === undefined) return;
    const at = this.#context.view.time.cursor.value;
    const { fromNs, toNs, shown } = got.asked;
    const isIn = at >= fromNs && at <= toNs;
    const px = this.#drawn.x(at - shown.beginNs).toFixed(1);
    setAttributeIfChanged(this.#cursor, 'visibility', isIn ? 'visible' : 'hidden');
    if (!isIn) return;
    setAttributeIfChanged(this.#cursor, 'x1', px);
    setAttributeIfChanged(this.#cursor, 'x2', px);
  }
}

/** Says which data a report of several seeds lacks about single seeds; false if it lacks none. */
function withoutSeeds({ seeds, faultWindows, reproduce }: Report): HTMLElement | false {
  if (seeds.length < 2) return false;
  if (faultWindows === undefined) {
    return partialNote(
      `This report is from an older version and does not contain what every seed measured around its faults; ${reproduce} records it.`,
    );
  }
  if (faultWindows.leftOut === 0) return false;
  return partialNote(
    `For the later faults only one seed is shown: to stay small, the report contains every seed only for the first faults. With fewer seeds it contains more faults.`,
  );
}

const DELIVERED = 'delivered';

/**
 * Returns, for each flow, the text at the end of the names of its series; for a single flow, the
 * empty text.
 */
function flowsOf(series: readonly { readonly name: string }[]): readonly string[] {
  const names = series.map(({ name }) => name).filter((name) => name.startsWith(DELIVERED));
  const suffixes = names.map((name) => name.slice(DELIVERED.length));
  return suffixes.length === 0 ? [''] : suffixes;
}
