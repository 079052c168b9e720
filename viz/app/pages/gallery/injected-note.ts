/**
 * The note on a card about faults that somebody injected while the run was in progress.
 *
 * @module
 */
import { plural } from '../../../../reports/format.ts';
import { element } from '../../kernel/element.ts';

/**
 * A sign with text, so that it can be recognised without colour; hidden if there are no such
 * faults.
 */
export function injectedNote(faults: number): HTMLElement {
  return element(
    'p',
    { class: 'more', 'data-injected': faults, hidden: !(faults > 0) },
    element('span', { 'aria-hidden': 'true' }, '✎ '),
    `interactive, ${plural(faults, 'fault')} injected: its file alone does not reproduce this run`,
  );
}
