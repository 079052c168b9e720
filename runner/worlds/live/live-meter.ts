/**
 * What a live run measures about itself: how late its links were, and the resources of the machine that
 * it used.
 *
 * No model predicts tails of live latency, so reports show lateness per hop and per packet next to
 * latency (docs/how-to/live.md). Memory and processor time are those of the whole process, with all
 * nodes of the run in it.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { HandoverMatcher } from '../../../engine/live/handover/handover-matcher.ts';
import type { LiveWorld } from '../../../engine/live/live-world.ts';
import type { MetricData } from '../../../reports/model.ts';
import { handoverMetrics } from './handover-metrics.ts';
import { latenessWarning, sampleWarning } from './handover-words.ts';
import { measureMachinePace } from './machine-pace.ts';
import { type StolenTime, watchStolenTime } from './stolen-time.ts';

/**
 * A warning is given for a stall longer than this, ns: neighbours give up a node that is silent for
 * twice as long, three intervals of 50 ms.
 */
const STALL_WARN_NS = 75_000_000;
/**
 * A warning is given if more than this share of the time of all cores was stolen: then packets are lost that
 * an idle machine would deliver. It is 100 ms of one core in five seconds of two cores.
 */
const STOLEN_WARN = 0.01;
const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;
/** The number of this process's clock in hand-over samples. */
const OWN_CLOCK = 0;

/** Measures how late one live run was, and the resources of the machine that it used. */
export class LiveMeter {
  readonly #world: LiveWorld;
  readonly #handovers: HandoverMatcher;
  #pace: number;
  readonly #beganMs = performance.now();
  readonly #beganCpu = process.cpuUsage();
  readonly #stolenTime = watchStolenTime();
  #stolen: StolenTime | undefined;
  #memoryBytes = 0;
  #cpuUs = 0;
  #wallUs = 0;

  /**
   * @param pace The pace of the machine (machine-pace.ts), measured before the run, because that blocks
   *   the process for 50 ms.
   */
  constructor(world: LiveWorld, handovers: HandoverMatcher, pace: number) {
    this.#world = world;
    this.#pace = pace;
    this.#handovers = handovers;
    world.lateness.reset();
    world.pump.longestStallNs = 0;
  }

  /** Reads the memory and collects samples; called a few times a second. */
  sample(): void {
    this.#handovers.note(this.#world.handovers.take(), OWN_CLOCK);
    this.#memoryBytes = Math.max(this.#memoryBytes, process.memoryUsage.rss());
  }

  /** Ends the measurement of the processor. */
  stop(): void {
    this.sample();
    const { user, system } = process.cpuUsage(this.#beganCpu);
    this.#cpuUs = user + system;
    this.#wallUs = Math.round((performance.now() - this.#beganMs) * US_PER_MS);
    this.#stolen = this.#stolenTime();
    this.#pace = Math.min(this.#pace, measureMachinePace());
    this.#handovers.finish();
  }

  metrics(): Readonly<Record<string, MetricData>> {
    const { receiveBufferBytes } = this.#world.wires;
    const granted = Number.isFinite(receiveBufferBytes) ? receiveBufferBytes : 0;
    return {
      'live.lateness': { kind: 'histogram', data: this.#world.lateness.data() },
      'live.cpu': { kind: 'ratio', numerator: this.#cpuUs, denominator: this.#wallUs },
      'live.memory': { kind: 'gauge', value: this.#memoryBytes },
      'live.stall': { kind: 'gauge', value: this.#world.pump.longestStallNs },
      'live.receive_buffer': { kind: 'gauge', value: granted },
      'live.store_failures': { kind: 'counter', value: this.#world.storeFailures },
      ...stolenMetrics(this.#stolen),
      'live.pace': { kind: 'gauge', value: this.#pace },
      ...handoverMetrics(this.#handovers),
    };
  }

  /** Warnings for readers of the verdict. */
  warnings(): readonly string[] {
    const { directStreams, shape, wires } = this.#world;
    return liveWarnings(this.metrics(), { directStreams, shape, foreign: wires.counts.foreign });
  }
}

/** Metrics of steal time: the time that the host of this virtual machine gave to other guests. */
export function stolenMetrics(
  stolen: StolenTime | undefined,
): Readonly<Record<string, MetricData>> {
  if (stolen === undefined) return {};
  const { stolenUs, coresUs } = stolen;
  return { 'live.stolen': { kind: 'ratio', numerator: stolenUs, denominator: coresUs } };
}

/** The traffic of a live run that passed no emulated link, in all its processes. */
export interface TrafficBesideLinks {
  /** Number of stream ends whose data used no emulated links. */
  readonly directStreams: number;
  /** Number of datagrams from outside the run. */
  readonly foreign: number;
  /** `off` if links are not emulated; then no link is ever late. */
  readonly shape: 'links' | 'off';
}

/** Warnings for readers of a live verdict. */
export function liveWarnings(
  metrics: Readonly<Record<string, MetricData>>,
  { directStreams, foreign, shape }: TrafficBesideLinks,
): readonly string[] {
  const warnings: string[] = [];
  const late = shape === 'off' ? undefined : latenessWarning(metrics);
  if (late !== undefined) warnings.push(late);
  const missing = sampleWarning(metrics);
  if (missing !== undefined) warnings.push(missing);
  const stall = metrics['live.stall'];
  if (stall?.kind === 'gauge' && stall.value > STALL_WARN_NS) {
    const ms = Math.round(stall.value / NS_PER_MS);
    warnings.push(`a process did not run for ${ms} ms: neighbours may have considered it dead`);
  }
  const stolen = metrics['live.stolen'];
  if (stolen?.kind === 'ratio' && stolen.numerator > STOLEN_WARN * stolen.denominator) {
    const percent = ((100 * stolen.numerator) / stolen.denominator).toFixed(1);
    warnings.push(
      `the host gave ${percent} % of this machine's cores to other guests, which may have ` +
        'caused stalls and losses',
    );
  }
  if (directStreams > 0) {
    warnings.push('streams bypass the links in this run: no delay, rate or fault affected them');
  }
  if (foreign > 0) warnings.push(`${foreign} datagrams came from outside this run`);
  return warnings;
}
