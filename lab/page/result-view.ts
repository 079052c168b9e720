/**
 * The view of a run: its progress, its verdict with the limits, or why there is none.
 *
 * @module
 */
import { verdictWord } from '../../reports/kpi-text.ts';
import { type Child, element, replaceContent } from '../../viz/app/kernel/element.ts';
import { missingDataFor } from '../../viz/app/kernel/lacks.ts';
import { pageKey } from '../../viz/app/kernel/page.ts';
import { PAGES } from '../../viz/app/kernel/pages.ts';
import { partialNote, placeholderMessage } from '../../viz/app/kernel/states.ts';
import { kpiTable } from '../../viz/app/pages/report/kpi-table.ts';
import { verdictBar } from '../../viz/app/pages/report/report-page.ts';
import type { LabProgress } from '../run/lab-task.ts';
import { foundView, shrinkButton } from './found-view.ts';
import type { EndedRun, LabSession, LabState } from './session.ts';

const TITLES = { sweep: 'Sweeping', hunt: 'Hunting', shrink: 'Shrinking' } as const;

/** Makes the view of a run. @param go Opens a page of the view on a run. */
export function resultView(
  session: LabSession,
  signal: AbortSignal,
  go: (page: string, run: string) => void,
): HTMLElement {
  const news = element('p', { class: 'for-screen-readers', role: 'status' });
  const content = element('div', { class: 'lab-result' });
  const progress = new ProgressList();
  const found = element('div', { class: 'lab-found' });
  session.found.watch(signal, (one) =>
    replaceContent(found, one !== undefined && foundView(one, session, signal)),
  );
  let shown: LabState | undefined;
  session.state.watch(signal, (state) => {
    if (state.kind === 'running') progress.show(state.progress);
    if (state.kind === 'running' && shown?.kind === 'running') return;
    if (state.kind === 'running') progress.clear();
    if (state.kind !== shown?.kind) news.textContent = newsOf(state);
    shown = state;
    replaceContent(content, contentOf(state, session, progress.root, go));
  });
  session.revision.watch(signal, (revision) => {
    const note = content.querySelector<HTMLElement>('[data-state=partial]');
    const { value } = session.state;
    if (note !== null && value.kind === 'done') note.hidden = value.run.revision === revision;
  });
  return element('section', { class: 'lab-side', 'aria-label': 'result' }, news, content, found);
}

function newsOf(state: LabState): string {
  switch (state.kind) {
    case 'idle':
      return '';
    case 'running':
      return 'The run has begun.';
    case 'searching':
      return `The ${state.search.kind} has begun.`;
    case 'found':
      return 'The search has ended.';
    case 'mistakes':
      return 'The run did not begin: there are mistakes.';
    case 'refused':
      return `The run was refused: ${state.text}`;
    case 'stopped':
      return 'The run was stopped.';
    case 'done':
      return `${verdictWord(state.run.report)}: the run has ended.`;
  }
}

function contentOf(
  state: LabState,
  session: LabSession,
  progress: HTMLElement,
  go: (page: string, run: string) => void,
): Child {
  switch (state.kind) {
    case 'idle':
      return placeholderMessage('waiting', 'Not run yet', [
        element(
          'p',
          { class: 'muted' },
          'Run executes these files in this tab, seed by seed; Ctrl Enter does so from the editor.',
        ),
      ]);
    case 'running':
      return [element('h2', {}, 'Running'), progress];
    case 'searching':
      return searchingView(state);
    case 'found':
      return undefined;
    case 'mistakes':
      return placeholderMessage('error', 'The files have mistakes', [
        element('p', {}, 'Mend what is listed below the editor, then run again.'),
      ]);
    case 'refused':
      return placeholderMessage('error', 'This cannot be run here', element('p', {}, state.text));
    case 'stopped':
      return placeholderMessage('empty', 'Stopped', [
        element('p', { class: 'muted' }, 'A run that is stopped has no verdict.'),
      ]);
    case 'done':
      return doneView(state.run, session, go);
  }
}

function searchingView({ search, step }: Extract<LabState, { kind: 'searching' }>): Child {
  const { done, of } = step ?? { done: 0, of: null };
  const bar = { 'aria-label': 'runs', ...(of !== null && { max: of, value: done }) };
  const words = `${done}${of === null ? '' : ` of ${of}`}`;
  const line = [element('span', {}, 'runs'), element('progress', bar), element('span', {}, words)];
  return [
    element('h2', {}, TITLES[search.kind]),
    element('ul', { class: 'lab-progress' }, element('li', {}, line)),
  ];
}

function doneView(
  run: EndedRun,
  session: LabSession,
  go: (page: string, run: string) => void,
): Child {
  const { report, id, verdict } = run;
  const hasTrace = verdict.seeds.some(({ trace }) => trace !== null);
  const facts = { name: report.scenario.name, report, hasTrace, info: undefined };
  const pages = PAGES.filter(
    (page) => page.needs !== 'nothing' && missingDataFor(page, facts) === undefined,
  );
  const note = partialNote('Something was changed after this run: run again for its verdict.');
  note.hidden = run.revision === session.revision.value;
  return [
    note,
    verdictBar(report, false),
    kpiTable(report, id),
    element(
      'nav',
      { class: 'actions', 'aria-label': 'pages of this run' },
      pages.map((page) =>
        element(
          'button',
          {
            type: 'button',
            title: `${page.question}  (${pageKey(page)})`,
            click: () => go(page.name, id),
          },
          page.title,
        ),
      ),
      !report.pass && shrinkButton(session, { seed: report.shownSeed }),
    ),
    element('p', { class: 'muted mono lab-print' }, `fingerprint ${report.fingerprint}`),
  ];
}

/** Progress bars of the seeds, updated in place. */
class ProgressList {
  readonly root = element('ul', { class: 'lab-progress' });
  readonly #bars = new Map<number, { bar: HTMLProgressElement; words: HTMLElement }>();

  clear(): void {
    this.#bars.clear();
    replaceContent(this.root, element('li', { class: 'muted' }, 'preparing …'));
  }

  show(list: readonly LabProgress[]): void {
    for (const { seed, virtualMs, ofMs } of list) {
      const { bar, words } = this.#bars.get(seed) ?? this.#add(seed);
      bar.max = Math.max(1, ofMs);
      bar.value = virtualMs;
      words.textContent = `${seconds(virtualMs)} of ${seconds(ofMs)} s`;
    }
  }

  #add(seed: number): { bar: HTMLProgressElement; words: HTMLElement } {
    if (this.#bars.size === 0) this.root.replaceChildren();
    const made = {
      bar: element('progress', { 'aria-label': `seed ${seed}` }),
      words: element('span', { class: 'muted' }),
    };
    this.#bars.set(seed, made);
    this.root.append(element('li', {}, element('span', {}, `seed ${seed}`), made.bar, made.words));
    return made;
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(ms < 10_000 ? 1 : 0);
}
