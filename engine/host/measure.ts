/**
 * Measurements of nodes: a node reports what happened, and the reports of a run compare it with limits.
 *
 * @module
 */

/** A number that only grows; a node looks the counter up once and then uses it for every packet. */
export interface Counter {
  /** Adds `amount`, a number >= 0. */
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
 * The interface through which a node reports its counters, gauges and histograms.
 * Names are those of the protocol's `metrics`, with one value for each of the metric's
 * `labels`; other names fail an assertion. Values of labels may come from peers: 64
 * combinations are kept for each metric, and further ones are counted under the value `other`.
 */
export interface Meter {
  counter(metric: string, ...labels: readonly string[]): Counter;
  gauge(metric: string, ...labels: readonly string[]): Gauge;
  histogram(metric: string, ...labels: readonly string[]): Histogram;
  /** Records one sample of a rare event, stored individually (for example the time to detect a failure). */
  sample(metric: string, value: number, ...labels: readonly string[]): void;
}

/** The interface through which a node reports what drawings show: states of state machines, procedures, and marks. */
export interface TraceReporter {
  /**
   * True if states are recorded, so that a node computes expensive texts only then. Never changes while a node exists.
   * Nothing except calls of this interface may depend on it.
   */
  readonly isRecorded: boolean;
  /** Records that the state machine (`path 3`, `session gateway-211`) is in this state from now on. */
  state(machine: string, state: string): void;
  /** Begins a procedure; the function returned ends it. */
  span(name: string): () => void;
  /** Marks that something happened at this instant; marks enter the fingerprint. */
  mark(name: string): void;
}

/**
 * Named values of a log line. All protocols use the names `packet_id`, `destination`, `latency_ms` and `path_id` for
 * these values. A line has 16 fields at most, and no field with the name of a secret.
 */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Writes log lines for the operator; they never enter results. */
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
  /** Name of the metric, `<area>.<name>`: lower case, dots and underscores. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** One sentence: what is measured, where, and by which estimator. */
  readonly help: string;
  /**
   * Names of labels, three at most: besides the total, the measurement is kept for each combination of their values.
   * Not for a `ratio`.
   */
  readonly labels?: readonly string[];
  /** The numerator and the denominator of a `ratio`: two counters, which the runner divides. */
  readonly of?: readonly [numerator: string, denominator: string];
  /**
   * When the metric is reported. `processor`: only where the processor is modelled, because elsewhere work takes no
   * time, so that the metric would be 0. `use`: only if a node looked the metric up in its meter, because a 0 would say
   * that something could have happened and did not.
   */
  readonly needs?: 'processor' | 'use';
  /** True for a `ratio` that is not a share of a whole, so that it may be negative or above 1. */
  readonly isUnbounded?: true;
  /** True for a counter that counts from the beginning of the run, and not from the end of its warm-up. */
  readonly isOfWholeRun?: true;
  /** True for a counter of losses, which reports name as the possible reason if another metric has no samples. */
  readonly isLoss?: true;
}
