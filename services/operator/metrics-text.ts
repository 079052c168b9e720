/**
 * The metrics of a running node in Prometheus text format 0.0.4, under the names that a finished
 * run uses in `metrics.prom`: base units, distributions as quantiles with `_sum` and `_count`. The
 * number of labels is bounded.
 *
 * Each scrape uses a new registry, so the node's meter is the only state.
 *
 * @module
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricUnit } from '../../engine/host/measure.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';
import {
  type HistogramData,
  histogramMean,
  histogramQuantile,
} from '../../engine/measure/histogram.ts';
import { prometheusName } from '../../engine/measure/prometheus-name.ts';
import { PROCESS_METRICS } from './memory-watch.ts';
import type { EndpointFace, NodeState } from './node-face.ts';

const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const STATES: readonly NodeState[] = ['starting', 'ready', 'running', 'draining', 'stopped'];
/** Largest number of drop reasons with labels of their own; protocols declare a few dozen. */
const REASONS_MAX = 1_000;
/** Quantiles are computed from at most this many of the latest samples. */
const SAMPLES_MAX = 10_000;

interface Sheet {
  readonly registry: Registry;
  readonly labels: Readonly<Record<'node' | 'protocol', string>>;
}

/** The text of one scrape; ends with a newline. */
export async function metricsText(face: EndpointFace): Promise<string> {
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
  const definitions = [...PROCESS_METRICS, ...(face.definitions ?? [])];
  const units = new Map(definitions.map((one) => [one.name, one]));
  for (const [metric, value] of Object.entries(await face.metrics())) {
    const definition = units.get(metric);
    addMetric(sheet, { metric, value, unit: definition?.unit ?? 'count', help: definition?.help });
  }
  return sheet.registry.metrics();
}

function gauge({ registry, labels }: Sheet, name: string, help: string, value: number): void {
  const labelNames = Object.keys(labels);
  new Gauge({ name, help, labelNames, registers: [registry] }).set(labels, value);
}

function counter({ registry, labels }: Sheet, name: string, help: string, value: number): void {
  const labelNames = Object.keys(labels);
  new Counter({ name, help, labelNames, registers: [registry] }).inc(labels, value);
}

function addState({ registry, labels }: Sheet, state: NodeState): void {
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
      counter(sheet, `${name}_total`, help, value.value / divisor);
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
      addDistribution(sheet, { name, help, divisor, ...ofHistogram(value.data) });
      return;
  }
}

interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly at: (fraction: number) => number;
}

function ofHistogram(data: HistogramData): Distribution {
  const { count } = data;
  const sum = count === 0 ? 0 : histogramMean(data) * count;
  return { count, sum, at: (fraction) => histogramQuantile(data, fraction) };
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
  const { registry, labels } = sheet;
  const { count, sum, at } = rest;
  const labelNames = [...Object.keys(labels), 'quantile'];
  const points = new Gauge({ name, help, labelNames, registers: [registry] });
  for (const quantile of QUANTILES) {
    if (count * (1 - quantile) < 1) continue;
    points.set({ ...labels, quantile: String(quantile) }, at(quantile) / divisor);
  }
  // A gauge and not a counter, because negative samples can make the sum fall.
  gauge(sheet, `${name}_sum`, `Sum of ${name}`, sum / divisor);
  counter(sheet, `${name}_count`, `Samples of ${name}`, count);
}
