/**
 * Scenario files as plain data: reads and replaces values by their path, and quantities written as
 * text.
 *
 * @module
 */

/** Reduced times are multiples of this, ns. */
const LEAST_NS = 1_000;

/** A scenario file as plain data. */
export type ScenarioData = Readonly<Record<string, unknown>>;
/** A map in the data of a scenario file. */
export type ScenarioDataMap = Readonly<Record<string, unknown>>;

/** Shares to which a quantity is reduced, in the order in which they are tried. */
const CUTS = [0.01, 0.1, 0.5, 0.8];

/** The path to a value in a scenario: keys and indices. */
export type ScenarioDataPath = readonly (string | number)[];

/** Copies of the file in which a quantity is reduced to each share of {@link CUTS}. */
export function withQuantityReduced(
  data: ScenarioData,
  path: ScenarioDataPath,
): readonly ScenarioData[] {
  const value = at(data, path);
  return CUTS.flatMap((share) => {
    const cut = scaled(value, share);
    return cut === undefined || cut === value ? [] : [withValueAt(data, path, cut)];
  });
}

/**
 * A share of a quantity: a number is rounded to a whole number, a text with a unit to two significant
 * digits. Undefined if the value is not a quantity, or if almost nothing would be left.
 */
function scaled(value: unknown, share: number): unknown {
  if (typeof value === 'number') {
    const whole = Math.floor(value * share);
    return whole >= 1 ? whole : undefined;
  }
  const [, digits = '', unit = ''] = /^(-?\d+(?:\.\d+)?)(\D.*)?$/.exec(String(value)) ?? [];
  if (digits === '') return undefined;
  const ns = parseTimeNs(value);
  if (ns !== undefined) {
    const cut = Math.floor(Number((ns * share).toPrecision(2)) / LEAST_NS) * LEAST_NS;
    return cut === 0 ? undefined : formatTimeNs(cut);
  }
  const number = Number((Number(digits) * share).toPrecision(2));
  return Math.abs(number) < 0.01 ? undefined : `${number}${unit}`;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** Reads a time, in ns, in the form that a hunt writes; undefined for anything else. */
export function parseTimeNs(value: unknown): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ns|us|ms|s)$/.exec(String(value)) ?? [];
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 0);
}

/** Writes a time in the largest unit of which it is a multiple. */
export function formatTimeNs(ns: number): string {
  const unit = ['s', 'ms', 'us'].find((name) => ns % (UNITS[name] ?? 1) === 0) ?? 'ns';
  return `${Math.floor(ns / (UNITS[unit] ?? 1))}${unit}`;
}

/** The value at a path; undefined if there is none. */
function at(data: unknown, path: ScenarioDataPath): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    data,
  );
}

/** The maps in the list at a path; empty if there is no list. */
export function mapsAtPath(data: ScenarioData, path: ScenarioDataPath): readonly ScenarioDataMap[] {
  const list = at(data, path);
  return Array.isArray(list) ? (list as readonly ScenarioDataMap[]) : [];
}

/** A copy of the data with another value at a path. */
export function withValueAt(
  data: ScenarioData,
  path: ScenarioDataPath,
  value: unknown,
): ScenarioData {
  return putIn(data, path, value) as ScenarioData;
}

function putIn(data: unknown, [key, ...rest]: ScenarioDataPath, value: unknown): unknown {
  if (key === undefined) return value;
  const inner = putIn((data as Record<string | number, unknown>)[key], rest, value);
  if (!Array.isArray(data)) return { ...(data as ScenarioDataMap), [key]: inner };
  return data.map((one: unknown, index) => (index === key ? inner : one));
}
