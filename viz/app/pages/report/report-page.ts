/**
 * The report page, in the order of `report.html`: verdict, limits, warnings, latencies, what became
 * of the packets, how to repeat the run, and how it was measured.
 *
 * @module
 */
import { distributionText } from '../../../../reports/distribution-text.ts';
import { countWithNoun, shortFingerprint } from '../../../../reports/format.ts';
import { metKpisText, verdictWord } from '../../../../reports/kpi-text.ts';
import { reportFacts } from '../../../../reports/report-facts.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { withNonBreakingSpaces } from '../../chart/hard-spaces.ts';
import { elementRedrawnOnResize } from '../../chart/plot.ts';
import { hasSingleValue, listDistributions } from '../../chart/tail.ts';
import {
  bandText,
  QUANTILE_TABLE_HEADINGS,
  quantileTableRows,
  tailDrawing,
} from '../../chart/tail-drawing.ts';
import { type Child, element } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { partialNote } from '../../kernel/states.ts';
import { liveChip, verdictChip, verdictCssClass } from '../../kernel/verdict-chip.ts';
import { renderDownloads } from './downloads.ts';
import { dropsChart } from './drops.ts';
import { kpiTable } from './kpi-table.ts';
import { methodSection } from './method.ts';
import { repeatRunSection } from './repeat-run-section.ts';
import { twinContent } from './twin.ts';

/** Draws the page with the report of a run. */
export function mountReport(context: ReportPageContext): void {
  const { root, report, run } = context;
  root.append(
    verdictBar(report, run.isLive === true),
    renderDownloads(context),
    section('Limits', kpiTable(report, run.id), notesOf(report)),
  );
  if (report.twin !== undefined) root.append(section('Twin', twinContent(report.twin)));
  root.append(
    section('How slow, how often', tailFigure(context)),
    section('Where the packets went', dropsChart(context)),
    section('Do it again', repeatRunSection(context)),
    section('How this was measured', methodSection(report)),
    element(
      'p',
      { class: 'muted report-foot' },
      `${report.scenario.name}, fingerprint ${shortFingerprint(report.fingerprint)}, written by orrery ${report.environment.commit.slice(0, 12)}, report format ${report.schemaVersion}`,
    ),
  );
}

function section(title: string, ...content: readonly Child[]): HTMLElement {
  return element('section', { class: 'report-part' }, element('h2', {}, title), content);
}

/** Makes the bar with the verdict; if the run goes on, it says `SO FAR` instead. */
export function verdictBar(report: Report, goesOn: boolean): HTMLElement {
  const verdict = verdictWord(report);
  const chip = goesOn ? liveChip('SO FAR') : verdictChip(verdict);
  const words = `${report.scenario.name}: ${metKpisText(report)}${goesOn ? ' so far' : ''}`;
  return element(
    'header',
    { class: `verdict ${goesOn ? 'open' : verdictCssClass(verdict)}` },
    element('h1', {}, chip, ` ${words}`),
    element('p', { class: 'muted' }, report.scenario.question),
    element(
      'dl',
      { class: 'report-facts' },
      reportFacts(report).map(([name, value]) =>
        element('div', {}, element('dt', {}, name), element('dd', {}, value)),
      ),
    ),
  );
}

/**
 * Makes the notes: broken invariants, warnings, and an explanation of the bars in the table of
 * KPIs.
 */
function notesOf(report: Report): HTMLElement {
  const broken = report.invariants.flatMap(({ name, pass, detail }) =>
    pass ? [] : [element('li', {}, element('b', { class: 'fail-text' }, `✗ ${name} `), detail)],
  );
  const warnings = report.warnings.map(({ text, seeds }) =>
    element(
      'li',
      {},
      element('b', { class: 'open-text' }, 'Warning '),
      `${text} (${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.slice(0, 8).join(', ')})`,
    ),
  );
  const held = report.invariants.filter(({ pass }) => pass).map(({ name }) => name);
  const legend =
    report.seeds.length > 1
      ? 'Dot: all seeds. Bar: 95 % interval. Ticks: single seeds. Tinted: where the limit is met.'
      : 'One seed has no interval over seeds; try --seeds 30.';
  return element(
    'ul',
    { class: 'report-notes' },
    broken,
    warnings,
    held.length > 0 && element('li', {}, `Held in every seed: ${held.join(', ')}.`),
    element('li', {}, legend),
  );
}

function tailFigure({ report, run, signal }: ReportPageContext): Child {
  const one = listDistributions(report).find(({ metric }) => metric.unit === 'ns');
  if (one === undefined) return partialNote('No latency was measured.');
  if (hasSingleValue(one)) return partialNote(`${one.name}: ${distributionText(one.metric)}.`);
  const seed = report.seeds.length === 1 ? String(report.seeds[0] ?? '') : '';
  const frame = new ChartFrame({ name: 'report-latency', origin: { run: run.id, seed } });
  const title = withNonBreakingSpaces(`${one.name}: ${distributionText(one.metric)}`);
  frame.show({
    title,
    caption: `${countWithNoun(one.metric.count, 'sample')}, ${one.metric.clock} time; ${bandText(one, report.seeds.length)}; dotted: fewer than 10 samples lie beyond.`,
    table: () => ({ columns: QUANTILE_TABLE_HEADINGS, rows: quantileTableRows(one) }),
  });
  const curves = [{ label: one.name, distribution: one, colour: 1 }];
  frame.body.append(elementRedrawnOnResize(signal, (width) => tailDrawing(curves, width, title)));
  return frame.root;
}
