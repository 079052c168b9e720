/**
 * Measures one flow at its two applications: which packets were sent, which arrived unchanged, and
 * when.
 *
 * docs/spec/scenario-files.md#kpis defines the metrics. Everything is counted at the receiving
 * application from the truth inside the payload; nothing relies on claims of nodes.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import { histogramQuantile, LogHistogram } from '../../engine/measure/histogram.ts';
import type { MetricData } from '../../reports/model.ts';
import { AVAILABILITY_STEP_NS, seriesBinNs } from '../../scenarios/series-bins.ts';
import { BinLatencyP95 } from './bin-latencies.ts';
import { BitSet } from './bit-set.ts';
import { Disturbances, type FaultPeriod } from './disturbances.ts';
import type { FaultWindows } from './fault-windows.ts';
import type { GroundTruth } from './ground-truth.ts';

/** Number of bins in a window of the availability, which lasts 1 s. */
const WINDOW_BINS = 10;
/** For the availability, only packets that are delivered within this time count, ns. */
const IN_TIME_NS = 1_000_000_000;
/**
 * How long after the end of a gap the arrival of a packet sent before the fault still moves the start
 * of the gap, ns.
 */
const STRAGGLER_NS = 1_000_000_000;

/** When the measured part of a run begins and ends; instants in ns of the run's clock. */
export interface MeasuredTime {
  readonly warmupNs: number;
  /** When the sources stop, ns. */
  readonly endNs: number;
  /** After the end, packets may still arrive for this long, ns; default 1 s. */
  readonly drainNs?: number;
}

interface Gap {
  readonly faultNs: number;
  lastBeforeNs: number;
  lastBeforeSequence: number;
  firstAfterNs: number;
  firstAfterSequence: number;
}

/** The gap that one fault caused in one flow. */
export interface FailoverSample {
  readonly faultNs: number;
  readonly gapNs: number;
  readonly firstPacketNs: number;
  readonly lost: number;
  readonly isRecovered: boolean;
}

/** Measures delivery, latency and order of one flow. */
export class FlowMeter {
  readonly latency = new LogHistogram();
  readonly reorder = new LogHistogram();
  readonly rtt = new LogHistogram();
  sentCount = 0;
  deliveredCount = 0;
  /** Like {@link deliveredCount}, including the warm-up. */
  deliveredTotal = 0;
  /** When the last packet arrived, ns; -1 if none has arrived. */
  lastArrivalNs = -1;
  duplicates = 0;
  corrupted = 0;
  /** The part of {@link sentCount} that the node rejected with a reason. */
  refused = 0;
  /** The parts of {@link refused} by reason. */
  readonly refusals = new Map<string, number>();
  /** Called with the sequence number of each message that the sending node rejected, and the reason. */
  onRefused: ((sequence: number, reason: string) => void) | undefined;
  /** Measures in a window around each fault; undefined if no windows are wanted. */
  windows: FaultWindows | undefined;
  /** Gives the path of packets that are sent at an instant; set if nodes choose paths. */
  pathAt: ((sentNs: number) => string | undefined) | undefined;
  /** The meter of all flows of a traffic entry, if reports show these flows together. */
  together: FlowMeter | undefined;
  /** Like {@link latency}, for each path. */
  readonly latencyByPath = new Map<string, LogHistogram>();
  readonly sentBins: number[] = [];
  readonly deliveredBins: number[] = [];
  /** Width of all bins, ns. */
  readonly binNs: number;
  readonly #inTimeBins: number[] = [];
  readonly #time: MeasuredTime;
  readonly #delivered = new BitSet();
  readonly #spacingNs: number;
  /** When the run ended, or will end at the latest, ns. */
  #endNs: number;
  readonly #disturbances = new Disturbances();
  readonly #gaps: Gap[] = [];
  #openGaps: Gap[] = [];
  readonly #skipped: { readonly first: number; readonly end: number }[] = [];
  #highest = -1;
  #lastArrivalSequence = -1;
  /** Number of bins of the whole run; later arrivals are in no bin. */
  readonly #binsMax: number;
  readonly #latencies: BinLatencyP95;

  /** @param spacingNs Nominal time between two packets, subtracted from each failover gap. */
  constructor(time: MeasuredTime, spacingNs: number) {
    this.#time = time;
    this.#spacingNs = spacingNs;
    this.#endNs = time.endNs;
    this.binNs = seriesBinNs(time.endNs);
    this.#binsMax = Math.ceil(time.endNs / this.binNs);
    this.#latencies = new BinLatencyP95(this.hasWindows ? 'exact' : 'histogram');
  }

