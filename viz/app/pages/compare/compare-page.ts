/**
 * Compares two runs: A is the open run; B is chosen from the library, and the page's address names
 * it.
 *
 * @module
 */

import { compareReports, type ReportComparison } from '../../../../reports/compare.ts';
import { quantityText } from '../../../../reports/format.ts';
import type { RunCard } from '../../../format/run-card.ts';
import type { OpenRun, RunLibraryState } from '../../data/library.ts';
import { type Child, element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import {
  actionButtons,
  loadingSkeleton,
  partialNote,
  placeholderMessage,
  troubleMessage,
} from '../../kernel/states.ts';
import { tableHead } from '../../kernel/table-head.ts';
import { differencesChart, distributionsChart } from './charts.ts';
import type { ComparedRuns } from './compared-runs.ts';
import { divergenceSection } from './divergence-view.ts';
import { comparedFacts } from './facts.ts';
import { filesView } from './files-view.ts';
import {
  headline,
  kpiChangeCells,
  kpiChangeNote,
  missingKpisText,
  pairingSentence,
  VERDICT_STYLES,
} from './words.ts';

/** The page that compares two runs, while it is shown. */
export class ComparePage {
  readonly #context: ReportPageContext;
  readonly #body = element('div', { class: 'compare-body' });
  readonly #select = element('select');
  readonly #swap = element('button', { type: 'button', disabled: true }, 'Swap A and B');
  #other: string | undefined;
  #shown = new AbortController();
  #open: OpenRun | undefined;

  constructor(context: ReportPageContext) {
    this.#context = context;
  }

  /** Draws the page. */
  start(): void {
    const { root, view, library, signal, run } = this.#context;
    this.#select.addEventListener('change', () => view.setParameter('with', this.#select.value));
    this.#swap.addEventListener('click', () => {
      const other = this.#other;
      if (other === undefined) return;
      view.setParameter('with', run.id);
      view.go('compare', other);
    });
    root.append(
      element(
        'div',
        { class: 'compare-bar' },
        element('h1', { class: 'for-screen-readers' }, 'Compare'),
        element('span', {}, element('b', {}, 'A'), ` ${nameOf(run)}`),
        element('label', {}, element('b', {}, 'B'), this.#select),
        this.#swap,
      ),
      this.#body,
    );
    library.state.watch(signal, (state) => this.#offer(state));
    view.parameters.watch(signal, (parameters) => this.#choose(parameters['with']));
    signal.addEventListener('abort', () => this.#leave());
  }

  #leave(): void {
    this.#shown.abort();
    this.#open?.close();
    this.#open = undefined;
  }

  /**
   * Fills the select with the runs that can be chosen as B: all but the open one, those of the same
   * scenario first.
   */
  #offer(state: RunLibraryState): void {
    const { run, report, library } = this.#context;
    if (state.kind === 'loading') return;
    const cards = state.cards.filter((card): card is RunCard => card.kind === 'run');
    const others = cards.filter(({ id }) => id !== run.id);
    const isLike = ({ name }: RunCard): boolean => name === report.scenario.name;
    const option = (card: RunCard): HTMLElement =>
      element('option', { value: card.id }, `${card.id}, ${card.verdict}, ${seedsOf(card)}`);
    const group = (label: string, list: readonly RunCard[]): Child =>
      list.length > 0 && element('optgroup', { label }, list.map(option));
    replaceContent(
      this.#select,
      element('option', { value: '' }, 'choose a run'),
      group(`of ${report.scenario.name}`, others.filter(isLike)),
      group(
        'of other scenarios',
        others.filter((card) => !isLike(card)),
      ),
    );
    this.#select.value = this.#other ?? '';
    if (this.#other === undefined) this.#showNothing(others.length, library.hasServer);
  }

  #showNothing(others: number, hasServer: boolean): void {
    const where = hasServer
      ? 'There is no other run: make one with npm run scenario, or drop a report.json here.'
      : 'There is no other run: drop a report.json here.';
    replaceContent(
      this.#body,
      placeholderMessage(
        'empty',
        'Choose a second run',
        element(
          'p',
          {},
          'This page would show its KPIs beside those of A, with the difference for each seed.',
        ),
        others === 0 && element('p', { class: 'muted' }, where),
        actionButtons({ label: 'Choose another A', run: () => this.#context.view.go('runs') }),
      ),
    );
  }

  #choose(id: string | undefined): void {
    if (id === this.#other) return;
    this.#leave();
    this.#other = id === '' ? undefined : id;
    this.#select.value = this.#other ?? '';
    this.#swap.disabled = this.#other === undefined;
    this.#shown = new AbortController();
    if (this.#other === undefined) this.#offer(this.#context.library.state.value);
    else void this.#compare(this.#other, this.#shown.signal);
  }

  async #compare(id: string, signal: AbortSignal): Promise<void> {
    const { library, run, report } = this.#context;
    replaceContent(this.#body, loadingSkeleton(`Opening ${id} …`));
    let other: OpenRun;
    try {
      other = await library.open(id);
    } catch (error) {
      if (!signal.aborted) replaceContent(this.#body, troubleMessage(error));
      return;
    }
    if (signal.aborted) return other.close();
    this.#open = other;
    if (other.report === undefined) {
      const words = 'Only a trace was dropped: drop its report.json with it.';
      replaceContent(
        this.#body,
        placeholderMessage('empty', 'B has no report', element('p', {}, words)),
      );
      return;
    }
    const comparison = compareReports(report, other.report);
    const both = {
      ...{ a: { run, report }, b: { run: other, report: other.report }, comparison },
    };
    this.#show(both, signal);
  }

  #show(both: ComparedRuns, signal: AbortSignal): void {
    const { a, b, comparison } = both;
    const pairing = pairingSentence(comparison, a.report, b.report);
    replaceContent(
      this.#body,
      element('h2', { class: 'compare-verdict' }, headline(comparison)),
      comparison.isPaired ? element('p', { class: 'muted' }, pairing) : partialNote(pairing),
      kpiTable(comparison),
      missingKpisText(a.report, b.report) !== undefined &&
        element('p', {}, missingKpisText(a.report, b.report)),
      differencesChart(this.#context, both, signal),
      distributionsChart(this.#context, both, signal),
      divergenceSection(this.#context, both, signal),
      inputsSection(this.#context, both, signal),
    );
  }
}

function nameOf({ id, name }: OpenRun): string {
  return id.startsWith(name) || id === 'demo' ? id : `${name} (${id})`;
}

function seedsOf({ seeds }: RunCard): string {
  return quantityText(seeds, '') + (seeds === 1 ? ' seed' : ' seeds');
}

function kpiTable(comparison: ReportComparison): HTMLElement {
  const headings = ['KPI', 'A', 'B', 'change', 'mean of B minus A, 95 %', 'verdict on B'];
  return element(
    'div',
    { class: 'wide-table', tabindex: 0, role: 'region', 'aria-label': 'KPIs of both runs' },
    element(
      'table',
      { class: 'changes' },
      tableHead(headings),
      element(
        'tbody',
        {},
        comparison.kpis.map((change) => {
          const [name, ...cells] = kpiChangeCells(change);
          const [sign, tone] = VERDICT_STYLES[change.verdict];
          const verdict = cells.pop();
          return element(
            'tr',
            {},
            element(
              'th',
              { scope: 'row' },
              element('span', { class: `${tone} sign`, 'aria-hidden': 'true' }, sign),
              name,
            ),
            cells.map((text) => element('td', { class: 'number' }, text)),
            element(
              'td',
              {},
              element('span', { class: tone }, verdict),
              kpiChangeNote(change) !== undefined &&
                element('small', {}, ` ${kpiChangeNote(change) ?? ''}`),
            ),
          );
        }),
      ),
    ),
    comparison.kpis.some((change) =>
      kpiChangeCells(change).some((text) => text.includes('n.s.')),
    ) &&
      element(
        'p',
        { class: 'muted' },
        'n.s.: the interval of the difference contains 0, so it could be chance.',
      ),
  );
}

/** Makes the section with the inputs of both runs; inputs that differ come first. */
function inputsSection(
  context: ReportPageContext,
  both: ComparedRuns,
  signal: AbortSignal,
): HTMLElement {
  const facts = comparedFacts(both.a.report, both.b.report);
  const different = facts.filter(({ isSame }) => !isSame);
  const same = facts.filter(({ isSame }) => isSame).map(({ name }) => name);
  return element(
    'section',
    { class: 'compare-part' },
    element('h2', {}, 'Differences between the inputs of the runs'),
    different.length === 0 && element('p', {}, 'None: files, program and machine are the same.'),
    different.length > 0 &&
      element(
        'div',
        { class: 'wide-table', tabindex: 0, role: 'region', 'aria-label': 'differing inputs' },
        element(
          'table',
          { class: 'input-diff' },
          element(
            'tbody',
            {},
            different.map((fact) =>
              element(
                'tr',
                {},
                element('th', { scope: 'row' }, fact.name),
                element('td', { class: 'mono' }, element('del', {}, `- ${fact.a}`)),
                element('td', { class: 'mono' }, element('ins', {}, `+ ${fact.b}`)),
              ),
            ),
          ),
        ),
      ),
    same.length > 0 && element('p', { class: 'muted' }, `The same in both: ${same.join(', ')}.`),
    filesView(context, both, signal) ?? false,
  );
}
