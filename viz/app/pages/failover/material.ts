/**
 * Fetches the data for the strips of a fault: packets, losses and states from the trace, if it has
 * them, and series from the trace or the report.
 *
 * @module
 */
import type { Report } from '../../../../reports/report-schema.ts';
import type { DropRow, HopColumns } from '../../data/trace-answers.ts';
import type { TraceClient } from '../../data/trace-client.ts';
import type { StateHistory } from './lanes.ts';
import type { StepSeries } from './steps.ts';

/** The packets and drops in the time window around a fault. */
export interface WindowPackets {
  readonly hops: HopColumns | undefined;
  readonly drops: readonly DropRow[];
  /** False if the trace has more losses than one answer may contain. */
  readonly isWhole: boolean;
}

/** The data of one seed around a fault. */
export interface SeedFaultData {
  readonly packets: WindowPackets | undefined;
  readonly history: StateHistory | undefined;
  readonly delivered: StepSeries | undefined;
  readonly latency: StepSeries | undefined;
  readonly paths: readonly (StepSeries & { readonly name: string })[];
}

/** The parameters of {@link fetchSeedFaultData}. */
export interface SeedFaultDataQuery {
  readonly report: Report;
  /** The trace of this seed; undefined if the run has no trace. */
  readonly trace: TraceClient | undefined;
  readonly seed: number;
  /** The text at the end of the names of the flow's series: empty, or ` a -> b`. */
  readonly suffix: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * The query for packets starts this long before the window, ns, so that it includes the departures
 * of packets that are on a link when the window starts.
 */
const PAD_NS = 200e6;
/** If the window has more packets, series are drawn instead of packets. */
const HOPS_MAX = 150_000;
const PACKETS_NS_MAX = 10e9;
/** Largest number of losses that one answer of the trace contains. */
const DROPS_MAX = 20_000;
const PATH = 'path:';

/** Fetches all data for the strips of a fault. */
export async function fetchSeedFaultData(of: SeedFaultDataQuery): Promise<SeedFaultData> {
  const { report, trace, seed, suffix } = of;
  const names = (trace?.info.metrics ?? report.series)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(PATH) && name.endsWith(suffix));
  const series = (name: string): Promise<StepSeries | undefined> =>
    trace === undefined
      ? Promise.resolve(stepsOf(report, name, seed))
      : tracedSteps(trace, name, report);
  const [packets, history, delivered, latency, ...paths] = await Promise.all([
    trace === undefined ? undefined : packetsOf(trace, of),
    trace === undefined ? undefined : historyOf(trace, of),
    series(`delivered${suffix}`),
    series(`latency.p95${suffix}`),
    ...names.map((name) => series(name)),
  ]);
  return {
    ...{ packets, history, delivered, latency },
    paths: names.flatMap((name, at) => {
      const steps = paths[at];
      const path = name.slice(PATH.length, suffix === '' ? undefined : -suffix.length);
      return steps === undefined ? [] : [{ ...steps, name: path }];
    }),
  };
}

async function packetsOf(
  trace: TraceClient,
  of: SeedFaultDataQuery,
): Promise<WindowPackets | undefined> {
  const { fromNs, toNs } = of;
  const isKept = trace.info.windowsNs.some(
    ([from, to]) => from <= fromNs + 1e6 && to >= toNs - 1e6,
  );
  const count = trace.info.counts['hop'] ?? 0;
  const [first, last] = trace.info.rangeNs;
  const expected = (count * (toNs - fromNs)) / Math.max(1, last - first);
  const isSmall = toNs - fromNs <= PACKETS_NS_MAX && expected < HOPS_MAX;
  const [hops, drops] = await Promise.all([
    count > 0 && isKept && isSmall
      ? trace.ask('hops', { fromNs: fromNs - PAD_NS, toNs, rowsMax: 2 * HOPS_MAX })
      : undefined,
    trace.ask('drops', { fromNs, toNs }),
  ]);
  const isThinned = hops !== undefined && hops.total > hops.rows;
  return { hops: isThinned ? undefined : hops, drops, isWhole: drops.length < DROPS_MAX };
}

async function historyOf(
  trace: TraceClient,
  { fromNs, toNs }: SeedFaultDataQuery,
): Promise<StateHistory> {
  const [before, changes] = await Promise.all([
    trace.ask('stateAt', { timeNs: Math.max(0, fromNs) }),
    trace.ask('changes', { fromNs: fromNs + 1, toNs }),
  ]);
  return { before, changes };
}

async function tracedSteps(
  trace: TraceClient,
  name: string,
  report: Report,
): Promise<StepSeries | undefined> {
  const metric = trace.info.metrics.find((one) => one.name === name);
  if (metric === undefined) return stepsOf(report, name, trace.info.seed);
  const { timeNs, value } = await trace.ask('series', { name });
  const values: (number | null)[] = [];
  for (const [row, at] of timeNs.entries()) {
    const step = Math.round(at / metric.binNs);
    while (values.length < step) values.push(null);
    values[step] = value[row] ?? null;
  }
  return { stepNs: metric.binNs, values };
}

/**
 * Returns the values of a series for a seed. A report has them only for its shown seed; undefined
 * for other seeds.
 */
function stepsOf(report: Report, name: string, seed: number): StepSeries | undefined {
  const series = report.series.find((one) => one.name === name);
  if (series === undefined || report.shownSeed !== seed) return undefined;
  return { stepNs: series.stepNs, values: series.shownSeed };
}
