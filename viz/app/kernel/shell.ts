/**
 * The frame around every page: top bar, navigation, panel, scrubber and notices. It draws the page
 * that the address names and removes the previous page.
 *
 * @module
 */

import type { Report } from '../../../reports/report-schema.ts';
import { DEMO_RUN_ID, readEmbeddedReport } from '../data/embedded.ts';
import { LIVE_RUN_ID, type OpenRun, type RunLibrary } from '../data/library.ts';
import type { TraceClient } from '../data/trace-client.ts';
import { firstBusyInstant, initialCursorNs } from '../data/where-to-look.ts';
import { type Child, element, replaceContent } from './element.ts';
import { FrameLoop } from './frame-loop.ts';
import { makeHelp } from './help.ts';
import { KeyMap } from './keys.ts';
import { missingDataFor, type RunFacts } from './lacks.ts';
import { type LiveBar, makeLiveBar } from './live-bar.ts';
import { makeLivePage } from './live-page.ts';
import { Observable } from './observable.ts';
import type { Page, PageContext, Panel, ReportPage } from './page.ts';
import { makeNavigationRail } from './rail.ts';
import { followRunInUrl, type RunState } from './run-session.ts';
import { Scrubber } from './scrubber.ts';
import { addShellKeys } from './shell-keys.ts';
import { actionButtons, loadingSkeleton, placeholderMessage, troubleMessage } from './states.ts';
import { ThemeChoice } from './theme.ts';
import { makeTopBar } from './top-bar.ts';
import { ViewState } from './view-state.ts';

const NOTICE_MS = 6_000;

