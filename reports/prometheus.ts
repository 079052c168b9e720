/**
 * The run in Prometheus text format 0.0.4 (Prometheus documentation, "Exposition formats"): base
 * units (seconds, bytes, ratio) and no time stamps, so that the node exporter's textfile collector
 * accepts it. Distributions are gauges with a `quantile` label, because the run is over and nothing
 * accumulates any more. Each call has a registry of its own, so that a second run in one process
 * does not see the first.
 *
 * @module
 */
import { Counter, Gauge, Registry } from 'prom-client';
import { prometheusName } from '../engine/measure/prometheus-name.ts';
import { listPrometheusSeries, readSeriesName } from '../engine/pure/series-name.ts';
import { kpiName } from './kpi-text.ts';
import { oneLine } from './plain-text.ts';
import type { MetricSummary, Report } from './report-schema.ts';

const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const LABELS = ['scenario', 'mode'] as const;

/** Renders a report in Prometheus text format, with a final newline. */
export function renderPrometheus(report: Report): Promise<string> {
  const registry = new Registry();
  const labels = { scenario: oneLine(report.scenario.name), mode: report.mode };
  const gauge = gaugeIn(registry, labels);
  gauge('orrery_run_pass', '1 if every KPI and invariant is met', report.pass ? 1 : 0);
  const isComplete = report.ending === 'complete';
  gauge('orrery_run_complete', '0 if the run was interrupted or timed out', isComplete ? 1 : 0);
  gauge('orrery_run_seeds', 'Seeds of the run', report.seeds.length);
  gauge(
    'orrery_run_virtual_seconds',
    'Simulated or measured time, summed over all seeds',
    report.virtualSeconds,
  );
  gauge('orrery_run_wall_seconds', 'Wall-clock time of the run', report.wallSeconds);
  addKpis(report, registry, labels);
  addPackets(report, registry, labels);
  for (const [name, metric] of listPrometheusSeries(report.metrics)) {
    addMetric({ name, metric, registry, labels });
  }
  return registry.metrics();
}

type Labels = Readonly<Record<string, string>>;

function gaugeIn(
  registry: Registry,
  labels: Labels,
): (name: string, help: string, value: number) => void {
  return (name, help, value) => gaugeOf(registry, name, help, labels).set(labels, value);
}

/** The gauge of this name; all series of one metric share a gauge. */
function gaugeOf(registry: Registry, name: string, help: string, labels: Labels): Gauge {
  const known = registry.getSingleMetric(name);
  if (known instanceof Gauge) return known;
  return new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] });
}

function counterOf(registry: Registry, name: string, help: string, labels: Labels): Counter {
  const known = registry.getSingleMetric(name);
  if (known instanceof Counter) return known;
  return new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
}

function addKpis(report: Report, registry: Registry, labels: Labels): void {
  const labelNames = [...LABELS, 'kpi'];
  const registers = [registry];
  const pass = new Gauge({
    name: 'orrery_kpi_pass',
    help: '1 if the KPI is met or does not apply',
    labelNames,
    registers,
  });
  const inconclusive = new Gauge({
    name: 'orrery_kpi_inconclusive',
    help: '1 if the limit is not met because the run ended early or its clocks are too uncertain',
    labelNames,
    registers,
  });
  const margin = new Gauge({
    name: 'orrery_kpi_margin_ratio',
    help: 'Distance to the limit, relative to it (ratios: absolute); negative if missed',
    labelNames,
    registers,
  });
  for (const kpi of report.kpis) {
    const own = { ...labels, kpi: kpiName(kpi) };
    pass.set(own, kpi.pass ? 1 : 0);
    inconclusive.set(own, kpi.status === 'inconclusive' ? 1 : 0);
    if (kpi.margin !== null) margin.set(own, kpi.margin);
  }
}

function addPackets(report: Report, registry: Registry, labels: Labels): void {
  const registers = [registry];
  const { packets, nodeDrops } = report;
  const counts = {
    sent: packets.sent,
    duplicated: packets.duplicated,
    injected: packets.injected,
    delivered: packets.delivered,
  };
  for (const [what, value] of Object.entries(counts)) {
    const name = `orrery_packets_${what}_total`;
    const counter = new Counter({ name, help: `Packets ${what}`, labelNames: LABELS, registers });
    counter.inc(labels, value);
  }
  const dropped = new Counter({
    name: 'orrery_packets_dropped_total',
    help: 'Packets dropped, by reason and by the kind of node',
    labelNames: [...LABELS, 'reason', 'by'],
    registers,
  });
  for (const [reason, n] of Object.entries(packets.drops)) {
    dropped.inc({ ...labels, reason, by: 'network' }, n);
  }
  for (const [reason, n] of Object.entries(nodeDrops)) {
    dropped.inc({ ...labels, reason, by: 'node' }, n);
  }
}

interface Entry {
  readonly name: string;
  readonly metric: MetricSummary;
  readonly registry: Registry;
  readonly labels: Labels;
}

function addMetric({ name: series, metric, registry, labels: ofRun }: Entry): void {
  const { metric: name, labels: own } = readSeriesName(series) ?? { metric: series, labels: {} };
  const labels = { ...ofRun, ...own };
  const { name: full, divisor } = prometheusName(name, metric.unit);
  if (metric.kind === 'counter') {
    const counter = counterOf(registry, `${full}_total`, metric.help, labels);
    counter.inc(labels, (metric.value ?? 0) / divisor);
    return;
  }
  const gauge = gaugeIn(registry, labels);
  if (metric.quantiles === undefined) {
    if (metric.value !== null) gauge(full, metric.help, metric.value / divisor);
    return;
  }
  const points = gaugeOf(registry, full, metric.help, { ...labels, quantile: '' });
  for (const quantile of QUANTILES) {
    const value = quantileAt(metric, quantile);
    if (value !== undefined) points.set({ ...labels, quantile }, value / divisor);
  }
  gauge(`${full}_sum`, `Sum of ${name}`, (metric.sum ?? 0) / divisor);
  gauge(`${full}_count`, `Samples of ${name}`, metric.count);
}

/** The stored quantile for a fraction; undefined if less than one sample lies beyond it. */
function quantileAt(metric: MetricSummary, fraction: number): number | undefined {
  if (metric.count * (1 - fraction) < 1) return undefined;
  return metric.quantiles?.find((point) => point.p >= fraction - 1e-12)?.value;
}
