/**
 * The KPIs as a table: each value with its interval and its seeds drawn against the limit, the
 * allowed side tinted.
 *
 * @module
 */
import { scaleLinear } from 'd3-scale';
import {
  intervalKind,
  intervalText,
  kpiMargin,
  kpiMark,
  kpiName,
  limitText,
  measuredText,
  missedFirst,
  missedText,
} from '../../../../reports/kpi-text.ts';
import type { KpiResult, Report } from '../../../../reports/report-schema.ts';
import { type Child, element, svgElement } from '../../kernel/element.ts';

const WIDTH = 220;
const HEIGHT = 28;
const MIDDLE = 16;
const TONES: Readonly<Record<KpiResult['status'], readonly [tone: string, word: string]>> = {
  pass: ['pass', 'met'],
  fail: ['fail', 'missed'],
  'not-applicable': ['muted', 'not applicable'],
  inconclusive: ['open', 'inconclusive'],
};

/** The table, missed KPIs first. */
export function kpiTable(report: Report): HTMLElement {
  if (report.kpis.length === 0) {
    return element('p', { class: 'muted' }, 'The scenario states no KPI, so nothing was judged.');
  }
  const headings = ['', 'KPI', 'measured', '95 % interval', 'against the limit', 'limit', 'margin'];
  return element(
    'div',
    { class: 'kpi-room' },
    element(
      'table',
      { class: 'kpis' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          headings.map((text) => element('th', { scope: 'col' }, text)),
        ),
      ),
      element(
        'tbody',
        {},
        missedFirst(report.kpis).map((kpi) => rowsOf(kpi, report.seeds.length)),
      ),
    ),
  );
}

function rowsOf(kpi: KpiResult, seeds: number): Child {
  const [tone, word] = TONES[kpi.status];
  const cell = (name: string, ...content: readonly Child[]): HTMLElement =>
    element('td', { class: `number ${name}` }, content);
  const sign = element('span', { role: 'img', 'aria-label': word, title: word }, kpiMark(kpi));
  const why = whyMissed(kpi, seeds);
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
    why !== '' &&
      element(
        'tr',
        { class: `why ${tone}-text` },
        element('td', {}),
        element('td', { colspan: 6 }, why),
      ),
  ];
}

function whyMissed(kpi: KpiResult, seeds: number): string {
  if (kpi.status === 'pass') return '';
  const parts = [kpi.reason, kpi.status === 'fail' ? missedText(kpi, seeds) : undefined];
  return parts.filter((one) => one !== undefined).join('; ');
}

/** From where to where a bar reaches: everything that is known, with room at both ends. */
export function barDomain(kpi: KpiResult): readonly [number, number] {
  const { low, high } = kpi.ci95;
  const seeds = kpi.perSeed.map(({ value }) => value);
  const known = [kpi.value, kpi.limit, low, high, ...seeds].filter((one) => one !== null);
  const least = Math.min(...known);
  const most = Math.max(...known);
  // A ratio near 1 is told by what is missing.
  if (kpi.unit === 'ratio' && least > 0.5) return [least - (1 - least) * 0.15, Math.max(1, most)];
  return [Math.min(0, least), most === 0 ? 1 : most * 1.12];
}

function barOf(kpi: KpiResult, tone: string): Child {
  if (kpi.value === null) return undefined;
  const x = scaleLinear([...barDomain(kpi)], [4, WIDTH - 4]);
  const line = (kind: string, from: number, to: number, ys: readonly [number, number]): Node =>
    svgElement('line', { class: kind, x1: from, x2: to, y1: ys[0], y2: ys[1] });
  const limit = x(kpi.limit);
  const words = `${measuredText(kpi)} against the limit ${limitText(kpi)}, 95 % interval ${intervalText(kpi)}`;
  return svgElement(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      class: `kpi-bar ${tone}`,
      role: 'img',
      'aria-label': words,
    },
    allowedSide(kpi, limit),
    line('axis', 4, WIDTH - 4, [MIDDLE, MIDDLE]),
    kpi.perSeed.length > 1 &&
      kpi.perSeed.map(({ value }) =>
        value === null ? undefined : line('seed', x(value), x(value), [MIDDLE - 10, MIDDLE - 5]),
      ),
    line('limit', limit, limit, [2, HEIGHT]),
    intervalMark(kpi, x),
    svgElement('circle', { cx: x(kpi.value), cy: MIDDLE, r: 4.5 }),
  );
}

function allowedSide({ comparison }: KpiResult, limit: number): Child {
  if (comparison === '==') return undefined;
  const isUpper = comparison === '<=' || comparison === '<';
  const x = isUpper ? 4 : limit;
  const width = Math.max(0, isUpper ? limit - 4 : WIDTH - 4 - limit);
  return svgElement('rect', { class: 'allowed', x, y: 4, width, height: HEIGHT - 4 });
}

function intervalMark({ ci95 }: KpiResult, x: (value: number) => number): Child {
  const { kind, low, high } = ci95;
  if (kind === 'none' || (low === null && high === null)) return undefined;
  return svgElement('line', {
    class: 'interval',
    x1: low === null ? 4 : x(low),
    x2: high === null ? WIDTH - 4 : x(high),
    ...{ y1: MIDDLE, y2: MIDDLE },
    // No finite bound: the bar has no end there.
    'stroke-dasharray': low === null || high === null ? '4 3' : undefined,
  });
}
