/**
 * The metrics of a running node in Prometheus text format 0.0.4, under the names that a finished
 * run uses in `metrics.prom`: base units, histograms with buckets, samples as quantiles, both with
 * `_sum` and `_count`. The number of labels is bounded. A metric with labelled series is
 * shown by these series only, without their sum.
 *
 * Upper bounds of the exported buckets are 1, 2 and 5 times powers of ten, the same at each scrape. Buckets of the
 * meter are a thousandth of their value wide; one that contains such a bound is counted above it.
 *
 * Each scrape uses a new registry, so the node's meter is the only state.
 *
 * @module
 */
import { Counter, Gauge, type Histogram, Registry } from 'prom-client';
import type { MetricUnit } from '../../engine/host/measure.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';
import { type HistogramData, histogramSum, visitBuckets } from '../../engine/measure/histogram.ts';
import { prometheusName } from '../../engine/measure/prometheus-name.ts';
import {
  listPrometheusSeries,
  metricOfSeries,
  readSeriesName,
} from '../../engine/pure/series-name.ts';
import { PROCESS_RESOURCE_METRICS } from './memory-watch.ts';
import type { NodeProcessState, OperatorBackend } from './node-face.ts';

const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const STATES: readonly NodeProcessState[] = ['starting', 'ready', 'running', 'draining', 'stopped'];
/** Largest number of drop reasons with labels of their own; protocols declare a few dozen. */
const REASONS_MAX = 1_000;
/** Quantiles are computed from at most this many of the latest samples. */
const SAMPLES_MAX = 10_000;
/** Upper bounds of buckets: for times 10 µs to 500 s, in ns; for other metrics 1 to 5,000,000,000 base units. */
const TIME_BOUNDS = boundsOf(4, 11);
const OTHER_BOUNDS = boundsOf(0, 9);

/** 1, 2 and 5 times each power of ten from the first exponent to the last. */
function boundsOf(first: number, last: number): readonly number[] {
  const exponents = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return exponents.flatMap((exponent) => [1, 2, 5].map((digit) => digit * 10 ** exponent));
}

interface Sheet {
  readonly registry: Registry;
  readonly labels: Readonly<Record<string, string>>;
}

/** All metrics of a node in the Prometheus text format, as one scrape gets them; ends with a newline. */
export async function prometheusMetricsText(face: OperatorBackend): Promise<string> {
  const status = face.status();
  const sheet: Sheet = {
    registry: new Registry(),
    labels: { node: face.name, protocol: status.protocol },
  };
  gauge(sheet, 'orrery_node_up', '1: the process answers', 1);
  gauge(sheet, 'orrery_node_ready', '1 if the node accepts work', status.ready ? 1 : 0);
  gauge(sheet, 'orrery_node_uptime_seconds', 'Since the process started', status.uptimeSeconds);
  counter(sheet, 'orrery_node_cpu_seconds_total', 'Processor time used', status.cpuSeconds);
  gauge(sheet, 'orrery_node_resident_memory_bytes', 'Resident memory now', status.rssBytes);
  addState(sheet, status.state);
  addDrops(sheet, await face.drops());
  const definitions = [...PROCESS_RESOURCE_METRICS, ...(face.definitions ?? [])];
  const units = new Map(definitions.map((one) => [one.name, one]));
  for (const [name, value] of listPrometheusSeries(await face.metrics())) {
    const { metric, labels } = readSeriesName(name) ?? { metric: metricOfSeries(name), labels: {} };
    const definition = units.get(metric);
    const own = { ...sheet, labels: { ...sheet.labels, ...labels } };
    addMetric(own, { metric, value, unit: definition?.unit ?? 'count', help: definition?.help });
  }
  const published = (await face.published?.()) ?? '';
  return (await sheet.registry.metrics()) + published;
}

function gauge(sheet: Sheet, name: string, help: string, value: number): void {
  gaugeOf(sheet, name, help, sheet.labels).set(sheet.labels, value);
}

/** The gauge with this name, created at its first use; all labelled series of a metric share it. */
function gaugeOf({ registry }: Sheet, name: string, help: string, labels: Sheet['labels']): Gauge {
  const known = registry.getSingleMetric(name);
  if (known instanceof Gauge) return known;
  return new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] });
}

function counter({ registry, labels }: Sheet, name: string, help: string, value: number): void {
  const known = registry.getSingleMetric(name);
  const labelNames = Object.keys(labels);
  const own =
    known instanceof Counter
      ? known
      : new Counter({ name, help, labelNames, registers: [registry] });
  own.inc(labels, value);
}

function addState({ registry, labels }: Sheet, state: NodeProcessState): void {
  const states = new Gauge({
    name: 'orrery_node_state',
    help: '1 for the current state of the node',
    labelNames: [...Object.keys(labels), 'state'],
    registers: [registry],
  });
  for (const one of STATES) states.set({ ...labels, state: one }, one === state ? 1 : 0);
}