/** The whole application: its pages, the open run, keys and themes. */
export class AppShell {
  readonly #view = new ViewState();
  readonly #pages: readonly Page[];
  readonly #library: RunLibrary;
  readonly #keys = new KeyMap();
  readonly #frames = new FrameLoop();
  readonly #theme = new ThemeChoice(this.#view.theme);
  readonly #isCalm = calmness();
  readonly #main = element('main', { id: 'main', tabindex: -1 });
  readonly #aside = element('aside', {
    class: 'panel',
    'aria-label': 'selection',
    tabindex: 0,
    hidden: true,
  });
  readonly #notices = element('div', { class: 'notices', role: 'status' });
  readonly #forever = new AbortController().signal;
  readonly #scrubber = new Scrubber({
    time: this.#view.time,
    frames: this.#frames,
    isCalm: this.#isCalm,
    parameters: this.#view.parameters,
    signal: this.#forever,
  });
  /** The facts about the open run; undefined if no run is open or if the run is in progress. */
  readonly #facts = new Observable<RunFacts | undefined>(undefined);
  #mounted = new AbortController();

  constructor(pages: readonly Page[], library: RunLibrary) {
    this.#pages = pages;
    this.#library = library;
  }

  /** Adds the application to the document and starts it. */
  start(): void {
    const help = makeHelp(this.#keys);
    const runs = followRunInUrl(this.#view, this.#library);
    const bar = makeTopBar({
      view: this.#view,
      theme: this.#theme,
      runs,
      help,
      notify: (text) => this.#notify(text),
    });
    const rail = makeNavigationRail(this.#pages, this.#view, this.#facts);
    const app = element(
      'div',
      { class: 'app' },
      bar,
      rail,
      this.#main,
      this.#aside,
      this.#scrubber.root,
      this.#notices,
      help,
    );
    document.getElementById('app')?.replaceWith(app);
    addShellKeys({
      keys: this.#keys,
      view: this.#view,
      pages: this.#pages,
      help,
      scrubber: this.#scrubber,
      runs,
      signal: this.#forever,
      notify: (text) => this.#notify(text),
    });
    this.#keys.listen(document);
    this.#view.notices.watch(this.#forever, (list) => {
      for (const sentence of list) this.#notify(sentence);
    });
    this.#takeDrops();
    void this.#library.refresh();
    let page: string | undefined;
    const change = (): void => {
      const isSame = page === this.#view.page.value && runs.value === last;
      if (isSame) return;
      page = this.#view.page.value;
      if (runs.value !== last) this.#facts.value = factsOf(runs.value);
      last = runs.value;
      void this.#mount(runs.value);
    };
    let last: RunState | undefined;
    runs.watch(this.#forever, change);
    this.#view.page.watch(this.#forever, change);
  }

  async #mount(state: RunState): Promise<void> {
    this.#mounted.abort();
    this.#mounted = new AbortController();
    const { signal } = this.#mounted;
    const page = this.#shownPage();
    this.#panel.clear();
    document.title = titleOf(page, state);
    const isTimed = page?.isTimed === true && state.kind === 'open' && state.run.hasTrace;
    this.#scrubber.root.hidden = !isTimed;
    this.#main.scrollTop = 0;
    try {
      if (page === undefined) this.#showUnknown();
      else await this.#fill(page, state, signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  async #fill(page: Page, state: RunState, signal: AbortSignal): Promise<void> {
    const context = this.#contextOf(page, signal);
    if (page.needs === 'nothing') return page.mount(context);
    if (state.kind === 'none') return this.#showEmpty(page, 'No run is open');
    if (state.kind === 'trouble') throw state.error;
    if (state.kind === 'opening') return replaceContent(this.#main, openingMessage(state.id));
    const { run } = state;
    const { report } = run;
    if (page.needs === 'report') {
      if (report === undefined) return this.#showUnreported(page, run, context);
      if (page.isTimed && run.hasTrace) this.#feedScrubber(run, signal);
      return page.mount({ ...context, run, report });
    }
    if (!run.hasTrace) return this.#showEmpty(page, 'This run left no trace', factsOf(state));
    replaceContent(this.#main, loadingSkeleton('Reading the trace …'));
    const trace = await run.trace();
    if (signal.aborted) return;
    this.#learn(trace);
    this.#scrubber.show(trace);
    // The cursor of a run in progress follows the run, so it is not moved here.
    if (run.isLive !== true) this.#view.lookFirst(await instantToSee(trace, report));
    if (signal.aborted) return;
    replaceContent(this.#main, this.#liveBar(run, trace, signal)?.root, context.root);
    await page.mount({ ...context, run, trace, report });
  }

  /** Tells the navigation which nodes and links a trace has, once the trace is open. */
  #learn({ info }: TraceClient): void {
    const known = this.#facts.value;
    if (known !== undefined && known.info === undefined) this.#facts.value = { ...known, info };
  }

  /**
   * For a run in progress, makes the bar that moves the cursor with the run and updates the
   * scrubber.
   */
  #liveBar(run: OpenRun, trace: TraceClient, signal: AbortSignal): LiveBar | undefined {
    return run.isLive === true ? this.#barOf(trace, signal) : undefined;
  }

  #barOf(trace: TraceClient, signal: AbortSignal): LiveBar {
    const refresh = (): void => this.#scrubber.show(trace);
    return makeLiveBar(trace, { view: this.#view, signal, refresh });
  }

  /**
   * Shows a page that needs a report although the run has none: with the results so far if the run
   * is in progress, else with a message.
   */
  async #showUnreported(page: ReportPage, run: OpenRun, context: PageContext): Promise<void> {
    if (run.isLive !== true) return this.#showEmpty(page, 'This run has no report');
    const { signal } = context;
    const trace = await run.trace();
    if (signal.aborted) return;
    this.#scrubber.show(trace);
    const bar = this.#barOf(trace, signal);
    const live = makeLivePage({
      ...{ page, trace, bar, signal },
      watch: { label: 'Watch the network', run: (): void => this.#view.go('network') },
      mount: (report, place) => page.mount({ ...context, ...place, run, report }),
      fail: context.fail,
    });
    replaceContent(this.#main, bar.root, live);
  }

  /**
   * Opens the trace and shows it in the scrubber. Errors are ignored, because a page that shows
   * only the report does not need the trace.
   */
  #feedScrubber(run: OpenRun, signal: AbortSignal): void {
    const show = (trace: TraceClient): void => {
      if (signal.aborted) return;
      this.#learn(trace);
      this.#scrubber.show(trace);
    };
    run.trace().then(show, () => {
      if (!signal.aborted) this.#scrubber.root.hidden = true;
    });
  }

  #contextOf(page: Page, signal: AbortSignal): PageContext {
    const root = element('div', { class: `page page-${page.name}` });
    replaceContent(this.#main, root);
    return {
      root,
      panel: this.#panel,
      view: this.#view,
      library: this.#library,
      keys: this.#keys,
      frames: this.#frames,
      theme: this.#theme,
      isCalm: this.#isCalm,
      signal,
      open: (run): void => this.#open(run),
      notify: (sentence): void => this.#notify(sentence),
      fail: (error): void => {
        if (!signal.aborted) this.#fail(error);
      },
    };
  }

  readonly #panel: Panel = {
    show: (title: string, ...content: readonly Child[]) => {
      this.#aside.hidden = false;
      replaceContent(this.#aside, element('h2', {}, title), content);
    },
    clear: () => {
      this.#aside.hidden = true;
      replaceContent(this.#aside);
    },
  };

  #open({ id, hasTrace }: { readonly id: string; readonly hasTrace: boolean }): void {
    const fits = ({ needs }: Page): boolean =>
      needs === 'report' || (needs === 'trace' && hasTrace);
    const page = this.#pages.find(fits);
    if (page === undefined) this.#notify('This run left no trace; open its report.html instead.');
    else this.#view.go(page.name, id);
  }

  #showEmpty(page: Page, title: string, facts?: RunFacts): void {
    const { shows, scenario } = page.empty;
    const { command } = (facts && missingDataFor(page, facts)) ?? {};
    const open = { label: 'Open the demo', run: (): void => this.#view.go(page.name, DEMO_RUN_ID) };
    const choose = {
      label: 'Choose a run',
      run: (): void => this.#view.go('runs', this.#view.run.value),
    };
    replaceContent(
      this.#main,
      placeholderMessage(
        'empty',
        title,
        element('p', {}, `This page would show ${shows}.`),
        element(
          'p',
          { class: 'muted' },
          command === undefined ? 'A scenario that produces it: ' : 'This makes it: ',
          element('code', {}, command ?? scenario),
        ),
        readEmbeddedReport() === undefined ? actionButtons(choose) : actionButtons(open, choose),
      ),
    );
  }

  #shownPage(): Page | undefined {
    return this.#pages.find(({ name }) => name === this.#view.page.value);
  }

  #showUnknown(): void {
    const back = { label: 'Runs', run: (): void => this.#view.go('runs') };
    const words = `There is no page ${this.#view.page.value} in this version.`;
    replaceContent(
      this.#main,
      placeholderMessage('error', 'No such page', element('p', {}, words), actionButtons(back)),
    );
  }

  #fail(error: unknown): void {
    const back = { label: 'Back to the runs', run: (): void => this.#view.go('runs', undefined) };
    replaceContent(this.#main, troubleMessage(error), actionButtons(back));
  }

  /** Shows a notice for some seconds; the same sentence is never shown twice at the same time. */
  #notify(sentence: string): void {
    const same = [...this.#notices.children].find(({ textContent }) => textContent === sentence);
    same?.remove();
    const note = element('p', {}, sentence);
    this.#notices.append(note);
    setTimeout(() => note.remove(), NOTICE_MS);
  }

  /** Lets the reader drop files anywhere on the page. */
  #takeDrops(): void {
    addEventListener('dragover', (event) => {
      event.preventDefault();
      document.body.classList.add('dragging');
    });
    addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) document.body.classList.remove('dragging');
    });
    addEventListener('drop', (event) => {
      event.preventDefault();
      document.body.classList.remove('dragging');
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0 || this.#shownPage()?.takeFiles?.(files) === true) return;
      this.#library.take(files).then(
        (run) => this.#open(run),
        (error: unknown) => this.#notify(error instanceof Error ? error.message : String(error)),
      );
    });
  }
}

