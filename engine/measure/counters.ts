/**
 * The meter behind the port: one table of metrics per node, filled through handles that a node
 * obtains once. Data leave it as plain, clonable values.
 *
 * A gauge keeps its last value only; its extremes are in the series of reports. `mergeMetrics` aggregates over nodes
 * or seeds. Nothing here compares values with limits.
 *
 * @module
 */
import { assert, InvariantError } from '../core/assert.ts';
import type { Counter, Gauge, Histogram, Meter, MetricDefinition } from '../host/measure.ts';
import { memoisePerObject } from '../pure/once-per.ts';
import {
  LABEL_VALUE_LENGTH_MAX,
  labelsMistake,
  otherSeriesName,
  SERIES_PER_METRIC_MAX,
  seriesName,
} from '../pure/series-name.ts';
import { foldExcessSeries, foldedSeriesCounts } from './bounded-series.ts';
import { type HistogramData, LogHistogram, mergeHistograms } from './histogram.ts';

/** The measured value of one metric, by the kind of the metric. */
export type MetricValue =
  | { readonly kind: 'counter'; readonly value: number }
  | { readonly kind: 'gauge'; readonly value: number }
  | { readonly kind: 'ratio'; readonly numerator: number; readonly denominator: number }
  | { readonly kind: 'samples'; readonly values: readonly number[] }
  | { readonly kind: 'histogram'; readonly data: HistogramData };

/** Adds to the two counters whose quotient is a metric of kind `ratio`. */
export interface RatioCounter {
  /** Adds to the numerator and to the denominator. */
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

class RatioCell implements RatioCounter {
  numerator = 0;
  denominator = 0;
  add(numerator: number, denominator: number): void {
    this.numerator += numerator;
    this.denominator += denominator;
  }
  reset(): void {
    this.numerator = 0;
    this.denominator = 0;
  }
}

/** A histogram without values. */
const NO_VALUES: HistogramData = mergeHistograms([]);

/** The definition of a metric, as an object of the same shape for all metrics, because every packet looks one up. */
interface Declared {
  readonly kind: MetricDefinition['kind'];
  readonly labels: readonly string[];
  readonly isOnlyIfUsed: boolean;
}

/** The definitions of metrics by name. */
type Definitions = ReadonlyMap<string, Declared>;

const NO_LABELS: readonly string[] = [];

/** Makes {@link Definitions} of a list; once per list, which all nodes of a protocol share. */
const tableOf = memoisePerObject((definitions: readonly MetricDefinition[]): Definitions => {
  const table = new Map<string, Declared>();
  for (const { name, kind, labels = NO_LABELS, needs } of definitions) {
    assert(!table.has(name), `metric ${name} is defined twice`);
    const wrong = labelsMistake(labels) ?? (kind === 'ratio' && labels.length > 0 && 'a ratio');
    if (wrong) assert(false, `labels of metric ${name}: ${wrong}`);
    table.set(name, { kind, labels, isOnlyIfUsed: needs === 'use' });
  }
  return table;
});

/** The objects through which a node writes a metric, by kind of metric. */
interface Cells {
  readonly counter: CounterCell;
  readonly gauge: GaugeCell;
  readonly ratio: RatioCell;
  readonly histogram: LogHistogram;
  readonly samples: number[];
}

/** Implements the port's meter over a fixed list of metrics. */
export class MeterTable implements Meter {
  /**
   * Length at which a list of samples is emptied. It is for a node that runs without end; by
   * default there is no bound, because a run reports all its samples.
   */
  samplesMax = Number.POSITIVE_INFINITY;
  private readonly definitions: Definitions;
  /** The metrics and series that the node has looked up, by name. */
  private readonly cells = new Map<string, Cells[keyof Cells]>();
  /** Names of the series of each labelled metric, at most one more than {@link SERIES_PER_METRIC_MAX}. */
  private series: Map<string, Set<string>> | undefined;
  /**
   * Per metric: how many lookups were folded into the series `other`, because the metric already had
   * {@link SERIES_PER_METRIC_MAX} series or a label value was too long.
   */
  private folded: Map<string, number> | undefined;

