/**
 * What a page is. A page lives in `viz/app/pages/<name>/index.ts`, which exports `page`; the
 * registry finds it there, the shell gives it what it needs and takes it away again.
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
  /** Empty and the page's own; it is thrown away when the page goes. */
  readonly root: HTMLElement;
  readonly panel: Panel;
  readonly view: ViewState;
  readonly library: Library;
  readonly keys: KeyMap;
  readonly frames: FrameLoop;
  readonly theme: ThemeChoice;
  /** True when the reader wants less motion. */
  readonly isCalm: Watchable<boolean>;
  /** Aborts when the page goes: hand it to everything that lasts. */
  readonly signal: AbortSignal;
  /** Opens a run on the first page that it has something for. */
  open(run: { readonly id: string; readonly hasTrace: boolean }): void;
  /** A short message at the bottom that goes by itself. */
  notify(sentence: string): void;
  /** Shows an error in place of the page. */
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
  /** Undefined when only a trace was dropped. */
  readonly report: Report | undefined;
}

interface PageFacts {
  /** In the address. */
  readonly name: string;
  /** In the rail. */
  readonly title: string;
  /** The question that it answers; the rail's tooltip. */
  readonly question: string;
  /** Place in the rail and key: 1 to 9 (docs/spec/browser-view.md). */
  readonly order: number;
  /** Path of an icon, 24 by 24, stroked. */
  readonly icon: string;
  /** Said when there is nothing to show. */
  readonly empty: {
    /** What would be here: `packets on the links of a run`. */
    readonly shows: string;
    /** A shipped scenario that has it. */
    readonly scenario: string;
  };
  /** True where the scrubber moves something. */
  readonly isTimed: boolean;
  /**
   * Of a page of the report that has nothing while a run goes on: what comes when, one sentence. Others
   * show what was measured so far.
   */
  readonly whileLive?: string;
}

/** A page of the report. */
export type ReportPage = Extract<Page, { readonly needs: 'report' }>;

/** A page; `mount` fills the root and may reject with what is then shown as an error. */
export type Page = PageFacts &
  (
    | { readonly needs: 'nothing'; mount(context: PageContext): void | Promise<void> }
    | { readonly needs: 'report'; mount(context: ReportContext): void | Promise<void> }
    | { readonly needs: 'trace'; mount(context: TraceContext): void | Promise<void> }
  );
