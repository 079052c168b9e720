/**
 * How late a live run was, as a table: lateness of links, of waiting in sockets, per hop, and of whole
 * packets.
 *
 * @module
 */
import { quantityText, wholeNumberText } from './format.ts';
import { EMPTY_MARKUP, html, type Markup } from './html/markup.ts';
import type { Report } from './report-schema.ts';

/** Metrics of a live run with their display names, in the order in which a datagram meets these delays. */
const ROWS = [
  ['live.lateness', 'link due to socket, per hop'],
  ['live.socket_wait', 'waiting in sockets, per hop'],
  ['live.hop_lateness', 'link due to handler, per hop'],
  ['live.way_lateness', 'a packet over its whole path'],
  ['live.on_time_latency', 'its latency minus that'],
  ['live.way_links', 'its time on links'],
] as const;
const FRACTIONS = [0.5, 0.95, 0.99] as const;

/** The table as rows of Markdown; none if nothing was measured. */
export function latenessRows(report: Report): readonly string[] {
  const rows = cellsOf(report);
  if (rows.length === 0) return [];
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return ['| lateness | n | p50 | p95 | p99 |', '|---|---:|---:|---:|---:|', ...lines];
}

/** The table as a section of `report.html`. */
export function latenessSection(report: Report): Markup {
  const rows = cellsOf(report);
  if (rows.length === 0) return EMPTY_MARKUP;
  const body = rows.map(([name = '', ...numbers]) => {
    const cells = numbers.map((cell) => html`<td class="number">${cell}</td>`);
    return html`<tr><td>${name}</td>${cells}</tr>
`;
  });
  const heads = ['n', 'p50', 'p95', 'p99'].map((head) => html`<th class="number">${head}</th>`);
  return html`<section><h2>How late this machine was</h2>
<p class="muted">All rows but the first cover sampled datagrams and packets after the warm-up.</p>
<table><thead><tr><th></th>${heads}</tr></thead><tbody>${body}</tbody></table></section>
`;
}

function cellsOf({ metrics }: Report): readonly (readonly string[])[] {
  return ROWS.flatMap(([name, words]) => {
    const metric = metrics[name];
    if (metric === undefined || metric.count === 0) return [];
    const points = FRACTIONS.map((p) => metric.quantiles?.find((point) => point.p >= p - 1e-12));
    const values = points.map((point) =>
      point === undefined ? '-' : quantityText(point.value, 'ns'),
    );
    return [[words, wholeNumberText(metric.count), ...values]];
  });
}