/**
 * Returns the facts about a run; undefined while the run is in progress, since it may still record
 * any data.
 */
function factsOf(state: RunState): RunFacts | undefined {
  if (state.kind !== 'open' || state.run.isLive === true) return undefined;
  const { name, report, hasTrace } = state.run;
  return { name, report, hasTrace, info: undefined };
}

/**
 * Returns the first position of the cursor in a run, ns: just before a fault or a missed limit, or
 * else at the first bin with much traffic.
 */
async function instantToSee(
  trace: TraceClient,
  report: Report | undefined,
): Promise<number | undefined> {
  const first = initialCursorNs(trace.info.faults, report);
  if (first !== undefined) return first;
  const [fromNs, toNs] = trace.info.rangeNs;
  const bins = await trace.ask('bins', { fromNs, toNs, binsMax: 600 });
  return firstBusyInstant(bins, trace.info.warmupNs);
}

function openingMessage(id: string): HTMLElement {
  if (id !== LIVE_RUN_ID) return loadingSkeleton(`Opening ${id} …`);
  const words = 'It is shown as soon as its first packets have arrived.';
  return placeholderMessage('waiting', 'Waiting for the run to begin', element('p', {}, words));
}

function titleOf(page: Page | undefined, state: RunState): string {
  const run = state.kind === 'open' ? `${state.run.name} – ` : '';
  return `${run}${page?.title ?? 'Orrery'} – Orrery`;
}

function calmness(): Observable<boolean> {
  const wish = matchMedia('(prefers-reduced-motion: reduce)');
  const isCalm = new Observable(wish.matches);
  wish.addEventListener('change', ({ matches }) => {
    isCalm.value = matches;
  });
  return isCalm;
}
