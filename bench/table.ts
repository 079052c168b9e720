/**
 * Formats results as the table that `npm run bench` prints.
 *
 * @module
 */
import type { BenchResult } from './bench-result.ts';

const HEADER = ['', 'median', 'min', 'max', 'unit', '/ calibration', 'target', 'ours is', ''];

/**
 * Aligns results in columns.
 *
 * @param calibration The line whose rate is the unit for the multiples.
 */
export function tableOf(
  results: readonly BenchResult[],
  calibration: BenchResult | undefined,
): string {
  const rows = [HEADER, ...results.map((result) => rowOf(result, results, calibration))];
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) =>
        i === 0 || i === 4 || i === 8 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

function rowOf(
  result: BenchResult,
  all: readonly BenchResult[],
  calibration: BenchResult | undefined,
): string[] {
  const ours = all.find(({ name }) => name === result.comparedWith);
  const isRate = result.unit.endsWith('/s');
  return [
    result.name,
    numberText(result.value),
    numberText(result.min),
    numberText(result.max),
    result.unit,
    isRate && calibration !== undefined ? (result.value / calibration.value).toFixed(4) : '',
    targetText(result, isRate),
    ours === undefined ? '' : `${(ours.value / result.value).toFixed(2)} x`,
    result.note ?? '',
  ];
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
