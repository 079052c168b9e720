/**
 * The data of the watched run that the server keeps in memory: the head of its trace, its blocks in
 * two lanes (packets; all other tables), and its progress. Its size is bounded and does not depend
 * on the number of pages.
 *
 * @module
 */
import type { LiveRunStatus } from '../format/live-wire.ts';
import type { LiveCard } from '../format/run-card.ts';
import { LiveLane } from './live-lane.ts';

/** Largest size of the packet data that is kept for late or slow pages, bytes. */
const PACKETS_MAX = 8 * 1024 * 1024;
/**
 * Largest size of the blocks of all other tables, bytes; the scenario failover.yaml produces 10 MB.
 */
const LASTING_MAX = 64 * 1024 * 1024;

/** The facts that are known when a run begins. */
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

/** The numbers of bytes that are kept for pages that watch a run. */
export interface LiveBufferBounds {
  /** Largest size of all blocks without packets; at this size, the stream to pages ends. */
  readonly lastingMax: number;
  /** Largest size of packets; the oldest packets are dropped. */
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
  /** Packet rows that the run discarded because the server did not collect them in time. */
  #lostRows = 0;
  #reports = 0;
  #makeReport: (() => Uint8Array) | undefined;
  #report: Uint8Array | undefined;
  #news: Omit<LiveRunStatus, 'droppedFrames' | 'droppedRows'>;

  /**
   * @param run Name of the scenario.
   * @param stream A number that no other run at this address has.
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

  /** Number of interim reports so far; only the last report is kept. */
  get reports(): number {
    return this.#reports;
  }

  /** The last interim report as JSON, made on demand; undefined before the first report. */
  get report(): Uint8Array | undefined {
    this.#report ??= this.#makeReport?.();
    return this.#report;
  }

  /**
   * Progress of the run. The caller adds the numbers of parts and rows that a single page has
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

  /** Begins the run; until then its phase is `waiting`. */
  begin({ head, run, seed, durationNs, hasPackets }: LiveRunBegin): void {
    this.#head = head;
    this.#news = { ...this.#news, run, seed, durationNs, hasPackets, phase: 'running' };
  }

  /** Adds new blocks of the trace to the lanes. */
  add({ nowNs, lasting, packets, rows, lostRows }: NewTraceBlocks): void {
    if (this.#news.trouble !== undefined) return;
    if (this.lasting.bytes + lasting.length > this.#lastingMax) {
      const megabytes = Math.round(this.#lastingMax / 2 ** 20);
      // A gap in the measurements would mislead, so that nothing more is shown from here on.
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
   * Announces a new interim report.
   * @param make Makes the report; called only while somebody watches.
   */
  measured(make: () => Uint8Array): void {
    this.#reports += 1;
    this.#makeReport = make;
    this.#report = undefined;
  }

  /** Ends the run. */
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
