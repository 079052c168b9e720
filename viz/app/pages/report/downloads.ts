/**
 * The downloads of the report page: the files of the run or, without a server, the report and files
 * made from it. The same row has buttons that copy the link to this view and print the page.
 *
 * @module
 */

import { INPUT_COPY_FILE_NAMES } from '../../../../reports/input-copies.ts';
import { renderJunit } from '../../../../reports/junit.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import type { TableData } from '../../../format/drawing.ts';
import { formatCsv } from '../../chart/csv.ts';
import { savePerfetto } from '../../chart/perfetto-file.ts';
import { downloadFile } from '../../chart/picture.ts';
import { fileNamesOfRun } from '../../data/run-files.ts';
import { type Child, element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { copyLink } from '../../kernel/top-bar.ts';

/** The label for each file of a run, in the order in which they are shown. */
const FILES: readonly (readonly [file: string, words: string])[] = [
  ['report.html', 'HTML'],
  ['report.json', 'JSON'],
  ['report.md', 'Markdown'],
  ['junit.xml', 'JUnit'],
  ['metrics.prom', 'Prometheus'],
  ['samples.parquet', 'Parquet'],
  ['trace.pcapng', 'pcapng'],
  ['trace.orr', 'trace'],
  [INPUT_COPY_FILE_NAMES.scenario, 'scenario'],
  [INPUT_COPY_FILE_NAMES.topology, 'topology'],
];

/** Makes the row of buttons and links. */
export function renderDownloads(context: ReportPageContext): HTMLElement {
  const { run, report, library, view, notify, signal } = context;
  const files = element('span', { class: 'files' });
  const base = run.id.replaceAll('/', '-');
  const save = (name: string, type: string, text: string): void =>
    downloadFile(`${base}-${name}`, new Blob([text], { type }));
  library.state.watch(signal, (state) => {
    const left = fileNamesOfRun(run.id, state);
    replaceContent(files, left === undefined ? fromReport(report, save) : served(context, left));
  });
  const csv = (): void => {
    const seed = report.seeds.length === 1 ? String(report.seeds[0] ?? '') : '';
    save('kpis.csv', 'text/csv', formatCsv(kpiRows(report), { run: run.id, seed }));
  };
  return element(
    'div',
    { class: 'downloads' },
    files,
    button('KPIs as CSV', csv),
    run.hasTrace &&
      button('Perfetto', () => {
        savePerfetto(run).catch((error: Error) => notify(error.message));
      }),
    button('Copy link', () => void copyLink(view, notify)),
    button('Print', () => print()),
    element('p', { class: 'permalink' }, 'This view: ', element('span', {}, view.link)),
  );
}

function button(label: string, click: () => void): HTMLElement {
  return element('button', { type: 'button', click }, label);
}

function served({ run }: ReportPageContext, left: readonly string[]): Child {
  return FILES.filter(([file]) => left.includes(file)).map(([file, words]) =>
    element(
      'a',
      {
        ...{ href: addressOf(run.file(file)), 'data-file': file, title: file },
        // The print style sheet prints this attribute beside the link, because a style sheet cannot
        // compute the absolute URL.
        'data-address': addressOf(run.file(file)),
        // The HTML report opens in the browser, all other files are downloaded.
        ...(file === 'report.html'
          ? { target: '_blank', rel: 'noopener' }
          : { download: `${run.id.replaceAll('/', '-')}-${file}` }),
      },
      words,
    ),
  );
}

/** Returns the absolute URL of a file, for readers of the printed page. */
function addressOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : new URL(file, location.href).href;
}

/** Makes the downloads that need no server: the report itself, and files made from it. */
function fromReport(
  report: Report,
  save: (name: string, type: string, text: string) => void,
): Child {
  return [
    button('JSON', () =>
      save('report.json', 'application/json', `${JSON.stringify(report, null, 1)}\n`),
    ),
    button('JUnit', () => save('junit.xml', 'application/xml', renderJunit(report))),
    element(
      'small',
      {},
      'HTML, Markdown and the other files are in the folder of the run: open it with npm run viz.',
    ),
  ];
}

/**
 * Makes a table of the KPIs: for each KPI one row for each seed, and one row for all seeds
 * together.
 */
export function kpiRows(report: Report): TableData {
  const rows = report.kpis.flatMap((kpi) => {
    const { metric, aggregation, unit, comparison, limit, status } = kpi;
    const { low, high } = kpi.ci95;
    const name = [metric, aggregation, unit] as const;
    return [
      [...name, 'all', kpi.value, low, high, comparison, limit, status],
      ...kpi.perSeed.map(({ seed, value }) => [
        ...[...name, String(seed), value, null, null],
        ...[comparison, limit, ''],
      ]),
    ];
  });
  const columns = ['metric', 'aggregation', 'unit', 'of seed', 'value', 'low 95 %', 'high 95 %'];
  return { columns: [...columns, 'comparison', 'limit', 'status'], rows };
}
