/**
 * Measurements are data: a node says what happened, and reports judge it.
 *
 * @module
 */

/** A counter, which a node looks up once and then uses for every packet. */
export interface Counter {
  add(amount: number): void;
}
/** A value that goes up and down. */
export interface Gauge {
  set(value: number): void;
}
/** A distribution of integers in the metric's base unit (ns, bytes, packets). */
export interface Histogram {
  record(value: number): void;
}

/**
 * Through which a node reports its counters, gauges and histograms.
 * Names are those of the protocol's `metrics`, with one value for each of its
 * `labels`; others fail an assertion. Values of labels may come from peers: of each metric 64
 * combinations are kept, and the rest is counted in the value `other`.
 */
export interface Meter {
  counter(metric: string, ...labels: readonly string[]): Counter;
  gauge(metric: string, ...labels: readonly string[]): Gauge;
  histogram(metric: string, ...labels: readonly string[]): Histogram;
  /** One sample of a rare event, stored individually (for example the time to detect a failure). */
  sample(metric: string, value: number, ...labels: readonly string[]): void;
}

/** What drawings need: states of state machines, begin and end of procedures, and marks. */
export interface TraceReporter {
  /**
   * True if states are recorded, which never changes during the life of a node. Expensive texts are
   * computed only then. Nothing except calls of this interface may depend on it.
   */
  readonly isRecorded: boolean;
  /** The state machine (`path 3`, `session gateway-211`) is in this state from now on. */
  state(machine: string, state: string): void;
  /** Begins a procedure; the function returned ends it. */
  span(name: string): () => void;
  mark(name: string): void;
}

/**
 * Facts of a log line under names of their own; those of all protocols alike are `packet_id`,
 * `destination`, `latency_ms` and `path_id`. A line has 16 at most, and none whose name is that of a
 * secret.
 */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Log lines go to the operator, never into results. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
}

/** How a metric is counted, which decides the aggregations that fit it. */
export type MetricKind = 'counter' | 'gauge' | 'histogram' | 'samples' | 'ratio';

/**
 * The base unit of a metric, a row of engine/pure/metric-units.ts. Energy is recorded in whole
 * microjoules, mass in whole micrograms, carbon intensity in whole micrograms of CO2 per kWh; a
 * difference of ratios is in points, 0.01 each.
 */
export type MetricUnit =
  | 'ns'
  | 'count'
  | 'bytes'
  | 'ratio'
  | 'points'
  | 'packets'
  | '1/min'
  | 'bits'
  | 'uJ'
  | 'ug'
  | 'ug/kWh';

/** One metric of a protocol or of the runner. */
export interface MetricDefinition {
  /** `<area>.<name>`, lower case, dots and underscores. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** One sentence: what is measured, where, and by which estimator. */
  readonly help: string;
  /**
   * Names of labels, three at most: what is measured is kept for each combination of their values
   * besides the whole. Not for a `ratio`.
   */
  readonly labels?: readonly string[];
  /** For a `ratio`: the two counters that the runner divides, numerator first. */
  readonly of?: readonly [numerator: string, denominator: string];
  /**
   * When the metric is reported. `processor`: only where the processor is modelled, because
   * elsewhere the time, which comes from work alone, is 0. `use`: only if a node asked its meter
   * for it, because 0 would say that something could have happened and did not.
   */
  readonly needs?: 'processor' | 'use';
  /** True of a `ratio` that is no share of a whole, so that it may be negative or above 1. */
  readonly isUnbounded?: true;
  /** True of a counter that counts from the beginning of the run, and not from the end of its warm-up. */
  readonly isOfWholeRun?: true;
  /** True of a counter of losses, which reports name where another metric has no samples. */
  readonly isLoss?: true;
}
