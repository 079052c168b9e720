/**
 * Completion and explanations while a scenario is being written, from the schema of scenarios.
 *
 * @module
 */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { type EditorView, hoverTooltip } from '@codemirror/view';
import scenarioSchema from '../../schemas/scenario.schema.json?raw';
import { element } from '../../viz/app/kernel/element.ts';
import { type JsonSchema, SchemaWords } from './schema-words.ts';
import { yamlSpot } from './yaml-spot.ts';

/** The file in the editor. A topology is explained by the schema of scenarios too, below its key `topology`. */
export interface ShownFile {
  readonly isScenario: boolean;
  /** Names of files that a scenario can name as its topology. */
  readonly topologies: readonly string[];
}

const words = new SchemaWords(JSON.parse(scenarioSchema) as JsonSchema);

/** The completions at the cursor: keys, words that the schema lists, and names of topologies. */
export function completeYaml(
  { state, pos, explicit }: CompletionContext,
  shown: ShownFile,
): CompletionResult | null {
  const { path, isKey, word } = yamlSpot(state.doc.toString(), pos);
  if (/^#|\s#/.test(word) || (word === '' && !explicit)) return null;
  const whole = placeIn(shown, path);
  const found = isKey ? words.keysAt(whole) : words.valuesAt(whole);
  const files = !isKey && whole.join() === 'topology' ? shown.topologies : [];
  const options: Completion[] = [
    ...found.map((one) => ({
      label: one.word,
      type: isKey ? 'property' : 'constant',
      apply: isKey ? `${one.word}: ` : one.word,
      ...(one.description !== undefined && { info: one.description }),
    })),
    ...files.map((label) => ({ label, type: 'text' })),
  ];
  if (options.length === 0) return null;
  return { from: pos - word.length, options, validFor: /^[\w.-]*$/ };
}

/** Shows what the key below the pointer means. */
export function explainYaml(shown: () => ShownFile): ReturnType<typeof hoverTooltip> {
  return hoverTooltip((view, pos) => {
    const { from, to, text } = view.state.doc.lineAt(pos);
    const start = pos - (/[\w.-]*$/.exec(text.slice(0, pos - from))?.[0].length ?? 0);
    const end = pos + (/^[\w.-]*/.exec(text.slice(pos - from))?.[0].length ?? 0);
    const meaning = meaningAt(view, Math.min(end, to), shown());
    if (meaning === undefined || start === end) return null;
    const create = (): { dom: HTMLElement } => ({
      dom: element('div', { class: 'lab-meaning' }, meaning),
    });
    return { pos: start, end, above: true, create };
  });
}

function meaningAt(view: EditorView, at: number, shown: ShownFile): string | undefined {
  const { path, isKey, word } = yamlSpot(view.state.doc.toString(), at);
  return words.meaningOf(placeIn(shown, isKey ? [...path, word] : path));
}

function placeIn(
  { isScenario }: ShownFile,
  path: readonly (string | number)[],
): readonly (string | number)[] {
  return isScenario ? path : ['topology', ...path];
}
