/**
 * A tunnel on real sockets at the published rate, using only its 30 ms path: measures how long the
 * application waits for a packet, and how much time a gateway spends on it.
 *
 * @module
 */
import { histogramQuantile } from '../../engine/measure/histogram.ts';
import type { MetricData, SeedResult } from '../../reports/model.ts';
import { runDistributed } from '../../runner/distributed/coordinator/distributed-run.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import type { MeasuredFigure } from '../in-turn.ts';

const AGENT = new URL('../../cli/agent-start-entry.mjs', import.meta.url).href;
/**
 * The published rate of 500,000/min is 8,334/s; a little more is sent, because arrivals are random.
 */
const RATE = 8_600;
const PUBLISHED_PER_MINUTE = 500_000;
/** One-way delay of the only path, ms. */
const BASE_ONE_WAY_MS = 15;
const OTHER_PATHS = '["core-110 <-> core-310", "core-120 <-> core-320"]';
const CHANGES = {
  warmup: '4s',
  duration: '9s',
  'traffic.0.rate': `${RATE}/s`,
  events: `[{ at: 1s, link: ${OTHER_PATHS}, set: { up: false } }]`,
  kpis: '{ gateway.delivery: { value: ">= 0%" } }',
};
const NS_PER_MS = 1_000_000;
const NS_PER_US = 1_000;
const PERCENTILE = 0.95;

/** Measures the tunnel. */
export class LiveLoad {
  /** Runs for nine seconds, five of which count. */
  async take(): Promise<readonly MeasuredFigure[]> {
    const registry = new ProtocolRegistry();
    const loaded = await openScenario('failover.yaml', CHANGES, registry);
    const end = await runDistributed({
      ...loaded,
      registry,
      seeds: [1],
      recordingsOf: () => ({}),
      reproduce: '',
      commit: '',
      shape: 'links',
      precision: 'low',
      agentEntry: AGENT,
      processes: { loops: 2 },
    });
    const [result] = end.kind === 'judged' ? end.input.seeds : [];
    if (result === undefined) throw new Error(`void: ${JSON.stringify(end)}`);
    return liveFigures(result);
  }
}

/** The latency counts only if the rate was carried, because lost packets never wait. */
export function liveFigures({
  metrics,
  measuredNs,
}: Pick<SeedResult, 'metrics' | 'measuredNs'>): readonly MeasuredFigure[] {
  const throughput = metrics['gateway.throughput'];
  const packets = throughput?.kind === 'counter' ? throughput.value : 0;
  const perMinute = (60e9 * packets) / measuredNs;
  const latencyMs = quantileOf(metrics['gateway.latency']) / NS_PER_MS;
  const processingUs = quantileOf(metrics['gateway.processing']) / NS_PER_US;
  const carried: MeasuredFigure = {
    name: 'live throughput at the published rate',
    unit: 'wall packets/min',
    value: perMinute,
    ratio: perMinute / PUBLISHED_PER_MINUTE,
  };
  // If the tunnel carries nothing, there is no latency to report.
  if (Number.isNaN(latencyMs) || Number.isNaN(processingUs)) return [carried];
  return [
    carried,
    {
      name: 'live latency at the published rate, p95',
      unit: 'wall ms',
      value: latencyMs,
      ratio: latencyMs / BASE_ONE_WAY_MS,
      note: `links take ${BASE_ONE_WAY_MS} ms`,
    },
    { name: 'live gateway, work on a packet, p95', unit: 'us/packet', value: processingUs },
  ];
}

function quantileOf(metric: MetricData | undefined): number {
  if (metric?.kind !== 'histogram' || metric.data.count === 0) return Number.NaN;
  return histogramQuantile(metric.data, PERCENTILE);
}
