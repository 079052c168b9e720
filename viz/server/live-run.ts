/**
 * What the server keeps in memory of the watched run: the head of its trace, its blocks in two
 * lanes (packets; all other tables), and its progress. The size is bounded for any number of pages.
 *
 * @module
 */
import type { LiveRunStatus } from '../format/live-wire.ts';
import type { LiveCard } from '../format/run-card.ts';
import { LiveLane } from './live-lane.ts';

/** Packet data kept for late or slow pages, bytes. */
const PACKETS_MAX = 8 * 1024 * 1024;
/** Blocks of all other tables, bytes; the scenario failover.yaml produces 10 MB. */
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

/** Blocks written since the last call. */
export interface NewTraceBlocks {
  readonly nowNs: number;
  readonly lasting: Uint8Array;
  readonly packets: Uint8Array;
  readonly rows: number;
  readonly lostRows: number;
}

/** The number of bytes that are kept for pages which watch a run. */
export interface LiveBufferBounds {
  readonly lastingMax: number;
  /** Bytes of packets; older ones are dropped. */
  readonly packetsMax: number;
}

/** The run that pages watch. */
export class LiveRun {
  /** A number of this run; a later run at the same URL has another one. */
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

  /** Number of interim reports so far; only the last one is kept. */
  get reports(): number {
    return this.#reports;
  }

  /** The last interim report as JSON, made on demand; undefined before the first one. */
  get report(): Uint8Array | undefined {
    this.#report ??= this.#makeReport?.();
    return this.#report;
  }

  /** Progress of the run. The caller adds what a single page missed. */
  get news(): LiveRunStatus {
    return { ...this.#news, droppedFrames: 0, droppedRows: this.#lostRows };
  }

  /**
   * The card of the run in progress; undefined once its report is written, since the report's card
   * then replaces this one.
   */
  get card(): Omit<LiveCard, 'injected'> | undefined {
    const { run: name, seed, phase, nowNs, durationNs, report } = this.#news;
    if (report !== undefined) return undefined;
    return { kind: 'live', id: 'live', name, seed, phase, nowNs, durationNs };
  }

  begin({ head, run, seed, durationNs, hasPackets }: LiveRunBegin): void {
    this.#head = head;
    this.#news = { ...this.#news, run, seed, durationNs, hasPackets, phase: 'running' };
  }

  add({ nowNs, lasting, packets, rows, lostRows }: NewTraceBlocks): void {
    if (this.#news.trouble !== undefined) return;
    if (this.lasting.bytes + lasting.length > this.#lastingMax) {
      const megabytes = Math.round(this.#lastingMax / 2 ** 20);
      // A gap in the measurements would mislead, so from here on nothing more is shown.
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
   * @param make Makes the interim report; called only while somebody watches.
   */
  measured(make: () => Uint8Array): void {
    this.#reports += 1;
    this.#makeReport = make;
    this.#report = undefined;
  }

  end(): void {
    this.#news = { ...this.#news, phase: 'ended' };
  }

  /** @param report Id of the run below `runs/`. */
  written(report: string): void {
    this.#news = { ...this.#news, phase: 'ended', report };
  }
}
