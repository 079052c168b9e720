/**
 * The twin of a run and the number of networks, worded the same for every emitter.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import { findDifferenceUnit } from './estimate.ts';
import { chooseUnitScale, countWithNoun, quantityText, scaledNumberText } from './format.ts';
import { kpiName } from './kpi-text.ts';
import type { Report } from './report-schema.ts';

/** The comparison of a run as written with its twin. */
export type Twin = NonNullable<Report['twin']>;

/** Column headings of the table that compares a run with its twin. */
export const TWIN_HEADINGS = [
  'mean per seed',
  'as written',
  'twin',
  'difference',
  '95 % of the difference',
] as const;

/** Lists the changes of the twin: `options.gateway.window=64`. */
export function twinChanges({ set }: Twin): string {
  return Object.entries(set)
    .map(([path, value]) => `${path}=${value}`)
    .join(', ');
}

/** The cells of each row of the table of differences, and why a row has no interval. */
export function twinCells(twin: Twin): readonly (readonly string[])[] {
  return twin.differences.map((row) => {
    const { unit, written, twin: value, difference, ci95, pairs } = row;
    const differenceUnit = findDifferenceUnit(unit);
    const text = (one: number | null, of = unit): string =>
      one === null ? 'none' : quantityText(one, of);
    const sign = (difference ?? 0) > 0 ? '+' : '';
    return [
      kpiName(row),
      text(written),
      text(value),
      `${difference === null ? '' : sign}${text(difference, differenceUnit)}`,
      `${boundsText(ci95, differenceUnit)}${countWithNoun(pairs, 'pair')}${overText(ci95)}`,
    ];
  });
}

function boundsText(
  { low, high, note }: Twin['differences'][number]['ci95'],
  unit: string,
): string {
  if (low === null || high === null) return `${note ?? 'no interval'}, `;
  const scale = chooseUnitScale(Math.max(Math.abs(low), Math.abs(high)), unit);
  const interval = `[${scaledNumberText(low, scale)}, ${scaledNumberText(high, scale)}]`;
  return `${`${interval} ${scale.suffix}`.trimEnd()}, `;
}

function overText({ over, n }: Twin['differences'][number]['ci95']): string {
  return over === 'networks' ? ` on ${countWithNoun(n, 'network')}` : '';
}

/** The comparison as lines for a terminal, without colour. */
export function twinLines(twin: Twin): readonly string[] {
  const rows = [TWIN_HEADINGS, ...twinCells(twin)];
  const widths = TWIN_HEADINGS.map((_, i) =>
    greatestOf(rows.map((cells) => cells[i]?.length ?? 0)),
  );
  const lines = rows.map((cells) => {
    const text = cells.map((cell, i) =>
      i === 0 || i === 4 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `    ${text.join('  ')}`.trimEnd();
  });
  return [`  Twin     ${twinChanges(twin)}`, ...lines];
}

/** The comparison as a section of `report.md`. */
export function twinMarkdown(twin: Twin, plain: (text: string) => string): string {
  const rows = twinCells(twin).map((cells) => `| ${cells.map(plain).join(' | ')} |`);
  return [
    `#### Twin: ${plain(twinChanges(twin))}`,
    '',
    `| ${TWIN_HEADINGS.join(' | ')} |`,
    '|---|---:|---:|---:|---|',
    ...rows,
    '',
  ].join('\n');
}

/** How many runs were made: `30 seeds`, `30 seeds on 10 networks`, `30 seeds, each twice`. */
export function seedsText({
  seeds,
  networks,
  twin,
}: Pick<Report, 'seeds' | 'networks' | 'twin'>): string {
  const on = networks === undefined ? '' : ` on ${networksText(networks)}`;
  return `${countWithNoun(seeds.length, 'seed')}${on}${twin === undefined ? '' : ', each twice'}`;
}

function networksText(networks: readonly number[]): string {
  return networks.length === 1
    ? `network ${networks[0]}`
    : countWithNoun(networks.length, 'network');
}
