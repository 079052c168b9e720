/**
 * The name and base unit of a metric in Prometheus text: the same for a finished run (metrics.prom)
 * and for a node that is scraped, so that one dashboard reads both.
 *
 * Spec: simulation.md 11.5 (base units: seconds, bytes, ratio). Does not write samples.
 *
 * @module
 */

/** How a metric is called in Prometheus text, and what its values are divided by. */
export interface PrometheusName {
  /** Starts with `orrery_`, ends in the base unit; a counter's `_total` is added by the writer. */
  readonly name: string;
  readonly divisor: number;
}

/**
 * The name and base unit of a metric.
 * @param unit A unit of `MetricDefinition`; any other stays as it is.
 */
export function prometheusName(metric: string, unit: string): PrometheusName {
  const { divisor, suffix } = baseUnit(unit);
  const base = `orrery_${metric.replace(/[^a-zA-Z0-9_]/g, '_')}`;
  return { name: base.endsWith(suffix) ? base : `${base}${suffix}`, divisor };
}

function baseUnit(unit: string): { readonly divisor: number; readonly suffix: string } {
  if (unit === 'ns') return { divisor: 1e9, suffix: '_seconds' };
  if (unit === 'bits') return { divisor: 1, suffix: '_bits' };
  if (unit === 'bytes' || unit === 'ratio') return { divisor: 1, suffix: `_${unit}` };
  return { divisor: 1, suffix: unit === '1/min' ? '_per_minute' : '' };
}
