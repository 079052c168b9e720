/**
 * The list of keyboard commands that `?` opens, generated from the registered bindings.
 *
 * @module
 */
import { element, replaceContent } from './element.ts';
import { ICONS, icon } from './icons.ts';
import type { KeyBinding, KeyMap } from './keys.ts';

/** Labels for keys that print no character. */
const NAMES: Readonly<Record<string, string>> = {
  ' ': 'space',
  Escape: 'Esc',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** Keys that the focused element handles itself; the list of commands shows them too. */
const FOCUSED = [
  {
    keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
    does: 'from mark to mark of a chart, from node to node, along the time line',
  },
  { keys: ['Enter'], does: 'open, choose or follow the focused element' },
  { keys: ['Home', 'End', 'PageUp', 'PageDown'], does: 'a large step along the time line' },
];

/** Makes the dialog; its list is generated each time the dialog opens. */
export function makeHelp(keys: KeyMap): HTMLDialogElement {
  const close = element(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': 'close', click: () => dialog.close() },
    icon(ICONS.close),
  );
  const list = element('div', { class: 'key-list' });
  const dialog: HTMLDialogElement = element(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-title' },
    element('header', {}, element('h2', { id: 'help-title' }, 'Keys'), close),
    list,
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('toggle', () => replaceContent(list, groupsOf(keys)));
  return dialog;
}

function groupsOf(keys: KeyMap): readonly HTMLElement[] {
  const groups = new Map<string, Pick<KeyBinding, 'keys' | 'does'>[]>();
  for (const binding of keys.bindings.filter((one) => isInForce(one, keys))) {
    groups.set(binding.group, [...(groups.get(binding.group) ?? []), binding]);
  }
  groups.set('The focused element', FOCUSED);
  return [...groups].map(([group, bindings]) =>
    element(
      'section',
      {},
      element('h3', {}, group),
      element(
        'dl',
        {},
        bindings.map((binding) =>
          element(
            'div',
            {},
            element(
              'dt',
              {},
              binding.keys.map((key) => element('kbd', {}, NAMES[key] ?? key)),
            ),
            element('dd', {}, binding.does),
          ),
        ),
      ),
    ),
  );
}

/**
 * False if bindings that were added later, such as those of a page, have taken all keys of this
 * binding.
 */
function isInForce(binding: KeyBinding, keys: KeyMap): boolean {
  const press = { ctrlKey: false, metaKey: false, altKey: false };
  return binding.keys.some((key) => keys.find({ ...press, key }) === binding);
}
