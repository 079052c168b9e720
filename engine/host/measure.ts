/**
 * Measurements are data: a node says what happened, reports judge it.
 *
 * @module
 */

/** A counter or gauge obtained once and used per packet. */
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

/** Names are those of the protocol's `metrics`; an unknown name is an assertion. */
export interface Meter {
  counter(metric: string): Counter;
  gauge(metric: string): Gauge;
  histogram(metric: string): Histogram;
  /** One sample of a rare event, kept individually (for example a fail-over's detection time). */
  sample(metric: string, value: number): void;
}

/** What the pictures need: states of machines, begin and end of procedures, marks. */
export interface Trace {
  /**
   * True when somebody keeps the states, from the node's creation to its end: what costs more than a
   * word is worked out only then. Nothing but calls of this interface may depend on it.
   */
  readonly isRecorded: boolean;
  /** The machine (`path 3`, `session gateway-211`) is in this state from now on. */
  state(machine: string, state: string): void;
  /** Begins a procedure; the function returned ends it. */
  span(name: string): () => void;
  mark(name: string): void;
}

/** Log lines go to the operator, never into results. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** How a metric is counted, and so which aggregations fit it. */
export type MetricKind = 'counter' | 'gauge' | 'histogram' | 'samples' | 'ratio';

/** Base units of metrics. */
export type MetricUnit = 'ns' | 'count' | 'bytes' | 'ratio' | 'packets' | '1/min' | 'bits';

/** One metric of a protocol or of the runner. */
export interface MetricDefinition {
  /** `<area>.<name>`, lower case, dots and underscores. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  /** One sentence: what is measured, where, by which estimator. */
  readonly help: string;
  /** Of a `ratio`: the two counters, numerator first, that the runner divides. */
  readonly of?: readonly [numerator: string, denominator: string];
  /**
   * `processor`: a time that comes from work alone: 0, and not reported, where the processor is not
   * modelled. `use`: absent where no node asked its meter for it, since 0 would say that something was
   * looked for and never happened.
   */
  readonly needs?: 'processor' | 'use';
}
