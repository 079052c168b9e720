/**
 * Shows a page of the report while its run is in progress: either the measurements so far, updated
 * as the run advances, or the reason why the page needs the end of the run
 * (docs/spec/browser-view.md). The page itself does not know that its report is not final. For each
 * update, a new copy of the page is built invisibly beside the visible copy and replaces it once
 * the new copy has been drawn. While the reader uses the page, nothing is replaced.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';
import type { TraceClient } from '../data/trace-client.ts';
import { element, replaceContent } from './element.ts';
import type { LiveBar } from './live-bar.ts';
import { interimReportText } from './live-text.ts';
import type { Page } from './page.ts';
import { actionButtons, type MessageAction, placeholderMessage } from './states.ts';

/** Shortest time between two updates, ms: numbers that change faster cannot be read. */
const UPDATE_MS_MIN = 2_000;

const GOES_ON = 'The run is in progress';
/**
 * Title after the end of the run. The top bar says whether the final report is ready, and links to
 * it.
 */
const HAS_ENDED = 'The run has ended';

/** The parameters of {@link makeLivePage}. */
export interface LivePageParts {
  readonly page: Page;
  readonly trace: TraceClient;
  readonly bar: LiveBar;
  readonly signal: AbortSignal;
  /** A button that opens a page which can show a run in progress. */
  readonly watch: MessageAction;
  /**
   * Draws a copy of the page, with a report, into `root`; the copy exists until the signal aborts.
   */
  readonly mount: (
    report: Report,
    place: { readonly root: HTMLElement; readonly signal: AbortSignal },
  ) => void | Promise<void>;
  readonly fail: (error: unknown) => void;
}

/** Makes the element that contains the page or, if the page cannot be shown yet, the reason. */
export function makeLivePage(parts: LivePageParts): HTMLElement {
  const { page } = parts;
  if (page.whileLive !== undefined) {
    return waiting(`This page will show ${page.empty.shows}. ${page.whileLive}`, parts);
  }
  const root = element('div', { class: 'live-page' });
  replaceContent(root, waiting(`This page will show ${page.empty.shows} within seconds.`, parts));
  new LivePage(parts, root).start();
  return root;
}

function waiting(words: string, { trace, watch, signal }: LivePageParts): HTMLElement {
  const root = placeholderMessage(
    'waiting',
    GOES_ON,
    element('p', {}, words),
    actionButtons(watch),
  );
  const title = root.querySelector('h2');
  trace.live.watch(signal, (state) => {
    const text = state?.news.phase === 'ended' ? HAS_ENDED : GOES_ON;
    if (title !== null && title.textContent !== text) title.textContent = text;
  });
  return root;
}

class LivePage {
  readonly #parts: LivePageParts;
  readonly #root: HTMLElement;
  readonly #note = element('p', { class: 'partial', role: 'note', 'data-state': 'so-far' });
  #shown: { readonly root: HTMLElement; readonly end: AbortController } | undefined;
  #drawn: Report | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #isBusy = false;

  constructor(parts: LivePageParts, root: HTMLElement) {
    this.#parts = parts;
    this.#root = root;
  }

  start(): void {
    const { trace, bar, signal } = this.#parts;
    const again = (): void => void this.#again();
    trace.soFar.watch(signal, again);
    bar.isFollowing.watch(signal, again);
    const clock = setInterval(again, UPDATE_MS_MIN);
    const hold = (): void => {
      bar.isFollowing.value = false;
    };
    for (const what of ['pointerdown', 'keydown']) {
      this.#root.addEventListener(what, hold, { signal });
    }
    signal.addEventListener('abort', () => {
      clearInterval(clock);
      this.#shown?.end.abort();
    });
  }

  async #again(): Promise<void> {
    const { trace, bar, fail } = this.#parts;
    const report = trace.soFar.value;
    const isHeld = this.#shown !== undefined && !bar.isFollowing.value;
    const isYoung = performance.now() - this.#drawnAt < UPDATE_MS_MIN;
    if (report === undefined || report === this.#drawn || this.#isBusy || isHeld || isYoung) return;
    this.#isBusy = true;
    this.#drawn = report;
    this.#drawnAt = performance.now();
    try {
      await bar.byItself(() => this.#show(report));
    } catch (error) {
      fail(error);
    } finally {
      this.#isBusy = false;
    }
  }

  async #show(report: Report): Promise<void> {
    const { page, signal, mount } = this.#parts;
    const root = element('div', { class: `page page-${page.name} next` });
    const end = new AbortController();
    // The old copy is ended before the new one is built, because both would react to the same keys.
    this.#shown?.end.abort();
    const before = this.#shown?.root;
    this.#shown = { root, end };
    this.#root.append(root);
    await mount(report, { root, signal: end.signal });
    await frames(2);
    if (signal.aborted) return;
    root.classList.remove('next');
    replaceContent(this.#note, interimReportText(report));
    if (before === undefined) replaceContent(this.#root, this.#note, root);
    else before.remove();
  }
}

async function frames(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    await new Promise((done) => requestAnimationFrame(done));
  }
}