  constructor(definitions: readonly MetricDefinition[]) {
    this.definitions = tableOf(definitions);
  }

  counter(metric: string, ...labels: readonly string[]): Counter {
    return this.cell(metric, labels, 'counter', () => new CounterCell());
  }

  gauge(metric: string, ...labels: readonly string[]): Gauge {
    return this.cell(metric, labels, 'gauge', () => new GaugeCell());
  }

  histogram(metric: string, ...labels: readonly string[]): Histogram {
    return this.cell(metric, labels, 'histogram', () => new LogHistogram());
  }

  /** A metric of kind `ratio`; for the runner only, since the port does not offer it to nodes. */
  ratio(metric: string): RatioCounter {
    return this.cell(metric, NO_LABELS, 'ratio', () => new RatioCell());
  }

  sample(metric: string, value: number, ...labels: readonly string[]): void {
    const samples = this.cell(metric, labels, 'samples', () => []);
    if (samples.length >= this.samplesMax) samples.length = 0;
    samples.push(value);
  }

  /**
   * Resets the measurements (at the end of the warm-up). Handles and series stay valid, gauges keep
   * their value, and the numbers of folded series are kept.
   */
  reset(): void {
    for (const cell of this.cells.values()) {
      if (cell instanceof CounterCell) cell.value = 0;
      else if (cell instanceof LogHistogram) cell.reset();
      else if (cell instanceof RatioCell) cell.reset();
      else if (Array.isArray(cell)) cell.length = 0;
    }
  }

  /**
   * The values of all defined metrics, sorted by name; for a labelled metric the total, then its series. An unused
   * metric is zero or empty, or absent if its definition has `needs: 'use'`.
   */
  data(): Record<string, MetricValue> {
    const result: Record<string, MetricValue> = {};
    for (const [name, { kind, isOnlyIfUsed }] of definitionsByName(this.definitions)) {
      const series = this.series?.get(name);
      if (series !== undefined) Object.assign(result, this.seriesOf(name, kind, series));
      else if (!isOnlyIfUsed || this.cells.has(name)) result[name] = this.valueOf(name, kind);
    }
    return this.folded === undefined ? result : { ...result, ...foldedSeriesCounts(this.folded) };
  }

  private seriesOf(
    name: string,
    kind: MetricDefinition['kind'],
    series: ReadonlySet<string>,
  ): Record<string, MetricValue> {
    const values = [...series].sort().map((one) => [one, this.valueOf(one, kind)] as const);
    const whole = mergeMetrics(values.map(([, value]) => value));
    return { [name]: whole, ...Object.fromEntries(values) };
  }

  private valueOf(name: string, kind: MetricDefinition['kind']): MetricValue {
    switch (kind) {
      case 'counter':
      case 'gauge':
        return { kind, value: this.known(name, kind)?.value ?? 0 };
      case 'ratio': {
        const cell = this.known(name, kind);
        return { kind, numerator: cell?.numerator ?? 0, denominator: cell?.denominator ?? 0 };
      }
      case 'samples':
        return { kind, values: [...(this.known(name, kind) ?? [])] };
      case 'histogram':
        return { kind, data: this.known(name, kind)?.data() ?? NO_VALUES };
    }
  }

  private known<Kind extends keyof Cells>(name: string, _kind: Kind): Cells[Kind] | undefined {
    return this.cells.get(name) as Cells[Kind] | undefined;
  }

  // hot: protocols look up counters for each packet.
  private cell<Kind extends keyof Cells>(
    metric: string,
    values: readonly string[],
    kind: Kind,
    make: () => Cells[Kind],
  ): Cells[Kind] {
    const declared = this.definitions.get(metric);
    if (declared === undefined) this.refuse(metric);
    if (declared.kind !== kind) {
      assert(false, `metric ${metric} is defined as ${declared.kind}, not as ${kind}`);
    }
    const { labels } = declared;
    if (labels.length !== values.length) {
      const wanted = labels.join(', ') || 'no labels';
      assert(false, `metric ${metric} has ${wanted}, not ${values.length} values`);
    }
    const name = values.length === 0 ? metric : this.interned(metric, labels, values);
    const known = this.known(name, kind);
    if (known !== undefined) return known;
    const made = make();
    this.cells.set(name, made);
    return made;
  }

