/**
 * The keys that work on every page (docs/spec/browser-view.md).
 *
 * @module
 */
import {
  dispatchToFocusedChart,
  EXPORT_CHART_EVENT,
  TOGGLE_TABLE_EVENT,
} from '../chart/chart-frame.ts';
import { intervalOfSelection } from './fit.ts';
import type { KeyMap } from './keys.ts';
import {
  readTimeMarks,
  TIME_MARKS_PARAMETER,
  withTimeMarkToggled,
  writeTimeMarks,
} from './moments.ts';
import type { Watchable } from './observable.ts';
import { type Page, pageKey } from './page.ts';
import type { RunState } from './run-session.ts';
import type { Scrubber } from './scrubber.ts';
import { copyLink } from './top-bar.ts';
import type { ViewState } from './view-state.ts';

/** The objects that the keys change. */
export interface ShellKeyParts {
  readonly keys: KeyMap;
  readonly view: ViewState;
  readonly pages: readonly Page[];
  readonly help: HTMLDialogElement;
  readonly scrubber: Scrubber;
  readonly runs: Watchable<RunState>;
  readonly signal: AbortSignal;
  notify(sentence: string): void;
}

const ZOOM = 0.7;
const PAN = 0.1;

/** Registers the keys that work on every page. */
export function addShellKeys(parts: ShellKeyParts): void {
  const { keys, view, pages, help, signal } = parts;
  const { time } = view;
  const add = (group: string, names: readonly string[], does: string, run: () => void): void => {
    keys.add(signal, { group, keys: names, does, run });
  };
  add('Time', [' '], 'play or pause', () => parts.scrubber.toggle());
  add('Time', [','], 'one event back', () => void step(parts, 'before'));
  add('Time', ['.'], 'one event on', () => void step(parts, 'after'));
  add('Time', ['j'], 'fault before', () => void toFault(parts, 'before'));
  add('Time', ['k'], 'next fault', () => void toFault(parts, 'after'));
  add('Time', ['w'], 'zoom in', () => time.zoom(ZOOM));
  add('Time', ['s'], 'zoom out', () => time.zoom(1 / ZOOM));
  add('Time', ['a'], 'pan back', () => time.pan(-PAN));
  add('Time', ['d'], 'pan on', () => time.pan(PAN));
  add(
    'Time',
    ['f'],
    'fit the selection, or the fault at the cursor',
    () => void showFitting(parts),
  );
  add('Time', ['m'], 'mark this instant, or remove its mark', () => markHere(parts));
  add('Time', ['0'], 'the whole run', () => time.showAll());
  for (const page of pages) {
    add('Pages', [pageKey(page)], page.title, () => view.go(page.name));
  }
  add('Everywhere', ['Escape'], 'deselect', () => {
    view.selection.value = undefined;
  });
  add('Charts', ['t'], 'table or picture', () => dispatchToFocusedChart(TOGGLE_TABLE_EVENT));
  add('Charts', ['e'], 'export', () => dispatchToFocusedChart(EXPORT_CHART_EVENT));
  add('Everywhere', ['c'], 'copy the link', () => void copyLink(view, parts.notify));
  add('Everywhere', ['?'], 'this list', () => help.showModal());
}

async function showFitting({ view, runs, notify }: ShellKeyParts): Promise<void> {
  const state = runs.value;
  if (state.kind !== 'open' || !state.run.hasTrace) return;
  try {
    const selection = view.selection.value;
    const trace = await state.run.trace();
    const stretch = await intervalOfSelection(trace, selection, view.time.cursor.value);
    if (stretch !== undefined) view.time.show(stretch);
    else
      notify(
        `There is no interval to fit at ${selection?.name ?? 'the cursor'}; press 0 to show the whole run.`,
      );
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error));
  }
}

function markHere({ view, runs }: ShellKeyParts): void {
  if (runs.value.kind !== 'open') return;
  const [from, to] = view.time.range.value;
  const marks = withTimeMarkToggled(
    readTimeMarks(view.parameters.value),
    view.time.cursor.value,
    to - from,
  );
  view.setParameter(TIME_MARKS_PARAMETER, writeTimeMarks(marks));
}

async function step(
  { view, runs, notify }: ShellKeyParts,
  direction: 'before' | 'after',
): Promise<void> {
  const state = runs.value;
  if (state.kind !== 'open' || !state.run.hasTrace) return;
  try {
    const trace = await state.run.trace();
    const at = await trace.ask('neighbour', { timeNs: view.time.cursor.value, direction });
    if (at !== undefined) view.time.moveTo(at);
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error));
  }
}

async function toFault(
  { view, runs, notify }: ShellKeyParts,
  direction: 'before' | 'after',
): Promise<void> {
  const state = runs.value;
  if (state.kind !== 'open' || !state.run.hasTrace) return;
  const now = view.time.cursor.value;
  const { faults } = (await state.run.trace()).info;
  const begins = faults.filter(({ kind }) => kind === 'begin').map(({ timeNs }) => timeNs);
  const found =
    direction === 'after' ? begins.find((at) => at > now) : begins.findLast((at) => at < now);
  if (found === undefined)
    notify(`There is no fault ${direction === 'after' ? 'after' : 'before'} the cursor.`);
  else view.time.moveTo(found);
}
