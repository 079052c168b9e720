/**
 * One flow whose rate changes during the run: a staircase that finds the knee, and rounds at the
 * knee, one and a half times and three times the knee. All figures of a layout come from two runs,
 * so they are of the same minutes.
 *
 * Pure: makes traffic and reads series. Each phase is a flow of its own, and its packets count for
 * it whenever they arrive.
 *
 * @module
 */
import type { Series } from '../../reports/model.ts';
import type { Scenario, TrafficSpec } from '../../scenarios/model.ts';

const SECOND_NS = 1_000_000_000;
/** Meanwhile code is compiled and paths are measured; nothing of it counts. */
const WARMUP_NS = 5 * SECOND_NS;
const WARMUP_RATE = 2_000;
/** A pause, so that the queues of an overloaded phase are empty before the next one. */
const PAUSE_NS = SECOND_NS;
/**
 * The knee is the highest step of which this share arrives, with a p95 below the bound in half of
 * the tenths of a second.
 */
const DELIVERED_MIN = 0.95;
const LATENCY_MAX_NS = 250_000_000;
const ROUNDS = 3;

/** Multiples of the knee in one round. */
export const MULTIPLES = [1, 1.5, 3] as const;

/** Packets of one rate for some time. */
export interface Phase {
  readonly rate: number;
  readonly startNs: number;
  readonly stopNs: number;
}

/** The outcome of a phase. */
export interface PhaseFigures {
  readonly rate: number;
  /** Packets/s that arrived. */
  readonly goodput: number;
  /** The median of the p95 of each tenth of a second, ns. */
  readonly p95NsMedian: number;
  /** The highest of them, ns: the p95 of the whole phase is at most this. */
  readonly p95NsMost: number;
}

/** The same three figures of a layout's rounds, one for each multiple. */
export type Round = readonly PhaseFigures[];

/** Rates that grow by a factor, one after the other. */
export function staircase(rates: readonly number[], stepNs = 2 * SECOND_NS): readonly Phase[] {
  return rates.map((rate, index) => {
    const startNs = WARMUP_NS + index * stepNs;
    return { rate, startNs, stopNs: startNs + stepNs };
  });
}

/** Rounds of all multiples of the knee, with a pause after each phase. */
export function rounds(knee: number, phaseNs = 3 * SECOND_NS): readonly Phase[] {
  const rates = Array.from({ length: ROUNDS }, () => MULTIPLES.map((times) => times * knee)).flat();
  return rates.map((rate, index) => {
    const startNs = WARMUP_NS + index * (phaseNs + PAUSE_NS);
    return { rate, startNs, stopNs: startNs + phaseNs };
  });
}

/** The network of a scenario with this traffic between the ends of its first flow, without faults and limits. */
export function withPhases(whole: Scenario, phases: readonly Phase[]): Scenario {
  const [first] = whole.traffic;
  if (first === undefined) throw new Error('void: no traffic');
  const flow = ({ rate, startNs, stopNs }: Phase): TrafficSpec => ({
    ...first,
    pattern: { kind: 'poisson', rate },
    startNs,
    stopNs,
  });
  const warm = { rate: WARMUP_RATE, startNs: 0, stopNs: WARMUP_NS };
  const durationNs = Math.max(...phases.map(({ stopNs }) => stopNs)) + PAUSE_NS;
  const traffic = [warm, ...phases].map(flow);
  return { ...whole, warmupNs: WARMUP_NS, durationNs, traffic, events: [], kpis: [] };
}

/** Figures of the phases of a run of {@link withPhases}. */
export function figuresOf(
  phases: readonly Phase[],
  series: readonly Series[],
): readonly PhaseFigures[] {
  // The first flow is that of the warm-up.
  const delivered = series.filter(({ name }) => name.startsWith('delivered')).slice(1);
  const latency = series.filter(({ name }) => name.startsWith('latency.p95')).slice(1);
  return phases.map(({ rate, startNs, stopNs }, index) => {
    const packets = valuesOf(delivered[index]).reduce((sum, count) => sum + count, 0);
    const p95s = valuesOf(latency[index]).sort((a, b) => a - b);
    return {
      rate,
      goodput: (SECOND_NS * packets) / (stopNs - startNs),
      p95NsMedian: medianOf(p95s),
      p95NsMost: p95s.at(-1) ?? Number.NaN,
    };
  });
}

/** Rate of the highest step that was carried; the lowest rate if none was. */
export function kneeOf(steps: readonly PhaseFigures[]): number {
  const carried = steps.filter(
    ({ rate, goodput, p95NsMedian }) =>
      goodput >= DELIVERED_MIN * rate && p95NsMedian <= LATENCY_MAX_NS,
  );
  const rates = (carried.length > 0 ? carried : steps.slice(0, 1)).map(({ rate }) => rate);
  return Math.max(...rates);
}

/** Phases of {@link rounds}, by round. */
export function roundsOf(figures: readonly PhaseFigures[]): readonly Round[] {
  const size = MULTIPLES.length;
  return Array.from({ length: figures.length / size }, (_, round) =>
    figures.slice(round * size, (round + 1) * size),
  );
}

/** NaN when there are none. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function valuesOf(series: Series | undefined): number[] {
  return (series?.values ?? []).filter((value) => value !== null);
}
