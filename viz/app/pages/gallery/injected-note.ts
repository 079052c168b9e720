/**
 * The note on a card that faults were injected while the run was in progress.
 *
 * @module
 */
import { countWithNoun } from '../../../../reports/format.ts';
import { element } from '../../kernel/element.ts';

/**
 * Makes the note: a sign and a text, so that its meaning does not depend on colour. The note is
 * hidden if no fault was injected.
 */
export function injectedFaultsNote(faults: number): HTMLElement {
  return element(
    'p',
    { class: 'more', 'data-injected': faults, hidden: !(faults > 0) },
    element('span', { 'aria-hidden': 'true' }, '✎ '),
    `interactive, ${countWithNoun(faults, 'fault')} injected: its file alone does not reproduce this run`,
  );
}
