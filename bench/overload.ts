/**
 * What live mode carries when it is asked for more than it can: goodput at the knee and at one and a
 * half times the knee, in the same run, for one process with one event loop and with two, and for a
 * process per node.
 *
 * The knee is the highest rate of which 99 % arrive with a 95th percentile of 250 ms at most, known to
 * within an eighth. Then three rounds measure both rates one after the other, since a shared machine is a
 * fifth faster or slower some minutes later, and the median of the three ratios is what is judged: 85 % is
 * the aim. Takes eight minutes, so it runs only when named: `npm run bench -- overload`.
 *
 * @module
 */
import type { SeedResult } from '../reports/model.ts';
import type { BenchResult } from './bench-result.ts';
import { LAYOUTS, type Layout, liveResult, quantileOf, ratioOf } from './live.ts';

/** What `npm run bench -- overload` runs. */
export const name = 'overload';

const MEASURED = [
  'one event loop, precision low',
  'two event loops of one process, precision low',
  'a process per node, precision low',
];
const FIRST_RATE = 4_000;
const GROWTH = 1.5;
/** The knee is known when what passes and what fails are this close. */
const RESOLUTION = 1.125;
const RATE_MIN = 250;
const DELIVERED_MIN = 0.99;
const LATENCY_MAX_NS = 250_000_000;
const OVERLOAD = 1.5;
const ROUNDS = 3;
/** Aim: this share of the goodput at the knee. */
const AIM = 0.85;

/** What a run brought. */
interface Load {
  readonly goodput: number;
  readonly delivered: number;
  readonly p95Ns: number;
  readonly words: string;
}

/** Measures every layout. */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const layout of LAYOUTS.filter(({ name: own }) => MEASURED.includes(own))) {
    results.push(...(await measured(layout)));
  }
  return results;
}

async function measured(layout: Layout): Promise<BenchResult[]> {
  const knee = await kneeOf(layout);
  const rounds: { readonly knee: Load; readonly over: Load }[] = [];
  while (rounds.length < ROUNDS) {
    rounds.push({
      knee: await load(layout, knee),
      over: await load(layout, knee * OVERLOAD),
    });
  }
  const ratios = rounds.map((round) => round.over.goodput / round.knee.goodput);
  const atKnee = medianOf(rounds.map((round) => round.knee.goodput));
  const spread = ratios.map((ratio) => `${(100 * ratio).toFixed(0)} %`).join(', ');
  const p95 = rounds.map(({ over }) => `${(over.p95Ns / 1e6).toFixed(0)} ms`).join(', ');
  return [
    {
      name: `${layout.name}, goodput at the knee`,
      value: atKnee,
      unit: 'packets/s',
      note: `${Math.round(knee)}/s asked`,
    },
    {
      // By the median of the ratios, since each round has a pace of its own.
      name: `${layout.name}, goodput at ${OVERLOAD} times the knee`,
      value: medianOf(ratios) * atKnee,
      unit: 'packets/s',
      target: AIM * atKnee,
      note: `${spread} of the knee of their rounds; latency p95 ${p95}`,
    },
  ];
}

/** The highest rate that passes; the lowest one tried when none does. */
async function kneeOf(layout: Layout): Promise<number> {
  let passed = 0;
  let failed = Number.POSITIVE_INFINITY;
  let rate = FIRST_RATE;
  while (failed > passed * RESOLUTION && rate >= RATE_MIN) {
    const { delivered, p95Ns } = await load(layout, rate);
    if (delivered >= DELIVERED_MIN && p95Ns <= LATENCY_MAX_NS) passed = rate;
    else failed = rate;
    rate = Math.round(nextRate(passed, failed));
  }
  return Math.max(passed, RATE_MIN);
}

function nextRate(passed: number, failed: number): number {
  if (!Number.isFinite(failed)) return passed * GROWTH;
  return passed === 0 ? failed / GROWTH : Math.sqrt(passed * failed);
}

async function load(layout: Layout, rate: number): Promise<Load> {
  const made = loadOf(await liveResult(layout, Math.round(rate)));
  process.stderr.write(`${layout.name}: ${Math.round(rate)}/s ${made.words}\n`);
  return made;
}

function loadOf({ metrics, measuredNs, nodeDrops }: SeedResult): Load {
  const counterOf = (metric: string): number => {
    const data = metrics[metric];
    return data?.kind === 'counter' ? data.value : 0;
  };
  const goodput = (1e9 * counterOf('gateway.throughput')) / measuredNs;
  const delivered = ratioOf(metrics['gateway.delivery']);
  const p95Ns = quantileOf(metrics['gateway.latency'], 0.95);
  return {
    goodput,
    delivered,
    p95Ns,
    words:
      `carried ${Math.round(goodput)}/s (${(100 * delivered).toFixed(1)} %), p95 ${(p95Ns / 1e6).toFixed(0)} ms, ` +
      `overload ${nodeDrops['overload'] ?? 0}, refused by windows ${counterOf('antireplay.false_reject')}, ` +
      `paths dead ${counterOf('gateway.path_deaths')}`,
  };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
