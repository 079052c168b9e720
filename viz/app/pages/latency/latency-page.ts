/**
 * Puts the four charts on the page: the distribution with its tail, the histogram, the parts of a
 * delay from the trace, and quantities over time with the brush.
 *
 * @module
 */
import { distributionText } from '../../../../reports/distribution-text.ts';
import { type Distribution, hasSingleValue, listDistributions } from '../../chart/tail.ts';
import { element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { actionButtons, partialNote, placeholderMessage } from '../../kernel/states.ts';
import { effectDistributions } from './effects.ts';
import { DelayPartsView } from './parts-view.ts';
import { addSeries } from './series-view.ts';
import { histogramChart, tailChart } from './tail-view.ts';

const NO_TRACE =
  'This run left no trace, so a delay cannot be split into its parts: run with --trace.';

/** Draws the page of latency distributions. */
export function mountLatency(context: ReportPageContext): void {
  const { root, report, run } = context;
  const list = [...listDistributions(report), ...effectDistributions(report)];
  replaceContent(root, element('h1', { class: 'for-screen-readers' }, 'Latency and throughput'));
  if (list.length === 0) root.append(nothingMeasured(context));
  else addDistributions(context, list);
  const parts = element('div', { class: 'parts-place' });
  root.append(parts);
  if (run.hasTrace) void new DelayPartsView(context, parts).start();
  else parts.append(partialNote(NO_TRACE));
  addSeries(context);
}

function nothingMeasured({ view }: ReportPageContext): HTMLElement {
  return placeholderMessage(
    'empty',
    'No distribution was measured',
    element('p', {}, 'No metric of this run has samples: nothing arrived, or nothing was sent.'),
    actionButtons({ label: 'Choose a run', run: () => view.go('runs') }),
  );
}

function addDistributions(context: ReportPageContext, list: readonly Distribution[]): void {
  const { root, view, signal } = context;
  const first = list[0] as Distribution;
  const select = element(
    'select',
    {
      change: () =>
        view.setParameter('metric', select.value === first.name ? undefined : select.value),
    },
    list.map(({ name }) => element('option', { value: name }, name)),
  );
  const help = element('p', { class: 'muted metric-help' });
  const pair = element('div', { class: 'chart-pair' });
  root.append(
    element('div', { class: 'page-bar' }, element('label', {}, 'metric', select), help),
    pair,
  );
  let shown: AbortController | undefined;
  let name: string | undefined;
  view.parameters.watch(signal, ({ metric }) => {
    const one = list.find((each) => each.name === metric) ?? first;
    if (one.name === name) return;
    name = one.name;
    select.value = one.name;
    help.textContent = one.metric.help;
    shown?.abort();
    shown = new AbortController();
    const { signal: lasting } = shown;
    if (hasSingleValue(one)) {
      const words = distributionText(one.metric);
      replaceContent(pair, partialNote(`${one.name}: ${words}: there is no distribution to draw.`));
    } else {
      const parts = [tailChart, histogramChart].map((chart) => chart(context, one, lasting));
      replaceContent(pair, parts);
    }
  });
  signal.addEventListener('abort', () => shown?.abort());
}
