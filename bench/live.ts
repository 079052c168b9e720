/**
 * How many packets per second live mode carries over six hops without loss: in one process (on one
 * event loop with each precision, and on two event loops), in two processes, and in one process per
 * node, compared with a bare datagram on the same machine.
 *
 * Each step is a short run of failover.yaml without its cuts. A rate counts as carried if 99.9 % of
 * the packets arrive and the 95th percentile of their latency stays below the scenario's limit:
 * overload shows as lateness or refusals before it shows as loss. Rates grow by a quarter until one
 * fails twice; then the interval is bisected. This takes minutes, so it runs only when named: `npm
 * run bench -- live`. Measure on an otherwise idle machine.
 *
 * @module
 */
import { histogramQuantile } from '../engine/measure/histogram.ts';
import type { MetricData, SeedResult } from '../reports/model.ts';
import { runDistributed } from '../runner/distributed/coordinator/distributed-run.ts';
import { runLive } from '../runner/run/live-run.ts';
import type { RunEnd, RunRequest } from '../runner/run/run-order.ts';
import type { Scenario } from '../scenarios/model.ts';
import { openScenario } from '../scenarios/open/open.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import type { BenchResult } from './bench-result.ts';
import { bareEchoUs } from './udp-echo.ts';

/** Name of this benchmark for `npm run bench -- live`. */
export const name = 'live';

const FIRST_RATE = 8_000;
const GROWTH = 1.25;
/** Precision of the result, packets/s. */
const STEP = 500;
const DELIVERED_MIN = 0.999;
const LATENCY_MAX_NS = 100_000_000;
const HOPS = 6;
/** Every process first compiles its own code, which takes seconds for 17 processes on two cores. */
const WARMUP_NS = 8_000_000_000;
const DURATION_NS = 12_000_000_000;
const US_PER_S = 1_000_000;

/**
 * A way to distribute the nodes over processes; a layout of two halves cuts every path in the
 * middle.
 */
export interface Layout {
  readonly name: string;
  readonly target?: number;
  readonly run: (order: RunRequest, registry: ProtocolRegistry) => Promise<RunEnd>;
}

const AGENT = new URL('../cli/agent-start-entry.mjs', import.meta.url).href;
const SPREAD = { shape: 'links', precision: 'low', agentEntry: AGENT } as const;

export const LAYOUTS: readonly Layout[] = [
  {
    name: 'one event loop, precision high',
    run: (order, registry) => runLive({ ...order, registry, precision: 'high' }),
  },
  {
    name: 'one event loop, precision low',
    run: (order, registry) => runLive({ ...order, registry, precision: 'low' }),
  },
  {
    // The default for a single process at such rates.
    name: 'two event loops of one process, precision low',
    target: 15_000,
    run: (order, registry) =>
      runDistributed({ ...order, ...SPREAD, processes: { loops: 2 }, registry }),
  },
  {
    name: 'two processes, precision low',
    run: (order, registry) =>
      runDistributed({ ...halved(order), ...SPREAD, processes: 'machine', registry }),
  },
  {
    name: 'a process per node, precision low',
    target: 10_000,
    run: (order, registry) => runDistributed({ ...order, ...SPREAD, processes: 'node', registry }),
  },
];

/** The outcome of one step. */
interface Step {
  readonly rate: number;
  readonly isCarried: boolean;
  /** CPU time of all processes with nodes, per packet and per datagram. */
  readonly packetUs: number;
  readonly hopUs: number;
  /**
   * CPU time of this process as a share of one core: all of the work if the layout has one process,
   * otherwise that of the coordinator.
   */
  readonly ownCores: number;
  readonly words: string;
}

/** Measures the machine itself, then every layout. */
export async function run(): Promise<BenchResult[]> {
  const echoUs = await bareEchoUs();
  const results: BenchResult[] = [
    {
      name: 'bare UDP echo, 1,000 B',
      value: echoUs,
      unit: 'us/datagram',
      note: `sent and received; one core carries ${Math.round(US_PER_S / echoUs / HOPS)} packets/s over ${HOPS} hops`,
    },
  ];
  for (const layout of LAYOUTS) results.push(...(await measured(layout)));
  return results;
}

async function measured(layout: Layout): Promise<BenchResult[]> {
  const best = await highestCarried(layout);
  if (best === undefined) return [{ name: layout.name, value: 0, unit: 'packets/s' }];
  const target = layout.target === undefined ? {} : { target: layout.target };
  const cpu = `${best.ownCores.toFixed(2)} cores in the process that judges`;
  return [
    { name: layout.name, value: best.rate, unit: 'packets/s', ...target },
    { name: `${layout.name}, CPU`, value: best.packetUs, unit: 'us/packet', note: cpu },
    { name: `${layout.name}, CPU`, value: best.hopUs, unit: 'us/hop', note: best.words },
  ];
}

/** The step with the highest rate that was carried; undefined if none was. */
async function highestCarried(layout: Layout): Promise<Step | undefined> {
  let best: Step | undefined;
  let failed = Number.POSITIVE_INFINITY;
  let rate = FIRST_RATE;
  while (failed - (best?.rate ?? 0) > STEP && rate >= STEP) {
    const step = await stepAt(layout, rate);
    if (step.isCarried) best = step;
    else failed = rate;
    const next = Number.isFinite(failed) ? ((best?.rate ?? 0) + failed) / 2 : rate * GROWTH;
    rate = Math.round(next / STEP) * STEP;
    if (rate === best?.rate || rate === failed) return best;
  }
  return best;
}

