/**
 * The data of the watched run that the server keeps in memory: the head of its trace, its blocks in
 * two lanes (`packets`: blocks with packets; `lasting`: all other blocks), and its progress. Its
 * size is bounded and does not depend on the number of pages.
 *
 * @module
 */
import type { LiveRunStatus } from '../format/live-wire.ts';
import type { LiveCard } from '../format/run-card.ts';
import { LiveLane } from './live-lane.ts';

/** Largest total size of the packet blocks that are kept for late or slow pages, bytes. */
const PACKETS_MAX = 8 * 1024 * 1024;
/** Largest total size of all other blocks, bytes; the scenario failover.yaml produces 10 MB. */
const LASTING_MAX = 64 * 1024 * 1024;

/** What is known when a run begins. */
export interface LiveRunBegin {
  readonly run: string;
  readonly seed: number;
  readonly durationNs: number;
  readonly hasPackets: boolean;
  /** The head of the trace file. */
  readonly head: Uint8Array;
}

/** The blocks that a run has written since the last call, and its progress. */
export interface NewTraceBlocks {
  readonly nowNs: number;
  readonly lasting: Uint8Array;
  readonly packets: Uint8Array;
  readonly rows: number;
  readonly lostRows: number;
}

/** Bounds on what is kept in memory for pages that watch a run, bytes. */
export interface LiveBufferBounds {
  /**
   * Largest total size of the blocks without packets; once it is reached, nothing more is sent to
   * pages.
   */
  readonly lastingMax: number;
  /** Largest total size of the packet blocks; beyond it, the oldest are dropped. */
  readonly packetsMax: number;
}

/** The run that pages watch. */
export class LiveRun {
  /** A number that identifies this run; a later run at the same URL has another number. */
  readonly stream: number;
  readonly lasting = new LiveLane(Number.POSITIVE_INFINITY);
  readonly packets: LiveLane;
  readonly #lastingMax: number;
  #head: Uint8Array | undefined;
  /**
   * Number of packet rows that the run discarded because the server did not collect them in time.
   */
  #lostRows = 0;
  #reports = 0;
  #makeReport: (() => Uint8Array) | undefined;
  #report: Uint8Array | undefined;
  #news: Omit<LiveRunStatus, 'droppedFrames' | 'droppedRows'>;

  /**
   * @param run Name of the scenario.
   * @param stream A number that no other run has at the URL of this server.
   */
  constructor(run: string, stream: number, bounds: Partial<LiveBufferBounds> = {}) {
    this.stream = stream >>> 0;
    this.#lastingMax = bounds.lastingMax ?? LASTING_MAX;
    this.packets = new LiveLane(bounds.packetsMax ?? PACKETS_MAX);
    this.#news = {
      ...{ phase: 'waiting', run, seed: 0, durationNs: 0, nowNs: 0, hasPackets: false },
      ...{ report: undefined, trouble: undefined },
    };
  }

  /** The head of the trace; undefined until the run begins. */
  get head(): Uint8Array | undefined {
    return this.#head;
  }

  /** Number of reports with the results so far; only the latest one is kept. */
  get reports(): number {
    return this.#reports;
  }

  /**
   * The latest report with the results so far, as JSON; it is made when first read. Undefined
   * before the first report.
   */
  get report(): Uint8Array | undefined {
    this.#report ??= this.#makeReport?.();
    return this.#report;
  }

  /**
   * Progress of the run. The caller adds the numbers of parts and rows that one particular page has
   * missed.
   */
  get news(): LiveRunStatus {
    return { ...this.#news, droppedFrames: 0, droppedRows: this.#lostRows };
  }

  /**
   * The card of the run in progress; undefined once its report is written, because the card of the
   * finished run then replaces it.
   */
  get card(): Omit<LiveCard, 'injected'> | undefined {
    const { run: name, seed, phase, nowNs, durationNs, report } = this.#news;
    if (report !== undefined) return undefined;
    return { kind: 'live', id: 'live', name, seed, phase, nowNs, durationNs };
  }

  /** Says that the run has begun; until then its phase is `waiting`. */
  begin({ head, run, seed, durationNs, hasPackets }: LiveRunBegin): void {
    this.#head = head;
    this.#news = { ...this.#news, run, seed, durationNs, hasPackets, phase: 'running' };
  }

  /** Adds new blocks of the trace to the lanes. */
  add({ nowNs, lasting, packets, rows, lostRows }: NewTraceBlocks): void {
    if (this.#news.trouble !== undefined) return;
    if (this.lasting.bytes + lasting.length > this.#lastingMax) {
      const megabytes = Math.round(this.#lastingMax / 2 ** 20);
      // A gap in the measurements would mislead readers, so nothing more is shown after this point.
      const trouble = `after ${megabytes} MB of measurements, nothing more is shown until the run ends`;
      this.#news = { ...this.#news, trouble };
      return;
    }
    this.#lostRows += lostRows;
    if (lasting.length > 0) this.lasting.add({ bytes: lasting, rows: 0 });
    if (packets.length > 0) this.packets.add({ bytes: packets, rows });
    this.#news = { ...this.#news, nowNs };
  }

  /**
   * Announces a new report with the results so far.
   * @param make Makes the report; called only if a page watches the run.
   */
  measured(make: () => Uint8Array): void {
    this.#reports += 1;
    this.#makeReport = make;
    this.#report = undefined;
  }

  /** Says that the run has ended. */
  end(): void {
    this.#news = { ...this.#news, phase: 'ended' };
  }

  /**
   * Announces that the report of the run has been written.
   * @param report Id of the run below `runs/`.
   */
  written(report: string): void {
    this.#news = { ...this.#news, phase: 'ended', report };
  }
}
