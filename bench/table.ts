/**
 * Formats results as the table that `npm run bench` prints.
 *
 * @module
 */
import type { BenchResult } from './bench-result.ts';

const HEADER = ['', 'median', 'min', 'max', 'unit', '/ loop', '/ memory', 'target', 'ours is', ''];
/** Indexes of the columns with text, which is aligned at the left. */
const WORDS: readonly number[] = [0, 4, 9];

/**
 * Aligns results in columns.
 *
 * @param calibration The line whose rate is the unit for the multiples.
 * @param memoryPace Rate of the loop over memory, the unit of the other multiples.
 */
export function tableOf(
  results: readonly BenchResult[],
  calibration: BenchResult | undefined,
  memoryPace?: number,
): string {
  const units = { loop: calibration?.value, memory: memoryPace };
  const rows = [HEADER, ...results.map((result) => rowOf(result, results, units))];
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        WORDS.includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

function rowOf(result: BenchResult, all: readonly BenchResult[], units: Units): string[] {
  const ours = all.find(({ name }) => name === result.comparedWith);
  const isRate = result.unit.endsWith('/s');
  return [
    result.name,
    numberText(result.value),
    numberText(result.min),
    numberText(result.max),
    result.unit,
    multiple(isRate, result, units.loop),
    multiple(isRate, result, units.memory),
    targetText(result, isRate),
    ours === undefined ? '' : `${(ours.value / result.value).toFixed(2)} x`,
    result.note ?? '',
  ];
}

/** Rates of both loops, millions of steps per CPU second. */
interface Units {
  readonly loop: number | undefined;
  readonly memory: number | undefined;
}

function multiple(isRate: boolean, { value }: BenchResult, unit: number | undefined): string {
  return isRate && unit !== undefined ? (value / unit).toFixed(4) : '';
}

function targetText({ value, target }: BenchResult, isRate: boolean): string {
  if (target === undefined) return '';
  const isMet = isRate ? value >= target : value <= target;
  return `${isRate ? '>=' : '<='} ${target} ${isMet ? 'met' : 'MISSED'}`;
}

/** A number with three significant digits and without an exponent. */
function numberText(value: number | undefined): string {
  if (value === undefined) return '';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
