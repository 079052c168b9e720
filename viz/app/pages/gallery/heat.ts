/**
 * The values of a heat map: one of five tints for each cell, and the sentence below the map.
 *
 * @module
 */
import { limitQuantityText, quantityTextBesideLimit } from '../../../../reports/format.ts';
import type { HeatGrid } from '../../../format/run-card.ts';

const STEPS = 5;

/**
 * Returns the tint of each cell, from 1 for the smallest value to 5 for the largest; undefined for
 * a cell without a value.
 */
export function tintSteps({ cells }: HeatGrid): readonly (readonly (number | undefined)[])[] {
  const values = cells.flat().flatMap((cell) => cell?.value ?? []);
  const least = values.reduce((min, value) => Math.min(min, value), Number.POSITIVE_INFINITY);
  const most = values.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  const step = (value: number): number =>
    most === least
      ? 1
      : Math.min(STEPS, 1 + Math.floor((STEPS * (value - least)) / (most - least)));
  return cells.map((row) =>
    row.map((cell) => (typeof cell?.value === 'number' ? step(cell.value) : undefined)),
  );
}

/** Formats the value of a cell, with enough digits to show whether it meets the limit. */
export function cellText({ limits, unit }: HeatGrid, value: number | null): string {
  return value === null ? 'none' : quantityTextBesideLimit(value, limits[0]?.limit ?? value, unit);
}

/** Says which KPI the map shows over which parameters, and which parameters are fixed. */
export function describeHeatGrid({ kpi, limits, unit, x, y, fixed }: HeatGrid): string {
  const limited = limits
    .map(({ comparison, limit }) => `${comparison} ${limitQuantityText(limit, unit)}`)
    .join(' and ');
  const axes = [x.name, y.name].filter((name) => name !== '').map(shortParameterName);
  const others = Object.entries(fixed).map(
    ([name, value]) => `${shortParameterName(name)} ${value}`,
  );
  const rest = others.length === 0 ? '' : `, with ${others.join(', ')}`;
  const over = `${kpi} over ${axes.join(' and ')}${rest}`;
  return `${over}. Limit ${limited}; a stronger colour is a larger value.`;
}

/** Returns the last part of a parameter's path: `probeInterval`. */
export function shortParameterName(path: string): string {
  return path.split('.').at(-1) ?? path;
}
