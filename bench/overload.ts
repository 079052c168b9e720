/**
 * Live mode under overload. The knee is the highest load that a layout carries; the goodput is
 * measured at the knee, at 1.5 times and at 3 times the knee. The layouts are one process with one
 * event loop, one process with two, and one process per node.
 *
 * Each layout takes two runs. In the first, the rate rises step by step; the knee is the highest
 * step at which 95 % of the packets arrive with a p95 of at most 250 ms. The second has three rounds of all
 * three rates, because a shared machine may be a fifth faster or slower some minutes later; the
 * median of the three ratios is judged against 85 %. p95 is the highest value in any tenth of a
 * second of the phase. This takes five minutes, so it runs only when named: `npm run bench --
 * overload`. A layout that cannot run carries nothing, and its line says why.
 *
 * @module
 */
import type { SeedResult } from '../reports/model.ts';
import type { BenchResult } from './bench-result.ts';
import { LAYOUTS, type Layout, liveResultOf } from './live.ts';
import {
  figuresOf,
  KNEE_MULTIPLES,
  kneeOf,
  medianOf,
  type Phase,
  type PhaseFigures,
  type Round,
  rounds,
  roundsOf,
  staircase,
  withPhases,
} from './workloads/overload-phases.ts';

/** Name of this benchmark for `npm run bench -- overload`. */
export const name = 'overload';

const MEASURED = [
  'one event loop, precision low',
  'two event loops of one process, precision low',
  'a process per node, precision low',
];
const RATE_MIN = 1_000;
const GROWTH = 1.25;
const STEPS = 13;
const RATES = Array.from({ length: STEPS }, (_, step) => Math.round(RATE_MIN * GROWTH ** step));
/**
 * Target: at {@link JUDGED} times the knee, the goodput is at least this share of the goodput at
 * the knee.
 */
const AIM = 0.85;
const JUDGED = 1.5;

/** Measures every layout. */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const layout of LAYOUTS.filter(({ name: own }) => MEASURED.includes(own))) {
    results.push(...(await measuredOrNot(layout)));
  }
  return results;
}

/** Measures a layout; if it fails, returns a line with the reason, so that other layouts are still measured. */
async function measuredOrNot(layout: Layout): Promise<readonly BenchResult[]> {
  try {
    return await measured(layout);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${layout.name}: broke off: ${why}\n`);
    const note = `broke off: ${why.slice(0, 200)}`;
    return [{ name: `${layout.name}, goodput at the knee`, value: 0, unit: 'packets/s', note }];
  }
}

async function measured(layout: Layout): Promise<readonly BenchResult[]> {
  const steps = staircase(RATES);
  const climbed = figuresOf(steps, (await runPhases(layout, steps)).series);
  for (const step of climbed) tell(layout, step);
  const knee = kneeOf(climbed);
  const phases = rounds(knee);
  const result = await runPhases(layout, phases);
  const figures = figuresOf(phases, result.series);
  for (const phase of figures) tell(layout, phase);
  return overloadResults(layout.name, { knee, rounds: roundsOf(figures), result });
}

/** The results of a layout's two runs. */
export interface Overload {
  readonly knee: number;
  readonly rounds: readonly Round[];
  readonly result: Pick<SeedResult, 'metrics' | 'nodeDrops'>;
}

/** The result lines of one layout. */
export function overloadResults(
  layout: string,
  { knee, rounds: all, result }: Overload,
): readonly BenchResult[] {
  const atKnee = medianOf(all.map(([first]) => first?.goodput ?? Number.NaN));
  const lines = KNEE_MULTIPLES.map((times, index): BenchResult => {
    const phases = all.flatMap((round) => round[index] ?? []);
    const ratios = all.map((round) => (round[index]?.goodput ?? 0) / (round[0]?.goodput ?? 0));
    const p95 = phases.map(({ p95NsMost }) => `${(p95NsMost / 1e6).toFixed(0)} ms`).join(', ');
    const spread = ratios.map((ratio) => `${(100 * ratio).toFixed(0)} %`).join(', ');
    const rate = Math.round(times * knee);
    const of = times === 1 ? '' : `${spread} of the knee of their rounds; `;
    return {
      name: `${layout}, goodput at ${times === 1 ? 'the knee' : `${times} times the knee`}`,
      // Computed from the median of the ratios, because the machine's speed differs from round to
      // round.
      value: medianOf(ratios) * atKnee,
      unit: 'packets/s',
      ...(times === JUDGED ? { target: Math.round(AIM * atKnee) } : {}),
      note: `${rate}/s asked; ${of}p95 at most ${p95}`,
    };
  });
  const counterOf = (metric: string): number => {
    const data = result.metrics[metric];
    return data?.kind === 'counter' ? data.value : 0;
  };
  const unit = 'count';
  return [
    ...lines,
    { name: `${layout}, paths given up`, value: counterOf('gateway.path_deaths'), unit, target: 0 },
    {
      name: `${layout}, genuine packets refused by a window`,
      value: counterOf('antireplay.false_reject'),
      unit,
      target: 0,
      note: `${result.nodeDrops['overload'] ?? 0} turned away as overload`,
    },
  ];
}

function runPhases(layout: Layout, phases: readonly Phase[]): Promise<SeedResult> {
  return liveResultOf(layout, (whole) => withPhases(whole, phases));
}

function tell(layout: Layout, { rate, goodput, p95NsMost }: PhaseFigures): void {
  const p95 = (p95NsMost / 1e6).toFixed(0);
  process.stderr.write(
    `${layout.name}: ${Math.round(rate)}/s asked, ${Math.round(goodput)}/s carried, p95 at most ${p95} ms\n`,
  );
}
