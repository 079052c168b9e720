/**
 * The meter behind the port: one table of metrics per node, filled through handles that a node
 * obtains once. Data leave it as plain, clonable values.
 *
 * A gauge keeps its last value only; its extremes are in the reports' series. Aggregates over nodes
 * or seeds only in `mergeMetrics`, and judges nothing.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { Counter, Gauge, Histogram, Meter, MetricDefinition } from '../host/measure.ts';
import { type HistogramData, LogHistogram, mergeHistograms } from './histogram.ts';

/** The measured data of one metric. */
export type MetricValue =
  | { readonly kind: 'counter'; readonly value: number }
  | { readonly kind: 'gauge'; readonly value: number }
  | { readonly kind: 'ratio'; readonly numerator: number; readonly denominator: number }
  | { readonly kind: 'samples'; readonly values: readonly number[] }
  | { readonly kind: 'histogram'; readonly data: HistogramData };

/** Two counters whose quotient is the metric. */
export interface Ratio {
  add(numerator: number, denominator: number): void;
}

class CounterCell implements Counter {
  value = 0;
  add(amount: number): void {
    this.value += amount;
  }
}

class GaugeCell implements Gauge {
  value = 0;
  set(value: number): void {
    this.value = value;
  }
}

class RatioCell implements Ratio {
  numerator = 0;
  denominator = 0;
  add(numerator: number, denominator: number): void {
    this.numerator += numerator;
    this.denominator += denominator;
  }
}

/** Implements the port's meter over a fixed list of metrics. */
export class MeterTable implements Meter {
  private readonly kinds = new Map<string, MetricDefinition['kind']>();
  private readonly counters = new Map<string, CounterCell>();
  private readonly gauges = new Map<string, GaugeCell>();
  private readonly ratios = new Map<string, RatioCell>();
  private readonly histograms = new Map<string, LogHistogram>();
  private readonly samples = new Map<string, number[]>();
  /** Metrics that are absent until a node requests them. */
  private readonly unused = new Set<string>();

  constructor(definitions: readonly MetricDefinition[]) {
    for (const { name, kind, needs } of definitions) {
      assert(!this.kinds.has(name), `metric ${name} is defined twice`);
      this.kinds.set(name, kind);
      if (needs === 'use') this.unused.add(name);
    }
  }

  counter(metric: string): Counter {
    this.expect(metric, 'counter');
    return cellOf(this.counters, metric, () => new CounterCell());
  }

  gauge(metric: string): Gauge {
    this.expect(metric, 'gauge');
    return cellOf(this.gauges, metric, () => new GaugeCell());
  }

  histogram(metric: string): Histogram {
    this.expect(metric, 'histogram');
    return cellOf(this.histograms, metric, () => new LogHistogram());
  }

  /** A metric of kind `ratio`; for the runner only, since the port does not offer it to nodes. */
  ratio(metric: string): Ratio {
    this.expect(metric, 'ratio');
    return cellOf(this.ratios, metric, () => new RatioCell());
  }

  sample(metric: string, value: number): void {
    this.expect(metric, 'samples');
    cellOf(this.samples, metric, () => [] as number[]).push(value);
  }

  /**
   * Resets the measurements (at the end of the warm-up). Handles stay valid, and gauges keep their
   * value.
   */
  reset(): void {
    for (const cell of this.counters.values()) cell.value = 0;
    for (const cell of this.histograms.values()) cell.reset();
    for (const values of this.samples.values()) values.length = 0;
    for (const cell of this.ratios.values()) {
      cell.numerator = 0;
      cell.denominator = 0;
    }
  }

  /**
   * Every defined metric, sorted by name. An unused metric is zero or empty; if it was defined to
   * appear only when used, it is absent.
   */
  data(): Record<string, MetricValue> {
    const result: Record<string, MetricValue> = {};
    for (const name of [...this.kinds.keys()].sort()) {
      if (!this.unused.has(name)) result[name] = this.valueOf(name);
    }
    return result;
  }

  private valueOf(name: string): MetricValue {
    const kind = this.kinds.get(name) as MetricDefinition['kind'];
    switch (kind) {
      case 'counter':
        return { kind, value: this.counters.get(name)?.value ?? 0 };
      case 'gauge':
        return { kind, value: this.gauges.get(name)?.value ?? 0 };
      case 'ratio': {
        const cell = this.ratios.get(name);
        return { kind, numerator: cell?.numerator ?? 0, denominator: cell?.denominator ?? 0 };
      }
      case 'samples':
        return { kind, values: [...(this.samples.get(name) ?? [])] };
      case 'histogram':
        return { kind, data: this.histograms.get(name)?.data() ?? mergeHistograms([]) };
    }
  }

  private expect(metric: string, kind: MetricDefinition['kind']): void {
    const defined = this.kinds.get(metric);
    if (defined === undefined) {
      const declared = [...this.kinds.keys()].join(', ') || 'none';
      assert(false, `metric "${metric}" is not declared in the protocol's metrics (${declared})`);
    }
    assert(defined === kind, `metric ${metric} is defined as ${defined}, not as ${kind}`);
    this.unused.delete(metric);
  }
}

/**
 * Combines the same metric of several nodes: counters, gauges and ratios add, samples are appended
 * in the given order, histograms merge.
 */
export function mergeMetrics(parts: readonly MetricValue[]): MetricValue {
  const first = parts[0];
  assert(first !== undefined, 'mergeMetrics needs at least one part');
  return parts.slice(1).reduce(mergeTwo, first);
}

/** Combines all metrics of several nodes by {@link mergeMetrics}, in order of their names. */
export function mergeByName(
  parts: readonly Readonly<Record<string, MetricValue>>[],
): Record<string, MetricValue> {
  const names = new Set(parts.flatMap((part) => Object.keys(part)));
  const merged: Record<string, MetricValue> = {};
  for (const name of [...names].sort()) {
    merged[name] = mergeMetrics(parts.flatMap((part) => part[name] ?? []));
  }
  return merged;
}

function mergeTwo(a: MetricValue, b: MetricValue): MetricValue {
  if (a.kind === 'counter' && b.kind === 'counter') {
    return { kind: 'counter', value: a.value + b.value };
  }
  if (a.kind === 'gauge' && b.kind === 'gauge') return { kind: 'gauge', value: a.value + b.value };
  if (a.kind === 'samples' && b.kind === 'samples') {
    return { kind: 'samples', values: [...a.values, ...b.values] };
  }
  if (a.kind === 'histogram' && b.kind === 'histogram') {
    return { kind: 'histogram', data: mergeHistograms([a.data, b.data]) };
  }
  assert(a.kind === 'ratio' && b.kind === 'ratio', `cannot merge ${a.kind} with ${b.kind}`);
  return {
    kind: 'ratio',
    numerator: a.numerator + b.numerator,
    denominator: a.denominator + b.denominator,
  };
}

function cellOf<Cell>(cells: Map<string, Cell>, name: string, make: () => Cell): Cell {
  const known = cells.get(name);
  if (known !== undefined) return known;
  const made = make();
  cells.set(name, made);
  return made;
}
