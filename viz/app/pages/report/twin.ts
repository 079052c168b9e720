/**
 * The section about the twin, a second run of each seed with some changes: the changes, and a table
 * of the paired differences.
 *
 * @module
 */
import type { Report } from '../../../../reports/report-schema.ts';
import { TWIN_HEADINGS, twinCells, twinChanges } from '../../../../reports/twin-text.ts';
import { type Child, element } from '../../kernel/element.ts';
import { tableHead } from '../../kernel/table-head.ts';

/** Makes the content of the section about the twin. */
export function twinContent(twin: NonNullable<Report['twin']>): Child {
  const rows = twinCells(twin).map((cells) =>
    element(
      'tr',
      {},
      cells.map((cell, at) => element('td', at >= 1 && at <= 3 ? { class: 'number' } : {}, cell)),
    ),
  );
  return [
    element(
      'p',
      { class: 'muted' },
      `Each seed ran twice, as written and with ${twinChanges(twin)}; differences are twin minus as written.`,
    ),
    element(
      'div',
      { class: 'wide-table', tabindex: 0, role: 'region', 'aria-label': 'differences of the twin' },
      element('table', {}, tableHead([...TWIN_HEADINGS]), element('tbody', {}, rows)),
    ),
  ];
}
