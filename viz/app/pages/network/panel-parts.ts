/**
 * Elements that the panels of nodes, links and packets have in common.
 *
 * @module
 */
import { type Child, element } from '../../kernel/element.ts';

/** Makes a section with its heading. */
export function section(title: string, content: Child): HTMLElement {
  return element('section', {}, element('h3', {}, title), content);
}

/** Makes a table of names and numbers, with one pair on each line. */
export function numberTable(rows: readonly (readonly [string, string | number])[]): Child {
  return table(rows, 'number');
}

/** Makes a table of names and texts; long texts wrap. */
export function textTable(rows: readonly (readonly [string, string])[]): Child {
  return table(rows, 'text');
}

function table(rows: readonly (readonly [string, string | number])[], kind: string): Child {
  if (rows.length === 0) return element('p', { class: 'muted' }, 'none');
  const body = rows.map(([name, value]) =>
    element('tr', {}, element('th', { scope: 'row' }, name), element('td', { class: kind }, value)),
  );
  return element('table', {}, element('tbody', {}, body));
}
