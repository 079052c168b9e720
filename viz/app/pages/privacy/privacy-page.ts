/**
 * Puts the page together: the select element for the adversary, the report's warnings, what the
 * adversary finds out, and the price that all participants pay. If data are missing, the page names
 * the command that records them.
 *
 * @module
 */
import { appendChildren, element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import {
  actionButtons,
  missingDataLines,
  partialNote,
  placeholderMessage,
} from '../../kernel/states.ts';
import { attackChart, rocCharts } from './attacks-view.ts';
import { budgetChart } from './budget-chart.ts';
import { entropyChart } from './entropy-chart.ts';
import type { PrivacyChartContext } from './frame.ts';
import { journeyChart } from './journey-view.ts';
import { linkabilityChart } from './linkability-chart.ts';
import {
  chosenAdversary,
  listAdversaries,
  type PrivacyReport,
  privacyWarnings,
  type ReportedAdversary,
} from './observers.ts';
import { privacyPriceChart } from './price-view.ts';
import { anonymitySetsChart } from './sets-view.ts';
import { missingPrivacyData } from './without-privacy.ts';

const MORE_EYES =
  'Attackers at links, mixes or ends appear here if the scenario has a limit on privacy.attack.<name>.success, or an event with attack.';

/** Draws the page of privacy figures. */
export async function mountPrivacy(context: ReportPageContext): Promise<void> {
  const { root, report } = context;
  replaceContent(root, element('h1', { class: 'for-screen-readers' }, 'Privacy'));
  const { privacy, privacyBudget } = report;
  if (privacy === undefined && privacyBudget === undefined) {
    root.append(await nothingMeasured(context));
    return;
  }
  const observer = privacy === undefined ? undefined : believed(context, privacy);
  const budget = privacyBudget !== undefined && budgetChart(context, privacyBudget);
  appendChildren(root, [
    observer?.bar,
    warningsOf(context),
    observer?.charts,
    budget !== false && element('div', { class: 'privacy-charts' }, budget),
  ]);
}

/** Makes the part of the page about one adversary, with a select element for the adversary. */
function believed(
  context: ReportPageContext,
  privacy: PrivacyReport,
): { readonly bar: HTMLElement; readonly charts: HTMLElement } {
  const { view, signal } = context;
  const list = listAdversaries(privacy);
  const charts = element('div', { class: 'privacy-charts' });
  const { bar, tell } = chooser(context, list);
  let shown: AbortController | undefined;
  let name: string | undefined;
  view.parameters.watch(signal, ({ adversary }) => {
    const observer = chosenAdversary(list, adversary);
    if (observer === undefined || observer.name === name) return;
    name = observer.name;
    tell(observer);
    shown?.abort();
    shown = new AbortController();
    const parts = { context, privacy, observer, signal: shown.signal };
    replaceContent(
      charts,
      observer.hasBits && bitsCharts(parts),
      attackCharts(parts),
      privacyPriceChart(parts),
    );
  });
  signal.addEventListener('abort', () => shown?.abort());
  return { bar, charts };
}

async function nothingMeasured({ view, run, report }: ReportPageContext): Promise<HTMLElement> {
  const { name, hasTrace } = run;
  // Only the trace says which protocols ran, and therefore whether the run has privacy to measure.
  const trace = hasTrace ? await run.trace().catch(() => undefined) : undefined;
  const lack = missingPrivacyData({ name, report, hasTrace, info: trace?.info });
  return placeholderMessage(
    'empty',
    'This run measured no privacy',
    lack && missingDataLines(lack),
    element(
      'p',
      {},
      'This page would show what an adversary believes about each message. A section privacy in the scenario, or a limit on a metric of privacy.*, asks for it: npm run scenario mixnet-cover.yaml. A protocol that samples dp.epsilon shows its privacy budget.',
    ),
    actionButtons({ label: 'Choose a run', run: () => view.go('runs') }),
  );
}

function chooser(
  { view }: ReportPageContext,
  list: readonly ReportedAdversary[],
): { readonly bar: HTMLElement; readonly tell: (observer: ReportedAdversary) => void } {
  const first = list[0]?.name;
  const select = element(
    'select',
    {
      change: () =>
        view.setParameter('adversary', select.value === first ? undefined : select.value),
    },
    list.map(({ name, title }) => element('option', { value: name }, title)),
  );
  const sees = element('p', { class: 'muted' });
  const label = element('label', {}, 'adversary', select);
  const more = list.length === 1 && element('p', { class: 'muted' }, MORE_EYES);
  const bar = element('div', { class: 'privacy-bar' }, label, sees, more);
  return {
    bar,
    tell: (observer): void => {
      select.value = observer.name;
      sees.textContent = `${observer.sees}.`;
    },
  };
}

function warningsOf({ report }: ReportPageContext): readonly HTMLElement[] {
  const list = privacyWarnings(report);
  if (list.length === 0) return [];
  const rows = list.map((text) => element('li', {}, text));
  return [
    element(
      'section',
      { class: 'privacy-warnings', 'aria-label': 'warnings' },
      element('h2', {}, 'Caveats about these figures'),
      element('ul', {}, rows),
    ),
  ];
}

function bitsCharts(parts: PrivacyChartContext): readonly HTMLElement[] {
  const { privacy } = parts;
  if (privacy.targets.length === 0) {
    return [partialNote('No target could be followed to its end, so there are no bits to show.')];
  }
  const charts = [
    { missing: 'when each target was made', chart: entropyChart(parts) },
    { missing: '', chart: anonymitySetsChart(parts) },
    { missing: 'the journey of one message', chart: journeyChart(parts) },
    { missing: 'who seems to write to whom', chart: linkabilityChart(parts) },
  ];
  const missing = charts.flatMap(({ missing: what, chart }) => (chart === undefined ? what : []));
  return [...missingNote(parts, missing), ...charts.flatMap(({ chart }) => chart ?? [])];
}

/** Makes the note that says which data this report lacks, and which command records these data. */
function missingNote(
  { context }: PrivacyChartContext,
  missing: readonly string[],
): readonly HTMLElement[] {
  if (missing.length === 0) return [];
  const list = new Intl.ListFormat('en').format(missing);
  return [
    partialNote(`This report does not contain ${list}. Run it again: ${context.report.reproduce}`),
  ];
}

function attackCharts(parts: PrivacyChartContext): readonly HTMLElement[] {
  const { attacks } = parts.observer;
  if (attacks.length === 0) return [];
  // An attack with a DeLong interval has a ROC curve, but older reports have only the area below
  // the curve.
  const isOld = attacks.some(({ interval, roc }) => interval.includes('DeLong') && !roc);
  return [
    ...missingNote(parts, isOld ? ['the ROC curve of each attack'] : []),
    attackChart(parts),
    ...rocCharts(parts),
  ];
}
