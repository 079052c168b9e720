/**
 * The units of metrics, in one list: what each is called in Prometheus text, how people read it, and
 * how limits of it are written in files. A value is recorded in the base unit that gives the unit
 * its name: `uJ` in whole microjoules, `ug` in whole micrograms. Does not format or read numbers.
 *
 * @module
 */

/** How values of at least `from` base units are written: the value divided by `divisor`, then the suffix. */
export interface UnitDisplayStep {
  readonly from: number;
  readonly divisor: number;
  readonly suffix: string;
}

/** The facts about a unit: the steps of its axis, its name in Prometheus, its quantity. */
export interface MetricUnitFacts {
  /** The steps by which values are displayed, the largest first. */
  readonly steps: readonly [...UnitDisplayStep[], UnitDisplayStep];
  /** Suffix of the metric's name in Prometheus text, and how many of our base units are one unit of Prometheus. */
  readonly prometheus: { readonly suffix: string; readonly divisor: number };
  /** The kind of quantity in which limits are written in files; a bare number if undefined. */
  readonly quantity?: 'time' | 'size' | 'packet-rate' | 'ratio' | 'energy' | 'mass' | 'intensity';
  /** True if the sum of a counter over a run keeps this unit; the sum of other counters is a number without unit. */
  readonly isSummed?: true;
}

const PLAIN = { suffix: '', divisor: 1 } as const;

function one(suffix: string, divisor = 1): readonly [UnitDisplayStep] {
  return [{ from: 0, divisor, suffix }];
}

/** The facts about each unit, by the name of the unit. */
export const METRIC_UNITS = {
  ns: {
    steps: [
      { from: 7_200e9, divisor: 3_600e9, suffix: 'h' },
      { from: 600e9, divisor: 60e9, suffix: 'min' },
      { from: 10e9, divisor: 1e9, suffix: 's' },
      { from: 1e6, divisor: 1e6, suffix: 'ms' },
      { from: 1e3, divisor: 1e3, suffix: 'µs' },
      { from: 0, divisor: 1, suffix: 'ns' },
    ],
    prometheus: { suffix: '_seconds', divisor: 1e9 },
    quantity: 'time',
  },
  count: { steps: one(''), prometheus: PLAIN },
  bytes: {
    steps: [
      { from: 1e9, divisor: 1e9, suffix: 'GB' },
      { from: 1e6, divisor: 1e6, suffix: 'MB' },
      { from: 1e4, divisor: 1e3, suffix: 'kB' },
      { from: 0, divisor: 1, suffix: 'B' },
    ],
    prometheus: { suffix: '_bytes', divisor: 1 },
    quantity: 'size',
  },
  ratio: {
    steps: one('%', 0.01),
    prometheus: { suffix: '_ratio', divisor: 1 },
    quantity: 'ratio',
  },
  // Percentage points: the unit of a difference between two ratios.
  points: { steps: one('pt', 0.01), prometheus: PLAIN, quantity: 'ratio' },
  packets: { steps: one(''), prometheus: PLAIN },
  '1/min': {
    steps: one('/min'),
    prometheus: { suffix: '_per_minute', divisor: 1 },
    quantity: 'packet-rate',
  },
  bits: { steps: one('bits'), prometheus: { suffix: '_bits', divisor: 1 } },
  uJ: {
    steps: [
      { from: 1e12, divisor: 1e12, suffix: 'MJ' },
      { from: 1e9, divisor: 1e9, suffix: 'kJ' },
      { from: 1e6, divisor: 1e6, suffix: 'J' },
      { from: 1e3, divisor: 1e3, suffix: 'mJ' },
      { from: 0, divisor: 1, suffix: 'µJ' },
    ],
    prometheus: { suffix: '_joules', divisor: 1e6 },
    quantity: 'energy',
    isSummed: true,
  },
  ug: {
    steps: [
      { from: 1e12, divisor: 1e12, suffix: 't' },
      { from: 1e9, divisor: 1e9, suffix: 'kg' },
      { from: 1e6, divisor: 1e6, suffix: 'g' },
      { from: 1e3, divisor: 1e3, suffix: 'mg' },
      { from: 0, divisor: 1, suffix: 'µg' },
    ],
    prometheus: { suffix: '_grams', divisor: 1e6 },
    quantity: 'mass',
    isSummed: true,
  },
  // Micrograms of CO2 per kWh; times an energy in uJ, divided by 3.6e12, it is a mass in ug.
  'ug/kWh': {
    steps: one('gCO2/kWh', 1e6),
    prometheus: { suffix: '_grams_per_kilowatt_hour', divisor: 1e6 },
    quantity: 'intensity',
  },
} as const satisfies Readonly<Record<string, MetricUnitFacts>>;

/** Names of all units. */
export const METRIC_UNIT_NAMES = Object.keys(METRIC_UNITS) as (keyof typeof METRIC_UNITS)[];

const FACTS: ReadonlyMap<string, MetricUnitFacts> = new Map(Object.entries(METRIC_UNITS));

/** The facts about the unit of this name; undefined if there is no such unit, since reports may name any. */
export function unitFacts(unit: string): MetricUnitFacts | undefined {
  return FACTS.get(unit);
}
