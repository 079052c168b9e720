/**
 * The head of a table.
 *
 * @module
 */
import { element } from './element.ts';

/** Makes the head of a table: one row of column headings. */
export function tableHead(headings: readonly string[]): HTMLElement {
  const cells = headings.map((text) => element('th', { scope: 'col' }, text));
  return element('thead', {}, element('tr', {}, cells));
}
