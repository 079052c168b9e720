/**
 * Names of labelled series, as Prometheus writes them: `gateway.fault_switches{cause="report-loss"}`. A series
 * is a metric with such a name wherever metrics are kept by name, so that tallies, reports and
 * limits need no second structure. Knows the bounds of labels; does not keep values.
 *
 * @module
 */

/** Largest number of series of a metric, at one node and in a run; others are counted in {@link OTHER_LABEL_VALUE}. */
export const SERIES_PER_METRIC_MAX = 64;
/** Longest value of a label, characters; a series with a longer one is counted in {@link OTHER_LABEL_VALUE}. */
export const LABEL_VALUE_LENGTH_MAX = 64;
/** Largest number of labels of a metric. */
const LABELS_MAX = 3;
/** The value of all labels of the series that counts for the series beyond a bound. */
export const OTHER_LABEL_VALUE = 'other';
/** The metric that counts, by the label `metric`, how often a series was beyond a bound. */
export const FOLDED_METRIC_NAME = 'labels.folded';

/** Label names that are used in Prometheus text already: by every series, or with another meaning. */
const RESERVED: readonly string[] = [
  ...['node', 'protocol', 'scenario', 'mode', 'quantile', 'le'],
  ...['reason', 'state', 'by', 'kpi'],
];

/**
 * Describes what is wrong with the labels of a metric.
 * @returns undefined if nothing is.
 */
export function labelsMistake(labels: readonly string[]): string | undefined {
  if (labels.length > LABELS_MAX) return `${labels.length} labels, at most ${LABELS_MAX}`;
  if (new Set(labels).size < labels.length) return 'a label stands there twice';
  const wrong = labels.find((label) => !/^[a-z][a-z0-9_]*$/.test(label));
  if (wrong !== undefined) return `label "${wrong}" is not lower case, digits and underscores`;
  const taken = labels.find((label) => RESERVED.includes(label));
  return taken === undefined ? undefined : `label "${taken}" means something else in Prometheus`;
}

/** The metric and the labels that the name of a series consists of. */
export interface MetricSeries {
  readonly metric: string;
  /** Values by name of the label, in the order of the metric's definition; empty without labels. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Makes the name of a series; the labels must be in the order of the metric's definition. */
export function seriesName(
  metric: string,
  labels: readonly string[],
  values: readonly string[],
): string {
  const pairs = labels.map((label, index) => `${label}="${escaped(values[index] ?? '')}"`);
  return `${metric}{${pairs.join(',')}}`;
}

/** Name of the series of a metric that counts for the series beyond a bound. */
export function otherSeriesName(metric: string, labels: readonly string[]): string {
  return seriesName(
    metric,
    labels,
    labels.map(() => OTHER_LABEL_VALUE),
  );
}

/** The name of the metric of a series; a name without labels is returned unchanged. */
export function metricOfSeries(name: string): string {
  const at = name.indexOf('{');
  return at < 0 ? name : name.slice(0, at);
}

const PAIR = /\s*([a-z][a-z0-9_]*)\s*=\s*(?:"((?:[^"\\\n]|\\["\\n])*)"|([^\s",{}=]+))\s*(,|$)/y;

/**
 * Splits the name of a series into metric and labels. Also reads forms that people write, with spaces and with values
 * without quotes; a name has its proper form if {@link seriesName} gives the same text.
 * @returns undefined if the text is not a name of a series.
 */
export function readSeriesName(name: string): MetricSeries | undefined {
  const metric = metricOfSeries(name);
  if (metric === name) return { metric, labels: {} };
  if (!name.endsWith('}')) return undefined;
  const text = name.slice(metric.length + 1, -1);
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(text);
    const [, label = '', quoted, bare = '', end] = match ?? [];
    if (match === null || Object.hasOwn(labels, label)) return undefined;
    labels[label] = quoted === undefined ? bare : unescaped(quoted);
    at = PAIR.lastIndex;
    if (end === ',' && at === text.length) return undefined;
  }
  return at === 0 ? undefined : { metric: metric.trim(), labels };
}

/**
 * The metrics that Prometheus text shows: all but the sum of a metric that has labelled series, because a sum over the
 * series would then count everything twice.
 */
export function listPrometheusSeries<Value>(
  metrics: Readonly<Record<string, Value>>,
): readonly (readonly [name: string, Value])[] {
  const all = Object.entries(metrics);
  const labelled = new Set<string>();
  for (const [name] of all) {
    const metric = metricOfSeries(name);
    if (metric !== name) labelled.add(metric);
  }
  return all.filter(([name]) => !labelled.has(name));
}

function escaped(value: string): string {
  return value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));
}
