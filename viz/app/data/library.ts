/**
 * All runs that the page can open: the runs stored on the server, the run in progress, the demo,
 * and files dropped on the page.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';
import { LIVE_URL_PATH, type LiveRunStatus } from '../../format/live-wire.ts';
import { type GalleryCard, makeRunCard, type RunIndex } from '../../format/run-card.ts';
import { Observable } from '../kernel/observable.ts';
import { DEMO_RUN_ID, readEmbeddedReport, readEmbeddedTrace } from './embedded.ts';
import { type ReportFileResult, readReportFile } from './report-file.ts';
import { TraceClient } from './trace-client.ts';
import type { TraceOrigin } from './trace-wire.ts';

/** A run that the page has opened. Its trace is read only when a page first needs it. */
export interface OpenRun {
  readonly id: string;
  readonly name: string;
  /** Undefined if the run has only a trace. */
  readonly report: Report | undefined;
  readonly hasTrace: boolean;
  /** Opens the trace, or returns it if it is open already. Rejects with a `TraceError`. */
  trace(): Promise<TraceClient>;
  /** True if the server's process is executing this run now. */
  readonly isLive?: boolean;
  /** URL of a file in the folder of the run; undefined without a server. */
  file(name: string): string | undefined;
  /** Ends the worker thread that reads the trace. */
  close(): void;
}

/**
 * State of the list of runs. `leftOut` is the number of runs that are not listed because there are
 * too many; if the request failed, `cards` has the demo and the dropped files.
 */
export type RunLibraryState =
  | { readonly kind: 'loading' }
  | ({ readonly kind: 'ready' } & Omit<RunIndex, 'version'>)
  | { readonly kind: 'failed'; readonly reason: string; readonly cards: readonly GalleryCard[] };

/** A report or trace that cannot be opened; the message says why. */
export class OpenError extends Error {
  readonly kind: 'missing' | 'newer-version' | 'unreadable';

  constructor(kind: OpenError['kind'], message: string) {
    super(message);
    this.name = 'OpenError';
    this.kind = kind;
  }
}

interface Dropped {
  readonly card: GalleryCard;
  readonly report: Report | undefined;
  readonly origin: TraceOrigin | undefined;
}

/** Id of the run in progress, which the server's process is executing. */
export const LIVE_RUN_ID = 'live';

/** Prefix of the ids of dropped files. */
const DROPPED_ID_PREFIX = 'file/';
/** Prefix of the ids of runs that this page has made. */
const MADE_ID_PREFIX = 'lab/';
/** Largest number of runs that this page has made and keeps, because each holds its trace in memory. */
const MADE_MAX = 4;

/** The runs that this page can open. */
export class RunLibrary {
  readonly state = new Observable<RunLibraryState>({ kind: 'loading' });
  /** True if a server has runs for this page. */
  readonly hasServer: boolean;
  readonly #dropped = new Map<string, Dropped>();
  #made = 0;

  constructor(hasServer: boolean) {
    this.hasServer = hasServer;
  }

