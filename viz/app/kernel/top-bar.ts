/**
 * The bar at the top: the open run with its verdict and mode, and buttons that copy the link to the
 * present view, switch the theme and open the list of keys.
 *
 * @module
 */
import { metKpisText, verdictWord } from '../../../reports/kpi-text.ts';
import type { OpenRun } from '../data/library.ts';
import type { TraceClient } from '../data/trace-client.ts';
import { type Child, element, replaceContent } from './element.ts';
import { ICONS, icon } from './icons.ts';
import { livePhaseText } from './live-text.ts';
import type { Watchable } from './observable.ts';
import type { RunState } from './run-session.ts';
import type { ThemeChoice } from './theme.ts';
import { verdictChip } from './verdict-chip.ts';
import type { ViewState } from './view-state.ts';

/** The parameters of {@link makeTopBar}. */
export interface TopBarParts {
  readonly view: ViewState;
  readonly theme: ThemeChoice;
  readonly runs: Watchable<RunState>;
  readonly help: HTMLDialogElement;
  notify(sentence: string): void;
}

/** Makes the bar at the top of every page. */
export function makeTopBar({ view, theme, runs, help, notify }: TopBarParts): HTMLElement {
  const title = element('div', { class: 'what' });
  const home = (): void => view.go('runs', view.run.value);
  const tools = element(
    'div',
    { class: 'tools' },
    tool('copy link', ICONS.link, () => void copyLink(view, notify)),
    tool('light or dark', ICONS.sun, () => theme.toggle()),
    tool('keys', ICONS.help, () => help.showModal()),
  );
  let shown = new AbortController();
  runs.watch(new AbortController().signal, (state) => {
    shown.abort();
    shown = new AbortController();
    replaceContent(title, whatIsOpen(state, { view, signal: shown.signal }));
  });
  const brand = element(
    'button',
    { type: 'button', class: 'brand', click: home },
    mark(),
    'Orrery',
  );
  return element('header', { class: 'top' }, brand, title, tools);
}

/** Copies the address of the present view. */
export async function copyLink(view: ViewState, notify: (text: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(view.link);
    notify('The link is copied.');
  } catch {
    notify('The browser does not let this page copy: take the link from the address bar.');
  }
}

function tool(label: string, path: string, click: () => void): HTMLElement {
  return element(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': label, title: label, click },
    icon(path),
  );
}

interface Place {
  readonly view: ViewState;
  /** Aborts when the reader opens another run. */
  readonly signal: AbortSignal;
}

function whatIsOpen(state: RunState, place: Place): Child {
  switch (state.kind) {
    case 'none':
      return undefined;
    case 'opening':
      return element('span', { class: 'muted' }, `opening ${state.id} …`);
    case 'trouble':
      return element('span', { class: 'fail-text' }, `${state.id} did not open`);
    case 'open':
      return state.run.isLive === true ? liveFacts(state.run, place) : facts(state.run);
  }
}

/** Shows the progress of a run until the run ends, and then a link to its report. */
function liveFacts(run: OpenRun, { view, signal }: Place): Child {
  const words = element('span', { class: 'muted' });
  let report: string | undefined;
  const open = element(
    'button',
    {
      ...{ type: 'button', hidden: true, 'aria-label': 'Open the finished run' },
      click: () => view.go(view.page.value === 'runs' ? 'report' : view.page.value, report),
    },
    'Open',
    element('span', { class: 'wide' }, ' the finished run'),
  );
  const follow = (trace: TraceClient): void =>
    trace.live.watch(signal, (state) => {
      const text = livePhaseText(state);
      if (words.textContent !== text) words.textContent = text;
      report = state?.news.report;
      open.hidden = report === undefined;
    });
  // Errors are ignored here, because the page itself shows them.
  run.trace().then(follow, () => undefined);
  return [element('strong', {}, run.name), words, open];
}

function facts({ name, id, report }: OpenRun): Child {
  const heading = element('strong', {}, name);
  if (report === undefined)
    return [heading, element('span', { class: 'muted' }, 'trace without a report')];
  const seeds =
    report.seeds.length === 1 ? `seed ${report.seeds[0] ?? ''}` : `${report.seeds.length} seeds`;
  const words = [report.mode, seeds, id === name ? '' : id].filter((text) => text !== '');
  return [
    heading,
    verdictChip(verdictWord(report)),
    element('span', { class: 'count' }, metKpisText(report)),
    element('span', { class: 'muted wide' }, words.join(' · ')),
  ];
}

/** Makes the logo: a planet on its ring. */
function mark(): SVGSVGElement {
  return icon(
    'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 10.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3zM17.700 4.800a1.600 1.600 0 1 0 0 3.200 1.600 1.600 0 0 0 0-3.200z',
  );
}
