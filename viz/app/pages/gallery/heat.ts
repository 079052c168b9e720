/**
 * The numbers of a heat map: which of five steps a value has, and the sentence below it.
 *
 * @module
 */
import { limitQuantity, quantityAgainst } from '../../../../reports/format.ts';
import type { HeatGrid } from '../../../format/run-card.ts';

const STEPS = 5;

/**
 * Step 1 to 5 of each cell between the least and the largest value; undefined if it has no value.
 */
export function stepsOf({ cells }: HeatGrid): readonly (readonly (number | undefined)[])[] {
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

/** Text of a cell. */
export function cellText({ limit, unit }: HeatGrid, value: number | null): string {
  return value === null ? 'none' : quantityAgainst(value, limit, unit);
}

/** What is drawn over which parameters, and what is kept fixed. */
export function captionOf({ kpi, comparison, limit, unit, x, y, fixed }: HeatGrid): string {
  const axes = [x.name, y.name].filter((name) => name !== '').map(shortName);
  const others = Object.entries(fixed).map(([name, value]) => `${shortName(name)} ${value}`);
  const rest = others.length === 0 ? '' : `, with ${others.join(', ')}`;
  const over = `${kpi} over ${axes.join(' and ')}${rest}`;
  return `${over}. Limit ${comparison} ${limitQuantity(limit, unit)}; a stronger colour is a larger value.`;
}

/** The last part of a path: `probeInterval`. */
export function shortName(path: string): string {
  return path.split('.').at(-1) ?? path;
}
