/**
 * Check 15: the Poisson traffic source of scenarios (docs/VERIFICATION.md), called as the runner calls
 * it, without nodes.
 *
 * @module
 */
import { Scheduler } from '../../../engine/core/scheduler.ts';
import { ksStatistic } from '../../../reports/statistics/goodness-of-fit.ts';
import { sortedAscending } from '../../../reports/statistics/quantile.ts';
import { summariseSample } from '../../../reports/statistics/summary.ts';
import type { TrafficSpec } from '../../../scenarios/model.ts';
import { FlowMeter } from '../../traffic/flow-meter.ts';
import { TRUTH_BYTES, TruthWriter } from '../../traffic/ground-truth.ts';
import { Flow, type FlowWorld } from '../../traffic/traffic-source.ts';
import { GapCorrelation } from '../base/gap-correlation.ts';
import { acceptAtMost, acceptPlusMinus, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { KS_LIMIT } from './jitter.ts';

const PACKETS = 1_000_000;
const MEAN_GAP_NS = 1_000;
const KS_GAPS = 100_000;
const WINDOWS = 10_000;
const WINDOW_NS = 100 * MEAN_GAP_NS;

const SPEC: TrafficSpec = {
  from: 'a',
  to: 'b',
  pattern: { kind: 'poisson', rate: 1e9 / MEAN_GAP_NS },
  sizeBytes: TRUTH_BYTES,
  startNs: 0,
  stopNs: Number.MAX_SAFE_INTEGER,
  position: { file: 'verify', line: 1, column: 1 },
};

/**
 * Instants at which the source sent, ns: at least {@link PACKETS}, until the end of the windows.
 */
function sendTimes(engine: SeededEngine): readonly number[] {
  const scheduler = new Scheduler();
  const times: number[] = [];
  const world: FlowWorld = {
    now: () => scheduler.now,
    at: (timeNs, fire) => {
      scheduler.after(timeNs - scheduler.now, fire);
    },
    request: () => {
      times.push(scheduler.now);
      // Windows after the last packet would count as empty and look like bursts.
      if (times.length >= PACKETS && scheduler.now >= WINDOWS * WINDOW_NS) scheduler.stop();
    },
  };
  const meter = new FlowMeter({ warmupNs: 0, endNs: 0 }, Flow.spacingNs(SPEC));
  const draws = {
    index: 0,
    gaps: engine.stream('15', 'gap'),
    writer: new TruthWriter(engine.stream('15', 'body')),
  };
  new Flow(world, SPEC, meter, draws).start();
  scheduler.run();
  return times;
}

/** Variance over mean of the number of packets in each window. */
function dispersion(times: readonly number[]): number {
  const counts = new Array<number>(WINDOWS).fill(0);
  for (const time of times) {
    const window = Math.floor(time / WINDOW_NS);
    if (window < WINDOWS) counts[window] = (counts[window] ?? 0) + 1;
  }
  const { mean, deviation } = summariseSample(counts);
  return (deviation * deviation) / mean;
}

/** Check 15 of docs/VERIFICATION.md: Poisson source. */
export const poissonSourceCheck: VerificationCheck = {
  id: '15',
  name: 'Poisson source',
  formula: 'index of dispersion 1, independent gaps, exponential law',
  catches: 'bursts or regularity of 6 %, correlation of 0.4 %',
  run: (engine) => {
    const times = sendTimes(engine);
    const correlation = new GapCorrelation();
    correlation.at(0);
    for (const time of times.slice(0, PACKETS)) correlation.at(time);
    const gaps = times.slice(0, KS_GAPS).map((time, i) => time - (times[i - 1] ?? 0));
    const cdf = (gap: number): number => 1 - Math.exp(-gap / MEAN_GAP_NS);
    return [
      {
        label: 'index of dispersion',
        theory: 1,
        measured: dispersion(times),
        accept: acceptPlusMinus(0.0566),
        digits: 4,
      },
      {
        label: 'lag-1 correlation of 1e6 gaps',
        theory: 0,
        measured: correlation.lagOne(),
        accept: acceptPlusMinus(0.004),
        digits: 5,
      },
      {
        label: 'exponential law of 1e5 gaps, D',
        theory: 0,
        measured: ksStatistic(sortedAscending(gaps), cdf),
        accept: acceptAtMost(KS_LIMIT),
        digits: 6,
      },
    ];
  },
};
