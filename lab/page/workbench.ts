/**
 * The view in which a scenario is changed and run: bar, files, editor, mistakes, and beside them the result.
 *
 * @module
 */

import { EditorView } from '@codemirror/view';
import { fileNameOfPath } from '../../engine/pure/paths.ts';
import { downloadFile } from '../../viz/app/chart/picture.ts';
import { type Child, element, replaceContent } from '../../viz/app/kernel/element.ts';
import type { PageContext } from '../../viz/app/kernel/page.ts';
import { type LabProblem, TOPOLOGIES } from '../run/lab-task.ts';
import { LabEditor } from './editor.ts';
import { numbersIn } from './numbers-in.ts';
import { resultView } from './result-view.ts';
import { filesOfRun } from './run-folder.ts';
import { type ShownNumbers, searchPanel } from './search-panel.ts';
import type { LabSession } from './session.ts';
import type { ShownFile } from './yaml-help.ts';
import { storedZip } from './zip.ts';

/** Longest link that most mail and chat programs transmit whole, characters. */
const LINK_CHARS_SAFE = 8_000;
const PROBLEMS_SHOWN = 20;

/** What the workbench needs. */
export interface WorkbenchParts {
  readonly session: LabSession;
  readonly context: PageContext;
  /** Shows the gallery. */
  leave(): void;
  /** Adds files that a person has chosen. */
  take(files: readonly File[]): void;
}

/** Makes the workbench for the open scenario. */
export function workbench(parts: WorkbenchParts): readonly Child[] {
  const { session, context } = parts;
  const { signal } = context;
  let shown = session.scenario.value ?? '';
  const editor = new LabEditor({
    shown: (): ShownFile => ({
      isScenario: shown === session.scenario.value,
      topologies: topologiesOf(session),
    }),
    changed: (text): void => {
      const refusal = session.put(shown, text);
      if (refusal !== undefined) context.notify(refusal);
    },
    run: (): void => void session.run(),
  });
  signal.addEventListener('abort', () => editor.close());
  const tabs = element('div', { class: 'lab-files', role: 'group', 'aria-label': 'files' });
  const problems = element('div', { class: 'lab-problems' });
  const bytes = element('p', { class: 'muted lab-bytes', hidden: true });
  const show = (name: string): void => {
    shown = name;
    const text = session.textOf(name);
    bytes.hidden = text !== undefined;
    editor.root.hidden = text === undefined;
    if (text !== undefined) editor.show(name, text);
    else bytes.textContent = `${name}: ${session.bytesOf(name)?.length ?? 0} bytes, not text`;
    editor.mark(session.problems.value);
    drawTabs();
  };
  const drawTabs = (): void => replaceContent(tabs, fileTabs(parts, shown, show));
  show(shown);
  session.revision.watch(signal, () => {
    const names = session.fileNames;
    if (!names.includes(shown)) return show(session.scenario.value ?? '');
    const text = session.textOf(shown);
    if (text !== undefined) editor.show(shown, text);
    if (tabs.dataset['names'] !== tabsKey(session)) redrawKeepingFocus(tabs, drawTabs);
    tabs.dataset['names'] = tabsKey(session);
  });
  session.problems.watch(signal, (list) => {
    editor.mark(list);
    replaceContent(
      problems,
      problemList(list, (problem) => {
        if (session.fileNames.includes(problem.file)) show(problem.file);
        editor.goTo(problem);
      }),
    );
  });
  return [
    bar(parts, () => numbersShown(session, shown, editor.root)),
    element(
      'div',
      { class: 'lab-bench' },
      element('section', { class: 'lab-work', 'aria-label': 'files of the scenario' }, [
        tabs,
        editor.root,
        bytes,
        problems,
      ]),
      resultView(session, signal, (page, run) => context.view.go(page, run)),
    ),
  ];
}

