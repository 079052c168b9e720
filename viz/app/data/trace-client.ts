/**
 * The trace as pages see it: questions with promised answers from the reading thread. Answers that
 * nobody waits for any more are dropped; a failure rejects with a {@link TraceError}.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';
import type { TraceFailure } from '../../format/failure.ts';
import { Observable, type Watchable } from '../kernel/observable.ts';
import type { LiveState } from './live-feed.ts';
import { readReportFile } from './report-file.ts';
import type { Answer, Asked, QuestionName, TraceInfo } from './trace-answers.ts';
import type { FromWorker, ToWorker, TraceOrigin } from './trace-wire.ts';
import TraceWorker from './trace-worker.ts?worker&inline';

/** What is wrong with the trace, for the error state of a page. */
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

/** An open trace. */
export class TraceClient {
  readonly #info: TraceInfo;
  readonly #line: Line;

  private constructor(info: TraceInfo, line: Line) {
    this.#info = info;
    this.#line = line;
  }

  /** What is known; it changes while a run is in progress. */
  get info(): TraceInfo {
    return this.live.value?.info ?? this.#info;
  }

  /** Progress of a run; always undefined for one that has ended. */
  get live(): Watchable<LiveState | undefined> {
    return this.#line.live;
  }

  /** Interim results of a run in progress; undefined before the first. */
  get soFar(): Watchable<Report | undefined> {
    return this.#line.soFar;
  }

  /** Opens a trace in its own thread. Rejects with a {@link TraceError}. */
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

  /** Asks; see `trace-answers.ts` for the questions. */
  async ask<Q extends QuestionName>(question: Q, asked: Asked<Q>): Promise<Answer<Q>> {
    return (await this.#line.send((id) => ({ kind: 'ask', id, question, asked }))) as Answer<Q>;
  }

  /** Ends the thread. */
  close(): void {
    this.#line.close();
  }
}

/** The thread, and who waits for it. */
class Line {
  readonly #worker = new TraceWorker();
  readonly #waiting = new Map<number, Waiting>();
  readonly live = new Observable<LiveState | undefined>(undefined);
  readonly soFar = new Observable<Report | undefined>(undefined);
  #next = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>): void => this.#settle(data);
    this.#worker.onerror = (event): void => {
      const message = event.message === '' ? 'the reading thread does not start' : event.message;
      const failure = { kind: 'failure', name: 'unreadable', message, at: 0 } as const;
      for (const id of [...this.#waiting.keys()]) this.#settle({ id, kind: 'failed', failure });
    };
  }

  send(make: (id: number) => ToWorker): Promise<unknown> {
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

  #settle(message: FromWorker): void {
    if (message.kind === 'live') {
      this.live.value = message.state;
      return;
    }
    if (message.kind === 'report') {
      const read = readReportFile(message.text);
      // An unreadable one changes nothing: the next one follows.
      if (read.kind === 'report') this.soFar.value = read.report;
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'failed') waiting?.reject(new TraceError(message.failure));
    else waiting?.resolve(message.kind === 'opened' ? message.info : message.answer);
  }
}
