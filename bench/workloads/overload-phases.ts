/**
 * One flow whose rate changes during the run: first rising steps that find the knee (the highest
 * load that is carried), then rounds at 1, 1.5 and 3 times the knee. All figures of a layout come
 * from two runs, so they were measured within minutes of each other.
 * Pure functions that make the traffic and read the series. Each phase is a separate flow, and its
 * packets count for it whenever they arrive.
 *
 * @module
 */
import type { TimeSeries } from '../../reports/model.ts';
import type { Scenario, TrafficSpec } from '../../scenarios/model.ts';

const SECOND_NS = 1_000_000_000;
/** During the warm-up, code is compiled and paths are measured; its packets do not count. */
const WARMUP_NS = 5 * SECOND_NS;
const WARMUP_RATE = 2_000;
/** A pause that lets the queues of an overloaded phase empty before the next phase. */
const PAUSE_NS = SECOND_NS;
/** The knee is the highest step at which at least this share of the packets arrives. */
const DELIVERED_MIN = 0.95;
/** In half of the tenths of a second of that step, the p95 of the latency is at most this, ns. */
const LATENCY_MAX_NS = 250_000_000;
const ROUNDS = 3;

/** The multiples of the knee in one round. */
export const KNEE_MULTIPLES = [1, 1.5, 3] as const;

/** Packets sent at one rate for some time. */
export interface Phase {
  readonly rate: number;
  readonly startNs: number;
  readonly stopNs: number;
}

/** The results of a phase. */
export interface PhaseFigures {
  readonly rate: number;
  /** Packets per second that arrived. */
  readonly goodput: number;
  /** The median of the p95 values in each tenth of a second, ns. */
  readonly p95NsMedian: number;
  /** The highest of these p95 values, ns; the p95 of the whole phase cannot be higher. */
  readonly p95NsMost: number;
}

/** The results of one round, one for each multiple of the knee. */
export type Round = readonly PhaseFigures[];

/** Phases at growing rates, one after the other. */
export function staircase(rates: readonly number[], stepNs = 2 * SECOND_NS): readonly Phase[] {
  return rates.map((rate, index) => {
    const startNs = WARMUP_NS + index * stepNs;
    return { rate, startNs, stopNs: startNs + stepNs };
  });
}

/** Phases at all multiples of the knee, round after round, with a pause after each phase. */
export function rounds(knee: number, phaseNs = 3 * SECOND_NS): readonly Phase[] {
  const rates = Array.from({ length: ROUNDS }, () =>
    KNEE_MULTIPLES.map((times) => times * knee),
  ).flat();
  return rates.map((rate, index) => {
    const startNs = WARMUP_NS + index * (phaseNs + PAUSE_NS);
    return { rate, startNs, stopNs: startNs + phaseNs };
  });
}

/**
 * The network of a scenario with these phases between the ends of its first flow, without faults
 * and limits.
 */
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

/** The results of the phases in a run of {@link withPhases}. */
export function figuresOf(
  phases: readonly Phase[],
  series: readonly TimeSeries[],
): readonly PhaseFigures[] {
  // The first flow belongs to the warm-up.
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

/** The rate of the highest step that was carried; the lowest rate if none was. */
export function kneeOf(steps: readonly PhaseFigures[]): number {
  const carried = steps.filter(
    ({ rate, goodput, p95NsMedian }) =>
      goodput >= DELIVERED_MIN * rate && p95NsMedian <= LATENCY_MAX_NS,
  );
  const rates = (carried.length > 0 ? carried : steps.slice(0, 1)).map(({ rate }) => rate);
  return Math.max(...rates);
}

/** Groups the results of the phases of {@link rounds} by round. */
export function roundsOf(figures: readonly PhaseFigures[]): readonly Round[] {
  const size = KNEE_MULTIPLES.length;
  return Array.from({ length: figures.length / size }, (_, round) =>
    figures.slice(round * size, (round + 1) * size),
  );
}

/** The median of some values; NaN for an empty list. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function valuesOf(series: TimeSeries | undefined): number[] {
  return (series?.values ?? []).filter((value) => value !== null);
}