  /** Fetches the list of runs into {@link RunLibrary.state}. */
  async refresh(): Promise<void> {
    const own = [...demoCards(), ...[...this.#dropped.values()].map(({ card }) => card)];
    if (!this.hasServer) {
      this.state.value = { kind: 'ready', cards: own, leftOut: 0 };
      return;
    }
    try {
      const response = await fetch('api/runs');
      if (!response.ok) throw new Error(`the server answers ${response.status}`);
      const { cards, leftOut, hasLab = false } = (await response.json()) as RunIndex;
      this.state.value = { kind: 'ready', cards: [...own, ...cards], leftOut, hasLab };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.state.value = { kind: 'failed', reason, cards: own };
    }
  }

  /** Fetches the list again whenever the server reports a new run. */
  follow(signal: AbortSignal): void {
    if (!this.hasServer) return;
    const url = new URL('api/events', location.href);
    url.protocol = 'ws:';
    const socket = new WebSocket(url);
    socket.addEventListener('message', () => void this.refresh());
    signal.addEventListener('abort', () => socket.close());
  }

  /** Opens a run by its id. Rejects with an {@link OpenError}. */
  async open(id: string): Promise<OpenRun> {
    if (id === LIVE_RUN_ID) return await this.#openLive();
    if (isServed(id)) return await this.#openServed(id);
    if (id === DEMO_RUN_ID) return openDemo();
    const dropped = this.#dropped.get(id);
    if (dropped !== undefined) return openRun(id, dropped.report, dropped.origin);
    if (id.startsWith(MADE_ID_PREFIX))
      throw new OpenError('missing', `${id} is gone: run it again`);
    const name = id.slice(DROPPED_ID_PREFIX.length);
    throw new OpenError('missing', `${name} was dropped on the page: drop it again`);
  }

  /**
   * Adds a run that this page has made; the oldest one goes if there are more than four. Throws an {@link OpenError}.
   * @param text Text of its report.json.
   */
  hold(
    text: string,
    trace: Uint8Array | undefined,
  ): { readonly id: string; readonly report: Report } {
    const report = demanded(readReportFile(text));
    this.#made += 1;
    const id = `${MADE_ID_PREFIX}${report.scenario.name}/${this.#made}`;
    const card = makeRunCard(report, { id, traceBytes: trace?.length ?? 0, files: [] });
    const origin = trace === undefined ? undefined : ({ kind: 'bytes', bytes: trace } as const);
    this.#dropped.set(id, { card, report, origin });
    const made = [...this.#dropped.keys()].filter((one) => one.startsWith(MADE_ID_PREFIX));
    for (const old of made.slice(0, -MADE_MAX)) this.#dropped.delete(old);
    void this.refresh();
    return { id, report };
  }

  /** Adds a run made of dropped files and returns it. Rejects with an {@link OpenError}. */
  async take(files: readonly File[]): Promise<{ readonly id: string; readonly hasTrace: boolean }> {
    const traceFile = files.find(({ name }) => name.endsWith('.orr'));
    const reportFile = files.find(({ name }) => name.endsWith('.json'));
    if (traceFile === undefined && reportFile === undefined) {
      throw new OpenError('unreadable', 'neither a trace.orr nor a report.json among these files');
    }
    const report =
      reportFile === undefined ? undefined : demanded(readReportFile(await reportFile.text()));
    const name = (traceFile ?? reportFile)?.name ?? 'file';
    const id = `${DROPPED_ID_PREFIX}${name}`;
    const facts = { id, traceBytes: traceFile?.size ?? 0, files: [] };
    const origin =
      traceFile === undefined ? undefined : ({ kind: 'file', file: traceFile } as const);
    const card =
      report === undefined ? ({ kind: 'trace', id, name } as const) : makeRunCard(report, facts);
    this.#dropped.set(id, { card, report, origin });
    await this.refresh();
    return { id, hasTrace: traceFile !== undefined };
  }

  async #openLive(): Promise<OpenRun> {
    const missing = new OpenError('missing', 'no run is in progress here: start one with --viz');
    if (!this.hasServer) throw missing;
    const response = await fetch(LIVE_URL_PATH.slice(1)).catch(() => undefined);
    if (response?.ok !== true) throw missing;
    const { run } = (await response.json()) as LiveRunStatus;
    const url = new URL(LIVE_URL_PATH.slice(1), location.href);
    url.protocol = 'ws:';
    url.hash = '';
    const opened = openRun(LIVE_RUN_ID, undefined, { kind: 'live', url: url.href });
    return { ...opened, name: run, isLive: true, file: (): undefined => undefined };
  }

  async #openServed(id: string): Promise<OpenRun> {
    if (!this.hasServer) throw new OpenError('missing', `${id} needs the server: npm run viz`);
    const response = await fetch(`api/runs/${id}/report.json`).catch(() => undefined);
    if (response === undefined) throw new OpenError('missing', 'the server does not answer');
    if (!response.ok) throw new OpenError('missing', `the server has no run ${id}`);
    const report = demanded(readReportFile(await response.text()));
    if (this.state.value.kind === 'loading') await this.refresh();
    const url = new URL(`api/runs/${id}/trace.orr`, location.href).href;
    const hasTrace = this.#listedTrace(id) ?? (await fetch(url, { method: 'HEAD' })).ok;
    return openRun(id, report, hasTrace ? { kind: 'address', url } : undefined);
  }

  /**
   * True if the list says that a run has a trace; undefined if the run is not listed. The list is
   * read before the file is requested, because browsers log a request for a missing file as an
   * error.
   */
  #listedTrace(id: string): boolean | undefined {
    const { value } = this.state;
    const cards = value.kind === 'ready' ? value.cards : [];
    // The runs of a sweep have reports but no traces, and no cards of their own.
    if (cards.some((one) => one.kind === 'sweep' && id.startsWith(`${one.id}/`))) return false;
    const card = cards.find((one) => one.id === id);
    return card?.kind === 'run' ? card.traceBytes > 0 : undefined;
  }
}

/**
 * True for runs stored on the server; false for the demo, the run in progress, dropped files and runs of this page.
 */
function isServed(id: string): boolean {
  const isHeld = id.startsWith(DROPPED_ID_PREFIX) || id.startsWith(MADE_ID_PREFIX);
  return id !== DEMO_RUN_ID && id !== LIVE_RUN_ID && !isHeld;
}

function demanded(read: ReportFileResult): Report {
  if (read.kind === 'report') return read.report;
  if (read.kind === 'unreadable') throw new OpenError('unreadable', `report.json: ${read.message}`);
  const words = `report.json was written by format ${read.version}, this page reads 1`;
  throw new OpenError('newer-version', words);
}

function openDemo(): OpenRun {
  const text = readEmbeddedReport();
  const bytes = readEmbeddedTrace();
  if (text === undefined || bytes === undefined) {
    throw new OpenError('missing', 'this page was built without its demo');
  }
  return openRun(DEMO_RUN_ID, demanded(readReportFile(text)), { kind: 'bytes', bytes });
}

function openRun(id: string, report: Report | undefined, origin: TraceOrigin | undefined): OpenRun {
  let opening: Promise<TraceClient> | undefined;
  return {
    id,
    name: report?.scenario.name ?? id.replace(DROPPED_ID_PREFIX, ''),
    report,
    hasTrace: origin !== undefined,
    trace: (): Promise<TraceClient> => {
      const missing = new OpenError('missing', 'this run left no trace');
      if (origin === undefined) return Promise.reject(missing);
      opening ??= TraceClient.open(origin);
      return opening;
    },
    file: (name) => (isServed(id) ? `api/runs/${id}/${name}` : undefined),
    close: (): void => {
      opening?.then((trace) => trace.close()).catch(() => undefined);
    },
  };
}

function demoCards(): readonly GalleryCard[] {
  const text = readEmbeddedReport();
  const read = text === undefined ? undefined : readReportFile(text);
  if (read?.kind !== 'report') return [];
  return [makeRunCard(read.report, { id: DEMO_RUN_ID, traceBytes: 1, files: [] })];
}