function bar(parts: WorkbenchParts, numbers: () => ShownNumbers): HTMLElement {
  const { session, context, leave } = parts;
  const toggle = element('button', {
    ...{ type: 'button', class: 'lab-run', 'data-run': '' },
    click: () => (session.isBusy ? session.stop() : void session.run()),
  });
  session.state.watch(context.signal, () => {
    toggle.textContent = session.isBusy ? 'Stop' : 'Run';
    toggle.classList.toggle('primary', !session.isBusy);
  });
  const name = fileNameOfPath(session.scenario.value ?? '');
  // A link or a download must not run other seeds than those in the field.
  const unmistaken = (act: () => void) => (): void => {
    const mistake = session.seedMistake;
    if (mistake === undefined) act();
    else context.notify(`seeds: ${mistake}`);
  };
  return element(
    'header',
    { class: 'lab-bar' },
    element('button', { type: 'button', class: 'lab-back', click: leave }, '‹ Scenarios'),
    element('h1', {}, name),
    toggle,
    seedField(session, context.signal),
    changedValues(session, context.signal),
    searchPanel(session, numbers),
    element('span', { class: 'lab-share' }, [
      element(
        'button',
        { type: 'button', click: unmistaken(() => void copyLink(parts)) },
        'Copy link',
      ),
      element('button', { type: 'button', click: unmistaken(() => download(session)) }, 'Download'),
    ]),
  );
}

/** The numbers of a file, and the one at the cursor or, if there is none, the first. */
function numbersShown(session: LabSession, name: string, root: HTMLElement): ShownNumbers {
  const below = name.startsWith(TOPOLOGIES) ? 'topology.' : '';
  const isRead = below !== '' || name === session.scenario.value;
  const found = isRead ? numbersIn(session.textOf(name) ?? '') : [];
  const all = found.map((one) => ({ ...one, path: below + one.path }));
  const cursor = EditorView.findFromDOM(root)?.state.selection.main.head ?? 0;
  const at = ({ from, text }: (typeof all)[number]): boolean =>
    from <= cursor && cursor <= from + text.length;
  return { all, chosen: all.find(at) ?? all[0] };
}

function seedField(session: LabSession, signal: AbortSignal): HTMLElement {
  const note = element('small', { id: 'lab-seed-note' });
  const field = element('input', {
    ...{ type: 'text', class: 'lab-seeds', value: session.seedText, spellcheck: 'false' },
    ...{ autocomplete: 'off', 'aria-describedby': 'lab-seed-note' },
    title: '7, or 1-10, or 1-3, 9',
    input: () => {
      session.seedText = field.value;
    },
  });
  session.revision.watch(signal, () => {
    if (field.value !== session.seedText) field.value = session.seedText;
    const mistake = session.seedMistake;
    note.textContent = mistake ?? (session.seedText === '' ? 'as in the file' : '');
    note.classList.toggle('fail-text', mistake !== undefined);
    field.setAttribute('aria-invalid', String(mistake !== undefined));
  });
  return element('span', {}, element('label', {}, 'seeds', field), ' ', note);
}

function changedValues(session: LabSession, signal: AbortSignal): HTMLElement {
  const field = element('textarea', {
    ...{ rows: 3, spellcheck: 'false', 'aria-label': 'values to set' },
    'aria-describedby': 'lab-values-note',
    input: () => {
      session.setText = field.value;
    },
  });
  session.revision.watch(signal, () => {
    if (field.value !== session.setText) field.value = session.setText;
  });
  const summary = element('summary', { title: 'as --set of the command line' }, 'values to set');
  const note = 'One path=value in each line, such as duration=20s or traffic.0.rate=100/s.';
  return element(
    'details',
    { class: 'lab-values', open: session.setText !== '' },
    summary,
    field,
    element('p', {}, element('small', { id: 'lab-values-note' }, note)),
  );
}

