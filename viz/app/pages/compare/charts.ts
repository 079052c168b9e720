/**
 * The charts of the comparison: the differences of one KPI by seed, and the distributions of one
 * metric in both runs.
 *
 * @module
 */
import { quantityText, wholeNumberText } from '../../../../reports/format.ts';
import { kpiName } from '../../../../reports/kpi-text.ts';
import { ChartFrame } from '../../chart/chart-frame.ts';
import { withNonBreakingSpaces } from '../../chart/hard-spaces.ts';
import { elementRedrawnOnResize } from '../../chart/plot.ts';
import { type Distribution, listDistributions, quantileAt } from '../../chart/tail.ts';
import {
  type Curve,
  curveLegend,
  QUANTILE_TABLE_HEADINGS,
  quantileTableRows,
  tailDrawing,
} from '../../chart/tail-drawing.ts';
import { type Child, element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { partialNote } from '../../kernel/states.ts';
import type { ComparedRuns } from './compared-runs.ts';
import { differenceRows, differencesDrawing, type KpiPair } from './differences-view.ts';
import { differenceTitle } from './words.ts';

/** The parameters of {@link chooser}. */
interface Chooser<T> {
  readonly label: string;
  /** Name of the parameter in the page's address. */
  readonly parameter: string;
  readonly list: readonly T[];
  readonly nameOf: (one: T) => string;
  readonly show: (one: T, signal: AbortSignal) => Child;
}

/**
 * Makes a select element with the chart of the chosen entry below it. The page's address contains
 * the choice.
 */
function chooser<T>(
  { view }: ReportPageContext,
  parts: Chooser<T>,
  signal: AbortSignal,
): HTMLElement {
  const { label, parameter, list, nameOf, show } = parts;
  const place = element('div');
  const select = element(
    'select',
    { change: () => view.setParameter(parameter, select.value) },
    list.map((one) => element('option', { value: nameOf(one) }, nameOf(one))),
  );
  let shown: T | undefined;
  let lasting = new AbortController();
  view.parameters.watch(signal, (parameters) => {
    const one = list.find((each) => nameOf(each) === parameters[parameter]) ?? list[0];
    if (one === undefined || one === shown) return;
    shown = one;
    select.value = nameOf(one);
    lasting.abort();
    lasting = new AbortController();
    replaceContent(place, show(one, lasting.signal));
  });
  signal.addEventListener('abort', () => lasting.abort());
  return element(
    'section',
    { class: 'compare-part' },
    element('div', { class: 'compare-bar' }, element('label', {}, label, select)),
    place,
  );
}

function frameOf(name: string, { a, b }: ComparedRuns): ChartFrame {
  return new ChartFrame({ name, origin: { run: `${a.run.id} and ${b.run.id}`, seed: '' } });
}

/** Makes the chart of the differences of one KPI by seed, with a select for the KPI. */
export function differencesChart(
  context: ReportPageContext,
  both: ComparedRuns,
  signal: AbortSignal,
): HTMLElement {
  const list = both.comparison.kpis.flatMap((change): readonly KpiPair[] => {
    const isSame = (kpi: { readonly metric: string; readonly aggregation: string }): boolean =>
      kpi.metric === change.metric && kpi.aggregation === change.aggregation;
    const a = both.a.report.kpis.find(isSame);
    const b = both.b.report.kpis.find(isSame);
    const isIn = a !== undefined && b !== undefined && change.verdict !== 'not comparable';
    return isIn ? [{ a, b, change }] : [];
  });
  if (list.length === 0) return partialNote('A and B have no KPI in common that both measured.');
  const show = (pair: KpiPair, lasting: AbortSignal): Child => {
    const frame = frameOf('compare-differences', both);
    const title = withNonBreakingSpaces(differenceTitle(pair.change));
    const isPaired = both.comparison.isPaired;
    const n = pair.change.difference === undefined ? '' : ' Student t, 95 %.';
    frame.show({
      title,
      caption: isPaired
        ? `A dot for each seed that both ran; below, the mean with its interval.${n}`
        : `Unpaired: a dot for each seed of either run.${n.replace('Student', 'Welch’s')}`,
      table: () => ({
        columns: ['KPI', 'unit', 'of seed', 'A', 'B', 'B minus A'],
        rows: differenceRows(pair),
      }),
    });
    frame.body.append(
      elementRedrawnOnResize(lasting, (width) =>
        differencesDrawing(pair, width, { words: title, isPaired }),
      ),
    );
    return frame.root;
  };
  const nameOf = ({ a }: KpiPair): string => kpiName(a);
  const parts = { label: 'seed by seed', parameter: 'kpi', list, nameOf, show };
  return chooser(context, parts, signal);
}

interface DistributionPair {
  readonly a: Distribution;
  readonly b: Distribution;
}

/**
 * Makes the chart that shows the distributions of one metric in both runs, with a select for the
 * metric.
 */
export function distributionsChart(
  context: ReportPageContext,
  both: ComparedRuns,
  signal: AbortSignal,
): HTMLElement {
  const ofB = listDistributions(both.b.report);
  const list = listDistributions(both.a.report).flatMap((a): readonly DistributionPair[] => {
    const b = ofB.find(({ name, metric }) => name === a.name && metric.unit === a.metric.unit);
    return b === undefined ? [] : [{ a, b }];
  });
  if (list.length === 0) return partialNote('A and B have no distribution in common.');
  const show = (pair: DistributionPair, lasting: AbortSignal): Child => {
    const frame = frameOf('compare-curves', both);
    const title = withNonBreakingSpaces(curvesTitle(pair));
    const curves: readonly Curve[] = [
      { label: `A ${both.a.run.id}`, distribution: pair.a, colour: 1 },
      { label: `B ${both.b.run.id}`, distribution: pair.b, colour: 2, isDotted: true },
    ];
    frame.show({
      title,
      caption: `${wholeNumberText(pair.a.metric.count)} samples of A, ${wholeNumberText(pair.b.metric.count)} of B; bands: lowest to highest seed; dotted: fewer than 10 samples lie beyond.`,
      table: () => ({
        columns: ['of run', ...QUANTILE_TABLE_HEADINGS],
        rows: [
          ...quantileTableRows(pair.a).map((row) => ['A', ...row]),
          ...quantileTableRows(pair.b).map((row) => ['B', ...row]),
        ],
      }),
    });
    replaceContent(
      frame.body,
      element('p', { class: 'legend curve-legend' }, curveLegend(curves)),
      elementRedrawnOnResize(lasting, (width) => tailDrawing(curves, width, title)),
    );
    return frame.root;
  };
  const nameOf = ({ a }: DistributionPair): string => a.name;
  return chooser(context, { label: 'metric', parameter: 'metric', list, nameOf, show }, signal);
}

function curvesTitle({ a, b }: DistributionPair): string {
  const p = [0.99, 0.9, 0.5].find(
    (one) => quantileAt(a, one) !== undefined && quantileAt(b, one) !== undefined,
  );
  const text = ({ metric }: Distribution, value: number | undefined): string =>
    quantityText(value ?? metric.max ?? 0, metric.unit);
  if (p === undefined)
    return `${a.name}: at most ${text(a, undefined)} in A, ${text(b, undefined)} in B`;
  const share = `${Math.round(p * 100)} %`;
  return `${a.name}: ${share} below ${text(a, quantileAt(a, p))} in A, below ${text(b, quantileAt(b, p))} in B`;
}