  private refuse(metric: string): never {
    const declared = [...this.definitions.keys()].join(', ') || 'none';
    throw new InvariantError(
      `metric "${metric}" is not declared in the protocol's metrics (${declared})`,
    );
  }

  /**
   * The name of the series if it is known or within the bound; else the name of the series with the label value
   * `other`.
   */
  private interned(metric: string, labels: readonly string[], values: readonly string[]): string {
    this.series ??= new Map();
    const series = this.series.get(metric) ?? new Set();
    this.series.set(metric, series);
    const isShort = values.every(({ length }) => length <= LABEL_VALUE_LENGTH_MAX);
    const name = isShort ? seriesName(metric, labels, values) : '';
    if (series.has(name)) return name;
    if (isShort && series.size < SERIES_PER_METRIC_MAX) {
      series.add(name);
      return name;
    }
    this.folded ??= new Map();
    this.folded.set(metric, (this.folded.get(metric) ?? 0) + 1);
    const other = otherSeriesName(metric, labels);
    series.add(other);
    return other;
  }
}

/** The definitions in order of their names, in which {@link MeterTable.data} lists them. */
const definitionsByName = memoisePerObject(
  (definitions: Definitions): readonly (readonly [string, Declared])[] =>
    [...definitions].sort(([a], [b]) => (a < b ? -1 : 1)),
);

/**
 * Combines the same metric of several nodes: counters, gauges and ratios add, samples are appended
 * in the given order, histograms merge.
 */
export function mergeMetrics(parts: readonly MetricValue[]): MetricValue {
  const first = parts[0];
  assert(first !== undefined, 'mergeMetrics needs at least one part');
  switch (first.kind) {
    case 'counter':
      return { kind: 'counter', value: sumOf(alike(parts, 'counter'), ({ value }) => value) };
    case 'gauge':
      return { kind: 'gauge', value: sumOf(alike(parts, 'gauge'), ({ value }) => value) };
    case 'samples':
      return { kind: 'samples', values: alike(parts, 'samples').flatMap(({ values }) => values) };
    case 'histogram':
      return {
        kind: 'histogram',
        data: mergeHistograms(alike(parts, 'histogram').map(({ data }) => data)),
      };
    case 'ratio': {
      const ratios = alike(parts, 'ratio');
      const numerator = sumOf(ratios, (ratio) => ratio.numerator);
      return { kind: 'ratio', numerator, denominator: sumOf(ratios, (part) => part.denominator) };
    }
  }
}

/**
 * Combines all metrics of several nodes by {@link mergeMetrics}, in the order of their names. A metric then has at most
 * as many series as one node may have; the others are folded.
 */
export function mergeMetricsByName(
  parts: readonly Readonly<Record<string, MetricValue>>[],
): Record<string, MetricValue> {
  const byName = new Map<string, MetricValue[]>();
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      const before = byName.get(name);
      if (before === undefined) byName.set(name, [value]);
      else before.push(value);
    }
  }
  const merged: Record<string, MetricValue> = {};
  for (const name of [...byName.keys()].sort()) {
    merged[name] = mergeMetrics(byName.get(name) ?? []);
  }
  return foldExcessSeries(merged, parts, mergeMetrics);
}

type OfKind<Kind extends MetricValue['kind']> = Extract<MetricValue, { readonly kind: Kind }>;

/** Asserts that all parts are of the same kind, and returns them with that type. */
function alike<Kind extends MetricValue['kind']>(
  parts: readonly MetricValue[],
  kind: Kind,
): readonly OfKind<Kind>[] {
  for (const part of parts) assert(part.kind === kind, `cannot merge ${kind} with ${part.kind}`);
  return parts as readonly OfKind<Kind>[];
}

function sumOf<Part>(parts: readonly Part[], numberOf: (part: Part) => number): number {
  return parts.reduce((sum, part) => sum + numberOf(part), 0);
}
