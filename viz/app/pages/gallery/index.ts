/**
 * The gallery: all runs, and which of them failed (docs/spec/browser-view.md). It shows a card for
 * each run of the server, for the demo if the page contains one, and for dropped files.
 *
 * @module
 */
import './style.css';
import type { GalleryCard } from '../../../format/run-card.ts';
import type { RunLibraryState } from '../../data/library.ts';
import { element, replaceContent } from '../../kernel/element.ts';
import type { Page, PageContext } from '../../kernel/page.ts';
import { loadingSkeleton } from '../../kernel/states.ts';
import { makeCardElement } from './card.ts';
import { type CardSearch, chosenCards, FILTERS, readCardSearch, SORTS } from './choose.ts';
import { CompareBar, compareCheckbox, redrawKeepingFocus } from './compare-two.ts';
import { REPORT_WRITTEN_EVENT } from './live-card.ts';

/** The gallery: all runs, and which of them failed. */
export const page: Page = {
  name: 'runs',
  title: 'Runs',
  question: 'What do I have, and what is red?',
  order: 1,
  icon: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z',
  empty: { shows: 'the runs of this folder', scenario: 'hello.yaml' },
  isTimed: false,
  needs: 'nothing',
  mount,
};

function mount(context: PageContext): void {
  const { root, library, view, signal } = context;
  const list = element('div', { class: 'cards', 'aria-live': 'polite' });
  const note = element('p', { class: 'muted gallery-note' });
  const compare = new CompareBar(context);
  const lab = element(
    'a',
    { class: 'lab-link', href: 'lab/', hidden: true },
    'Run a scenario in the Lab',
  );
  const title = element('h1', { class: 'for-screen-readers' }, 'Runs');
  replaceContent(root, title, toolbar(context), note, lab, compare.root, list);
  const draw = (): void => {
    const state = library.state.value;
    if (state.kind === 'loading') {
      replaceContent(list, loadingSkeleton('Reading the list of runs …'));
      return;
    }
    lab.hidden = state.kind !== 'ready' || state.hasLab !== true;
    const choice = readCardSearch(view.parameters.value);
    const shown = chosenCards(state.cards, choice);
    note.textContent = noteOf(state, shown, choice);
    note.className = state.kind === 'failed' ? 'partial' : 'muted gallery-note';
    note.dataset['state'] = stateOf(state, shown);
    const cards = shown.map((card) =>
      makeCardElement(card, {
        open: (run) => context.open(run),
        pick: (id) => compareCheckbox(context, id),
      }),
    );
    redrawKeepingFocus(list, () => replaceContent(list, cards));
  };
  library.state.watch(signal, draw);
  view.parameters.watch(signal, draw);
  list.addEventListener(REPORT_WRITTEN_EVENT, () => void library.refresh());
  library.follow(signal);
  void library.refresh();
}

/**
 * Returns the state of the gallery, as docs/spec/browser-view.md names it; `ready` if it shows
 * cards.
 */
function stateOf(state: RunLibraryState, shown: readonly GalleryCard[]): string {
  if (state.kind === 'failed') return 'error';
  if (shown.length === 0) return 'empty';
  return state.kind === 'ready' && state.leftOut > 0 ? 'partial' : 'ready';
}

function noteOf(state: RunLibraryState, shown: readonly GalleryCard[], choice: CardSearch): string {
  if (state.kind === 'loading') return '';
  if (state.kind === 'failed')
    return `The list of runs could not be loaded: ${state.reason}. The demo works.`;
  const { cards, leftOut } = state;
  if (shown.length === 0) return `None of ${cards.length} runs fits the filter.`;
  const older = leftOut === 0 ? '' : `, ${leftOut} older ones are not listed`;
  const isAll = shown.length === cards.length && choice.text === '';
  const count = cards.length === 1 ? '1 run' : `${cards.length} runs`;
  return isAll ? `${count}${older}` : `${shown.length} of ${count}${older}`;
}

function toolbar(context: PageContext): HTMLElement {
  const { view, library } = context;
  const choice = readCardSearch(view.parameters.value);
  const search = element('input', {
    type: 'search',
    'aria-label': 'filter runs by name, question or KPI',
    value: choice.text,
    input: () => view.setParameter('filter', search.value === '' ? undefined : search.value),
  });
  const sort = element(
    'select',
    { 'aria-label': 'sort', change: () => view.setParameter('sort', sort.value) },
    SORTS.map(({ name, words }) =>
      element('option', { value: name, selected: name === choice.sort }, words),
    ),
  );
  return element(
    'div',
    { class: 'gallery-bar' },
    element('label', {}, 'filter', search),
    element(
      'fieldset',
      {},
      element('legend', { class: 'for-screen-readers' }, 'show'),
      FILTERS.map(({ name, words }) => {
        const radio = element('input', {
          type: 'radio',
          name: 'show',
          checked: name === choice.show,
          change: () => view.setParameter('show', name === 'all' ? undefined : name),
        });
        return element('label', {}, radio, words);
      }),
    ),
    sort,
    opener(context, library.hasServer),
  );
}

/**
 * Makes a button with which files are opened, also by keyboard. Its text says that files can be
 * dropped anywhere.
 */
function opener({ library, notify, open }: PageContext, hasServer: boolean): HTMLElement {
  const input = element('input', {
    type: 'file',
    multiple: true,
    accept: '.orr,.json',
    class: 'for-screen-readers',
    tabindex: -1,
    'aria-hidden': 'true',
  });
  input.addEventListener('change', () => {
    library.take([...(input.files ?? [])]).then(open, (error: unknown) => {
      notify(error instanceof Error ? error.message : String(error));
    });
  });
  const title = hasServer
    ? 'or drop them anywhere on the page'
    : 'or drop them anywhere; this page needs no server';
  return element(
    'span',
    { class: 'opener' },
    element(
      'button',
      { type: 'button', title, click: () => input.click() },
      'Open trace.orr or report.json',
    ),
    input,
  );
}
