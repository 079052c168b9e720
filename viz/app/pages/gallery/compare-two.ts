/**
 * Selects two runs on their cards for a comparison. The page's address contains the selection
 * (docs/spec/browser-view.md).
 *
 * @module
 */
import { element, replaceContent } from '../../kernel/element.ts';
import type { PageContext } from '../../kernel/page.ts';

/**
 * Name of the parameter of the page's address. Its value is the list of the selected runs' ids,
 * separated by commas; the first one is run A of the comparison.
 */
const PICK = 'pick';
const PICKS_MAX = 2;

/** Reads the ids of the selected runs, at most two. */
export function readSelectedRunIds(
  parameters: Readonly<Record<string, string>>,
): readonly string[] {
  const ids = (parameters[PICK] ?? '').split(',').filter((id) => id !== '');
  return ids.slice(0, PICKS_MAX).map(decoded);
}

/** Writes a selection as the value of the parameter; undefined if the selection is empty. */
export function writeSelectedRunIds(ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : ids.map(encoded).join(',');
}

/** Adds an id, or removes it if it is selected. A third id replaces the first one. */
export function withRunIdToggled(ids: readonly string[], id: string): readonly string[] {
  if (ids.includes(id)) return ids.filter((one) => one !== id);
  return [...ids, id].slice(-PICKS_MAX);
}

/** Makes the checkbox on a card with which the reader selects the run for a comparison. */
export function compareCheckbox({ view }: Pick<PageContext, 'view'>, id: string): HTMLElement {
  const picks = readSelectedRunIds(view.parameters.value);
  const box = element('input', {
    type: 'checkbox',
    checked: picks.includes(id),
    'data-pick': id,
    'aria-label': `compare ${id}`,
    change: () =>
      view.setParameter(
        PICK,
        writeSelectedRunIds(withRunIdToggled(readSelectedRunIds(view.parameters.value), id)),
      ),
  });
  return element('label', { class: 'pick' }, box, 'compare');
}

/** The line that shows the selected runs, with a link to their comparison. */
export class CompareBar {
  readonly root = element('p', { class: 'compare-two', role: 'status', hidden: true });
  readonly #context: PageContext;

  constructor(context: PageContext) {
    this.#context = context;
    context.view.parameters.watch(context.signal, (parameters) =>
      this.#show(readSelectedRunIds(parameters)),
    );
  }

  #show(picks: readonly string[]): void {
    const [a, b] = picks;
    this.root.hidden = a === undefined;
    if (a === undefined) return;
    const clear = this.#button('Clear', () => this.#context.view.setParameter(PICK, undefined));
    replaceContent(
      this.root,
      b === undefined
        ? `A is ${a}: tick a second run to compare with.`
        : [`A is ${a}, B is ${b}.`, this.#button('Compare', () => this.#compare(a, b))],
      clear,
    );
  }

  #compare(a: string, b: string): void {
    const { view } = this.#context;
    view.setParameter(PICK, undefined);
    view.setParameter('with', b);
    view.go('compare', a);
  }

  #button(label: string, click: () => void): HTMLElement {
    return element('button', { type: 'button', click }, label);
  }
}

/** Redraws the list and returns the focus to the checkbox that was changed. */
export function redrawKeepingFocus(list: HTMLElement, draw: () => void): void {
  const { activeElement } = document;
  const id = activeElement instanceof HTMLElement ? activeElement.dataset['pick'] : undefined;
  draw();
  if (id === undefined) return;
  for (const box of list.querySelectorAll<HTMLElement>('[data-pick]'))
    if (box.dataset['pick'] === id) box.focus();
}

/** Encodes commas and percent signs in an id; `writeUrlHash` encodes other characters. */
function encoded(id: string): string {
  return id.replace(/[%,]/g, encodeURIComponent);
}

/** Decodes an id from the value of the parameter. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    // Only an address that somebody typed can have such an id. No run has this id, so it is shown
    // unchanged.
    return id;
  }
}
