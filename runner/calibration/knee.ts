/**
 * The saturation point of a world: the highest offered rate of which 99.9 % is delivered, found by
 * raising the rate and then bisecting between success and failure. Receive buffers absorb the
 * overload of some seconds, so a growing backlog (p95 latency above 250 ms) counts as failure too.
 *
 * A live run on a shared machine occasionally fails for other reasons. So a rate fails only if two of
 * three runs fail, and a run is repeated if other programs had the processor for a tenth of the time.
 *
 * @module
 */
import { histogramQuantile } from '../../engine/measure/histogram.ts';
import type { MetricData, SeedResult } from '../../reports/model.ts';
import type { CpuChoice, Scenario } from '../../scenarios/model.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { runSeed } from '../run/run-seed.ts';
import { type LiveRunSettings, measureLiveRun } from './in-place.ts';

/** A run is saturated if a smaller share of the packets is delivered. */
const KNEE_DELIVERY = 0.999;
/** A run is saturated if the p95 of the latency is higher, ns: its queues keep growing. */
const KNEE_LATENCY_NS = 250_000_000;

const DELIVERY = '.delivery';

/** The result of one run at one rate, as {@link findKnee} judges it. */
export interface KneeRun {
  readonly ratePerSecond: number;
  /** Share of the packets that arrived. */
  readonly delivery: number;
  readonly latencyP50Ns: number;
  readonly latencyP95Ns: number;
  /** Share of the time in which other programs had the processor; only for live runs. */
  readonly waited?: number;
}

/** The knee: the highest rate that a run carries before it saturates. */
export interface Knee {
  /** The highest rate that was delivered, packets per second. */
  readonly ratePerSecond: number;
  /** The lowest rate that was not delivered; undefined if every rate was. */
  readonly failedPerSecond?: number;
  readonly runs: readonly KneeRun[];
}

/**
 * Parameters of {@link findKnee}: its rates, its accuracy, and the function that makes a run at one rate.
 */
export interface KneeSearch {
  /** The first rate to try, packets per second. */
  readonly from: number;
  /** Factor between rates until one fails. */
  readonly growth: number;
  /**
   * The search ends when the lowest failed rate is at most this multiple of the highest delivered one;
   * above 1.
   */
  readonly resolution: number;
  /** Number of runs at each rate, of which the majority decides. */
  readonly tries: number;
  readonly run: (ratePerSecond: number) => Promise<KneeRun>;
  readonly isStopped: () => boolean;
}

/** A run counts as disturbed if other programs had the processor for more than this share of its time. */
const WAITED_MAX = 0.1;
/** After this many disturbed runs at one rate, further disturbed runs count as well. */
const DISTURBED_MAX = 4;
/** Largest number of increases of the rate. */
const STEPS_MAX = 40;

/** Searches for the highest rate that a world carries, by making runs at several rates. */
export async function findKnee(search: KneeSearch): Promise<Knee> {
  const runs: KneeRun[] = [];
  let passed = 0;
  let failed: number | undefined;
  let rate = search.from;
  for (let steps = 0; steps < STEPS_MAX && !search.isStopped(); steps += 1) {
    if (await passes(search, Math.round(rate), runs)) passed = Math.round(rate);
    else failed = Math.round(rate);
    if (failed !== undefined && failed <= passed * search.resolution) break;
    rate = nextRate(search, passed, failed);
  }
  return {
    ratePerSecond: passed,
    ...(failed === undefined ? {} : { failedPerSecond: failed }),
    runs,
  };
}

function nextRate(search: KneeSearch, passed: number, failed: number | undefined): number {
  if (failed === undefined) return passed * search.growth;
  return passed === 0 ? failed / search.growth : Math.sqrt(passed * failed);
}

async function passes(search: KneeSearch, rate: number, runs: KneeRun[]): Promise<boolean> {
  const needed = Math.ceil(search.tries / 2);
  let good = 0;
  let bad = 0;
  let disturbed = 0;
  while (good < needed && bad < needed && !search.isStopped()) {
    const run = await search.run(rate);
    runs.push(run);
    if ((run.waited ?? 0) > WAITED_MAX && disturbed < DISTURBED_MAX) disturbed += 1;
    else if (run.delivery >= KNEE_DELIVERY && run.latencyP95Ns <= KNEE_LATENCY_NS) good += 1;
    else bad += 1;
  }
  return good >= needed;
}

/** Runs the scenario live at one rate, as a step of {@link findKnee}. */
export async function runLiveForKnee(
  scenario: Scenario,
  ratePerSecond: number,
  how: LiveRunSettings,
): Promise<KneeRun> {
  const { result, waited } = await measureLiveRun(scenario, how);
  return { ...kneeRun(ratePerSecond, result), waited };
}

/**
 * Runs the scenario in virtual time at one rate, with the costs of a profile, as a step of {@link
 * findKnee}.
 */
export function runVirtualForKnee(
  scenario: Scenario,
  ratePerSecond: number,
  how: { readonly cpu: CpuChoice; readonly registry: ProtocolLookup },
): KneeRun {
  const { cpu, registry } = how;
  return kneeRun(ratePerSecond, runSeed({ scenario: { ...scenario, cpu }, registry, seed: 1 }));
}

function kneeRun(ratePerSecond: number, result: SeedResult): KneeRun {
  const { metrics } = result;
  const prefix = carrierOf(metrics);
  const latency = metrics[`${prefix}.latency`];
  return {
    ratePerSecond,
    delivery: ratioOf(metrics[`${prefix}.delivery`]),
    latencyP50Ns: quantileOf(latency, 0.5),
    latencyP95Ns: quantileOf(latency, 0.95),
  };
}

/** The name of the protocol that carried the flow's packets, whose metrics are read. */
function carrierOf(metrics: SeedResult['metrics']): string {
  const delivery = Object.entries(metrics).find(
    ([name, data]) => name.endsWith(DELIVERY) && data.kind === 'ratio' && data.denominator > 0,
  );
  return delivery?.[0].slice(0, -DELIVERY.length) ?? '';
}

function ratioOf(data: MetricData | undefined): number {
  if (data?.kind !== 'ratio' || data.denominator === 0) return 0;
  return data.numerator / data.denominator;
}

function quantileOf(data: MetricData | undefined, p: number): number {
  return data?.kind === 'histogram' && data.data.count > 0 ? histogramQuantile(data.data, p) : 0;
}