function fileTabs(
  { session, take }: WorkbenchParts,
  shown: string,
  show: (name: string) => void,
): readonly Child[] {
  const input = element('input', {
    ...{ type: 'file', multiple: true, class: 'for-screen-readers', tabindex: -1 },
    'aria-hidden': 'true',
  });
  input.addEventListener('change', () => take([...(input.files ?? [])]));
  const isChanged = (name: string): boolean => session.changedFiles.has(name);
  const isShipped = session.shipped.has(shown);
  const names = session.fileNames;
  return [
    names.map((name) =>
      element(
        'button',
        {
          ...{ type: 'button', 'aria-pressed': String(name === shown), 'data-file': name },
          title: isChanged(name) ? `${name}: changed` : name,
          click: () => show(name),
        },
        // A scenario and its topology may have the same name.
        names.filter((one) => fileNameOfPath(one) === fileNameOfPath(name)).length > 1
          ? name
          : fileNameOfPath(name),
        isChanged(name) && element('b', { class: 'open-text', 'aria-label': 'changed' }, ' •'),
      ),
    ),
    element(
      'button',
      {
        type: 'button',
        class: 'quiet',
        title: 'or drop them on this page',
        click: () => input.click(),
      },
      '+ Add files',
    ),
    input,
    isChanged(shown) &&
      (isShipped || shown !== session.scenario.value) &&
      element(
        'button',
        { type: 'button', class: 'quiet', click: () => session.reset(shown) },
        isShipped ? 'Take changes back' : `Remove ${shown}`,
      ),
  ];
}

/** A text that changes whenever the row of files has to be drawn again. */
function tabsKey(session: LabSession): string {
  return session.fileNames.map((name) => `${name}${session.changedFiles.has(name)}`).join();
}

function problemList(list: readonly LabProblem[], goTo: (problem: LabProblem) => void): Child {
  if (list.length === 0) return undefined;
  const rest = list.length - PROBLEMS_SHOWN;
  return [
    element('h2', {}, list.length === 1 ? '1 mistake' : `${list.length} mistakes`),
    element(
      'ul',
      { role: 'list' },
      list
        .slice(0, PROBLEMS_SHOWN)
        .map((problem) =>
          element(
            'li',
            {},
            element(
              'button',
              { type: 'button', class: 'quiet', click: () => goTo(problem) },
              element('code', {}, `${problem.file}:${problem.line}:${problem.column}`),
            ),
            element('span', {}, problem.text),
            problem.hint !== null && element('span', { class: 'muted' }, problem.hint),
          ),
        ),
    ),
    rest > 0 && element('p', { class: 'muted' }, `and ${rest} more`),
  ];
}

function topologiesOf(session: LabSession): readonly string[] {
  const names = [...session.shipped.keys(), ...session.changedFiles.keys()];
  return names
    .filter((name) => /\.ya?ml$/.test(name) && !session.scenarios.includes(name))
    .map(fileNameOfPath);
}

async function copyLink({ session, context }: WorkbenchParts): Promise<void> {
  const text = await session.link();
  const link = `${location.href.split('#')[0] ?? ''}#page=lab&lab=${text}`;
  try {
    await navigator.clipboard.writeText(link);
    const long = `The link is copied; with ${link.length} characters, some programs will cut it: send the download.`;
    context.notify(
      link.length > LINK_CHARS_SAFE ? long : 'The link is copied: it runs what you see.',
    );
  } catch {
    context.notify('The browser does not let this page copy: take the link from the address bar.');
  }
}

function download(session: LabSession): void {
  const { state } = session;
  const files = filesOfRun(session, state.value.kind === 'done' ? state.value.run : undefined);
  const name = fileNameOfPath(session.scenario.value ?? '').replace(/\.\w+$/, '');
  const content = new Blob([storedZip(files) as BlobPart], { type: 'application/zip' });
  downloadFile(`${name}.zip`, content);
}

/** Draws again, and moves the focus to the control with the same text as the one that had it. */
function redrawKeepingFocus(root: HTMLElement, draw: () => void): void {
  const held = root.contains(document.activeElement) ? document.activeElement?.textContent : null;
  draw();
  if (held === null || held === undefined) return;
  const controls = [...root.querySelectorAll('button')];
  (controls.find(({ textContent }) => textContent === held) ?? controls[0])?.focus();
}
