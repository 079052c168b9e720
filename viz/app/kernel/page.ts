/**
 * The interface of a page. A page is a file `viz/app/pages/<name>/index.ts` that exports `page`;
 * `pages.ts` finds it there, and `AppShell` (shell.ts) draws and removes it.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';
import type { OpenRun, RunLibrary } from '../data/library.ts';
import type { TraceClient } from '../data/trace-client.ts';
import type { Child } from './element.ts';
import type { FrameLoop } from './frame-loop.ts';
import type { KeyMap } from './keys.ts';
import type { MissingDataCheck } from './lacks.ts';
import type { Watchable } from './observable.ts';
import type { ThemeChoice } from './theme.ts';
import type { ViewState } from './view-state.ts';

/** The panel at the right edge of the window. */
export interface Panel {
  /** Opens the panel with details of the selection. */
  show(title: string, ...content: readonly Child[]): void;
  /** Empties and closes the panel. */
  clear(): void;
}

/** What `AppShell` (shell.ts) passes to every page. */
export interface PageContext {
  /** An empty element that belongs to the page; discarded when the reader leaves the page. */
  readonly root: HTMLElement;
  readonly panel: Panel;
  readonly view: ViewState;
  readonly library: RunLibrary;
  readonly keys: KeyMap;
  readonly frames: FrameLoop;
  readonly theme: ThemeChoice;
  /** True if the reader prefers reduced motion. */
  readonly isCalm: Watchable<boolean>;
  /**
   * Aborts when the reader leaves the page. Pages pass it to everything that must end at that
   * moment.
   */
  readonly signal: AbortSignal;
  /** Opens a run on the first page that can show data of the run. */
  open(run: { readonly id: string; readonly hasTrace: boolean }): void;
  /** Shows a short message at the bottom that disappears by itself. */
  notify(sentence: string): void;
  /** Shows an error instead of the page. */
  fail(error: unknown): void;
}

/** The context of a page that needs the report of a run. */
export interface ReportPageContext extends PageContext {
  readonly run: OpenRun;
  readonly report: Report;
}

/** The context of a page that needs the trace of a run. */
export interface TracePageContext extends PageContext {
  readonly run: OpenRun;
  readonly trace: TraceClient;
  /** Undefined if the reader dropped only a trace. */
  readonly report: Report | undefined;
}

interface PageFacts {
  /** Name of the page in the address. */
  readonly name: string;
  /** Title in the navigation. */
  readonly title: string;
  /** The question that the page answers; shown as a tooltip in the navigation. */
  readonly question: string;
  /**
   * Position in the navigation, 1 to 9. It is also the key that opens the page, unless `key` names
   * another (docs/spec/browser-view.md).
   */
  readonly order: number;
  readonly key?: string;
  /** SVG path of an icon, drawn as a stroke on a grid of 24 by 24 units. */
  readonly icon: string;
  /** The texts that the page shows if the run has no data for the page. */
  readonly empty: {
    /** What the page shows if the run has data: `packets on the links of a run`. */
    readonly shows: string;
    /** A shipped scenario that produces such data. */
    readonly scenario: string;
  };
  /**
   * Says why a run has no data for this page, if it has none; absent if every run with a report or
   * trace has the data.
   */
  readonly lacks?: MissingDataCheck;
  /** True if the page depends on the time line, so that the slider of the time line is shown. */
  readonly isTimed: boolean;
  /**
   * For a page of the report: one sentence that says what the page will show after the run, and why
   * not before. If absent, the page shows the results so far during a run.
   */
  readonly whileLive?: string;
  /** Takes files that are dropped while the page is shown; false if it wants none of them. */
  takeFiles?(files: readonly File[]): boolean;
}

/** The key that opens a page. */
export function pageKey({ key, order }: Pick<PageFacts, 'key' | 'order'>): string {
  return key ?? String(order);
}

/** A page that needs the report of a run. */
export type ReportPage = Extract<Page, { readonly needs: 'report' }>;

/**
 * A page. `mount` draws the page into the root element; if it rejects, the error is shown instead.
 */
export type Page = PageFacts &
  (
    | { readonly needs: 'nothing'; mount(context: PageContext): void | Promise<void> }
    | { readonly needs: 'report'; mount(context: ReportPageContext): void | Promise<void> }
    | { readonly needs: 'trace'; mount(context: TracePageContext): void | Promise<void> }
  );
