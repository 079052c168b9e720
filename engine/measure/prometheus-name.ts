/**
 * The name and base unit of a metric in Prometheus text, the same for a finished run (metrics.prom)
 * and for a scraped node, so that one dashboard reads both.
 *
 * Base units are seconds, bytes, joules, grams and ratios, as the naming conventions of Prometheus ask. Does not
 * write samples.
 *
 * @module
 */
import { unitFacts } from '../pure/metric-units.ts';

/** The name of a metric in Prometheus text, and the divisor of its values. */
export interface PrometheusName {
  /** Starts with `orrery_` and ends in the base unit; the writer adds a counter's `_total`. */
  readonly name: string;
  readonly divisor: number;
}

/**
 * The name and base unit of a metric.
 * @param unit A unit of `MetricDefinition`; unknown units add no suffix.
 */
export function prometheusName(metric: string, unit: string): PrometheusName {
  const { divisor, suffix } = unitFacts(unit)?.prometheus ?? { divisor: 1, suffix: '' };
  const base = `orrery_${metric.replace(/[^a-zA-Z0-9_]/g, '_')}`;
  return { name: base.endsWith(suffix) ? base : `${base}${suffix}`, divisor };
}
