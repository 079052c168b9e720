/**
 * Gives the pages access to a trace: the worker thread answers each query, and the query's promise
 * resolves with the answer. A failure rejects the promise with a {@link TraceError}.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';
import type { TraceFailure } from '../../format/failure.ts';
import { Observable, type Watchable } from '../kernel/observable.ts';
import type { LiveFeedState } from './live-feed.ts';
import { readReportFile } from './report-file.ts';
import type { QueryAnswer, QueryName, QueryParameters, TraceInfo } from './trace-answers.ts';
import type { MessageFromWorker, MessageToWorker, TraceOrigin } from './trace-wire.ts';
import TraceWorker from './trace-worker.ts?worker&inline';

/** A failure to open or to query a trace, for the error message of a page. */
export class TraceError extends Error {
  readonly failure: TraceFailure;

  constructor(failure: TraceFailure) {
    super(failure.message);
    this.name = 'TraceError';
    this.failure = failure;
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: TraceError) => void;
}

/** A trace that is open in a worker thread, which answers queries about it. */
export class TraceClient {
  readonly #info: TraceInfo;
  readonly #line: Line;

  private constructor(info: TraceInfo, line: Line) {
    this.#info = info;
    this.#line = line;
  }

  /** The description of the trace; it changes while a run is in progress. */
  get info(): TraceInfo {
    return this.live.value?.info ?? this.#info;
  }

  /** State of a run in progress; always undefined for a finished run. */
  get live(): Watchable<LiveFeedState | undefined> {
    return this.#line.live;
  }

  /**
   * The latest report of a run in progress with its results so far; undefined before the first one.
   */
  get soFar(): Watchable<Report | undefined> {
    return this.#line.soFar;
  }

  /** Opens a trace in a new worker thread. Rejects with a {@link TraceError}. */
  static async open(origin: TraceOrigin): Promise<TraceClient> {
    const line = new Line();
    try {
      const info = (await line.send((id) => ({ kind: 'open', id, origin }))) as TraceInfo;
      return new TraceClient(info, line);
    } catch (error) {
      line.close();
      throw error;
    }
  }

  /**
   * Sends a query (one of {@link TraceQueries}) and returns its answer. Rejects with a {@link
   * TraceError}.
   */
  async ask<Q extends QueryName>(question: Q, asked: QueryParameters<Q>): Promise<QueryAnswer<Q>> {
    return (await this.#line.send((id) => ({
      kind: 'ask',
      id,
      question,
      asked,
    }))) as QueryAnswer<Q>;
  }

  /** Ends the worker thread. */
  close(): void {
    this.#line.close();
  }
}

/** The message channel to the worker thread, and the queries that wait for answers. */
class Line {
  readonly #worker = new TraceWorker();
  readonly #waiting = new Map<number, Waiting>();
  readonly live = new Observable<LiveFeedState | undefined>(undefined);
  readonly soFar = new Observable<Report | undefined>(undefined);
  #next = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<MessageFromWorker>): void =>
      this.#settle(data);
    this.#worker.onerror = (event): void => {
      const message =
        event.message === '' ? 'the thread that reads the trace does not start' : event.message;
      const failure = { kind: 'failure', name: 'unreadable', message, at: 0 } as const;
      for (const id of [...this.#waiting.keys()]) this.#settle({ id, kind: 'failed', failure });
    };
  }

  send(make: (id: number) => MessageToWorker): Promise<unknown> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(make(id));
    });
  }

  close(): void {
    this.#worker.terminate();
    this.#waiting.clear();
  }

  #settle(message: MessageFromWorker): void {
    if (message.kind === 'live') {
      this.live.value = message.state;
      return;
    }
    if (message.kind === 'report') {
      const read = readReportFile(message.text);
      // A report that cannot be read is skipped, because the next report follows soon.
      if (read.kind === 'report') this.soFar.value = read.report;
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'failed') waiting?.reject(new TraceError(message.failure));
    else waiting?.resolve(message.kind === 'opened' ? message.info : message.answer);
  }
}