function addDrops({ registry, labels }: Sheet, drops: Readonly<Record<string, number>>): void {
  const dropped = new Counter({
    name: 'orrery_node_dropped_total',
    help: 'Packets that the node dropped, by reason',
    labelNames: [...Object.keys(labels), 'reason'],
    registers: [registry],
  });
  Object.entries(drops).forEach(([reason, count], index) => {
    // reasons beyond the limit are combined under one label, never omitted.
    dropped.inc({ ...labels, reason: index < REASONS_MAX ? reason : 'other' }, count);
  });
}

interface Entry {
  readonly metric: string;
  readonly value: MetricValue;
  readonly unit: MetricUnit;
  readonly help: string | undefined;
}

function addMetric(sheet: Sheet, { metric, value, unit, help = metric }: Entry): void {
  const { name, divisor } = prometheusName(metric, unit);
  switch (value.kind) {
    case 'counter':
      // A protocol may count what one node adds and another takes away; no Prometheus counter is below 0.
      if (value.value < 0) gauge(sheet, name, help, value.value / divisor);
      else counter(sheet, `${name}_total`, help, value.value / divisor);
      return;
    case 'gauge':
      gauge(sheet, name, help, value.value / divisor);
      return;
    case 'ratio':
      if (value.denominator !== 0) gauge(sheet, name, help, value.numerator / value.denominator);
      return;
    case 'samples':
      addDistribution(sheet, { name, help, divisor, ...ofSamples(value.values) });
      return;
    case 'histogram':
      addBuckets(sheet, { name, help, divisor, data: value.data, unit });
      return;
  }
}

interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly at: (fraction: number) => number;
}

function ofSamples(values: readonly number[]): Distribution {
  const sorted = values.slice(-SAMPLES_MAX).sort((a, b) => a - b);
  return {
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    at: (fraction) => sorted[Math.max(1, Math.ceil(fraction * sorted.length)) - 1] ?? Number.NaN,
  };
}

interface NamedDistribution extends Distribution {
  readonly name: string;
  readonly help: string;
  readonly divisor: number;
}

/**
 * Adds a distribution. Quantiles with less than one sample beyond them are omitted, as in
 * `metrics.prom`.
 */
function addDistribution(sheet: Sheet, { name, help, divisor, ...rest }: NamedDistribution): void {
  const { labels } = sheet;
  const { count, sum, at } = rest;
  const points = gaugeOf(sheet, name, help, { ...labels, quantile: '' });
  for (const quantile of QUANTILES) {
    if (count * (1 - quantile) < 1) continue;
    points.set({ ...labels, quantile: String(quantile) }, at(quantile) / divisor);
  }
  // A gauge and not a counter, because negative samples can make the sum fall.
  gauge(sheet, `${name}_sum`, `Sum of ${name}`, sum / divisor);
  counter(sheet, `${name}_count`, `Samples of ${name}`, count);
}

interface Buckets {
  readonly name: string;
  readonly help: string;
  readonly divisor: number;
  readonly unit: MetricUnit;
  readonly data: HistogramData;
}

/** One line of a histogram in the text format: a bucket, the sum or the count. */
interface Line {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * The part of prom-client's `Histogram` that a registry reads. A `Histogram` itself cannot be used, because it
 * counts values one by one, and the meter has counted its buckets already.
 */
interface ReadyHistogram {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly values: Line[];
  readonly get: () => Promise<ReadyHistogram>;
}

/** Adds a histogram with cumulative buckets; the series of one metric share their heading. */
function addBuckets(
  { registry, labels }: Sheet,
  { name, help, divisor, unit, data }: Buckets,
): void {
  const known = registry.getSingleMetric(name) as unknown as ReadyHistogram | undefined;
  const own: ReadyHistogram = known ?? {
    ...{ name, help, type: 'histogram', values: [] },
    get: () => Promise.resolve(own),
  };
  if (known === undefined) registry.registerMetric(own as unknown as Histogram);
  const bounds = unit === 'ns' ? TIME_BOUNDS : OTHER_BOUNDS;
  const line = (suffix: string, value: number, le?: string): void => {
    const all = le === undefined ? labels : { ...labels, le };
    own.values.push({ metricName: `${name}${suffix}`, labels: all, value });
  };
  for (const [index, count] of countsUpTo(data, bounds).entries()) {
    line('_bucket', count, String((bounds[index] ?? 0) / divisor));
  }
  line('_bucket', data.count, '+Inf');
  line('_sum', Number(histogramSum(data)) / divisor);
  line('_count', data.count);
}

/** How many values are at most each bound; bounds ascend. */
function countsUpTo(data: HistogramData, bounds: readonly number[]): readonly number[] {
  const counts = bounds.map(() => 0);
  visitBuckets(data, (_first, last, count) => {
    for (let index = bounds.length - 1; index >= 0 && (bounds[index] ?? 0) >= last; index -= 1) {
      counts[index] = (counts[index] ?? 0) + count;
    }
  });
  return counts;
}
