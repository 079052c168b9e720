/**
 * A KPI of a sweep as curves over the first varying parameter that is a number: one curve for each
 * value of the next varying parameter, with all other parameters at their first value. If the
 * combinations form no grid, as in a sampled design, they are drawn as points without lines.
 *
 * @module
 */
import { countWithNoun } from './format.ts';
import type { KpiResult } from './report-schema.ts';
import {
  kpiResultOfRow,
  parameterValueIn,
  type SweepResult,
  type SweepRow,
  sweepParameterNames,
} from './sweep.ts';
import { type QuantityReader, type SweepAxis, sweepAxis } from './sweep-axis.ts';

/** Largest number of curves that are drawn: more could not be told apart. */
const CURVES_MAX = 8;
/** Largest number of points that are drawn of a curve. */
const POINTS_MAX = 1_000;
/** Largest number of parameters over which points without lines are drawn. */
const SCATTERS_MAX = 4;

/** A combination on a curve. */
export interface SweepPoint {
  readonly x: number;
  /** The value of the parameter as it was written. */
  readonly text: string;
  /** Undefined if the combination broke, or has no such KPI. */
  readonly kpi: KpiResult | undefined;
  readonly row: SweepRow;
}

/** A curve; its points from left to right. */
export interface SweepCurve {
  /** The value of the second parameter; empty if there is none. */
  readonly name: string;
  readonly points: readonly SweepPoint[];
}

/** All curves of a KPI. */
export interface SweepCurves {
  readonly kpi: string;
  readonly x: { readonly name: string; readonly axis: SweepAxis };
  /** The second parameter; empty if there is none. */
  readonly by: string;
  readonly curves: readonly SweepCurve[];
  /** Values of the second parameter that are not drawn. */
  readonly left: readonly string[];
  /** True if points are combinations that no line joins. */
  readonly isScattered: boolean;
  readonly fixed: Readonly<Record<string, string>>;
  /** A sentence on what else is not drawn; empty if everything is. */
  readonly note: string;
}

/** A parameter with more than one value. */
interface Varying {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * The curves of a KPI over one parameter; if the combinations form no grid, points over each of the
 * first {@link SCATTERS_MAX} parameters that are numbers. Empty if no varying parameter is a number.
 */
export function sweepCurves(
  sweep: SweepResult,
  kpi: string,
  read: QuantityReader,
): readonly SweepCurves[] {
  const varying = varyingOf(sweep);
  const numeric = varying.flatMap(({ name, values }) => {
    const axis = sweepAxis(values, read);
    return axis === undefined ? [] : [{ name, axis }];
  });
  const [x] = numeric;
  if (x === undefined) return [];
  const others = varying.filter(({ name }) => name !== x.name);
  const joined = joinedBy(sweep, { kpi, x, others });
  if (joined.curves.some(({ points }) => points.length > 1)) return [joined];
  return numeric.slice(0, SCATTERS_MAX).map((one) => scattered(sweep, kpi, one));
}

function joinedBy(
  sweep: SweepResult,
  parts: Pick<SweepCurves, 'kpi' | 'x'> & { readonly others: readonly Varying[] },
): SweepCurves {
  const { kpi, x, others } = parts;
  const [by, ...rest] = others;
  const names = by?.values ?? [''];
  const drawn = spread(names, CURVES_MAX);
  const curveOf = new Map(drawn.map((name) => [name, [] as SweepPoint[]]));
  for (const row of sweep.rows) {
    if (rest.some(({ name, values }) => parameterValueIn(row, name) !== values[0])) continue;
    curveOf.get(parameterValueIn(row, by?.name))?.push(pointOf(row, kpi, x));
  }
  return {
    ...{ kpi, x, by: by?.name ?? '', isScattered: false, note: '' },
    curves: [...curveOf].map(([name, points]) => ({ name, points: fromLeft(points) })),
    left: names.filter((name) => !drawn.includes(name)),
    fixed: Object.fromEntries(rest.map(({ name, values }) => [name, values[0] ?? '-'])),
  };
}

function scattered(sweep: SweepResult, kpi: string, x: SweepCurves['x']): SweepCurves {
  const points = fromLeft(sweep.rows.map((row) => pointOf(row, kpi, x)));
  const missing = sweep.rows.length - points.length;
  const note = missing === 0 ? '' : `${countWithNoun(missing, 'combination')} more in the table`;
  const curves = [{ name: '', points }];
  return { ...{ kpi, x, curves, note }, by: '', left: [], isScattered: true, fixed: {} };
}

function pointOf(row: SweepRow, kpi: string, { name, axis }: SweepCurves['x']): SweepPoint {
  const text = parameterValueIn(row, name);
  const x = axis.of(text) ?? 0;
  // Sampled values may have all the digits of a double, so long texts are rounded.
  return { x, text: text.length > 10 ? axis.textOf(x) : text, kpi: kpiResultOfRow(row, kpi), row };
}

/** Parameters with more than one value. */
function varyingOf(sweep: SweepResult): readonly Varying[] {
  return sweepParameterNames(sweep)
    .map((name) => ({
      name,
      values: [...new Set(sweep.rows.map((row) => parameterValueIn(row, name)))],
    }))
    .filter(({ values }) => values.length > 1);
}

/** At most `most` of the elements, at even steps, with the first and the last among them. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  const at = (i: number): number => Math.round((i * (all.length - 1)) / (most - 1));
  return Array.from({ length: most }, (_, i) => all[at(i)] as T);
}

/** Points from left to right; of more than {@link POINTS_MAX}, a selection at even steps. */
function fromLeft(points: readonly SweepPoint[]): readonly SweepPoint[] {
  return spread(
    [...points].sort((a, b) => a.x - b.x),
    POINTS_MAX,
  );
}
