/**
 * The result of a sweep: a KPI against the value as a chart, and all of them as a table, from which a value is run alone.
 *
 * @module
 */
import { kpiMark, measuredText } from '../../reports/kpi-text.ts';
import type { KpiResult } from '../../reports/report-schema.ts';
import {
  kpiResultOfRow,
  missingKpiText,
  type SweepRow,
  shortestUniqueEnding,
  sweepKpiNames,
  sweepLimits,
  sweepVerdict,
} from '../../reports/sweep.ts';
import { ChartFrame } from '../../viz/app/chart/chart-frame.ts';
import { downloadFile } from '../../viz/app/chart/picture.ts';
import { elementRedrawnOnResize } from '../../viz/app/chart/plot.ts';
import { type Child, element, replaceContent } from '../../viz/app/kernel/element.ts';
import { tableHead } from '../../viz/app/kernel/table-head.ts';
import type { LabFound } from '../run/lab-task.ts';
import { type SweepPoint, sweepChart } from './sweep-chart.ts';

type Swept = Extract<LabFound, { kind: 'swept' }>;

/** Makes the view. @param open Runs the scenario with a value. */
export function sweptView(swept: Swept, signal: AbortSignal, open: (value: string) => void): Child {
  const { sweep, path } = swept;
  const { word, text } = sweepVerdict(sweep);
  const kpis = sweepKpiNames(sweep);
  const isMissed = (name: string): boolean =>
    sweep.rows.some((row) => kpiResultOfRow(row, name)?.pass === false);
  const frame = new ChartFrame({ name: 'sweep', origin: { run: sweep.name, seed: '' } });
  const select = element(
    'select',
    { change: () => draw(select.value) },
    kpis.map((name) => element('option', { value: name }, name)),
  );
  const draw = (kpi: string): void => drawKpi(swept, kpi, { frame, signal, open });
  const first = kpis.find(isMissed) ?? kpis[0];
  if (first !== undefined) {
    select.value = first;
    draw(first);
  }
  const json = (): void =>
    downloadFile('sweep.json', new Blob([`${JSON.stringify(sweep, null, 2)}\n`]));
  return [
    element(
      'h2',
      { class: word === 'PASS' ? 'pass-text' : 'fail-text' },
      `Sweep: ${word}, ${text}`,
    ),
    kpis.length > 1 && element('label', {}, `over ${path}`, select),
    first !== undefined && frame.root,
    element(
      'div',
      { class: 'chart-table', tabindex: 0, role: 'region', 'aria-label': 'all values' },
      element(
        'table',
        {},
        tableHead([shortestUniqueEnding(path, [path]), ...kpis]),
        element(
          'tbody',
          {},
          sweep.rows.map((row) => rowOf(row, kpis, { path, open })),
        ),
      ),
    ),
    element('p', {}, element('code', {}, sweep.reproduce)),
    element('button', { type: 'button', click: json }, 'Download sweep.json'),
  ];
}

function rowOf(
  row: SweepRow,
  kpis: readonly string[],
  { path, open }: { readonly path: string; readonly open: (value: string) => void },
): HTMLElement {
  const value = row.parameters[path] ?? '';
  const title = `run it alone, with ${path}=${value}`;
  const click = (): void => open(value);
  const cellOf = (kpi: KpiResult | undefined): HTMLElement =>
    element(
      'td',
      { class: kpi?.pass === true ? 'number' : 'number fail-text', title: row.broke },
      kpi === undefined ? missingKpiText(row) : measuredText(kpi),
      kpi?.pass === false && ` ${kpiMark(kpi)}`,
    );
  return element(
    'tr',
    {},
    element('td', {}, element('button', { type: 'button', title, click }, value)),
    kpis.map((name) => cellOf(kpiResultOfRow(row, name))),
    row.broke !== undefined && element('td', { class: 'fail-text' }, row.broke),
  );
}

interface Drawn {
  readonly frame: ChartFrame;
  readonly signal: AbortSignal;
  readonly open: (value: string) => void;
}

function drawKpi(swept: Swept, name: string, { frame, signal, open }: Drawn): void {
  const { sweep, path } = swept;
  const cells = sweep.rows.map((row) => kpiResultOfRow(row, name));
  const missed = cells.filter((kpi) => kpi?.pass === false).length;
  const words =
    missed === 0
      ? `${name} meets its limit at every value`
      : `${name} misses its limit at ${missed} of ${cells.length} values`;
  frame.show({
    title: words,
    caption: `Over ${path}; bars: 95 % interval; dashed: limit; ✗: missed.`,
    table: () => ({
      columns: [path, 'unit', name, 'low', 'high'],
      rows: sweep.rows.map((row, at) => {
        const { unit = '', value = null, ci95 } = cells[at] ?? {};
        return [row.parameters[path] ?? '', unit, value, ci95?.low ?? null, ci95?.high ?? null];
      }),
    }),
  });
  const points = cells.flatMap((kpi, at): readonly SweepPoint[] => {
    if (kpi === undefined || kpi.value === null) return [];
    const text = sweep.rows[at]?.parameters[path] ?? '';
    return [{ kpi, value: kpi.value, text, place: swept.places[at] ?? 0 }];
  });
  const chart = { path, name, limits: sweepLimits(sweep, name) };
  replaceContent(
    frame.body,
    elementRedrawnOnResize(signal, (width) => sweepChart(points, { ...chart, width, words, open })),
  );
}
