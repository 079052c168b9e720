/**
 * The section of the HTML report on the twin: its changes, and the paired differences.
 *
 * @module
 */
import type { Report } from '../report-schema.ts';
import { TWIN_HEADINGS, twinCells, twinChanges } from '../twin-text.ts';
import { EMPTY_MARKUP, html, type Markup } from './markup.ts';

/** The section about the twin; empty markup if the run had none. */
export function twinSection({ twin }: Report): Markup {
  if (twin === undefined) return EMPTY_MARKUP;
  const rows = twinCells(twin).map(
    (
      cells,
    ) => html`<tr>${cells.map((cell, at) => html`<td class="${kindOf(at)}">${cell}</td>`)}</tr>
`,
  );
  return html`<section><h2>Twin</h2>
<p class="muted">Each seed ran twice, as written and with <code>${twinChanges(twin)}</code>; differences are twin minus as written.</p>
<table><thead><tr>${TWIN_HEADINGS.map((text, at) => html`<th class="${kindOf(at)}">${text}</th>`)}</tr></thead><tbody>${rows}</tbody></table></section>
`;
}

function kindOf(column: number): string {
  return column >= 1 && column <= 3 ? 'number' : '';
}
