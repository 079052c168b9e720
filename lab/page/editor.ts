/**
 * The editor of the Lab: CodeMirror with YAML, completion from the schema, and marks at mistakes. The Tab key moves the
 * focus out of it, so that a keyboard can pass it.
 *
 * @module
 */
import {
  autocompletion,
  type CompletionContext,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
// The types of the port as JSON: the bundler generates it from this source (tools/page/bundle.ts).
import portTypes from '../../engine/host/index.ts?raw';
import { element } from '../../viz/app/kernel/element.ts';
import { isCodeName } from '../link/file-name-fault.ts';
import type { LabProblem } from '../run/lab-task.ts';
import { completePort, type PortWords } from './port-help.ts';
import { completeYaml, explainYaml, type ShownFile } from './yaml-help.ts';

/** The functions of the page that the editor calls. */
export interface EditorHooks {
  shown(): ShownFile;
  changed(text: string): void;
  run(): void;
}

const PORT = JSON.parse(portTypes) as PortWords;

/** One editor for all files; each file keeps its own history. */
export class LabEditor {
  readonly root = element('div', { class: 'lab-editor' });
  readonly #view = new EditorView({ parent: this.root });
  readonly #states = new Map<string, EditorState>();
  readonly #extensions: Extension;
  readonly #yaml: Extension;
  readonly #code = autocompletion({
    icons: false,
    override: [(at: CompletionContext) => completePort(PORT, at)],
  });
  #name = '';
  #isSilent = false;

  constructor(hooks: EditorHooks) {
    const runNow = (): boolean => {
      hooks.run();
      return true;
    };
    this.#extensions = [
      [lineNumbers(), history(), bracketMatching(), closeBrackets(), lintGutter()],
      [syntaxHighlighting(COLOURS), EditorView.lineWrapping, LOOK],
      keymap.of([
        { key: 'Mod-Enter', run: runNow },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...historyKeymap,
        ...lintKeymap,
        ...defaultKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !this.#isSilent) hooks.changed(update.state.doc.toString());
      }),
    ];
    this.#yaml = [
      yaml(),
      autocompletion({
        icons: false,
        override: [(at: CompletionContext) => completeYaml(at, hooks.shown())],
      }),
      explainYaml(() => hooks.shown()),
    ];
  }

  /** Shows a file. A text that differs from that of the editor replaces it. */
  show(name: string, text: string): void {
    if (name !== this.#name) {
      this.#states.set(this.#name, this.#view.state);
      const label = EditorView.contentAttributes.of({
        'aria-label': `text of ${name}`,
        tabindex: '0',
      });
      const language = isCodeName(name) ? this.#code : this.#yaml;
      const made = (): EditorState =>
        EditorState.create({ doc: text, extensions: [this.#extensions, language, label] });
      this.#name = name;
      this.#view.setState(this.#states.get(name) ?? made());
    }
    const { doc } = this.#view.state;
    if (doc.toString() === text) return;
    this.#isSilent = true;
    this.#view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
    this.#isSilent = false;
  }

  /** Marks the mistakes of the shown file. */
  mark(problems: readonly LabProblem[]): void {
    const { state } = this.#view;
    const found = problems
      .filter(({ file }) => file === this.#name)
      .map((problem): Diagnostic => {
        const { from, to } = rangeIn(state.doc, problem);
        const message = [problem.text, problem.hint].filter((text) => text !== null).join('\n');
        return { from, to, severity: 'error', message };
      });
    this.#view.dispatch(setDiagnostics(state, found));
  }

  /** Puts the cursor on a mistake of the shown file. */
  goTo(problem: LabProblem): void {
    const { from } = rangeIn(this.#view.state.doc, problem);
    this.#view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    this.#view.focus();
  }

  close(): void {
    this.#view.destroy();
  }
}

function rangeIn(doc: Text, { line, column, endColumn }: LabProblem): { from: number; to: number } {
  const place = doc.line(Math.min(Math.max(1, line), doc.lines));
  const at = (wanted: number): number => Math.min(place.from + Math.max(0, wanted - 1), place.to);
  const from = at(column);
  return { from, to: Math.max(from, at(endColumn)) };
}

/** Colours of text, all with a contrast of 4.5:1 in both themes. */
const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--link)' },
  { tag: [tags.string, tags.content, tags.attributeValue], color: 'var(--text)' },
  { tag: [tags.number, tags.bool, tags.keyword], color: 'var(--open)' },
  { tag: [tags.comment, tags.meta], color: 'var(--muted)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: 'var(--muted)' },
]);

const LOOK = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--page)', fontSize: '13px' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
    lineHeight: '20px',
  },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-gutters': {
    backgroundColor: 'var(--panel)',
    color: 'var(--muted)',
    borderRight: '1px solid var(--line)',
  },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--shade)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--shade)',
    color: 'var(--text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-diagnostic': { whiteSpace: 'pre-wrap', maxWidth: '60ch' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--fail)' },
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--text)' },
});
