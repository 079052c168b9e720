/**
 * Shows a verdict as sign, word and colour, so that its meaning never depends on colour alone.
 *
 * @module
 */
import type { VerdictWord } from '../../../reports/kpi-text.ts';
import { element } from './element.ts';

const SIGNS: Readonly<Record<VerdictWord, string>> = {
  PASS: '✓',
  FAIL: '✗',
  STOP: '■',
  INCONCLUSIVE: '?',
  'NO VERDICT': '–',
};
const TONES: Readonly<Record<VerdictWord, string>> = {
  PASS: 'pass',
  FAIL: 'fail',
  STOP: 'open',
  INCONCLUSIVE: 'open',
  'NO VERDICT': 'open',
};

/** Returns the CSS class of a verdict. */
export function verdictCssClass(verdict: VerdictWord): string {
  return TONES[verdict];
}

/** Makes the chip of a verdict: a coloured label with sign and word. */
export function verdictChip(verdict: VerdictWord): HTMLElement {
  const sign = element('span', { 'aria-hidden': 'true' }, SIGNS[verdict]);
  return element('span', { class: `chip ${TONES[verdict]}` }, sign, ' ', verdict);
}

/** Makes the chip of a run in progress, which has no verdict yet. */
export function liveChip(words: string): HTMLElement {
  const sign = element('span', { 'aria-hidden': 'true' }, '●');
  return element('span', { class: 'chip open' }, sign, ' ', words);
}