  /** p95 latency of the packets that arrived in each bin, ns; null in bins without arrivals. */
  get latencyBins(): readonly (number | null)[] {
    return this.#latencies.p95;
  }

  /** To be called if the run ended before its duration. */
  endAt(atNs: number): void {
    this.#endNs = atNs;
  }

  /** Records that a packet left the sending application. */
  sent(now: number): void {
    this.#bump(this.sentBins, now);
    this.windows?.sent(now);
    this.#disturbances.sent(now);
    if (this.#isMeasured(now)) this.sentCount += 1;
  }

  /** Records that the node rejected a packet that was sent at `sentNs`, and why. */
  noteRefused(sentNs: number, reason: string): void {
    if (!this.#isMeasured(sentNs)) return;
    this.refused += 1;
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  /** Records that a packet with unchanged payload reached the receiving application. */
  received(truth: GroundTruth, now: number): void {
    const { sequence, sentNs } = truth;
    if (this.#delivered.add(sequence)) {
      if (truth.isAgain !== true) this.duplicates += 1;
      return;
    }
    const latencyNs = Math.max(0, Math.floor(now - sentNs));
    if (this.#skipped.length > 0 && this.#isSkipped(sequence)) this.sent(sentNs);
    this.deliveredTotal += 1;
    if (this.#isMeasured(sentNs)) {
      this.deliveredCount += 1;
      this.latency.record(latencyNs);
      this.#notePath(sentNs, latencyNs);
    }
    this.#bump(this.deliveredBins, now);
    if (latencyNs <= IN_TIME_NS) this.#bump(this.#inTimeBins, sentNs);
    if (sequence < this.#highest) this.reorder.record(this.#highest - sequence);
    else this.#highest = sequence;
    this.#noteLatency(now, latencyNs);
    if (this.together !== undefined) this.together.#noteLatency(now, latencyNs);
    this.windows?.arrived(now, sentNs);
    this.#disturbances.arrived(now, sentNs);
    if (this.#openGaps.length > 0) this.#noteGaps(truth, now);
    this.lastArrivalNs = now;
    this.#lastArrivalSequence = sequence;
  }

  /**
   * Marks the sequence numbers from `first` up to but excluding `end` as possibly never sent: a
   * packet with such a number counts if it arrives, and is not counted as lost if it does not.
   */
  skip(first: number, end: number): void {
    this.#skipped.push({ first, end });
  }

  /** True once the packet with this sequence number has arrived unchanged. */
  hasDelivered(sequence: number): boolean {
    return this.#delivered.has(sequence);
  }

  /** Records that a fault affects the path that the flow is using. */
  faultBegan(now: number): void {
    const gap: Gap = {
      faultNs: now,
      lastBeforeNs: this.lastArrivalNs,
      lastBeforeSequence: this.#lastArrivalSequence,
      firstAfterNs: -1,
      firstAfterSequence: -1,
    };
    this.#gaps.push(gap);
    this.#openGaps.push(gap);
  }

  /** Records that a fault changes a link of the path that the flow is using. */
  linkFaultBegan(fault: FaultPeriod): void {
    const latency = this.latency.data();
    if (latency.count === 0) return;
    this.#disturbances.begin(fault, histogramQuantile(latency, 0.5));
  }

  /**
   * How long each fault of a link disturbed the flow, ns, in the order of the faults after the warm-up.
   * @param nowNs The present instant if the run continues, else undefined.
   */
  disturbances(nowNs: number | undefined): readonly number[] {
    const untilNs = nowNs === undefined ? this.#endNs : nowNs - IN_TIME_NS;
    return this.#disturbances.samples(untilNs);
  }

  /**
   * One sample per fault after the warm-up. A flow that never recovered gives a sample that lasts
   * to the end of the run, so that the worst case cannot vanish from the statistics.
   */
  failovers(nextSequence: number): FailoverSample[] {
    return this.failoversUntil(nextSequence, this.#endNs);
  }

  /** Like {@link failovers}, while the run continues: an open gap lasts until now. */
  failoversUntil(nextSequence: number, untilNs: number): FailoverSample[] {
    const samples: FailoverSample[] = [];
    for (const gap of this.#gaps) {
      if (gap.lastBeforeNs < 0 || !this.#isMeasured(gap.faultNs)) continue;
      const isRecovered = gap.firstAfterNs >= 0;
      const firstPacketNs = isRecovered ? gap.firstAfterNs : untilNs;
      const end = isRecovered ? gap.firstAfterSequence : nextSequence;
      const gapNs = Math.max(0, firstPacketNs - gap.lastBeforeNs - this.#spacingNs);
      let lost = 0;
      for (let s = gap.lastBeforeSequence + 1; s < end; s += 1) {
        if (!this.#delivered.has(s) && !this.#isSkipped(s)) lost += 1;
      }
      samples.push({ faultNs: gap.faultNs, gapNs, firstPacketNs, lost, isRecovered });
    }
    return samples;
  }

  /** False if the bins of the run are too wide for the windows of the availability. */
  get hasWindows(): boolean {
    return this.binNs === AVAILABILITY_STEP_NS;
  }

  /** The availability: the number of good windows, and of all windows with traffic. */
  availability(): Extract<MetricData, { kind: 'ratio' }> {
    return this.#availabilityUntil(this.#endNs);
  }

  /**
   * Like {@link availability}, for a run in progress: only windows whose packets have had enough time
   * to arrive count.
   */
  availabilitySoFar(nowNs: number): Extract<MetricData, { kind: 'ratio' }> {
    return this.#availabilityUntil(Math.min(this.#endNs, nowNs - IN_TIME_NS));
  }

  /**
   * Number of packets that may be under way: sent in the last drain time before `nowNs`, and not
   * arrived.
   */
  underWay(nextSequence: number, nowNs: number): number {
    const { warmupNs, drainNs = IN_TIME_NS } = this.#time;
    const sinceNs = Math.max(warmupNs, nowNs - Math.max(IN_TIME_NS, drainNs));
    // A wide bin may begin before this instant; its packets then count as under way slightly too
    // long.
    const from = Math.floor(sinceNs / this.binNs);
    const young = sum(this.sentBins, from, Math.max(0, this.sentBins.length - from));
    let count = 0;
    for (let s = Math.max(0, nextSequence - young); s < nextSequence; s += 1) {
      if (!this.#delivered.has(s) && !this.#isSkipped(s)) count += 1;
    }
    return count;
  }

  #availabilityUntil(untilNs: number): Extract<MetricData, { kind: 'ratio' }> {
    assert(this.hasWindows, `windows slide by bins, but not by ${this.binNs} ns`);
    const first = Math.ceil(this.#time.warmupNs / this.binNs);
    const last = Math.floor(untilNs / this.binNs) - WINDOW_BINS;
    let good = 0;
    let all = 0;
    for (let start = first; start <= last; start += 1) {
      const sent = sum(this.sentBins, start, WINDOW_BINS);
      if (sent === 0) continue;
      all += 1;
      if (2 * sum(this.#inTimeBins, start, WINDOW_BINS) >= sent) good += 1;
    }
    return { kind: 'ratio', numerator: good, denominator: all };
  }

  /** Completes the last bin. */
  finish(): void {
    this.#latencies.close();
  }

  #noteLatency(now: number, latencyNs: number): void {
    const bin = Math.floor(now / this.binNs);
    if (bin < this.#binsMax) this.#latencies.note(bin, latencyNs);
  }

  // hot: three times per packet of an application.
  #bump(bins: number[], timeNs: number): void {
    const index = Math.floor(timeNs / this.binNs);
    if (index >= this.#binsMax) return;
    while (bins.length <= index) bins.push(0);
    bins[index] = (bins[index] as number) + 1;
  }

  #notePath(sentNs: number, latencyNs: number): void {
    const path = this.pathAt?.(sentNs);
    if (path === undefined) return;
    let histogram = this.latencyByPath.get(path);
    if (histogram === undefined) {
      histogram = new LogHistogram();
      this.latencyByPath.set(path, histogram);
    }
    histogram.record(latencyNs);
  }

  #isSkipped(sequence: number): boolean {
    return this.#skipped.some(({ first, end }) => sequence >= first && sequence < end);
  }

  #isMeasured(sentNs: number): boolean {
    return sentNs >= this.#time.warmupNs && sentNs < this.#time.endNs;
  }

  #noteGaps(truth: GroundTruth, now: number): void {
    for (const gap of this.#openGaps) {
      if (truth.sentNs < gap.faultNs) {
        gap.lastBeforeNs = now;
        gap.lastBeforeSequence = Math.max(gap.lastBeforeSequence, truth.sequence);
      } else if (gap.firstAfterNs < 0) {
        gap.firstAfterNs = now;
        gap.firstAfterSequence = truth.sequence;
      }
    }
    this.#openGaps = this.#openGaps.filter(
      (gap) => gap.firstAfterNs < 0 || now - gap.firstAfterNs < STRAGGLER_NS,
    );
  }
}

function sum(bins: readonly number[], start: number, count: number): number {
  let total = 0;
  for (let i = start; i < start + count; i += 1) total += bins[i] ?? 0;
  return total;
}
