/**
 * Two runs chosen on their cards, to be put side by side: the choice stands in the address
 * (docs/spec/browser-view.md).
 *
 * @module
 */
import { element } from '../../kernel/element.ts';
import type { PageContext } from '../../kernel/page.ts';

/** Name of the parameter: ids with commas in between, the first is A. */
const PICK = 'pick';
const PICKS_MAX = 2;

/** The selected ids, at most two. */
export function readPicks(parameters: Readonly<Record<string, string>>): readonly string[] {
  const ids = (parameters[PICK] ?? '').split(',').filter((id) => id !== '');
  return ids.slice(0, PICKS_MAX).map(decoded);
}

/** The parameter of a selection; undefined if it is empty. */
export function writePicks(ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : ids.map(encoded).join(',');
}

/** Adds or removes an id; a third one replaces the first. */
export function picked(ids: readonly string[], id: string): readonly string[] {
  if (ids.includes(id)) return ids.filter((one) => one !== id);
  return [...ids, id].slice(-PICKS_MAX);
}

/** The checkbox on a card. */
export function pickBox({ view }: Pick<PageContext, 'view'>, id: string): HTMLElement {
  const picks = readPicks(view.parameters.value);
  const box = element('input', {
    type: 'checkbox',
    checked: picks.includes(id),
    'data-pick': id,
    'aria-label': `compare ${id}`,
    change: () => view.setParameter(PICK, writePicks(picked(readPicks(view.parameters.value), id))),
  });
  return element('label', { class: 'pick' }, box, 'compare');
}

/** The present selection, and the link to the comparison. */
export class CompareBar {
  readonly root = element('p', { class: 'compare-two', role: 'status', hidden: true });
  readonly #context: PageContext;

  constructor(context: PageContext) {
    this.#context = context;
    context.view.parameters.watch(context.signal, (parameters) =>
      this.#show(readPicks(parameters)),
    );
  }

  #show(picks: readonly string[]): void {
    const [a, b] = picks;
    this.root.hidden = a === undefined;
    if (a === undefined) return;
    const clear = this.#button('Clear', () => this.#context.view.setParameter(PICK, undefined));
    this.root.replaceChildren(
      ...(b === undefined
        ? [`A is ${a}: tick a second run to compare with.`, clear]
        : [`A is ${a}, B is ${b}.`, this.#button('Compare', () => this.#compare(a, b)), clear]),
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

/** Redraws the list without moving the focus from the changed checkbox. */
export function keepingFocus(list: HTMLElement, draw: () => void): void {
  const { activeElement } = document;
  const id = activeElement instanceof HTMLElement ? activeElement.dataset['pick'] : undefined;
  draw();
  if (id === undefined) return;
  for (const box of list.querySelectorAll<HTMLElement>('[data-pick]'))
    if (box.dataset['pick'] === id) box.focus();
}

/** The address writes the rest as it must. */
function encoded(id: string): string {
  return id.replace(/[%,]/g, encodeURIComponent);
}

/** An address may be written by hand. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    // No run has such an id: it is shown unchanged.
    return id;
  }
}
