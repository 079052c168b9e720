/**
 * Loads a pipeline in one of two ways: with a window that is always full (saturation), or with
 * Poisson arrivals at a rate that does not depend on the results.
 *
 * The processing time of a packet lasts from its submission until the main thread has the result.
 * Arrivals are driven by a millisecond timer and by arriving results: packets come in bursts, as
 * they do from a socket.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { openRandomStream } from '../../engine/core/stream.ts';
import type { Pipeline } from '../../engine/live/pipeline/pipeline.ts';
import type { PipelineStats } from '../../engine/live/pipeline/stats.ts';
import type { PipelineResult, ResultSink } from '../../engine/live/pipeline/submission.ts';
import { LogHistogram } from '../../engine/measure/histogram.ts';
import { type StolenTime, watchStolenTime } from '../../runner/worlds/live/stolen-time.ts';

/** The packets to process, and the check of their results. */
export interface Load {
  readonly pipeline: Pipeline;
  readonly job: number;
  readonly packets: readonly Uint8Array[];
  /** The first token; tokens of a run are consecutive. */
  readonly firstToken: number;
  readonly settle: (token: number, result: PipelineResult) => void;
}

/** The measurements of a run of the pipeline under a load. */
export interface PipelineLoadResult {
  readonly sent: number;
  readonly dropped: number;
  readonly seconds: number;
  /** CPU time of all threads, microseconds. */
  readonly cpuUs: number;
  /** CPU time of the main thread; undefined if the operating system does not report it. */
  readonly mainUs: number | undefined;
  /**
   * Share of all cores' time that the hypervisor gave to others; undefined if the operating system
   * does not report it.
   */
  readonly stolen: number | undefined;
  /** Processing times, nanoseconds. */
  readonly times: LogHistogram;
  readonly before: PipelineStats;
  readonly after: PipelineStats;
}

/** Keeps `window` packets in the pipeline until `total` have come back. */
export function saturate(load: Load, total: number, window: number): Promise<PipelineLoadResult> {
  const run = new Run(load, total);
  const feed = (): void => {
    while (run.sent < total && run.sent - run.back < window) run.send();
  };
  // Submits new packets only when a quarter of the window has come back, so that one wake-up serves
  // many packets.
  run.onResult = (): void => {
    if (run.sent - run.back <= (window * 3) / 4) feed();
  };
  feed();
  return run.ended;
}

/** Sends `total` packets at a mean rate per second, with exponentially distributed gaps. */
export function offerAtRate(load: Load, total: number, rate: number): Promise<PipelineLoadResult> {
  const run = new Run(load, total);
  const gaps = openRandomStream(1, 'bench', 'arrivals');
  const meanMs = 1_000 / rate;
  let due = performance.now();
  const feed = (): void => {
    const now = performance.now();
    while (due <= now && run.sent < total) {
      run.send();
      due += gaps.exponential(meanMs);
    }
  };
  const tick = (): void => {
    feed();
    if (run.sent < total) setTimeout(tick, 1);
  };
  run.onResult = feed;
  tick();
  return run.ended;
}

class Run implements ResultSink {
  sent = 0;
  back = 0;
  onResult = (): void => undefined;
  readonly ended: Promise<PipelineLoadResult>;
  readonly #load: Load;
  readonly #total: number;
  readonly #submission;
  readonly #submittedAt: Float64Array;
  readonly #times = new LogHistogram();
  readonly #startedAt = performance.now();
  readonly #cpu = process.cpuUsage();
  readonly #mainUs = mainThreadUs();
  readonly #stolen = watchStolenTime();
  readonly #before: PipelineStats;
  #dropped = 0;
  #end: (measured: PipelineLoadResult) => void = () => undefined;

  constructor(load: Load, total: number) {
    this.#load = load;
    this.#total = total;
    this.#submittedAt = new Float64Array(total);
    this.#before = load.pipeline.stats;
    const bytes = load.packets[0] as Uint8Array;
    this.#submission = { job: load.job, bytes, sink: this, token: 0, affinity: -1 };
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  // hot: once per packet.
  send(): void {
    const { packets, firstToken, pipeline } = this.#load;
    const token = firstToken + this.sent;
    this.#submission.bytes = packets[token % packets.length] as Uint8Array;
    this.#submission.token = token;
    this.#submittedAt[this.sent] = performance.now();
    this.sent += 1;
    if (pipeline.submit(this.#submission) === 'taken') return;
    this.#dropped += 1;
    this.#count();
  }

  // hot: once per packet.
  done(token: number, result: PipelineResult): void {
    const { settle, firstToken } = this.#load;
    settle(token, result);
    const ms = performance.now() - (this.#submittedAt[token - firstToken] as number);
    this.#times.record(Math.round(ms * 1_000_000));
    this.#count();
    this.onResult();
  }

  #count(): void {
    this.back += 1;
    if (this.back < this.#total) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    const mainUs = mainThreadUs();
    this.#end({
      sent: this.sent,
      dropped: this.#dropped,
      seconds: (performance.now() - this.#startedAt) / 1_000,
      cpuUs: user + system,
      mainUs: mainUs === undefined ? undefined : mainUs - (this.#mainUs ?? 0),
      stolen: shareOf(this.#stolen()),
      times: this.#times,
      before: this.#before,
      after: this.#load.pipeline.stats,
    });
  }
}

/** CPU time of the main thread as Linux reports it. */
function mainThreadUs(): number | undefined {
  try {
    const [ns = ''] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(ns) / 1_000;
  } catch {
    // Not available on other operating systems.
    return undefined;
  }
}

function shareOf(stolen: StolenTime | undefined): number | undefined {
  return stolen === undefined ? undefined : stolen.stolenUs / stolen.coresUs;
}
