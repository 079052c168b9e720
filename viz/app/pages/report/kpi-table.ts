/**
 * The table of KPIs. Beside each value, a small drawing shows the value, its confidence interval,
 * the values of single seeds and the limit. The side of the limit on which values are allowed is
 * tinted.
 *
 * @module
 */

import {
  KPI_HEADINGS,
  type KpiBar,
  kpiBar,
  kpiMissReason,
  STATUS_WORDS,
} from '../../../../reports/kpi-bar.ts';
import {
  intervalKind,
  intervalText,
  kpiMargin,
  kpiMark,
  kpiName,
  limitText,
  measuredText,
  sortMissedFirst,
} from '../../../../reports/kpi-text.ts';
import type { KpiResult, Report } from '../../../../reports/report-schema.ts';
import { pageOfMissedKpi } from '../../data/where-to-look.ts';
import { type UrlState, writeUrlHash } from '../../kernel/address.ts';
import { instantText } from '../../kernel/duration.ts';
import { type Child, element, svgElement } from '../../kernel/element.ts';
import { tableHead } from '../../kernel/table-head.ts';

/**
 * A missed latency KPI links to the latency page, which then shows this much time before and after the worst bin,
 * ns.
 */
const AROUND_NS = 1e9;
/** Width and height of the drawing of one KPI, px. */
const WIDTH = 220;
const HEIGHT = 28;
/** Distance of the bar from the upper edge of the drawing, px. */
const MIDDLE = 16;
const TONES: Readonly<Record<KpiResult['status'], string>> = {
  pass: 'pass',
  fail: 'fail',
  'not-applicable': 'muted',
  inconclusive: 'open',
};

/**
 * Makes the table, with missed KPIs first. Each missed KPI links to the page that shows why it was
 * missed.
 * @param run Id of the run in the page's address.
 */
export function kpiTable(report: Report, run: string): HTMLElement {
  if (report.kpis.length === 0) {
    return element('p', { class: 'muted' }, 'The scenario states no KPI, so nothing was judged.');
  }
  return element(
    'div',
    { class: 'kpi-room' },
    element(
      'table',
      { class: 'kpis' },
      tableHead(KPI_HEADINGS),
      element(
        'tbody',
        {},
        sortMissedFirst(report.kpis).map((kpi) => rowsOf(kpi, report, run)),
      ),
    ),
  );
}

function rowsOf(kpi: KpiResult, report: Report, run: string): Child {
  const tone = TONES[kpi.status];
  const word = STATUS_WORDS[kpi.status];
  const cell = (name: string, ...content: readonly Child[]): HTMLElement =>
    element('td', { class: `number ${name}` }, content);
  const sign = element('span', { role: 'img', 'aria-label': word, title: word }, kpiMark(kpi));
  const why = kpiMissReason(kpi, report);
  const link = kpi.status === 'fail' && linkToMiss(report, kpi, run);
  return [
    element(
      'tr',
      {},
      element('td', { class: `${tone}-text sign` }, sign),
      element('th', { scope: 'row' }, kpiName(kpi)),
      cell(kpi.pass ? 'measured' : `measured ${tone}-text`, measuredText(kpi)),
      cell('interval', element('span', { title: intervalKind(kpi) }, intervalText(kpi))),
      element('td', { class: 'bar-cell' }, barOf(kpi, tone)),
      cell('limit-cell', limitText(kpi)),
      cell('margin', kpiMargin(kpi)),
    ),
    (why !== undefined || link !== false) &&
      element(
        'tr',
        { class: `why ${tone}-text` },
        element('td', {}),
        element('td', { colspan: 6 }, why, why !== undefined && ' ', link),
      ),
  ];
}

/** Makes a link such as `See it at 20.15 s on the page Failover`. */
function linkToMiss(report: Report, kpi: KpiResult, run: string): HTMLElement {
  const { page, timeNs, parameters } = pageOfMissedKpi(report, kpi);
  const around: UrlState['rangeNs'] =
    timeNs === undefined ? undefined : [Math.max(0, timeNs - AROUND_NS), timeNs + AROUND_NS];
  const href = writeUrlHash({
    ...{ run, page, timeNs, speed: 1, selection: undefined, theme: undefined, rest: parameters },
    rangeNs: page === 'latency' ? around : undefined,
  });
  const when = timeNs === undefined ? '' : ` at ${instantText(timeNs, report.scenario.durationNs)}`;
  return element('a', { href }, `See it${when} on the page ${page}`);
}

function barOf(kpi: KpiResult, tone: string): Child {
  const bar = kpiBar(kpi, WIDTH);
  if (bar === undefined) return undefined;
  const { allowed, limit, seeds, value } = bar;
  const line = (kind: string, from: number, to: number, ys: readonly [number, number]): Node =>
    svgElement('line', { class: kind, x1: from, x2: to, y1: ys[0], y2: ys[1] });
  const words = `${measuredText(kpi)} against the limit ${limitText(kpi)}, 95 % interval ${intervalText(kpi)}`;
  return svgElement(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      class: `kpi-bar ${tone}`,
      role: 'img',
      'aria-label': words,
    },
    allowed !== undefined &&
      svgElement('rect', {
        ...{ class: 'allowed', x: allowed.from, y: 4, width: allowed.width, height: HEIGHT - 4 },
      }),
    line('axis', 4, WIDTH - 4, [MIDDLE, MIDDLE]),
    seeds.map((at) => line('seed', at, at, [MIDDLE - 10, MIDDLE - 5])),
    line('limit', limit, limit, [2, HEIGHT]),
    intervalMark(bar),
    svgElement('circle', { cx: value, cy: MIDDLE, r: 4.5 }),
  );
}

function intervalMark({ interval }: KpiBar): Child {
  if (interval === undefined) return undefined;
  const { from, to, hasLow, hasHigh } = interval;
  return svgElement('line', {
    class: 'interval',
    ...{ x1: from, x2: to, y1: MIDDLE, y2: MIDDLE },
    // Dashed if a bound of the interval is infinite: the end of the line is then not the end of the
    // interval.
    'stroke-dasharray': hasLow && hasHigh ? undefined : '4 3',
  });
}
