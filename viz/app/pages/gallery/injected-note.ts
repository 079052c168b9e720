/**
 * A card's note about faults that somebody injected into a run in progress.
 *
 * @module
 */
import { plural } from '../../../../reports/format.ts';
import { element } from '../../kernel/element.ts';

/** Sign and words, so that it is recognisable without colour; hidden for 0 faults. */
export function injectedNote(faults: number): HTMLElement {
  return element(
    'p',
    { class: 'more', 'data-injected': faults, hidden: !(faults > 0) },
    element('span', { 'aria-hidden': 'true' }, '✎ '),
    `interactive, ${plural(faults, 'fault')} injected: not the run that its file alone gives`,
  );
}
