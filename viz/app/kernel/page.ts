/**
 * What a page is. A page is a file `viz/app/pages/<name>/index.ts` that exports `page`; the
 * registry finds it there, and the shell mounts and removes it.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';
import type { Library, OpenRun } from '../data/library.ts';
import type { TraceClient } from '../data/trace-client.ts';
import type { Child } from './element.ts';
import type { FrameLoop } from './frame-loop.ts';
import type { KeyMap } from './keys.ts';
import type { Watchable } from './observable.ts';
import type { ThemeChoice } from './theme.ts';
import type { ViewState } from './view-state.ts';

/** The panel at the right. */
export interface Panel {
  /** Shows something of the selection; the panel opens. */
  show(title: string, ...content: readonly Child[]): void;
  /** Closes it. */
  clear(): void;
}

/** What every page has. */
export interface PageContext {
  /** Empty, and owned by the page; discarded when the page goes. */
  readonly root: HTMLElement;
  readonly panel: Panel;
  readonly view: ViewState;
  readonly library: Library;
  readonly keys: KeyMap;
  readonly frames: FrameLoop;
  readonly theme: ThemeChoice;
  /** True when the reader wants less motion. */
  readonly isCalm: Watchable<boolean>;
  /** Aborts when the page goes: pass it to everything that lasts. */
  readonly signal: AbortSignal;
  /** Opens a run on the first page that has something to show for it. */
  open(run: { readonly id: string; readonly hasTrace: boolean }): void;
  /** A short message at the bottom that disappears by itself. */
  notify(sentence: string): void;
  /** Shows an error instead of the page. */
  fail(error: unknown): void;
}

/** A page that needs the report of a run. */
export interface ReportContext extends PageContext {
  readonly run: OpenRun;
  readonly report: Report;
}

/** A page that needs the trace of a run. */
export interface TraceContext extends PageContext {
  readonly run: OpenRun;
  readonly trace: TraceClient;
  /** Undefined if only a trace was dropped. */
  readonly report: Report | undefined;
}

interface PageFacts {
  /** Name in the address. */
  readonly name: string;
  /** Title in the rail. */
  readonly title: string;
  /** The question that it answers; the rail's tooltip. */
  readonly question: string;
  /** Place in the rail and key: 1 to 9 (docs/spec/browser-view.md). */
  readonly order: number;
  /** Path of an icon, 24 by 24, stroked. */
  readonly icon: string;
  /** Shown if there is nothing to show. */
  readonly empty: {
    /** What the page would show: `packets on the links of a run`. */
    readonly shows: string;
    /** A shipped scenario that has it. */
    readonly scenario: string;
  };
  /** True if the scrubber affects the page. */
  readonly isTimed: boolean;
  /**
   * For a page of the report that has nothing to show during a run: one sentence that says what
   * comes when. Other pages show interim results.
   */
  readonly whileLive?: string;
}

/** A page of the report. */
export type ReportPage = Extract<Page, { readonly needs: 'report' }>;

/** A page; `mount` fills the root, and may reject with an error to show. */
export type Page = PageFacts &
  (
    | { readonly needs: 'nothing'; mount(context: PageContext): void | Promise<void> }
    | { readonly needs: 'report'; mount(context: ReportContext): void | Promise<void> }
    | { readonly needs: 'trace'; mount(context: TraceContext): void | Promise<void> }
  );
