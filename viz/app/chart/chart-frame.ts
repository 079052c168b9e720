/**
 * The frame of every chart: a title that states the finding, a sentence for screen readers, the
 * table with the chart's numbers, and exports of exactly what is shown.
 *
 * @module
 */

import type { TableData } from '../../format/drawing.ts';
import { element, replaceContent } from '../kernel/element.ts';
import { tableHead } from '../kernel/table-head.ts';
import { type DataOrigin, formatCsv } from './csv.ts';
import { downloadFile, renderPng, standaloneSvg } from './picture.ts';

/** The texts and the table that a chart shows at the moment. */
export interface ChartContent {
  /** One sentence that states the finding. */
  readonly title: string;
  /** A text that names what is drawn, the axis, and the confidence interval. */
  readonly caption: string;
  /**
   * One sentence for screen readers that contains the main number; if absent, screen readers read
   * the title.
   */
  readonly summary?: string;
  /** The table, or a function that makes the table when the reader opens it. */
  readonly table: TableData | (() => TableData);
}

/** What a chart's frame needs and what does not change with its content. */
export interface ChartFrameParts {
  /** File name of the exports, without extension. */
  readonly name: string;
  readonly origin: DataOrigin;
  /** Makes the drawing to export; if absent, the SVG element in the frame is exported. */
  readonly picture?: () => SVGSVGElement;
}

/** Name of the event that makes a chart switch between its picture and its table. */
export const TOGGLE_TABLE_EVENT = 'chart-table';
/** Name of the event that makes a chart offer its export. */
export const EXPORT_CHART_EVENT = 'chart-export';

const ROWS_SHOWN = 500;

/** A chart's frame; the page draws into {@link ChartFrame.body}. */
export class ChartFrame {
  readonly root: HTMLElement;
  /** The element into which the page puts the drawing. */
  readonly body = element('div', { class: 'chart-body' });
  readonly #parts: ChartFrameParts;
  readonly #title = element('strong');
  readonly #caption = element('span');
  readonly #summary = element('p', { class: 'for-screen-readers' });
  readonly #table = element('div', {
    class: 'chart-table',
    hidden: true,
    tabindex: 0,
    role: 'region',
    'aria-label': 'table of the chart',
  });
  readonly #swap = element('button', { type: 'button', 'aria-pressed': 'false' }, 'Table');
  readonly #menu: HTMLDetailsElement;
  #content: ChartContent = { title: '', caption: '', table: { columns: [], rows: [] } };

  constructor(parts: ChartFrameParts) {
    this.#parts = parts;
    this.#menu = element(
      'details',
      { class: 'export' },
      element('summary', {}, 'Export'),
      element(
        'div',
        {},
        this.#exporter('SVG', () => this.#saveSvg()),
        this.#exporter('PNG', () => this.#savePng()),
        this.#exporter('CSV', () => this.#saveCsv()),
      ),
    );
    this.root = element(
      'figure',
      { class: 'chart', 'data-chart': parts.name },
      element(
        'figcaption',
        {},
        element('div', {}, this.#title, this.#caption),
        element('div', { class: 'chart-tools' }, this.#swap, this.#menu),
      ),
      this.#summary,
      this.body,
      this.#table,
    );
    this.#swap.addEventListener('click', () => this.#swapTable());
    this.root.addEventListener(TOGGLE_TABLE_EVENT, () => this.#swapTable());
    this.root.addEventListener(EXPORT_CHART_EVENT, () => {
      this.#menu.open = true;
      this.#menu.querySelector('button')?.focus();
    });
    this.#menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget !== null && !this.#menu.contains(relatedTarget as Node))
        this.#menu.open = false;
    });
  }

  /** Replaces the texts and the table; fast enough to be called in every animation frame. */
  show(content: ChartContent): void {
    this.#content = content;
    const { title, caption, summary = title } = content;
    if (this.#title.textContent !== title) this.#title.textContent = title;
    if (this.#caption.textContent !== caption) this.#caption.textContent = caption;
    if (this.#summary.textContent !== summary) this.#summary.textContent = summary;
    if (!this.#table.hidden) this.#fillTable();
  }

  #swapTable(): void {
    this.#table.hidden = !this.#table.hidden;
    this.body.hidden = !this.#table.hidden;
    this.#swap.setAttribute('aria-pressed', String(!this.#table.hidden));
    if (!this.#table.hidden) this.#fillTable();
  }

  #fillTable(): void {
    const { columns, rows } = this.#tableNow();
    const cell = (value: string | number | null): HTMLElement =>
      element('td', { class: typeof value === 'number' ? 'number' : '' }, value ?? '–');
    const more = rows.length - ROWS_SHOWN;
    replaceContent(
      this.#table,
      element(
        'table',
        {},
        tableHead(columns),
        element(
          'tbody',
          {},
          rows.slice(0, ROWS_SHOWN).map((row) => element('tr', {}, row.map(cell))),
        ),
      ),
      more > 0 && element('p', { class: 'muted' }, `${more} more rows are in the CSV.`),
    );
  }

  #tableNow(): TableData {
    const { table } = this.#content;
    return typeof table === 'function' ? table() : table;
  }

  #exporter(name: string, save: () => void | Promise<void>): HTMLElement {
    const click = (): void => {
      this.#menu.open = false;
      void save();
    };
    return element('button', { type: 'button', 'data-export': name.toLowerCase(), click }, name);
  }

  #drawing(): SVGSVGElement {
    const { picture } = this.#parts;
    return (
      picture?.() ??
      this.body.querySelector('svg') ??
      document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    );
  }

  #saveSvg(): void {
    const text = standaloneSvg(this.#drawing(), this.#content.summary ?? this.#content.title);
    downloadFile(`${this.#parts.name}.svg`, new Blob([text], { type: 'image/svg+xml' }));
  }

  async #savePng(): Promise<void> {
    const drawing = this.#drawing();
    downloadFile(
      `${this.#parts.name}.png`,
      await renderPng(standaloneSvg(drawing, this.#content.title), drawing),
    );
  }

  #saveCsv(): void {
    const text = formatCsv(this.#tableNow(), this.#parts.origin);
    downloadFile(`${this.#parts.name}.csv`, new Blob([text], { type: 'text/csv' }));
  }
}

/** Dispatches an event to the chart that has the focus, or else to the first chart of the page. */
export function dispatchToFocusedChart(event: string): void {
  const focused = document.activeElement?.closest('.chart');
  (focused ?? document.querySelector('.chart'))?.dispatchEvent(new Event(event));
}