/** One run, or two if the first fails: the machine may have been disturbed. */
async function stepAt(layout: Layout, rate: number): Promise<Step> {
  const step = await once(layout, rate);
  return step.isCarried ? step : await once(layout, rate);
}

async function once(layout: Layout, rate: number): Promise<Step> {
  const own = new OwnTime();
  const result = await liveResult(layout, rate, ({ nowNs }) => own.look(nowNs));
  const step = stepOf(rate, result, own.cores);
  process.stderr.write(`${layout.name}: ${rate}/s ${step.words}\n`);
  return step;
}

/**
 * The same network and traffic for a few seconds, without link cuts and without limits to judge.
 */
function shortened(whole: Scenario): Scenario {
  const traffic = whole.traffic.map((flow) => ({ ...flow, stopNs: DURATION_NS }));
  const short = { warmupNs: WARMUP_NS, durationNs: DURATION_NS };
  return { ...whole, ...short, traffic, events: [], kpis: [] };
}

/**
 * Puts the nodes of ISD 2 on a separate machine, so that both sides have the same number of hops.
 */
function halved(order: RunRequest): RunRequest {
  const { scenario } = order;
  const hosts = scenario.topology.hosts.map((host) => ({
    ...host,
    machine: /-2\d\d/.test(host.name) ? 'far' : 'near',
  }));
  return { ...order, scenario: { ...scenario, topology: { ...scenario.topology, hosts } } };
}

function stepOf(rate: number, { metrics, packets, virtualNs }: SeedResult, ownCores: number): Step {
  const delivered = ratioOf(metrics['gateway.delivery']);
  const p95Ns = quantileOf(metrics['gateway.latency'], 0.95);
  const p50Ns = quantileOf(metrics['gateway.latency'], 0.5);
  const lateNs = quantileOf(metrics['live.lateness'], 0.95);
  const cpu = metrics['live.cpu'];
  const cpuUs = cpu?.kind === 'ratio' ? cpu.numerator : Number.NaN;
  const isCarried = delivered >= DELIVERED_MIN && p95Ns <= LATENCY_MAX_NS;
  const packetUs = (cpuUs * 1e9) / (rate * virtualNs);
  const ms = (ns: number): string => (ns / 1e6).toFixed(2);
  return {
    rate,
    isCarried,
    packetUs,
    hopUs: cpuUs / packets.sent,
    ownCores,
    words:
      `delivered ${(delivered * 100).toFixed(3)} %, latency p50 ${ms(p50Ns)} p95 ${ms(p95Ns)} ms, ` +
      `lateness per hop p95 ${ms(lateNs)} ms, ${packetUs.toFixed(1)} us/packet`,
  };
}

/** Runs the shortened failover.yaml once at a given rate. */
function liveResult(
  layout: Layout,
  rate: number,
  onProgress: RunRequest['onProgress'],
): Promise<SeedResult> {
  const atRate = (flow: Scenario['traffic'][number]): Scenario['traffic'][number] => ({
    ...flow,
    pattern: { kind: 'poisson', rate },
  });
  const change = (whole: Scenario): Scenario =>
    shortened({ ...whole, traffic: whole.traffic.map(atRate) });
  return liveResultOf(layout, change, onProgress);
}

/** Runs failover.yaml once with changes. */
export async function liveResultOf(
  layout: Layout,
  change: (whole: Scenario) => Scenario,
  onProgress: RunRequest['onProgress'] = () => undefined,
): Promise<SeedResult> {
  const registry = new ProtocolRegistry();
  const { scenario: whole, definitions } = await openScenario('failover.yaml', {}, registry);
  const order: RunRequest = {
    scenario: change(whole),
    definitions,
    seeds: [1],
    recordingsOf: () => ({}),
    reproduce: '',
    commit: '',
    onProgress,
  };
  const end = await layout.run(order, registry);
  const [result] = end.kind === 'judged' ? end.input.seeds : [];
  if (result === undefined) throw new Error(JSON.stringify(end));
  return result;
}

function ratioOf(metric: MetricData | undefined): number {
  return metric?.kind === 'ratio' ? metric.numerator / metric.denominator : Number.NaN;
}

function quantileOf(metric: MetricData | undefined, fraction: number): number {
  return metric?.kind === 'histogram' ? histogramQuantile(metric.data, fraction) : Number.NaN;
}

/** Measures the CPU time of this process between warm-up and end. */
class OwnTime {
  #first: { readonly atNs: number; readonly cpuUs: number } | undefined;
  #last = { atNs: 0, cpuUs: 0 };

  look(atNs: number): void {
    if (atNs < WARMUP_NS || atNs >= DURATION_NS) return;
    const { user, system } = process.cpuUsage();
    this.#last = { atNs, cpuUs: user + system };
    this.#first ??= this.#last;
  }

  /** CPU time as a share of one core. */
  get cores(): number {
    if (this.#first === undefined) return Number.NaN;
    const wallUs = (this.#last.atNs - this.#first.atNs) / 1_000;
    return (this.#last.cpuUs - this.#first.cpuUs) / wallUs;
  }
}
