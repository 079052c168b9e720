/**
 * The section that says how each KPI was measured: definition, estimator and number of samples. It
 * also lists the metrics without a limit.
 *
 * @module
 */
import { countWithNoun, quantityText, wholeNumberText } from '../../../../reports/format.ts';
import { kpiName } from '../../../../reports/kpi-text.ts';
import type { MetricSummary, Report } from '../../../../reports/report-schema.ts';
import { type Child, element } from '../../kernel/element.ts';

/** Makes the content of the section on methods. */
export function methodSection(report: Report): Child {
  const judged = report.kpis.map((kpi) =>
    element(
      'div',
      {},
      element('dt', {}, kpiName(kpi)),
      element(
        'dd',
        {},
        kpi.definition,
        element(
          'span',
          { class: 'muted estimated' },
          `${kpi.estimator}; n = ${wholeNumberText(kpi.n)}; ${kpi.clock} time; limit as written: ${kpi.limitText}.`,
        ),
      ),
    ),
  );
  const names = new Set(report.kpis.map(({ metric }) => metric));
  const others = Object.entries(report.metrics).filter(([name]) => !names.has(name));
  return [element('dl', { class: 'how' }, judged), others.length > 0 && otherMetrics(others)];
}

function otherMetrics(others: readonly (readonly [string, MetricSummary])[]): HTMLElement {
  return element(
    'details',
    {},
    element('summary', {}, `${countWithNoun(others.length, 'metric')} without a limit`),
    element(
      'div',
      { class: 'wide-table', tabindex: 0, role: 'region', 'aria-label': 'metrics without a limit' },
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ['metric', 'value', 'n', 'what it is'].map((text) =>
              element('th', { scope: 'col' }, text),
            ),
          ),
        ),
        element(
          'tbody',
          {},
          others.map(([name, metric]) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, name),
              element('td', { class: 'number' }, metricText(metric)),
              element('td', { class: 'number' }, wholeNumberText(metric.count)),
              element('td', {}, metric.notApplicable ?? metric.help),
            ),
          ),
        ),
      ),
    ),
  );
}

function metricText(metric: MetricSummary): string {
  if (metric.value !== null) return quantityText(metric.value, metric.unit);
  if (metric.notApplicable !== undefined) return 'not applicable';
  if (metric.mean === undefined) return 'not measured';
  return `mean ${quantityText(metric.mean, metric.unit)}, max ${quantityText(metric.max ?? 0, metric.unit)}`;
}
